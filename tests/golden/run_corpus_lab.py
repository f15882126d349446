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


def run_scenario(binary, folder, labels):
    """(counter of grades, problems)"""
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
    extra = [x for x in report["attempts"] if id(x) not in matched]
    tally["unknown"] += len(extra)
    for x in extra:
        print(f"    {' -> '.join(a.tuple_of(x))}: {x['verdict']}, no label")
    return tally, problems


def labels_of(entry):
    return entry["attempts"] if isinstance(entry, dict) else entry


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
        table = json.load(f)
    table = table.get("scenarios", table)
    total = collections.Counter()
    failed = 0
    for name in sorted(table):
        folder = os.path.join(root, name)
        if not os.path.exists(folder + "/client.pcap"):
            print(f"skipped: {name} (not in this corpus)")
            continue
        tally, problems = run_scenario(args.lostsyn, folder,
                                       labels_of(table[name]))
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
