"""The segment that each verdict names, from the rules themselves."""
import glob
import os
import re

RULES = os.path.join(os.path.dirname(__file__), "../../../rules/verdicts")


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
