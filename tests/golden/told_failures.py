#!/usr/bin/env python3
"""Whatever says that a connect failed is a reported failure where nobody
captured: every sample line of every pattern whose event reports one, alone in a
file. Status 0 ("nothing tells of a failed one") would be a lie.

A case holds the samples of one pattern, a file each, so that no file answers for
another. NOT_COUNTED names the lines that by their own words are not a connect's,
or do not say of which.
"""
import argparse
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

import yaml

# Beginnings are enough: part of the line, and why no connect is counted.
NOT_COUNTED = (
    ("443,0,SA,", "pf dropped the answer, a SYN-ACK"),
    ("Source Port: 8080 Destination Address: 10.1.0.2",
     "the packet goes to the higher port: an answer"),
    ("SPT=1 DPT=81", "no flags, and it goes to the higher port"),
    ("status: 0/", "told again by HAProxy's line that the server is down"),
    ("%ASA-1-106021", "tells no port, so that it may be any packet"),
)


def first_words(source, name):
    with open(os.path.join(source, "analyzer/model", name),
              encoding="utf-8") as f:
        return re.findall(r'^X\("([^"]+)"(?:, "([^"]+)")?', f.read(), re.M)


def reporting(source):
    ends = [end for end, _ in first_words(source, "failure_events.def")]
    return re.compile("(?:^|-)(?:" + "|".join(ends) + ")$")


def patterns(source):
    folder = os.path.join(source, "parsers/patterns")
    for name in sorted(os.listdir(folder)):
        if name.endswith(".yaml"):
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                for row in yaml.safe_load(f):
                    yield name[:-len(".yaml")], row


def samples(row):
    for s in row.get("samples", []):
        line = s["line"] if isinstance(s, dict) else s
        if not any(part in line for part, _ in NOT_COUNTED):
            yield line


def write_cases(source, folder):
    """{case: [line]}: file N.log of a case holds the Nth line."""
    reports, cases = reporting(source), {}
    checks = first_words(source, "failure_checks.def")
    for number, (file, row) in enumerate(patterns(source)):
        event = row.get("event", "")
        lines = [line for line in samples(row) if reports.search(event)
                 or any(event == check and said.split(",")[0] in line
                        for check, said in checks)]
        if not lines:
            continue
        name = f"{file}-{number}-{row['event']}"
        cases[name] = lines
        os.makedirs(os.path.join(folder, name, "client"))
        for at, line in enumerate(lines):
            with open(os.path.join(folder, name, "client", f"{at}.log"), "w",
                      encoding="utf-8") as f:
                f.write(line + "\n")
    return cases


def told(case):
    db = sqlite3.connect(os.path.join(case, "evidence.sqlite"))
    rows = db.execute("SELECT DISTINCT s.name FROM reported_failures r"
                      " JOIN source s ON s.id = r.source").fetchall()
    db.close()
    return {int(os.path.basename(name).split(".")[0]) for (name,) in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--source", required=True)
    options = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as tmp:
        cases = write_cases(options.source, os.path.join(tmp, "in"))
        assert len(cases) > 90, len(cases)
        out = os.path.join(tmp, "out")
        subprocess.run([options.lostsyn, "batch", os.path.join(tmp, "in"),
                        "-o", out, "--jobs", "2"], check=False,
                       stdout=subprocess.DEVNULL)
        with open(os.path.join(out, "index.ndjson"), encoding="utf-8") as f:
            done = {r["name"]: r for r in map(json.loads, f)}
        for name, lines in cases.items():
            seen = told(os.path.join(out, done[name]["folder"]))
            wrong += done[name]["status"] != 1
            for at, line in enumerate(lines):
                if at not in seen:
                    wrong += 1
                    print(f"{name}: no reported failure: {line}")
    total = sum(map(len, cases.values()))
    print(f"{total} lines of {len(cases)} patterns, {wrong} not counted")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
