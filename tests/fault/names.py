#!/usr/bin/env python3
"""Names of files, folders and words that hold a terminal's commands are inert.

Names with escapes, bells, 8-bit controls, a line break with a forged line behind it,
controls that turn the direction of text, and bytes that are no UTF-8 are given to
every command in every place that takes or finds a name. What it prints, and what it
writes, holds none of them raw, is UTF-8 as a whole, and no line begins with what was
forged.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import analyze as lost  # noqa: E402

CASE = "refused"
EVIL = ("x\x1b[31m\x07\u009b2J\u202e\u2028\u2066".encode() +
        b"\nFORGED: all is well\r\xff\xfe\xc3(")
RAW = [c.encode() for c in
       ("\x1b", "\x07", "\x08", "\r", "\u009b", "\u202e", "\u2028", "\u2066")]
FORGED = re.compile(rb"(?m)^FORGED")
TEXTS = (".html", ".json", ".md", ".ndjson", ".txt", ".csv", ".xml", ".sarif",
         ".log", ".zeek")


def check(failures, what, data):
    """The first thing that is wrong, with what stands before it."""
    at = [data.index(raw) for raw in RAW if raw in data]
    at += [m.start() for m in [FORGED.search(data)] if m]
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as e:
        at.append(e.start)
    if at:
        failures.append(
            f"{what}: {data[max(0, min(at) - 60):min(at) + 12]!r}")


class Bench:
    def __init__(self, lostsyn):
        self.lostsyn = lostsyn.encode()
        self.failures = []
        self.shown = 0
        self.count = 0

    def run(self, what, *words, status=(0, 1, 2, 3), stdin=b""):
        words = [w if isinstance(w, bytes) else w.encode() for w in words]
        environment = dict(os.environ, LC_ALL="C.UTF-8", BROWSER="true")
        done = subprocess.run([self.lostsyn, *words], input=stdin,
                              capture_output=True, check=False,
                              env=environment, timeout=lost.TIMEOUT_S)
        said = done.stdout + done.stderr
        # RFC 4180 ends its rows so.
        check(self.failures, what, said.replace(b"\r\n", b"\n")
              if words[-1] == b"csv" else said)
        self.count += 1
        self.shown += b"FORGED" in said
        if done.returncode not in status:
            self.failures.append(
                f"{what}: status {done.returncode}: {said[-200:]}")
        return said

    def look(self, what, folder):
        """Every text below."""
        for where, _, names in os.walk(folder):
            for name in names:
                if name.endswith(tuple(t.encode() for t in TEXTS)):
                    with open(os.path.join(where, name), "rb") as f:
                        data = f.read()
                    check(self.failures, f"{what}, {name!r}", data)
                    self.shown += b"FORGED" in data


def make(args, scratch):
    """A case in which every name is evil; its report is in an evil folder too."""
    case = os.path.join(scratch, b"archive", b"case-" + EVIL)
    shutil.copytree(os.path.join(args.cases, CASE).encode(), case)
    for where, folders, names in os.walk(case, topdown=False):
        for name in names + folders:
            if name in (b"expected.json", b"README.md"):
                os.remove(os.path.join(where, name))
            else:
                stem, dot, end = name.partition(b".")
                os.rename(os.path.join(where, name),
                          os.path.join(where, stem + b"-" + EVIL + dot + end))
    with open(os.path.join(case, b"unknown-" + EVIL), "wb") as f:
        f.write(b"nothing that is known\n" * 20)
    return case


def first_file(case, start):
    for where, _, names in os.walk(case):
        for name in names:
            if name.startswith(start):
                return os.path.join(where, name)
    sys.exit("names: no such file in the case")


def try_all(b, scratch, case):
    out = os.path.join(scratch, b"out-" + EVIL)
    gone = os.path.join(scratch, b"gone-" + EVIL)
    b.run("analyze -v", "analyze", "-v", case, "-o", out, "--markdown",
          out + b"/r.md", "--junit", out + b"/j.xml", "--sarif",
          out + b"/s.sarif", status=(0, 1))
    b.look("analyze", out)
    for form in ("github", "gitlab", "jira", "servicenow", "slack", "text"):
        b.run("--ticket " + form, "analyze", case, "-o",
              os.path.join(scratch, b"t"), "--force", "--ticket", form)
    b.run("--json -", "analyze", case, "--json", "-")
    b.run("analyze of nothing", "analyze", gone)
    b.run("analyze, unknown option", "analyze", b"--" + EVIL)
    for option in ("--client", "--rules", "--patterns", "--filter", "--from",
                   "--timezone", "--redact-key", "--evidence", "--json",
                   "--html", "--db", "--progress", "--ticket", "--max-attempts"):
        b.run("analyze " + option, "analyze", case, "-o",
              os.path.join(scratch, b"o"), option, gone)
    for start in (b"client", b"server", b"unknown", b"capture", b"dmesg"):
        try:
            file = first_file(case, start)
        except SystemExit:
            continue
        b.run(f"decode {start}", "decode", file)
        b.run(f"decode --json {start}", "decode", "--json", file)
    b.run("decode of nothing", "decode", gone)
    b.run("decode --patterns", "decode", "--patterns", gone, case)
    slices = os.path.join(scratch, b"slices-" + EVIL)
    for more in ([], ["--annotate"], ["--merged"]):
        b.run(f"extract {more}", "extract", out, case, "-o", slices, *more,
              status=(0, 1))
    b.run("extract without evidence", "extract", out,
          os.path.join(scratch, b"archive"), "-o", slices)
    for option in ("--verdict", "--attempt", "--client", "--first"):
        b.run("extract " + option, "extract", out, case, option, EVIL)
    b.run("judge", "judge", out, status=(0, 1))
    b.run("judge of nothing", "judge", gone)
    b.run("judge --rules", "judge", out, "--rules", gone)
    b.run("diff", "diff", out, out, status=(0, 1, 2))
    b.run("diff --json", "diff", "--json", out, out)
    b.run("diff of nothing", "diff", out, gone)
    b.run("diff --same", "diff", out, out, "--same", EVIL)
    for form in ("csv", "ndjson", "zeek", "ecs", "ocsf", "otlp-json",
                 "prometheus"):
        b.run("export " + form, "export", out, "--format", form, status=(0,))
    b.run("export of nothing", "export", gone, "--format", "csv")
    b.run("export --format", "export", out, "--format", EVIL)
    b.run("export -o", "export", out, "--format", "csv", "-o", gone + b"/x")
    b.run("explain", "explain", EVIL)
    b.run("explain --rules", "explain", "--rules", gone, "refused-by-server")
    for action in ("list", "show", "check", "test", EVIL):
        b.run(f"rules {action}", "rules", action, EVIL)
    b.run("mcp of nothing", "mcp", gone)
    b.run("mcp", "mcp", out, stdin=QUESTIONS)
    b.run("open", "open", gone)
    b.run("open of it", "open", out)
    b.run("completion", "completion", EVIL)
    b.run("no command", EVIL)
    b.run("schema", "schema", EVIL)
    archive = os.path.join(scratch, b"archive")
    results = os.path.join(scratch, b"results-" + EVIL)
    b.run("batch --dry-run", "batch", archive, "--dry-run")
    b.run("batch", "batch", archive, "-o", results, "--jobs", "1",
          status=(0, 1))
    b.run("batch again", "batch", archive, "-o", results)
    b.run("batch --merge", "batch", "--merge", results, "-o",
          os.path.join(scratch, b"merged-" + EVIL), status=(0, 1))
    b.run("batch --rejudge", "batch", "--rejudge", "-o", results,
          status=(0, 1))
    b.run("batch of nothing", "batch", gone, "-o", results)
    b.run("batch --merge of nothing", "batch", "--merge", gone, "-o",
          os.path.join(scratch, b"m2"))
    b.run("mcp of a batch", "mcp", results, stdin=QUESTIONS)
    b.look("batch", results)
    b.look("merge", os.path.join(scratch, b"merged-" + EVIL))


def question(number, method, **params):
    import json
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method,
                       "params": params}).encode() + b"\n"


QUESTIONS = question(1, "initialize", protocolVersion="2025-06-18",
                     capabilities={}, clientInfo={"name": "t", "version": "1"}) \
    + question(2, "tools/list") \
    + b"".join(question(3 + i, "tools/call", name=name, arguments={})
               for i, name in enumerate(("summary", "attempts", "causes",
                                         "inputs", "cases", "evidence")))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases", required=True)
    args = parser.parse_args()
    args.lostsyn = os.path.abspath(args.lostsyn)
    lost.need_analyze(args.lostsyn)
    b = Bench(args.lostsyn)
    with lost.Scratch() as scratch:
        scratch = os.fsencode(scratch)
        try_all(b, scratch, make(args, scratch))
    for failure in b.failures:
        print(failure)
    # It could not fail if the names were left out everywhere.
    if b.shown < b.count // 2:
        print(f"of {b.count} runs {b.shown} show the names")
        return 1
    print(f"{b.count} runs, {b.shown} texts that show the names")
    return 1 if b.failures else 0


if __name__ == "__main__":
    sys.exit(main())
