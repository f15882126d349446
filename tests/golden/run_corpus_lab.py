#!/usr/bin/env python3
"""Verdicts on a corpus of real incidents that is not part of the tree.

	run_corpus_lab.py --lostsyn PROGRAM --corpus FOLDER --labels FILE

FOLDER/lab-linux-6.18 holds one folder per incident with client.pcap and
server.pcap; FILE names for each the attempts with the verdicts that are right.
Prints how many are right, wrong, undetermined though a verdict was possible,
and unknown (not found, or found without a label). A wrong conviction, that is
a verdict which is neither accepted nor "undetermined", fails; so does an
attempt that is missing. Skipped when the corpus is not there.
"""
import argparse
import collections
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402


def grade(label, got):
    accept = label["accept"]
    if got["verdict"] in accept:
        return "right"
    return "undetermined" if got["verdict"] == "undetermined" else "wrong"


def find(label, report):
    """The nth attempt of this 4-tuple, at the client's or the server's view."""
    found = a.by_tuple(a.in_time_order(report)).get(a.tuple_of(label), [])
    if not found and label.get("only_at") == "server":
        seen = [x for x in a.in_time_order(report)
                if x.get("seen_at_server_as")]
        found = [x for x in seen
                 if a.tuple_of(x["seen_at_server_as"]) == a.tuple_of(label)]
    nth = label.get("nth", 1)
    return found[nth - 1] if len(found) >= nth else None


def place(attempt):
    """What a rule may ask about an attempt, besides its addresses."""
    views = attempt["views"]
    client = views.get("client", {})
    server = views.get("server", {})
    return {
        "at_client": bool(client and client["syn"] + client["synack"]),
        "at_server": bool(server and server["syn"] + server["synack"]),
        "client_ip": attempt["client"]["ip"],
        "synacks_at_server": "some" if server and server["synack"]
        else "none",
    }


def rule_for(attempt, rules):
    """The first rule of a mass scenario that speaks of this attempt."""
    facts = place(attempt)
    for rule in rules:
        if all(facts[key] == wanted for key, wanted in rule["where"].items()):
            return rule
    return None


def run_scenario(binary, folder, entry):
    """(counter of grades, problems)"""
    labels = entry["attempts"]
    tally = collections.Counter()
    problems = []
    with a.Scratch() as out:
        done = a.analyze(binary, "--client", folder + "/client.pcap",
                         "--server", folder + "/server.pcap", "-o",
                         out + "/report", "--all-attempts", "-q")
        if done.returncode not in (0, 1):
            return tally, [a.said(done)]
        report = a.read_report(out + "/report")
    matched = set()
    for label in labels:
        name = f"{' -> '.join(a.tuple_of(label))} #{label.get('nth', 1)}"
        got = find(label, report)
        if got is None:
            if not label.get("optional"):
                tally["unknown"] += 1
                problems.append(f"{name}: not found")
            continue
        matched.add(id(got))
        result = grade(label, got)
        tally[result] += 1
        if result == "wrong":
            problems.append(f"{name}: {got['verdict']} ({got['confidence']}), "
                            f"accepted: {', '.join(label['accept'])}")
        elif result == "undetermined":
            print(f"    {name}: undetermined, could be "
                  f"{', '.join(label['accept'])}: {got.get('why')}")
    extra = []
    for x in report["attempts"]:
        if id(x) in matched:
            continue
        rule = rule_for(x, entry.get("rules", []))
        if rule is None:
            extra.append(x)
            continue
        result = grade(rule, x)
        tally[result] += 1
        if result == "wrong":
            problems.append(f"{' -> '.join(a.tuple_of(x))}: {x['verdict']} "
                            f"({x['confidence']}), accepted: "
                            f"{', '.join(rule['accept'])}")
    tally["unknown"] += len(extra)
    for x in extra:
        print(f"    {' -> '.join(a.tuple_of(x))}: {x['verdict']}, no label")
    return tally, problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--labels", required=True)
    args = parser.parse_args()
    root = os.path.join(args.corpus, "lab-linux-6.18")
    if not os.path.isdir(root):
        a.skip("no corpus (LOSTSYN_CORPUS, or shared/corpus beside the "
               "checkout)")
    if not os.path.exists(args.labels):
        a.skip(f"no {os.path.basename(args.labels)}")
    a.need_analyze(args.lostsyn)
    with open(args.labels, encoding="utf-8") as f:
        table = {entry["scenario"]: entry
                 for entry in json.load(f)["scenarios"]}
    total = collections.Counter()
    failed = 0
    for name in sorted(table):
        folder = os.path.join(root, name)
        if not os.path.exists(folder + "/client.pcap"):
            print(f"skipped: {name} (not in this corpus)")
            continue
        tally, problems = run_scenario(args.lostsyn, folder,
                                       table[name])
        total += tally
        failed += bool(problems)
        print(f"{'FAILED' if problems else 'ok    '} {name}: " + ", ".join(
            f"{tally[k]} {k}" for k in ("right", "wrong", "undetermined",
                                        "unknown") if tally[k]))
        for problem in problems:
            print("   ", problem)
    print(f"{total['right']} right, {total['wrong']} wrong, "
          f"{total['undetermined']} undetermined where decidable, "
          f"{total['unknown']} unknown; {failed} scenarios failed")
    if not total:
        print("FAILED: nothing was compared")
    return failed != 0 or not total


if __name__ == "__main__":
    sys.exit(main())
