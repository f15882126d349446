#!/usr/bin/env python3
"""Run lints: run.py all | NAME... [--root DIR] | self-test

A lint is a module beside this file with check(tree), which yields (path, line,
message), and its examples: BAD trees, each of which must be caught, and GOOD
ones, which must pass. Adding one is adding the file.
"""
import argparse
import importlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)

from tree import Tree  # noqa: E402


def names():
    return sorted(f[:-3] for f in os.listdir(HERE)
                  if f.endswith(".py") and f not in ("run.py", "tree.py"))


def run(name, root):
    lint = importlib.import_module(name)
    if getattr(lint, "NOTE", None):
        print(f"skipped: {name}: {lint.NOTE}")
    count = 0
    for path, line, message in lint.check(Tree(root)):
        print(f"{path}:{line}: {name}: {message}")
        count += 1
    return count


def self_test():
    wrong = 0
    for name in names():
        lint = importlib.import_module(name)
        for number, files in enumerate(lint.BAD):
            if not list(lint.check(Tree(files=files))):
                print(f"{name}: bad example {number} was not caught")
                wrong += 1
        for number, files in enumerate(lint.GOOD):
            for path, line, message in lint.check(Tree(files=files)):
                print(f"{name}: good example {number}: "
                      f"{path}:{line}: {message}")
                wrong += 1
        print(f"{name}: {len(lint.BAD)} bad and {len(lint.GOOD)} good "
              "examples")
        wrong += not lint.BAD or not lint.GOOD
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="+")
    parser.add_argument("--root", default=os.path.join(HERE, "..", ".."))
    args = parser.parse_args()
    if args.names == ["self-test"]:
        return self_test() != 0
    chosen = names() if args.names == ["all"] else args.names
    unknown = set(chosen) - set(names())
    if unknown:
        parser.error(f"no lint {', '.join(unknown)}; there are: "
                     f"{', '.join(names())}, self-test")
    return sum(run(name, args.root) for name in chosen) != 0


if __name__ == "__main__":
    sys.exit(main())
