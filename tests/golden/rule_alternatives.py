#!/usr/bin/env python3
"""What confirms was held against what else could bring it about.

usage: rule_alternatives.py LOSTSYN

Reads what `lostsyn rules test` says of each cause: one that can be confirmed
names in its tests at least one other mechanism that brings the same evidence
about (`instead`), and every cause has a test in which another resource is
visibly near its limit, and innocent (`beside`).
"""
import re
import subprocess
import sys


def rules(text):
    """{rule: {what: [words]}} of the indented lines behind each rule's name."""
    found, name = {}, None
    for line in text.splitlines():
        said = re.fullmatch(r"  (confirmed by|not by|beside): (.*)", line)
        if re.fullmatch(r"[a-z0-9-]+", line):
            name = line
            found[name] = {}
        elif said and name:
            found[name].setdefault(said[1], []).append(said[2])
    return found


def main():
    run = subprocess.run([sys.argv[1], "rules", "test"], text=True,
                         capture_output=True, check=False)
    found = rules(run.stdout)
    lacks = []
    for name, says in found.items():
        if "confirmed by" in says and "not by" not in says:
            lacks.append(f"{name}: confirmed by {says['confirmed by'][0]}, and "
                         "no test says what else could be (`instead`)")
        if "beside" not in says:
            lacks.append(f"{name}: no test with an innocent resource near its "
                         "limit (`beside`)")
    if run.returncode != 0 or not found:
        lacks.append(f"`lostsyn rules test` ended with {run.returncode}")
    print("\n".join(lacks) or f"{len(found)} cause rules, "
          f"{sum(len(s.get('not by', [])) for s in found.values())} "
          "alternatives")
    sys.exit(bool(lacks))


if __name__ == "__main__":
    main()
