"""A decision has its number to itself, and every decision that is named exists."""
import os
import re

FOLDER = "analyzer/decisions/"
NAMED = re.compile(r"\b[Dd]ecisions?\s+((?:\d{4}(?:,\s*|\s+and\s+)?)+)")

BAD = [
    {FOLDER + "0001-a.md": "# 0001: A\n", FOLDER + "0001-b.md": "# 0001: B\n"},
    {FOLDER + "0001-a.md": "# 0002: A\n"},
    {FOLDER + "a.md": "# 0001: A\n"},
    {FOLDER + "0001-a.md": "# 0001: A\n\nAs in decision 0002.\n"},
    {FOLDER + "0001-a.md": "# 0001: A\n",
     "analyzer/base/a.c": "/* Decisions 0001 and 0007 say why. */\n"},
]
GOOD = [
    {FOLDER + "0001-a.md": "# 0001: A\n",
     "analyzer/base/a.c": "/* Decision 0001 says why. */\n"},
]


def check(tree):
    pages = {}
    for path in tree.paths():
        if not path.startswith(FOLDER):
            continue
        number = os.path.basename(path)[:4]
        if not re.match(r"\d{4}-[a-z0-9-]+\.md$", os.path.basename(path)):
            yield path, 1, "a decision is called NUMBER-words.md"
        elif number in pages:
            yield path, 1, f"{pages[number]} has this number already"
        elif not tree.text(path).startswith(f"# {number}: "):
            yield path, 1, f"its heading begins with \"# {number}: \""
        pages.setdefault(number, path)
    for path in tree.paths():
        if not path.endswith((".c", ".h", ".md", ".py", ".def", ".sql",
                              ".yaml")):
            continue
        for at, line in enumerate((tree.text(path) or "").split("\n"), 1):
            for group in NAMED.findall(line):
                for number in re.findall(r"\d{4}", group):
                    if number not in pages:
                        yield path, at, f"there is no decision {number}"
