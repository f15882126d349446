#!/usr/bin/env python3
"""What confirms was held against what else could bring it about.

usage: rule_alternatives.py LOSTSYN

Reads what `lostsyn rules test` says of each cause: every piece of evidence that
confirms was tested against at least one other mechanism that brings it about
(`instead`, `against`), of which it is said where it is written (`source`), and
every cause has a test in which another resource is visibly near its limit, and
innocent (`beside`).
"""
import re
import subprocess
import sys


def rules(text):
    """{rule: ({evidence that confirms: [alternatives]}, [innocent])}."""
    found, name, piece = {}, None, None
    for line in text.splitlines():
        said = re.fullmatch(r" +(confirmed by|not by|beside): (.*)", line)
        if re.fullmatch(r"[a-z0-9-]+", line):
            name = line
            found[name] = {}, []
        elif said and name:
            pieces, innocent = found[name]
            if said[1] == "confirmed by":
                piece = said[2]
                pieces[piece] = []
            elif said[1] == "not by":
                pieces[piece].append(said[2])
            else:
                innocent.append(said[2])
    return found


def lacking(name, pieces, innocent):
    for piece, others in pieces.items():
        if not others:
            yield (f"{name}: confirmed by {piece}, and no test says what else "
                   "could be (`instead`, `against`)")
        for other in others:
            if not re.search(r" \(.{8,}\)$", other):
                yield f"{name}: no `source` says that there is: {other}"
    if not innocent:
        yield (f"{name}: no test with an innocent resource near its limit "
               "(`beside`)")


def main():
    run = subprocess.run([sys.argv[1], "rules", "test"], text=True,
                         capture_output=True, check=False)
    found = rules(run.stdout)
    lacks = [lack for name, (pieces, innocent) in found.items()
             for lack in lacking(name, pieces, innocent)]
    if run.returncode != 0 or not found:
        lacks.append(f"`lostsyn rules test` ended with {run.returncode}")
    pieces = [p for known, _ in found.values() for p in known.values()]
    print("\n".join(lacks) or f"{len(found)} cause rules, {len(pieces)} pieces "
          f"of evidence that confirm, {sum(map(len, pieces))} alternatives")
    sys.exit(bool(lacks))


if __name__ == "__main__":
    main()
