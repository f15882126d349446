#!/usr/bin/env python3
"""How much of a labelled set of logs, tables and program output is read right.

    field_logs.py --lostsyn PROGRAM --corpus FOLDER

FOLDER/field-logs holds in/ and expected.tsv: file, family, fact, where and
priority, one fact a row; its README says when a fact is right. FOLDER/score_logs.py
counts them. The test fails when a family of REACHED falls back, when fewer facts
of another are right than AT_LEAST says, when any is wrong, or on a crash.
Exit status 77 (skipped) without the set.
"""
import argparse
import os
import re
import subprocess
import sys

# All facts of priority 1, and nine of ten others.
REACHED = ("syslog", "kernel-log", "container-log", "nginx", "envoy",
           "haproxy", "access-log", "archive", "transcript", "none")
# Of the rest as many facts as were right when this was written.
AT_LEAST = {"app-log": 240, "client-output": 49}

ROW = re.compile(r"^([a-z-]+) +(\d+)/(\d+) +(\d+)/(\d+) +(\d+) ")
TOTAL = re.compile(r"^LOGS files \d+ facts right (\d+)/(\d+) .*wrong (\d+) "
                   r"silent \d+ crashes (\d+)$", re.MULTILINE)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--corpus", required=True)
    arguments = parser.parse_args()
    score = os.path.join(arguments.corpus, "score_logs.py")
    if not os.path.isdir(os.path.join(arguments.corpus, "field-logs")) or \
            not os.path.isfile(score):
        print("skipped: the labelled logs are not there")
        return 77
    done = subprocess.run([sys.executable, "-B", score, arguments.lostsyn],
                          capture_output=True, text=True, check=False)
    print(done.stdout[-3000:])
    total = TOTAL.search(done.stdout)
    if total is None:
        print(done.stderr)
        return 1
    failed = []
    families = {}
    for line in done.stdout.splitlines():
        row = ROW.match(line)
        if row is not None:
            families[row.group(1)] = [int(n) for n in row.groups()[1:5]]
    for family in REACHED:
        right, facts, right_1, facts_1 = families.get(family, (0, 1, 0, 1))
        if right_1 < facts_1 or (right - right_1) * 10 < (facts - facts_1) * 9:
            failed.append(f"{family}: {right} of {facts} facts are right, "
                          f"{right_1} of {facts_1} of priority 1")
    for family, least in AT_LEAST.items():
        right = families.get(family, (0,))[0]
        if right < least:
            failed.append(f"{family}: {right} facts are right, {least} were")
    if int(total.group(3)) > 0:
        failed.append(f"{total.group(3)} facts are wrong")
    if int(total.group(4)) > 0:
        failed.append(f"{total.group(4)} crashes")
    for problem in failed:
        print("FAILED:", problem)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
