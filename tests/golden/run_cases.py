#!/usr/bin/env python3
"""Analyse labelled incidents and compare every verdict with its label.

	run_cases.py --lostsyn PROGRAM [--causes] [--schema FILE] CASE...

A case is a folder with expected.json: its story, the exit status, and for each
attempt (client and server address and port, and which in time order of that
4-tuple it is) the verdict, the confidences allowed, the segment, the count of
SYN retransmissions and the candidates; null or absent is "not compared".
"reported" lists the failed connections that logs tell of and no capture shows:
server, how, count, and verdict and candidates where they matter.
"cause_confidence" and "not_confirmed" bound how sure the causes may be,
"ruled_out" has causes that the report must say it is not; "hosts" has the roles
of machines by name.

Each case is analysed twice. Beyond the labels it must hold that: report.json
obeys its schema; the terminal output fits 80 columns; the case folder is left
as it was; both runs give the same report.json and report.html, byte by byte.
"""
import argparse
import filecmp
import json
import os
import shutil
import sys

HERE = os.path.dirname(__file__)
sys.path.insert(0, os.path.join(HERE, ".."))
sys.path.insert(0, os.path.join(HERE, "../../samples/lab"))
import analyze as a  # noqa: E402
from laboratory.verdicts import SEGMENT, WAYS_SEGMENTS  # noqa: E402

COLUMNS = 80

def listing(folder):
    """{path: (size, mtime)} of all files below; what a run may not change."""
    found = {}
    for here, folders, names in os.walk(folder):
        for name in folders + names:
            path = os.path.join(here, name)
            stat = os.lstat(path)
            found[os.path.relpath(path, folder)] = (
                stat.st_size if name in names else 0, stat.st_mtime_ns)
    return found


def compare_attempt(label, got):
    """Mismatches of one attempt with its label, as text."""
    problems = []
    verdict = got.get("verdict")
    if verdict in label.get("accept", []) and verdict != label["verdict"]:
        return problems  # another reading that the evidence allows as well
    if SEGMENT.get(verdict, "unknown") != got.get("segment") and \
            got.get("segment") not in WAYS_SEGMENTS.get(verdict, ()):
        problems.append(f"{verdict} does not go with segment "
                        f"{got.get('segment')}")
    if label.get("place") and label["place"] != got.get("place"):
        problems.append(f"place is {got.get('place')!r}, not "
                        f"{label['place']!r}")
    for field in ("verdict", "segment", "syn_retransmits"):
        wanted = label.get(field)
        if wanted is not None and got.get(field) != wanted:
            problems.append(f"{field} {got.get(field)}, expected {wanted}")
    sure = label.get("confidence")
    if sure is not None and got.get("confidence") not in (
            sure if isinstance(sure, list) else [sure]):
        problems.append(f"confidence {got.get('confidence')}, "
                        f"expected {sure}")
    by = (got.get("reset") or {}).get("by")
    if "reset_by" in label and label["reset_by"] != by:
        problems.append(f"reset by {by}, expected {label['reset_by']}")
    candidates = label.get("candidates")
    if verdict == "undetermined" and candidates is not None and (set(got.get("candidates") or [])
                                   != set(candidates)):
        problems.append(f"candidates {sorted(got.get('candidates') or [])}, "
                        f"expected {sorted(candidates)}")
    return problems


def count_kind(tally, label, got):
    if got["verdict"] in [label["verdict"], *label.get("accept", [])]:
        tally["right"] += 1
    elif got["verdict"] == "undetermined":
        tally["undetermined"] += 1
    else:
        tally["wrong"] += 1


def compare_attempts(expected, report, tally):
    found = a.by_tuple(a.in_time_order(report))
    problems = []
    matched = set()
    for label in expected["attempts"]:
        key = a.tuple_of(label)
        nth = label.get("nth", 1)
        name = f"{' -> '.join(key)} #{nth}"
        candidates = found.get(key, [])
        if not 1 <= nth <= len(candidates):
            problems.append(f"{name}: not found ({len(candidates)} attempts "
                            "of this 4-tuple)")
            tally["wrong"] += 1
            continue
        got = candidates[nth - 1]
        matched.add(id(got))
        count_kind(tally, label, got)
        problems += [f"{name}: {p}" for p in compare_attempt(label, got)]
    for attempt in report["attempts"]:
        if id(attempt) not in matched:
            problems.append(f"{' -> '.join(a.tuple_of(attempt))}: "
                            f"{attempt['verdict']}, but no such attempt is "
                            "labelled")
            tally["wrong"] += 1
    return problems


def compare_cause(expected, report):
    wanted = {expected.get("cause"), *expected.get("also", [])}
    findings = [f for f in report["findings"]
                if f["confidence"] != "ruled-out"]
    first = findings[0]["cause"] if findings else None
    if expected.get("cause") is None and \
            (not findings or findings[0]["confidence"] == "possible"):
        return []
    if first not in wanted:
        return [f"first finding's cause is {first}, expected "
                f"{expected.get('cause')}"]
    return []


def compare_sureness(expected, report):
    """cause_confidence: of the first finding; not_confirmed, ruled_out: causes."""
    problems = []
    findings = report.get("findings", [])
    allowed = expected.get("cause_confidence")
    if allowed and (not findings or findings[0]["confidence"] not in allowed):
        problems.append(f"the cause is not {' or '.join(allowed)}")
    for finding in findings:
        if finding["cause"] in expected.get("not_confirmed", []) and \
                finding["confidence"] == "confirmed":
            problems.append(f"{finding['cause']} is confirmed")
    out = {f["cause"] for f in findings if f["confidence"] == "ruled-out"}
    problems += [f"{cause} is not ruled out"
                 for cause in expected.get("ruled_out", []) if cause not in out]
    return problems + told_twice(findings)


def told_twice(findings):
    """Two rules of one cause that the same lines confirm: one proof is enough."""
    seen = {}
    for f in findings:
        lines = f.get("evidence", [])
        proof = tuple(sorted((e["source"], e.get("line")) for e in lines
                             if e["weighs"] == "confirms" and e.get("line")))
        if f["confidence"] == "confirmed" and proof and \
                seen.setdefault((f["cause"], proof), f["rule"]) != f["rule"]:
            return [f"{f['cause']} is confirmed twice by the same lines"]
    return []


def compare_reported(expected, report):
    """Failed connections that logs tell of and no capture shows: how many to
    each service, and how; the verdict and its candidates where a label has
    them. No label: none."""
    problems = []
    got = {}
    for failure in report.get("reported_failures", []):
        if failure["attempt"] is None:
            key = (failure["server"]["ip"], failure["server"]["port"],
                   failure["how"])
            got.setdefault(key, []).append(failure)
    for label in expected.get("reported", []):
        key = (label["server"]["ip"], label["server"]["port"], label["how"])
        told = got.pop(key, [])
        count = sum(f["count"] for f in told)
        if count != label["count"]:
            problems.append(f"{key}: {count} reported, expected "
                            f"{label['count']}")
        for field in ("verdict", "candidates"):
            wrong = [f[field] for f in told
                     if field in label and f[field] != label[field]]
            if wrong:
                problems.append(f"{key}: {field} {wrong[0]}, expected "
                                f"{label[field]}")
    return problems + [f"{key}: reported, and no such label" for key in got]


def compare_hosts(expected, report):
    """hosts: the roles of machines by their names."""
    got = {h["name"]: h["roles"] for h in report.get("hosts", [])}
    return [f"{name} is {got.get(name)}, expected {roles}"
            for name, roles in expected.get("hosts", {}).items()
            if got.get(name) != roles]


def check_schema(report, schema):
    if schema is None:
        return []
    import jsonschema
    validator = jsonschema.validators.validator_for(schema)(schema)
    return [f"report.json: {'/'.join(map(str, e.absolute_path))}: "
            f"{e.message[:200]}"
            for e in list(validator.iter_errors(report))[:5]]


def check_output(done):
    problems = []
    for line in done.stdout.splitlines():
        if len(line) > COLUMNS:
            problems.append(f"a line of {len(line)} columns: {line}")
    if "\x1b" in done.stdout + done.stderr:
        problems.append("control sequences though nobody watches")
    if "more bytes]" in done.stdout:
        problems.append("a sentence is cut")
    return problems


def check_repeatable(binary, case, first, again):
    """A second run, without -q, elsewhere; and what it prints."""
    done = a.analyze(binary, case, "-o", again, "--all-attempts")
    problems = check_output(done)
    if not done.stdout.strip():
        problems.append("no summary on the terminal")
    for name in ("report.json", "report.html"):
        one, two = os.path.join(first, name), os.path.join(again, name)
        if not os.path.exists(one) or not os.path.exists(two):
            problems.append(f"no {name}")
        elif not filecmp.cmp(one, two, shallow=False):
            problems.append(f"{name} differs between two runs")
    return problems


def run_case(args, case, schema, tally):
    with open(os.path.join(case, "expected.json"), encoding="utf-8") as f:
        expected = json.load(f)
    before = listing(case)
    with a.Scratch() as scratch:
        first = os.path.join(scratch, "first")
        done = a.analyze(args.lostsyn, case, "-o", first, "--all-attempts",
                         "-q")
        problems = check_output(done)
        if done.returncode != expected["exit_status"]:
            problems.append(f"exit status {done.returncode}, expected "
                            f"{expected['exit_status']}\n{a.said(done)}")
        if not os.path.exists(os.path.join(first, "report.json")):
            tally["wrong"] += len(expected["attempts"])
            return problems + ["no report.json"]
        report = a.read_report(first)
        problems += compare_attempts(expected, report, tally)
        if args.causes:
            problems += compare_cause(expected, report)
        problems += compare_sureness(expected, report)
        problems += compare_reported(expected, report)
        problems += compare_hosts(expected, report)
        problems += check_schema(report, schema)
        problems += check_repeatable(args.lostsyn, case, first,
                                     os.path.join(scratch, "second"))
        if problems and args.keep:
            shutil.copytree(first, os.path.join(
                args.keep, os.path.basename(case)), dirs_exist_ok=True)
    if listing(case) != before:
        problems.append("the case folder was changed")
    return problems


def load_schema(path):
    if path is None or not os.path.exists(path):
        print(f"skipped: schema validation (no {path})")
        return None
    try:
        import jsonschema  # noqa: F401
    except ImportError:
        print("skipped: schema validation (no python3-jsonschema)")
        return None
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--causes", action="store_true",
                        help="compare the first finding's cause as well")
    parser.add_argument("--schema", help="the JSON Schema of report.json")
    parser.add_argument("--keep", help="copy reports of failed cases here")
    parser.add_argument("cases", nargs="+")
    args = parser.parse_args()
    a.need_analyze(args.lostsyn)
    schema = load_schema(args.schema)
    tally = {"right": 0, "wrong": 0, "undetermined": 0}
    failed = 0
    for case in args.cases:
        case = case.rstrip("/")
        problems = run_case(args, case, schema, tally)
        print(f"{'FAILED' if problems else 'ok    '} {os.path.basename(case)}")
        for problem in problems:
            print("   ", problem)
        failed += bool(problems)
    print(f"{len(args.cases)} cases, {failed} failed; attempts: "
          f"{tally['right']} right, {tally['wrong']} wrong, "
          f"{tally['undetermined']} undetermined though decidable")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
