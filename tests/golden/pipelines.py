"""What JUnit's XML and SARIF must look like, for the tests of both commands that
write them. Each check yields what is wrong.

spec: Ant's JUnit.xsd as Jenkins reads it; OASIS SARIF 2.1.0
"""
import json
import os
import re
from xml.etree import ElementTree

# Of OASIS, where somebody has it: it is not ours to hand on.
SARIF_SCHEMA = os.environ.get("SARIF_SCHEMA")


def junit_shape(text):
    """As JUnit.xsd of Ant's task asks, and the counts add up."""
    root = ElementTree.fromstring(text)
    (suite,) = root
    if root.tag != "testsuites" or suite.tag != "testsuite":
        yield "not a suite in testsuites"
    for word in ("package", "id", "name", "timestamp", "hostname", "tests",
                 "failures", "errors", "time"):
        if word not in suite.attrib:
            yield f"the suite has no {word}"
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
                        suite.get("timestamp")):
        yield f"a stamp with a zone or fractions: {suite.get('timestamp')}"
    tags = [x.tag for x in suite]
    if tags != ["properties"] + ["testcase"] * (len(tags) - 3) + [
            "system-out", "system-err"]:
        yield f"the order of a suite's parts: {tags}"
    for tag, count in (("failure", "failures"), ("skipped", "skipped"),
                       (None, "tests")):
        found = [x for x in suite.findall("testcase")
                 if tag is None or x.find(tag) is not None]
        if len(found) != int(suite.get(count)):
            yield f"{len(found)} are not the {count} that the suite counts"


def junit_failed(text):
    """The names of the tests that failed."""
    return [case.get("name")
            for case in ElementTree.fromstring(text).iter("testcase")
            if case.find("failure") is not None]


def sarif_shape(text):
    """What the schema of 2.1.0 asks of the members that are written."""
    log = json.loads(text)
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    if log["version"] != "2.1.0" or not driver["name"]:
        yield "no log of 2.1.0"
    for result in run["results"]:
        if driver["rules"][result["ruleIndex"]]["id"] != result["ruleId"]:
            yield "a result of another rule"
        if result["level"] not in ("error", "warning", "note"):
            yield f"a level {result['level']}"
        if not result["message"]["text"]:
            yield "a result without a message"
        for place in result["locations"]:
            if "physicalLocation" not in place:
                continue
            uri = place["physicalLocation"]["artifactLocation"]["uri"]
            if not re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*", uri):
                yield f"no URI: {uri}"
    if SARIF_SCHEMA:
        import jsonschema
        with open(SARIF_SCHEMA, encoding="utf-8") as f:
            jsonschema.validate(log, json.load(f))
