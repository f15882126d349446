#!/usr/bin/env python3
"""Scores answers to composed incidents. Needs Python alone.

	score.py LABELS-FOLDER ANSWERS.json

ANSWERS.json is {incident: {"attempts": [answer, …], "cause": id or null}}; an
answer is {"client": "ip:port", "server": "ip:port", "verdict": word,
"confidence": word}, named as either end saw it; confidence may be left out.
Attempts and incidents that are not answered count as abstained.
"""
import json
import math
import os
import sys

ABSTAIN = "undetermined"


def interval(part, whole):
    """A share and its 95 % interval (Wilson 1927)."""
    if not whole:
        return "nothing to count"
    z, p = 1.96, part / whole
    middle, scale = p + z * z / (2 * whole), 1 + z * z / whole
    spread = z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole ** 2))
    low, high = ((middle + s * spread) / scale for s in (-1, 1))
    return f"{100 * p:.1f} % ({part} of {whole}; {100 * max(0, low):.1f} to " \
        f"{100 * min(1, high):.1f})"


def name(end):
    return f"{end['ip']}:{end['port']}"


def bare(end):
    """IPv6 with brackets and without is the same."""
    return str(end).replace("[", "").replace("]", "")


def answers_of(said):
    return {(bare(one.get("client")), bare(one.get("server"))): one
            for one in said.get("attempts", [])}


def find(table, label):
    for ends in (label, label.get("seen_at_server_as")):
        if ends:
            one = table.get((name(ends["client"]), name(ends["server"])))
            if one:
                return one
    return {}


def score(labels, answers):
    """The sums over all incidents."""
    sums = dict.fromkeys(("attempts", "decidable", "located", "given",
                          "wrong", "certain", "wrong certain", "abstained",
                          "lazy", "healthy accused", "asked", "first"), 0)
    for incident, expected in labels.items():
        said = answers.get(incident, {})
        table = answers_of(said)
        for label in expected["attempts"]:
            one = find(table, label)
            add(sums, label, one.get("verdict") or ABSTAIN,
                one.get("confidence"))
        if expected["cause"]:
            sums["asked"] += 1
            sums["first"] += said.get("cause") in {expected["cause"],
                                                   *expected["also"]}
    return sums


def add(sums, label, verdict, confidence):
    allowed = {label["verdict"], *label.get("accept", [])}
    right = verdict in allowed
    failed = label["truth"] != "established"
    decidable = failed and ABSTAIN not in allowed
    sums["attempts"] += 1
    sums["decidable"] += decidable
    sums["located"] += decidable and right
    if verdict == ABSTAIN:
        sums["abstained"] += 1
        sums["lazy"] += not right
        return
    sums["given"] += 1
    sums["wrong"] += not right
    sums["certain"] += confidence == "certain"
    sums["wrong certain"] += confidence == "certain" and not right
    sums["healthy accused"] += not failed and not right


def read_answers(path):
    try:
        with open(path, encoding="utf-8") as f:
            answers = json.load(f)
    except (OSError, ValueError) as error:
        sys.exit(f"score: {path}: {error}")
    if not isinstance(answers, dict):
        sys.exit(f"score: {path}: no object of incidents by name")
    return answers


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder = sys.argv[1]
    labels = {}
    for file in sorted(os.listdir(folder)):
        with open(os.path.join(folder, file), encoding="utf-8") as f:
            labels[file.removesuffix(".json")] = json.load(f)
    sums = score(labels, read_answers(sys.argv[2]))
    print(f"{len(labels)} incidents, {sums['attempts']} attempts")
    print("failed attempts located:",
          interval(sums["located"], sums["decidable"]))
    print("wrong among the verdicts given:",
          interval(sums["wrong"], sums["given"]))
    print("wrong among those called certain:",
          interval(sums["wrong certain"], sums["certain"]))
    print(f"abstained: {sums['abstained']}, {sums['lazy']} of them though "
          f"the evidence decides; healthy ones accused: "
          f"{sums['healthy accused']}")
    print("cause first:", interval(sums["first"], sums["asked"]))


if __name__ == "__main__":
    main()
