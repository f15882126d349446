#!/usr/bin/env python3
"""case.yaml and its options from outside: order of the path, and refusals.

	case_yaml.py --lostsyn PROGRAM --case samples/cases/three-vantages
"""
import argparse
import json
import os
import shutil
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402

# By name alone the order would be alpha, mid, zeta.
NAMES = {"client": "zeta", "router": "mid", "server": "alpha"}


def renamed(args, here):
    """The case under names that do not tell the order."""
    case = os.path.join(here, "case")
    os.mkdir(case)
    for old, new in NAMES.items():
        shutil.copytree(os.path.join(args.case, old),
                        os.path.join(case, new))
    return case


def write(case, text):
    with open(os.path.join(case, "case.yaml"), "w", encoding="utf-8") as f:
        f.write(text)


def order_is_taken(args, here):
    case = renamed(args, here)
    write(case, "vantages: [{name: zeta}, {name: mid}, {name: alpha}]\n")
    out = os.path.join(here, "out")
    done = a.analyze(args.lostsyn, case, "-o", out)
    with open(os.path.join(args.case, "expected.json"),
              encoding="utf-8") as f:
        truth = json.load(f)
    if done.returncode != truth["exit_status"]:
        yield a.said(done)
        return
    wanted = sorted(x["verdict"] for x in truth["attempts"]
                    if x["verdict"] != "established")
    found = sorted(x["verdict"] for x in a.read_report(out)["attempts"]
                   if x["verdict"] != "established")
    if found != wanted:
        yield f"verdicts {found}, not {wanted}"
    db = sqlite3.connect(os.path.join(out, "evidence.sqlite"))
    rows = db.execute("SELECT name, swapped FROM vantage ORDER BY id")
    rows = rows.fetchall()
    db.close()
    if rows != [("zeta", 0), ("mid", 0), ("alpha", 0)]:
        yield f"path: {rows}"


def problems_are_listed(args, here):
    case = renamed(args, here)
    write(case, "vantage:\n  - name: zeta\nfiles:\n  - path: x\n"
                "    timezone: Mars\n    year: 26\n")
    done = a.analyze(args.lostsyn, case, "-o", os.path.join(here, "out"))
    if done.returncode != 2:
        yield a.said(done)
    for words in ("case.yaml:1:1: unknown key 'vantage'",
                  "did you mean 'vantages'", "case.yaml:5:15: 'Mars'",
                  "case.yaml:6:11: a year"):
        if words not in done.stderr:
            yield f"does not say {words!r}, {a.said(done)}"


def slips_are_told(args, here):
    case = renamed(args, here)
    out = os.path.join(here, "out")
    done = a.analyze(args.lostsyn, case, "--timezone", "alhpa=UTC", "-o", out)
    if done.returncode != 2 or "'alpha'" not in done.stderr:
        yield a.said(done)
    done = a.analyze(args.lostsyn, case, "--timezone", "alpha=-03:30",
                     "--year", "2026", "-o", out)
    if done.returncode not in (0, 1):
        yield a.said(done)


def pipe_in_the_folder(args, here):
    """Nobody writes it: to open it would wait for ever."""
    case = renamed(args, here)
    os.mkfifo(os.path.join(case, "zeta", "capture.pipe"))
    out = os.path.join(here, "out")
    done = a.analyze(args.lostsyn, case, "-o", out)
    if done.returncode not in (0, 1) or "capture.pipe" not in done.stderr:
        yield a.said(done)
        return
    names = {row["name"]: row for row in a.read_report(out)["inputs"]}
    if "zeta/capture.pipe" not in names:
        yield "the pipe is not listed"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--case", required=True)
    args = parser.parse_args()
    problems = 0
    for check in (order_is_taken, problems_are_listed, slips_are_told,
                  pipe_in_the_folder):
        with a.Scratch() as here:
            problems += a.run_check(check, args, here)
    return problems != 0


if __name__ == "__main__":
    sys.exit(main())
