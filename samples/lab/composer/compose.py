"""Composed incidents: one process each, a few side by side.

An incident is drawn (draw.py), told by real kernels (stage.py), its truth is
read off the taps (fate.py) and held against what the clients' programs saw,
and the evidence is cut (given.py) and labelled (label.py, oracle.py).
"""
import json
import multiprocessing
import os
import shutil
import sys

from . import draw, fate, given, label, stage

SIDE_BY_SIDE = 4


class Disagreement(Exception):
    """The taps and the clients' programs tell different stories."""


def check(fates, told):
    for one in fates:
        if not one.client.syns:
            raise Disagreement(f"{one.planned}: nothing left the client")
        if not one.agrees():
            raise Disagreement(f"{one.planned}: {one.result['result']}, but "
                               f"the taps say {one.truth}: "
                               f"{ {k: len(v) for k, v in one.events.items()} }")
    hurt = any(one.truth != "established" or len(one.client.syns) > 1
               for one in fates)
    if told["blocked"] == 0 and hurt and told["ruled"]:
        raise Disagreement("attempts failed, and the rules stopped nothing")


def compose(plan, out):
    """Tells one incident and writes out/NAME; returns its labels."""
    told_stage = stage.Stage(plan)
    told = told_stage.tell()
    told["ruled"] = bool(told_stage.ruled)
    fates = fate.fates(told_stage, told)
    check(fates, told)
    captured = given.captures(told_stage, told)
    expected = label.expected(told_stage, told, fates, captured)
    folder = os.path.join(out, plan["name"])
    fresh = folder + ".new"
    shutil.rmtree(fresh, ignore_errors=True)
    os.makedirs(os.path.join(fresh, "evidence"))
    given.write(os.path.join(fresh, "evidence"), told_stage, told, captured,
                fates)
    with open(os.path.join(fresh, "expected.json"), "w") as file:
        json.dump(expected, file, indent=1)
    with open(os.path.join(fresh, "plan.json"), "w") as file:
        json.dump(plan, file, indent=1)
    shutil.rmtree(folder, ignore_errors=True)
    os.rename(fresh, folder)
    return expected


def _one(work):
    """In a process of its own, which ends with all its namespaces."""
    seed, number, out = work
    plan = draw.draw(seed, number)
    try:
        expected = compose(plan, out)
    except Exception as error:  # noqa: BLE001
        return plan["name"], f"{type(error).__name__}: {error}", plan
    failed = sum(a["truth"] != "established" for a in expected["attempts"])
    return plan["name"], None, f"{len(expected['attempts'])} attempts, " \
        f"{failed} failed"


def many(seed, numbers, out, said=print):
    """Composes the numbers that out does not hold yet; returns how many
    could not be told."""
    os.makedirs(out, exist_ok=True)
    work = [(seed, n, out) for n in numbers if not os.path.exists(
        os.path.join(out, draw.draw(seed, n)["name"], "expected.json"))]
    bad = 0
    with multiprocessing.Pool(SIDE_BY_SIDE, maxtasksperchild=1) as pool:
        for name, error, rest in pool.imap_unordered(_one, work):
            bad += error is not None
            said(f"{name}: {'NOT TOLD: ' + error if error else rest}")
            if error:
                said(f"    {rest['topology']} {rest['fault']}")
            sys.stdout.flush()
    return bad
