"""How much of a room is said in words, and how a long file opens.

A .c of more than 60 lines opens with what it is and what it promises or costs,
or points at the header that says so. Of judge, report and batch, which are the
hardest to read, at least 15 lines in 100 stand in comments; the figures here only
rise.
"""
import re

LONG = 60
WORDS_MIN = 14
OPENING = re.compile(r"\s*/\*(.*?)\*/", re.S)
POINTS = re.compile(r"\b\w+\.h\b")
COMMENT = re.compile(r"/\*.*?\*/", re.S)
ROOMS = ("analyzer/judge/", "analyzer/report/", "analyzer/batch/")
# Lines of comments in 100.
SHARES = {"analyzer/judge/": 15.0, "analyzer/report/": 15.0,
          "analyzer/batch/": 15.0}
ROOM_LINES_MIN = 500  # fewer say nothing about a share


def opens_well(text):
    match = OPENING.match(text)
    if match is None:
        return False
    words = len(re.findall(r"[A-Za-z]{2,}", match.group(1)))
    return words >= WORDS_MIN or bool(POINTS.search(match.group(1)))


def check(tree):
    for path in tree.c_files((".c",)):
        text = tree.text(path)
        if path.startswith(ROOMS) and text.count("\n") > LONG \
                and not opens_well(text):
            yield path, 1, "opens without what it promises or costs"
    for room, least in SHARES.items():
        paths = [p for p in tree.c_files() if p.startswith(room)]
        lines = sum(tree.text(p).count("\n") for p in paths)
        said = sum(c.count("\n") + 1 for p in paths
                   for c in COMMENT.findall(tree.text(p)))
        if lines >= ROOM_LINES_MIN and 100 * said < least * lines:
            yield (paths[0], 1, f"{room}: {100 * said / lines:.1f} % of the "
                   f"lines are comments, at least {least}")


BAD = [
    {"analyzer/judge/a.c": "/*\n * Findings, written.\n */\n"
                           + "int x;\n" * LONG},
    {"analyzer/batch/a.c": "/*\n * See a.h.\n */\n" + "int x;\n" * 600},
]
GOOD = [
    {"analyzer/judge/a.c": "/*\n * Findings, written; see a.h.\n */\n"
                           + "int x;\n" * LONG},
    {"analyzer/judge/a.c": "/*\n * Findings, put into order and written.\n *\n"
                           " * The order is the contract's, and costs a sort "
                           "of few.\n */\n" + "int x;\n" * LONG},
]
