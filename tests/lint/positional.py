"""Rows are read and values bound by name.

Two columns that change places compile, and a table that gains one silently
shifts a bare INSERT. One value of a row of one may stand alone: column 0,
parameter 1. All else goes through store/select.h, or names its columns.
"""
import re

from tree import code_only

CALL = re.compile(r"sqlite3_(column_(?!count|name|type\b)\w+|bind_(?!parameter)"
                  r"\w+)\(\s*[^,()]+(?:\[[^]]*\])?,\s*(\d+)")
BARE = re.compile(r"INSERT (?:OR \w+ )?INTO [\w.]+ VALUES")
ALLOWED = {
    # The second text of a query of the report: its helper has the two.
    "analyzer/report/report_rows.c",
}


def check(tree):
    for path in tree.c_files((".c", ".h", ".def")):
        if not path.startswith(("analyzer/", "parsers/")) or path in ALLOWED:
            continue
        code = code_only(tree.text(path), keep_strings=True)
        for match in CALL.finditer(code):
            first = 0 if match.group(1).startswith("column") else 1
            if int(match.group(2)) > first:
                yield (path, code.count("\n", 0, match.start()) + 1,
                       "read and bind by name, with store/select.h")
        for match in BARE.finditer(code):
            yield (path, code.count("\n", 0, match.start()) + 1,
                   "name the columns that are inserted")


BAD = [
    {"analyzer/a.c": "\tx = sqlite3_column_int64(stmt, 1);\n"},
    {"analyzer/a.c": "\tsqlite3_bind_text(\n\t\tq[i], 2, key, -1, NULL);\n"},
    {"analyzer/a.def": 'X("INSERT INTO host VALUES (?, ?)")\n'},
]
GOOD = [
    {"analyzer/a.c": "\tx = sqlite3_column_int64(stmt, 0);\n"
                     "\tsqlite3_bind_int64(stmt, 1, id);\n"
                     '\trun("INSERT INTO host (ip) VALUES (:ip)");\n'},
]
