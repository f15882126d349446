"""The program knows no rule by name.

What a verdict or a cause is called stands in rules/ and nowhere in C, save the
two that model/verdict.h names. A word of a rule in quotes, in a string or as
SQL's, is a decision that no rule file can change.
"""
import re

from tree import code_only

ALLOWED = {
    # The two: what clean attempts carry, and that nothing can be decided.
    ("analyzer/model/verdict.h", "established"),
    ("analyzer/model/verdict.h", "undetermined"),
    # A test of a cause rule that names no verdict means this one.
    ("analyzer/judge/cause_attempt.def", "syn-dropped-by-server"),
    # What a counter of the server must have risen by, for each of these.
    ("analyzer/judge/causes.sql", "syn-dropped-by-server"),
    # A member of the batch's lines: how many attempts are.
    ("analyzer/batch/index_ndjson.c", "undetermined"),
    # Reads report.json, of this version or another one, by its words.
    ("parsers/report/report_file.c", "undetermined"),
}
# SQL in a file of its own cannot include that header.
TWO = {"established", "undetermined"}
NAME = re.compile(r"^(?:verdict|cause): *([a-z][a-z-]*) *$", re.M)


def words(tree):
    found = set()
    for path in tree.paths():
        if path.startswith(("rules/verdicts/", "rules/causes/")):
            found |= set(NAME.findall(tree.text(path) or ""))
    return found


def check(tree):
    names = words(tree)
    if not names:
        return
    quoted = re.compile("[\"'](%s)\\\\?[\"']" % "|".join(sorted(names)))
    for path in tree.c_files((".c", ".h", ".def", ".sql")):
        if not path.startswith(("analyzer/", "parsers/")):
            continue
        code = tree.text(path)
        code = re.sub("--[^\n]*", "", code) if path.endswith(".sql") \
            else code_only(code, keep_strings=True)
        for match in quoted.finditer(code):
            if path.endswith(".sql") and match.group(1) in TWO:
                continue
            if (path, match.group(1)) not in ALLOWED:
                yield (path, code.count("\n", 0, match.start()) + 1,
                       f"{match.group(1)} is a rule's word; "
                       "model/verdict.h has the two that are not")


RULES = {"rules/verdicts/refused-by-server.yaml":
         "verdict: refused-by-server\n",
         "rules/causes/no-listener.yaml": "cause: no-listener\n"}
BAD = [
    {**RULES, "analyzer/report/a.c": '\tif (same(v, "refused-by-server"))\n'},
    {**RULES, "analyzer/judge/a.def":
     "X(\"SELECT 1 WHERE cause = 'no-listener'\")\n"},
    {**RULES, "analyzer/model/a.def": 'X(A, "[\\"refused-by-server\\"]")\n'},
    {**RULES, "analyzer/judge/a.sql": "SELECT 'refused-by-server';\n"},
]
GOOD = [
    {**RULES, "analyzer/report/a.c": '/* "no-listener" is told first */\n'
                                     '\tputs("no-listener at all");\n'},
    {**RULES, "analyzer/judge/a.sql": "-- 'no-listener' is a cause\n"},
]
