#!/usr/bin/env python3
"""The first screen of every labelled case, and of the corpus where it is there.

On the terminal: at most forty lines of 80 columns; what happened comes first; inputs,
clocks and examples only with -v; an input that is not to be trusted is named or counted;
what would decide says for which attempts. In every form of every own case: no word
that a reader trips over (plain_words.py).
"""
import argparse
import html
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.path.insert(0, HERE)
import analyze as a  # noqa: E402
from plain_words import trips  # noqa: E402

LINES, COLUMNS = 40, 80
ONLY_VERBOSE = ("Inputs and how far they can be trusted", "Clocks",
                "The first of each")
# What happened, in the words that a report may begin with.
CONCLUSIONS = re.compile(
    r"(?:All|Both|None of|The only|No |[\d,]+ of |[\d,]+ attempt)")


def terminal(text, report):
    lines = text.rstrip("\n").split("\n")
    if len(lines) > LINES:
        yield f"{len(lines)} lines"
    for line in lines:
        if len(line) > COLUMNS:
            yield f"wider than {COLUMNS}: {line}"
        if line in ONLY_VERBOSE:
            yield f"'{line}' without -v"
    if len(lines) < 3 or not CONCLUSIONS.match(lines[2]):
        yield f"does not begin with what happened: {lines[:3]}"
    flat = re.sub(r"\s+", " ", text)
    for source in report["inputs"]:
        trust = source.get("trust")
        if trust and trust["grade"] != "good" and source["name"] not in flat \
                and "more on the page" not in flat:
            yield f"{source['name']} is {trust['grade']} and not named"
    if "\nWhat would decide\n" in text:
        part = text.split("\nWhat would decide\n")[1].split("\n\n")[0]
        for item in re.split(r"\n  - ", "\n" + part)[1:]:
            item = re.sub(r"\s+", " ", item)
            if not re.search(r"\((?:for the same|[\d,]+ (?:attempt|reported))",
                             item):
                yield f"would decide what? {item}"


def words_of_page(text):
    """The sentences of a page: no script, style, or line of evidence."""
    text = re.sub(r"(?s)<(script|style|code|pre)\b.*?</\1>", " ", text)
    text = re.sub(r"<(?:/?(?:bdi|b|em)\b)[^>]*>", "", text)
    return html.unescape(re.sub(r"<[^>]+>", "\n", text))


def check(binary, path, own):
    case = os.path.basename(path)
    with a.Scratch() as scratch:
        done = a.analyze(binary, path, "-o", "out", "--markdown", "report.md",
                         cwd=scratch)
        if done.returncode not in (0, 1):
            yield f"{case}: status {done.returncode}: {a.said(done)}"
            return
        report = a.read_report(os.path.join(scratch, "out"))
        yield from (f"{case}: {p}" for p in terminal(done.stdout, report))
        if not own:
            return
        forms = {"terminal": done.stdout}
        with open(os.path.join(scratch, "report.md"), encoding="utf-8") as f:
            forms["comment"] = re.sub("`.*?`", "", f.read())
        with open(os.path.join(scratch, "out/report.html"),
                  encoding="utf-8") as f:
            forms["page"] = words_of_page(f.read())
        forms["report"] = "\n".join(x["why"] or "" for x in report["attempts"])
    for form, text in forms.items():
        if form == "page" and re.search(r"<(p|li|td)\b", text):
            yield f"{case}: page: markup as text"
        for trip in sorted(set(trips(re.sub(r"\s+", " ", text))))[:5]:
            yield f"{case}: {form}: {trip}"


def self_test():
    """What a reader trips over is seen, and what is right is not."""
    for bad in ("all 1 of them", "1 attempts to it", "3 attempt failed",
                "it convicts the server"):
        if not list(trips(bad)):
            yield f"self-test: '{bad}' is not seen"
    for good in ("1 attempt", "21 attempts", "2 of 3 attempts", "10.0.0.1 port",
                 "3 connection attempts"):
        if list(trips(good)):
            yield f"self-test: '{good}' is wrong: {list(trips(good))}"
    if not list(terminal("lostsyn: x\n\nInputs\n" + 50 * "line\n",
                         {"inputs": []})):
        yield "self-test: a long screen is not seen"


def folders(parent):
    if not os.path.isdir(parent):
        return
    for name in sorted(os.listdir(parent)):
        if os.path.isdir(os.path.join(parent, name)):
            yield os.path.join(parent, name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases", required=True)
    parser.add_argument("--corpus", default="")
    parser.add_argument("names", nargs="*", help="only these cases")
    args = parser.parse_args()
    binary = os.path.abspath(args.lostsyn)
    problems, count = list(self_test()), 0
    for parent, own in ((args.cases, True),
                        (os.path.join(args.corpus, "field"), False)):
        for path in folders(os.path.abspath(parent)):
            if args.names and os.path.basename(path) not in args.names:
                continue
            count += 1
            problems += check(binary, path, own)
    print(f"{count} cases")
    for problem in problems:
        print(problem)
    return 1 if problems or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
