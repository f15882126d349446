"""Validate reports against analyzer/report/report.schema.json.

usage: check_schema.py SCHEMA REPORT...

Beyond the schema: figures that must agree inside one report. Each report is
also broken on purpose, once per rule, to see that the check can fail. Without
python3-jsonschema the test is skipped, visibly.
"""
import copy
import json
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)


# Of attempts that are alike, and of a finding's (report/alike.h).
ALIKE_MAX = 10000


def unique(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError("a key occurs twice among %s" % keys)
    return dict(pairs)


def figures(report):
    """What the schema cannot say."""
    summary = report["summary"]
    if sum(summary["by_verdict"].values()) != summary["attempts"]:
        yield "by_verdict does not add up to attempts"
    if len(report["attempts"]) > summary["attempts"]:
        yield "more attempts are listed than there are"
    ids = [attempt["id"] for attempt in report["attempts"]]
    if ids != sorted(set(ids)):
        yield "attempts are not in the order of their ids"
    inputs = {source["id"] for source in report["inputs"]}
    for source in report["inputs"]:
        read = source.get("packets", source.get("lines"))
        if source["accounting"] and sum(source["accounting"].values()) != read:
            yield "accounting of input %d does not add up" % source["id"]
    for attempt in report["attempts"]:
        for view in attempt["views"].values():
            if view["frames"] != sorted(view["frames"]):
                yield "frames of attempt %d are not sorted" % attempt["id"]
    for finding in report["findings"]:
        listed = len(finding["attempt_ids"])
        if finding["attempts"] != listed and \
                (finding["attempts"] < listed or listed != ALIKE_MAX):
            yield "attempts of finding %d do not add up" % finding["id"]
        for evidence in finding["evidence"]:
            if evidence["source"] not in inputs | {None}:
                yield "finding %d cites an unknown input" % finding["id"]


def problems(validator, report):
    found = ["%s: %s" % ("/".join(map(str, error.absolute_path)), error.message)
             for error in validator.iter_errors(report)]
    return found or list(figures(report))


def broken(report):
    """Copies of the report, each wrong in one way."""
    def change(path, value):
        copied = copy.deepcopy(report)
        place = copied
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        return copied
    yield change(["version"], 2)
    yield change(["surprise"], 1)
    yield change(["summary", "attempts"], -1)
    yield change(["summary", "attempts"], report["summary"]["attempts"] + 1)
    yield change(["attempts", 0, "first_syn"], "2026-11-20 23:32:31")
    yield change(["attempts", 0, "confidence"], "sure")
    yield change(["attempts", 0, "client", "port"], 65536)
    yield change(["inputs", 0, "trust", "grade"], "fine")
    yield change(["inputs", 0, "sha256"], "abc")
    yield change(["findings", 0, "evidence", 0, "source"], 99)


def main():
    schema_path, *reports = sys.argv[1:]
    with open(schema_path, encoding="utf-8") as f:
        schema = json.load(f)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)
    failed = not reports
    for path in reports:
        with open(path, encoding="utf-8") as f:
            report = json.load(f, object_pairs_hook=unique)
        for problem in problems(validator, report):
            print("%s: %s" % (path, problem))
            failed = True
        for n, wrong in enumerate(broken(report)):
            if not problems(validator, wrong):
                print("%s: mistake %d was not noticed" % (path, n))
                failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
