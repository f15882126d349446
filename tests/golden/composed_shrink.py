#!/usr/bin/env python3
"""Shrinks a composed incident that is answered wrongly to the least that is.

	composed_shrink.py --lostsyn PROGRAM --out DIR INCIDENT
	                   [--case FOLDER --story SENTENCE]

INCIDENT is a folder that samples/lab/compose wrote. Its plan is made plainer
step by step, told anew, and kept while an attempt of the same truth still gets
the same unjust answer (a wrong verdict, or abstaining where the evidence
decides): fewer attempts, fewer conditions, less beside the captures. --case
writes what is left as a case of samples/cases. Needs root.
"""
import argparse
import copy
import json
import multiprocessing
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, ".."),
                os.path.join(HERE, "..", "..", "samples", "lab")]
from composed import Scored, answer  # noqa: E402
from composer import compose, draw, keep  # noqa: E402

PLAIN_END = {**draw.PLAIN_END, "format": "pcap"}
PLAIN = {"layout": "folders", "archive": None, "state": [], "log": None,
         "kernel": False, "flows": False, "zone": 0,
         "distractor": False, "before": False, "new": False}


def faults(scored):
    """{(truth, answer)} of the attempts that were answered unjustly."""
    return {(one.label["truth"], one.verdict) for one in scored.answers
            if not one.right}


def _tell(work):
    plan, out = work
    compose.compose(plan, out)


def try_plan(binary, plan, out):
    """What is wrong with the answers to this plan; nothing if untold."""
    shutil.rmtree(os.path.join(out, plan["name"]), ignore_errors=True)
    teller = multiprocessing.Process(target=_tell, args=((plan, out),))
    teller.start()
    teller.join()
    folder = os.path.join(out, plan["name"])
    if teller.exitcode or not os.path.exists(folder + "/expected.json"):
        return set()
    return faults(Scored(folder, answer(binary, folder, "shrinking")))


def fewer_attempts(plan):
    attempts = plan["attempts"]
    half = len(attempts) // 2
    for part in (attempts[:half], attempts[half:], attempts[1:],
                 attempts[:-1]):
        if part and len(part) < len(attempts):
            yield {**plan, "attempts": part}


def plainer(plan, where, key, value):
    """The plan with one thing of what is given plain; where: an end or
    None."""
    one = copy.deepcopy(plan)
    (one["given"][where] if where else one["given"])[key] = value
    return one


def shrink(binary, plan, out, said=print):
    """The folder of the plainest plan that is still answered unjustly, or
    None."""
    wanted = try_plan(binary, plan, out)
    if not wanted:
        return None
    again = True
    while again:
        again = False
        for one in fewer_attempts(plan):
            if wanted & try_plan(binary, one, out):
                plan, again = one, True
                break
    steps = [(None, key, value) for key, value in PLAIN.items()]
    steps += [(end, key, value) for end in ("client", "router", "server")
              for key, value in PLAIN_END.items()]
    for step in steps:
        one = plainer(plan, *step)
        if one != plan and wanted & try_plan(binary, one, out):
            plan = one
    said(f"{len(plan['attempts'])} attempts left; not plain: " + ", ".join(
        f"{where or 'all'}: {key}" for where, key, value in steps
        if plainer(plan, where, key, value) != plan))
    try_plan(binary, plan, out)
    return os.path.join(out, plan["name"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--case")
    parser.add_argument("--story", default="")
    parser.add_argument("incident")
    args = parser.parse_args()
    with open(os.path.join(args.incident, "plan.json"),
              encoding="utf-8") as f:
        plan = json.load(f)
    os.makedirs(args.out, exist_ok=True)
    left = shrink(args.lostsyn, plan, args.out)
    if left is None:
        print("answered justly, or not to be told again")
        return 1
    print(left)
    if args.case:
        keep.as_case(left, args.case, args.story)
    return 0


if __name__ == "__main__":
    sys.exit(main())
