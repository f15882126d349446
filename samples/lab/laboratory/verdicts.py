"""The segment that each verdict names, from the rules themselves."""
import glob
import os
import re

RULES = os.path.join(os.path.dirname(__file__), "../../../rules/verdicts")


def ways_segments():
    """{verdict: the segments that its ways may name instead}"""
    found = {}
    for path in glob.glob(f"{RULES}/*.yaml"):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        verdict = re.search(r"^verdict: (\S+)$", text, re.M).group(1)
        found[verdict] = set(re.findall(r"^    segment: (\S+)$", text, re.M))
    return found


def segments():
    """{verdict: segment, or None where none vanished}"""
    found = {}
    for path in glob.glob(f"{RULES}/*.yaml"):
        with open(path, encoding="utf-8") as file:
            said = dict(re.findall(r"^(verdict|segment): (\S+)$", file.read(),
                                   re.M))
        found[said["verdict"]] = said.get("segment")
    return found


SEGMENT = segments()
WAYS_SEGMENTS = ways_segments()
