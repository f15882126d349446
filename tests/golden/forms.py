#!/usr/bin/env python3
"""The report's forms for cases of the lab, byte for byte, wherever it runs.

Each case is copied (without its label) to two folders and analysed from two
others, with two zones, languages and widths: all outputs must be the same
bytes. JSON, Markdown, JUnit, SARIF and terminal output are compared with the
goldens in tests/golden/forms, and one case in the markup of each ticket system.
After a change that is meant:

  UPDATE_GOLDEN=1 python3 tests/golden/forms.py --lostsyn build/dev/analyzer/lostsyn --source .
"""
import argparse
import difflib
import json
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                ".."))
import analyze as a  # noqa: E402
import pipelines  # noqa: E402

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "forms")
CASES = ("clean", "copies-fare-differently", "server-conntrack-full",
         "server-only", "three-vantages")
# name in the goldens: name of the output
FORMS = {"json": "report.json", "md": "report.md", "txt": "summary.txt",
         "xml": "report.xml", "sarif": "report.sarif"}
# Beside the folder of the outputs: the sandbox has to know of them.
BESIDE = {"--markdown": "report.md", "--junit": "report.xml",
          "--sarif": "report.sarif"}


def forms(binary, case, folder, **environment):
    """{form: bytes} of one analysis into folder."""
    out = os.path.join(folder, "out")
    more = [word for pair in BESIDE.items() for word in pair]
    done = a.analyze(binary, case, "-o", "out", *more, cwd=folder,
                     env={**os.environ, **environment})
    if done.returncode not in (0, 1):
        raise RuntimeError(a.said(done))
    for name in BESIDE.values():
        os.rename(os.path.join(folder, name), os.path.join(out, name))
    with open(os.path.join(out, "summary.txt"), "w", encoding="utf-8") as f:
        f.write(done.stdout)
    found = {}
    for name in (*FORMS.values(), "report.html"):
        with open(os.path.join(out, name), "rb") as f:
            found[name] = f.read()
    shutil.rmtree(out)
    return found


# One incident in the markup of each system.
TICKETS = ("github", "gitlab", "jira", "servicenow", "slack", "text")
TICKET_CASE = "server-conntrack-full"


def tickets(binary, case, folder):
    """{system: bytes}; standard output is the ticket and nothing else."""
    for system in TICKETS:
        done = a.analyze(binary, case, "-o", "out", "--ticket", system,
                         cwd=folder)
        shutil.rmtree(os.path.join(folder, "out"))
        yield system, done.stdout.encode()


def in_pipelines(report, junit, sarif):
    """Each service is a test, and each cause of weight a result."""
    yield from pipelines.junit_shape(junit)
    yield from pipelines.sarif_shape(sarif)
    failed = {f"{s['address']}:{s['port']}" for s in report["services"]
              if s["failed"] + s["reported"] > 0}
    if set(pipelines.junit_failed(junit)) != failed:
        yield f"tests that fail are not {sorted(failed)}"
    (run,) = json.loads(sarif)["runs"]
    told = {result["ruleId"] for result in run["results"]}
    causes = {f["cause"] for f in report["findings"]
              if f["confidence"] != "ruled-out"}
    if not causes <= told:
        yield f"no results: {sorted(causes - told)}"


def stable(text):
    """Without the version, and the digest that an edit of any rule changes."""
    text = re.sub(r'("rules_sha256":")[0-9a-f]{64}', r"\1", text)
    return re.sub(r'("version":"|lostsyn )\d+(\.\d+)+', r"\1", text)


def golden(case, form, content):
    path = os.path.join(GOLDEN, f"{case}.{form}")
    text = stable(content.decode("utf-8"))
    if os.environ.get("UPDATE_GOLDEN"):
        os.makedirs(GOLDEN, exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    with open(path, encoding="utf-8") as f:
        kept = f.read()
    if kept != text:
        yield f"{case}.{form} is another:"
        yield from difflib.unified_diff(kept.split("\n"), text.split("\n"),
                                        "golden", "now", lineterm="", n=1)


def check(binary, source, case, scratch):
    here = os.path.join(scratch, "here")
    there = os.path.join(scratch, "a", "longer path", "there")
    lies = os.path.join(scratch, "cases", case)
    os.makedirs(here)
    for copy in (lies, os.path.join(there, "copies", case)):
        shutil.copytree(os.path.join(source, "samples/cases", case), copy,
                        ignore=shutil.ignore_patterns("expected.json",
                                                      "README.md"))
    one = forms(binary, lies, here, TZ="UTC", LANG="C", LC_ALL="C")
    two = forms(binary, os.path.join("copies", case), there,
                TZ="Pacific/Auckland", LANG="de_DE.UTF-8", LC_ALL="C.UTF-8",
                COLUMNS="200", TERM="xterm-256color")
    for name in one:
        if one[name] != two[name]:
            yield f"{case}: {name} differs between two folders"
    for problem in in_pipelines(json.loads(one["report.json"]),
                                one["report.xml"].decode(),
                                one["report.sarif"].decode()):
        yield f"{case}: {problem}"
    for form, name in FORMS.items():
        yield from golden(case, form, one[name])
    if case == TICKET_CASE:
        for system, content in tickets(binary, lies, here):
            yield from golden(case, f"ticket-{system}", content)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--source", required=True)
    args = parser.parse_args()
    problems = []
    for case in CASES:
        with a.Scratch() as scratch:
            problems += check(os.path.abspath(args.lostsyn),
                              os.path.abspath(args.source), case, scratch)
    for problem in problems:
        print(problem)
    if problems:
        print("meant? UPDATE_GOLDEN=1 python3 tests/golden/forms.py ...")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
