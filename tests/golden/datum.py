#!/usr/bin/env python3
"""What a stored datum costs: one is added to a copy, from the writer to the
report's record, and the lines that it took are counted.

    datum.py CC SOURCE_ROOT FLAGS LIBRARY...

The copy is compiled as far as it is concerned (store, the writer, the report's
reader) and linked with the libraries of this build; a probe of a few lines
writes a row and reads it as a report would.
"""
import difflib
import glob
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

# (file, the line after which one is added, that line)
ROWS = [
    ("analyzer/store/ingest_tables.def",
     'COLUMN(source, note, TEXT, "", PROSE, "why it was not used, or NULL")',
     'COLUMN(source, wetness, INT, "", NUMBER, "how wet it was, or NULL")'),
    ("analyzer/ingest/source_rows.c", "\trow.bytes = 0;",
     "\trow.wetness = 42;"),
    ("analyzer/report/records.def",
     'COLUMN(source, note, TEXT, "s.note")',
     'COLUMN(source, wetness, KNOWN, "s.wetness")'),
]

PROBE = r"""
#include <stdio.h>
#include "ingest/source_rows.h"
#include "report/report_model.h"

int
main(void)
{
	struct error e = {0};
	struct store *s = store_create(NULL, &e);
	struct source_rows w;
	struct store_source row = source_row_of(&(struct case_file){.name = "a.log"}, "log");
	int64_t id;
	store_stage(s, STORE_INGEST);
	if (!source_rows_init(&w, s, &e) || !source_rows_add(&w, &row, &id, &e))
		return puts(e.text), 1;
	source_rows_release(&w);
	struct report r = {.store = s};
	struct report_source read;
	report_begin(&r, QUERY_SOURCES);
	if (!report_source_next(&r, &read))
		return puts(e.text), 1;
	char *sql = store_schema_sql();
	printf("%s: %lld\n%s", read.name, (long long)read.wetness, sql);
	sqlite3_free(sql);
	for (int q = 0; q < QUERY_COUNT; q++)
		sqlite3_finalize(r.query[q]);
	store_free(s);
	return 0;
}
"""


def add(path, after, line):
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    assert lines.count(after) == 1, f"{path}: no line {after}"
    lines.insert(lines.index(after) + 1, line)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def changed(old, new):
    """Lines added to and removed from a file."""
    with open(old, encoding="utf-8") as a, open(new, encoding="utf-8") as b:
        found = difflib.unified_diff(a.readlines(), b.readlines(), n=0)
        return sum(line[0] in "+-" and line[:3] not in ("+++", "---")
                   for line in found)


def compile_probe(cc, flags, copy, libraries):
    probe = os.path.join(copy, "probe.c")
    with open(probe, "w", encoding="utf-8") as file:
        file.write(PROBE)
    sources = glob.glob(os.path.join(copy, "analyzer/store/*.c")) + [
        os.path.join(copy, "analyzer/ingest/source_rows.c"),
        os.path.join(copy, "analyzer/report/report_rows.c"), probe]
    out = os.path.join(copy, "probe")
    # What the copy does not hold comes from the libraries.
    subprocess.run(
        [cc, "-std=gnu11", "-D_GNU_SOURCE", "-O0", *flags,
         "-I" + os.path.join(copy, "analyzer"), "-I" + copy, *sources, "-o",
         out, *libraries, "-lsqlite3", "-lm"], check=True)
    return out


def main():
    cc, root, flags = sys.argv[1], sys.argv[2], shlex.split(sys.argv[3])
    with tempfile.TemporaryDirectory() as copy:
        for room in ("analyzer", "parsers"):
            shutil.copytree(os.path.join(root, room), os.path.join(copy, room))
        for path, after, line in ROWS:
            add(os.path.join(copy, path), after, line)
        cost = {path: changed(os.path.join(root, path),
                              os.path.join(copy, path)) for path, _, _ in ROWS}
        probe = compile_probe(cc, flags, copy, sys.argv[4:])
        out = subprocess.run([probe], check=True, capture_output=True,
                             text=True).stdout
    wanted = ("a.log: 42\n", "\twetness INTEGER", "-- how wet it was, or NULL\n")
    wrong = [text for text in wanted if text not in out]
    print("a stored datum, from the writer to the report's record: "
          f"{len(cost)} files, {sum(cost.values())} lines")
    for text in wrong:
        print(f"not found: {text}")
    if any(lines != 1 for lines in cost.values()):
        print(f"more than a line for a file: {cost}")
        return 1
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
