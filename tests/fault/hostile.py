#!/usr/bin/env python3
"""Hostile text in every field is inert in every output.

Into each text column of a real database in turn goes markup, a terminal's
escapes (7 and 8 bit), bidirectional controls, separators and a mention; judge
writes its reports anew and diff compares them. A rule's words, the names of
files and folders and case.yaml are outside text as well: these go through
analyze, in all forms, and through batch.
"""
import argparse
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import analyze as lost  # noqa: E402

CASE = "nginx-conntrack-full"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"
EVIL = MARKUP + "\x1b]0;own\x07\x1b[31m\x9b31m\u202e\u2028\"'&|`@root ](x)"
# A file system takes no slash, and a rule's YAML no control character but
# escaped.
NAME = MARKUP.replace("/", "") + "\x1b[31m\u202e\u2028\"'&|`@root ](x)"
RULE = '"' + MARKUP + "\\e]0;own\\a\\e[31m\\u202e\\u2028'&|`@root ](x)" + '"'
RAW = [c.encode() for c in ("\x1b", "\x07", "\x9b", "\u202e", "\u2028")]
# Of tags these pages have script, one, but no img.
TAGS = re.compile(rb"<script>alert|<img")
# What markdown would take as markup: unescaped tags and mentions.
MARKDOWN = re.compile(rb"(?<!\\)<(script|img)|@root")


def check(failures, what, data, form):
    for raw in RAW:
        if raw in data:
            failures.append(f"{what}: {raw!r} is in {form}")
    if form.endswith(".html") and TAGS.search(data):
        failures.append(f"{what}: markup is alive in {form}")
    if form.endswith(".md"):
        # Code blocks are verbatim.
        text = re.sub(rb"(?ms)^```$.*?^```$", b"", data)
        if MARKDOWN.search(text):
            failures.append(f"{what}: markup is alive in {form}")
    try:
        if form.endswith(".json"):
            json.loads(data)
        if form.endswith(".ndjson"):
            for line in data.splitlines():
                json.loads(line)
    except ValueError as e:
        failures.append(f"{what}: {form}: {e}")


def check_folder(failures, what, folder):
    """Every text output below; how many of them show what was put in."""
    shown = 0
    for where, _, names in os.walk(folder):
        for name in names:
            if name.endswith((".html", ".json", ".md", ".ndjson")):
                with open(os.path.join(where, name), "rb") as f:
                    data = f.read()
                check(failures, what, data, name)
                shown += b"alert" in data
    return shown


def run(failures, what, *command, most=1):
    done = subprocess.run(command, capture_output=True, check=False,
                          timeout=lost.TIMEOUT_S, stdin=subprocess.DEVNULL)
    if not 0 <= done.returncode <= most:
        failures.append(f"{what}: status {done.returncode}: "
                        f"{done.stderr.decode(errors='replace')[:200]}")
    check(failures, what, done.stdout + done.stderr, "the terminal")
    return done


def columns(db):
    tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    for (table,) in tables.fetchall():
        for _, name, kind, *_ in db.execute(f"PRAGMA table_info({table})"):
            if kind == "TEXT" and db.execute(
                    f"SELECT count({name}) FROM {table}").fetchone()[0]:
                yield table, name


def check_columns(failures, args, scratch, case):
    plain = os.path.join(scratch, "plain")
    lost.analyze(args.lostsyn, "-q", "-o", plain, case)
    with sqlite3.connect(os.path.join(plain, "evidence.sqlite")) as db:
        fields = list(columns(db))
    shown = 0
    for table, name in fields:
        what = f"{table}.{name}"
        evil, out = (os.path.join(scratch, n) for n in ("evil", "out"))
        shutil.copytree(plain, evil)
        with sqlite3.connect(os.path.join(evil, "evidence.sqlite")) as db:
            db.execute(f"UPDATE {table} SET {name} = {name} || ?", (EVIL,))
        db.close()
        # A database that is refused (2, 3) is as good as an inert one.
        run(failures, what, args.lostsyn, "judge", evil, "-o", out, most=3)
        shown += check_folder(failures, what, out)
        run(failures, what, args.lostsyn, "diff", plain, out, most=3)
        shutil.rmtree(evil)
        shutil.rmtree(out, ignore_errors=True)
    return len(fields), shown


def check_rule(failures, args, scratch, case):
    rules = os.path.join(scratch, "rules")
    os.makedirs(rules)
    with open(os.path.join(args.source, "rules/causes/conntrack-table-full"
                           ".yaml"), encoding="utf-8") as f:
        text = f.read()
    text = re.sub(r"(?m)^title: .*$", lambda m: "title: " + RULE, text)
    for part in ("fix", "verify", "collect", "worse"):
        text = re.sub(rf"(?m)^{part}:\n", lambda m: m.group(0) + f"  - {RULE}\n",
                      text)
    with open(os.path.join(rules, "conntrack-table-full.yaml"), "w",
              encoding="utf-8") as f:
        f.write(text)
    out = os.path.join(scratch, "by-rule")
    os.makedirs(out)
    run(failures, "a rule", args.lostsyn, "analyze", case, "--rules", rules,
        "-o", out, "--markdown", os.path.join(out, "report.md"))
    if check_folder(failures, "a rule", out) != 3:
        failures.append("a rule: its words are not in all forms")


def check_names(failures, args, scratch, case):
    evil = os.path.join(scratch, "archive", "case " + NAME)
    shutil.copytree(case, evil)
    os.rename(os.path.join(evil, "client"), os.path.join(evil, "client" + NAME))
    os.rename(os.path.join(evil, "server", "dmesg.txt"),
              os.path.join(evil, "server", NAME + ".txt"))
    out = os.path.join(scratch, "by-name")
    os.makedirs(out)
    run(failures, "names", args.lostsyn, "analyze", evil, "-o", out,
        "--markdown", os.path.join(out, "report.md"))
    if check_folder(failures, "names", out) != 3:
        failures.append("names: not in all forms")
    results = os.path.join(scratch, "results")
    run(failures, "batch", args.lostsyn, "batch",
        os.path.join(scratch, "archive"), "-o", results, "--jobs", "1")
    if check_folder(failures, "batch", results) < 4:
        failures.append("batch: the names are not in all forms")
    with open(os.path.join(evil, "case.yaml"), "w", encoding="utf-8") as f:
        f.write(f"vantages:\n  - name: {RULE}\n    {RULE}: 1\n")
    run(failures, "case.yaml", args.lostsyn, "analyze", evil, "-o",
        os.path.join(scratch, "unused"), most=2)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--source", required=True)
    args = parser.parse_args()
    lost.need_analyze(args.lostsyn)
    failures = []
    with lost.Scratch() as scratch:
        case = os.path.join(args.source, "samples/cases", CASE)
        fields, shown = check_columns(failures, args, scratch, case)
        # The test could not fail for text that no report shows.
        if shown < fields // 2:
            failures.append(f"{shown} reports show what {fields} columns hold")
        check_rule(failures, args, scratch, case)
        check_names(failures, args, scratch, case)
    for failure in failures:
        print(failure)
    if not failures:
        print(f"{fields} columns, a rule and names: inert in {shown} reports")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
