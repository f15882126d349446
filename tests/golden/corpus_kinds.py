#!/usr/bin/env python3
"""Is every file of the corpus recognised as what it is, and every line of it
accounted for?

    corpus_kinds.py --lostsyn PROGRAM --corpus FOLDER --cases FOLDER

What each file is stands in corpus_kinds.txt, or why it is not recognised. Each
file that is no capture goes through `lostsyn decode`; its kind must be the
listed one, and its lines = recognised + other, as many as the file has. The
table of counts is printed. The evidence of the sample cases, all of which is
to be recognised, is counted likewise. Exit status 77 without the corpus.
"""

import argparse
import fnmatch
import os
import re
import subprocess
import sys
from collections import defaultdict

LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    "corpus_kinds.txt")
ACCOUNTING = re.compile(
    rb"# ([a-zA-Z0-9-]+): (\d+) lines = (\d+) recognised \+ (\d+) other\n\Z")
# What counts JSON elements, tuples and entries in place of lines.
NOT_BY_LINE = {"azure-nsg-flow", "azure-vnet-flow", "gcp-firewall",
               "gcp-vpc-flow"}


def read_list():
    """(pattern, kind, reason) of each line; reason is "" for the recognised."""
    rows = []
    with open(LIST, encoding="utf-8") as file:
        for line in file:
            words = line.split(maxsplit=2)
            if not words or words[0].startswith("#"):
                continue
            reason = words[2].strip() if len(words) > 2 else ""
            if len(words) < 2 or (words[1] == "-") != bool(reason):
                sys.exit(f"{LIST}: bad line: {line}")
            rows.append((words[0], words[1], reason))
    return rows


def files_below(corpus):
    for folder, _, names in os.walk(corpus):
        for name in names:
            path = os.path.join(folder, name)
            yield path, os.path.relpath(path, corpus)


def lines_of(path):
    with open(path, "rb") as file:
        data = file.read()
    return data.count(b"\n") + (data != b"" and not data.endswith(b"\n"))


class Check:
    def __init__(self, program):
        self.program = program
        self.failures = []
        self.counts = defaultdict(lambda: [0, 0, 0, 0])

    def fail(self, name, what):
        self.failures.append(f"{name}: {what}")

    def decode(self, path):
        """The kind and the three counts, or None when it is no evidence."""
        run = subprocess.run([self.program, "decode", path],
                             stdin=subprocess.DEVNULL, capture_output=True,
                             timeout=1200)
        found = ACCOUNTING.search(run.stdout)
        if found is None:
            return run.returncode, None, None
        kind, *counts = found.groups()
        return run.returncode, kind.decode(), [int(n) for n in counts]

    def look(self, path, name, kind, reason):
        status, got, counts = self.decode(path)
        if kind == "-":
            if status != 2 or got is not None:
                self.fail(name, f"is {got} (status {status}); it was not to "
                                f"be recognised: {reason}")
            return
        if status != 0 or got != kind:
            self.fail(name, f"is {got} (status {status}), not {kind}")
            return
        self.count(path, name, kind, counts)

    def count(self, path, name, kind, counts):
        lines, recognised, other = counts
        if lines != recognised + other:
            self.fail(name, f"{lines} lines are not {recognised} + {other}")
        if kind not in NOT_BY_LINE and lines != lines_of(path):
            self.fail(name, f"{lines} lines of {lines_of(path)} read")
        row = self.counts[kind]
        for i, n in enumerate([1] + counts):
            row[i] += n


    def look_case(self, path, name):
        """A file of a sample case: of any kind, but of one."""
        if re.search(r"\.pcap|expected\.json$|case\.yaml$|\.md$|"
                     r"\.(zip|7z|tar\.xz)$", name):
            return
        status, kind, counts = self.decode(path)
        if status != 0 or kind is None:
            self.fail(name, f"not recognised (status {status})")
        else:
            self.count(path, name, kind, counts)


def print_table(counts, reasons, elsewhere):
    print(f"{'kind':<20}{'files':>7}{'lines':>9}{'recognised':>12}{'other':>8}")
    for kind, row in sorted(counts.items()):
        print(f"{kind:<20}{row[0]:>7}{row[1]:>9}{row[2]:>12}{row[3]:>8}")
    total = [sum(column) for column in zip(*counts.values())]
    print(f"{'total':<20}{total[0]:>7}{total[1]:>9}{total[2]:>12}"
          f"{total[3]:>8}")
    print(f"captures and labelled sets, read by other tests: {elsewhere}")
    print("not recognised:")
    for reason, n in sorted(reasons.items()):
        print(f"{n:>5}  {reason}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--cases", required=True)
    options = parser.parse_args()
    cases = Check(options.lostsyn)
    for path, name in sorted(files_below(options.cases)):
        cases.look_case(path, name)
    for failure in cases.failures:
        print(f"FAILED: {failure}")
    if cases.failures or not cases.counts:
        return 1
    if not os.path.isdir(options.corpus):
        print(f"skipped: no corpus at {options.corpus}")
        return 77
    rows = read_list()
    used = set()
    check = Check(options.lostsyn)
    reasons = defaultdict(int)
    elsewhere = 0
    for path, name in sorted(files_below(options.corpus)):
        fit = next((i for i, row in enumerate(rows)
                    if fnmatch.fnmatchcase(name, row[0])), None)
        if fit is None:
            check.fail(name, "stands nowhere in the list")
            continue
        used.add(fit)
        _, kind, reason = rows[fit]
        if kind == "elsewhere":
            elsewhere += 1
            continue
        if kind == "-":
            reasons[reason] += 1
        check.look(path, name, kind, reason)
    for i, row in enumerate(rows):
        if i not in used:
            check.fail(row[0], "fits no file")
    print_table(check.counts, reasons, elsewhere)
    for failure in check.failures:
        print(f"FAILED: {failure}")
    return 1 if check.failures else 0


if __name__ == "__main__":
    sys.exit(main())
