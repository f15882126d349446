"""Files and functions that are read in one go.

Function ends come from Universal Ctags; without it only files are measured,
and the lint says so. A flat table of cases that has to be longer says
"lint: long" in the comment above it, with the reason.
"""
import json
import os
import re
import shutil
import subprocess
import tempfile

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 75
NOTE = None if shutil.which("ctags") else "functions not measured (no ctags)"


def functions(tree):
    """(path, line, end, name) of every function, by Universal Ctags."""
    if NOTE:
        return
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, path in enumerate(tree.c_files((".c", ".h"))):
            copy = os.path.join(folder, f"{number}{os.path.splitext(path)[1]}")
            names[copy] = path
            with open(copy, "w", encoding="utf-8") as f:
                f.write(tree.text(path))
        if not names:
            return
        out = subprocess.run(
            ["ctags", "--output-format=json", "--fields=+ne", "--kinds-C=f",
             "--languages=C", "--langmap=C:.c.h", "-f", "-", *names],
            capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        tag = json.loads(line)
        if "end" in tag:
            yield names[tag["path"]], tag["line"], tag["end"], tag["name"]


def excused(tree, path, line):
    above = tree.text(path).split("\n")[max(0, line - 12):line]
    return any(re.search(r"lint: long\b", text) for text in above)


def check(tree):
    for path in tree.c_files((".c", ".h", ".def")):
        lines = tree.text(path).count("\n")
        if lines > FILE_LINES_MAX:
            yield path, 1, f"{lines} lines, at most {FILE_LINES_MAX}"
    for path, line, end, name in functions(tree):
        length = end - line + 1
        if length > FUNCTION_LINES_MAX and not excused(tree, path, line):
            yield (path, line,
                   f"{name}: {length} lines, at most {FUNCTION_LINES_MAX}")


LONG_BODY = "int\nlong_one(void)\n{\n" + "\tg();\n" * 80 + "\treturn 0;\n}\n"
BAD = [{"analyzer/base/a.c": "/* a */\n" + "int x;\n" * FILE_LINES_MAX}]
if not NOTE:
    BAD.append({"parsers/log/a.c": LONG_BODY})
GOOD = [
    {"analyzer/base/a.c": "int\nshort_one(void)\n{\n\treturn 0;\n}\n"},
    {"parsers/log/a.c": "/* One case a line. lint: long */\n" + LONG_BODY},
]
