#!/usr/bin/env python3
"""The generated pair is what it claims, and the analyzer finds its truth.

Same arguments give the same bytes, libpcap reads every packet that was
written, and each attempt's verdict is the one that its story was written for.
"""
import argparse
import collections
import filecmp
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402

ATTEMPTS = 3000
SHOWN = 15


def make(program, folder, *more):
    os.makedirs(folder)
    return json.loads(subprocess.run(
        [program, folder, "--attempts", str(ATTEMPTS), *more],
        check=True, capture_output=True, text=True).stdout)


def check_files(args, here, totals, more):
    make(args.make_pair, here + "/again", *more)
    make(args.make_pair, here + "/other", "--seed", "2", *more)
    problems = []
    for name in ("client.pcap", "server.pcap", "truth.tsv"):
        first = os.path.join(here, "pair", name)
        if not filecmp.cmp(first, os.path.join(here, "again", name), False):
            problems.append(f"{name} differs between two equal runs")
        if filecmp.cmp(first, os.path.join(here, "other", name), False):
            problems.append(f"{name} does not depend on the seed")
    for side in ("client", "server"):
        out = subprocess.run(
            [args.pcap_loop, os.path.join(here, "pair", side + ".pcap")],
            check=True, capture_output=True, text=True).stdout
        if int(out.split()[0]) != totals[side + "_packets"]:
            problems.append(f"{side}.pcap: libpcap counts {out.strip()}, "
                            f"written {totals[side + '_packets']}")
    for verdict, count in totals["by_verdict"].items():
        if count == 0:
            problems.append(f"no attempt with the verdict {verdict}")
    return problems


def check_verdicts(args, here):
    pair = os.path.join(here, "pair")
    done = a.analyze(args.lostsyn, "--client", pair + "/client.pcap",
                     "--server", pair + "/server.pcap", "-o", here + "/out",
                     "--all-attempts", "-q")
    if done.returncode != 1 or not os.path.exists(here + "/out/report.json"):
        return ["expected a report and status 1, " + a.said(done)]
    found = a.by_tuple(a.read_report(here + "/out")["attempts"])
    wrong = collections.Counter()
    examples = {}
    with open(pair + "/truth.tsv", encoding="ascii") as f:
        for line in f:
            ip, port, server, service, truth = line.split()
            key = f"{ip}:{port}", f"{server}:{service}"
            got = [x["verdict"] for x in found.pop(key, [])]
            if got != [truth]:
                mistake = truth, ", ".join(got) or "not found"
                wrong[mistake] += 1
                examples.setdefault(mistake, " -> ".join(key))
    problems = [f"{n} times {truth} was called {got}, e.g. "
                f"{examples[truth, got]}"
                for (truth, got), n in wrong.most_common(SHOWN)]
    if found:
        problems.append(f"{len(found)} attempts that never were, e.g. "
                        f"{' -> '.join(next(iter(found)))}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--make-pair", required=True)
    parser.add_argument("--pcap-loop", required=True)
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--nat", action="store_true")
    parser.add_argument("--many", action="store_true")
    args = parser.parse_args()
    more = ["--" + form for form in ("nat", "many") if getattr(args, form)]
    with a.Scratch() as here:
        totals = make(args.make_pair, here + "/pair", *more)
        problems = check_files(args, here, totals, more)
        if not problems:
            print(f"{ATTEMPTS} attempts written as claimed")
            a.need_analyze(args.lostsyn)
            problems = check_verdicts(args, here)
    for problem in problems:
        print("FAILED:", problem)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
