#!/usr/bin/env python3
"""Does the lab compose incidents whose labels can be trusted?

	composed_test.py

A seed gives the same plan twice. One incident of every topology is composed:
the composer itself refuses what the clients' programs and the taps tell
differently; here the labels are held against its promises: every attempt's
truth among its readings, an undetermined one with its truth among the
candidates, and a decided one equal to it. Needs root and network namespaces;
skipped without.
"""
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."),
                os.path.join(HERE, "../../samples/lab")]
import analyze as a  # noqa: E402
from composer import (compose, draw, fate, given, keep, label,  # noqa: E402
                      oracle, space)

SEED = 18


def same_plan_twice():
    for number in range(50):
        one, other = (json.dumps(draw.draw(SEED, number)) for _ in range(2))
        if one != other:
            yield f"{number} is drawn differently the second time"
    if draw.draw(SEED, 1) == draw.draw(SEED + 1, 1):
        yield "two seeds draw the same"


def worlds_have_every_verdict():
    """A verdict that no world has could never be a label."""
    named = {fate.verdict(world) for world in oracle.WORLDS}
    from laboratory.verdicts import SEGMENT
    for verdict in set(SEGMENT) - named - {"undetermined",
                                           "synack-unacceptable"}:
        yield f"no world is called {verdict}"
    if fate.possible(dict.fromkeys(fate.WORLD, False) | {"s_synack": True}):
        yield "a server answers a SYN that it never had"


class Frame:
    """A packet of a hand-made fate."""

    def __init__(self, when):
        self.when = when


class Made:
    """A fate or a capture of these parts."""

    def __init__(self, **parts):
        self.__dict__.update(parts)


def a_short_wait_is_no_silence():
    """All captures end within a second of the request, or one goes on."""
    def brief(asked, *ends):
        one = Made(client=Made(events={"c_data": [Frame(asked)]}
                               if asked is not None else {}))
        return label.brief(one, {n: Made(kept=[Frame(t) for t in end])
                                 for n, end in enumerate(ends)})
    long = 5.0 + fate.STALLED
    for wanted, given in ((True, (5.0, [1.0, 5.5], [2.0, long - 0.01])),
                          (False, (5.0, [1.0, 5.5], [2.0, long])),
                          (False, (None, [1.0, 5.5])), (False, (5.0, []))):
        if brief(*given) != wanted:
            yield f"brief{given} is not {wanted}"


def a_kept_case_has_its_candidates():
    """What samples/lab/check_cases asks of an undetermined one."""
    kept = keep.attempt({"verdict": "undetermined", "segment": None,
                         "truth": "established", "accept": [],
                         "candidates": ["established",
                                        "ack-dropped-by-server"]})
    if kept.get("candidates") != ["established"] or "accept" in kept or \
            "segment" not in kept:
        yield f"kept as {kept}"


def routes_that_answer_elsewhere():
    """Silence counts again where the strict filter's setting is handed in."""
    def elsewhere(client, state, host="server"):
        plan = {"fault": {"mechanism": "rp-filter", "client": 1},
                "given": {"state_of": ["server"], "state": state}}
        capture = Made(stage=Made(plan=plan), host=host)
        return given.Given._answers_elsewhere(
            capture, Made(planned={"client": client}))
    for wanted, arguments in (
            (True, (1, ["ip-route"])), (False, (0, ["ip-route"])),
            (False, (1, [])), (False, (1, ["ip-route", "sysctl"])),
            (False, (1, ["ip-route"], "client"))):
        if elsewhere(*arguments) != wanted:
            yield f"answers elsewhere {arguments} is not {wanted}"


def one_of_every_topology(out):
    first = {}
    for number in range(400):
        first.setdefault(draw.draw(SEED, number)["topology"], number)
    for topology in set(draw.TOPOLOGIES) - set(first):
        yield f"never drawn: {topology}"
    said = []
    if compose.many(SEED, first.values(), out, said.append):
        yield "\n".join(said)
    for number in first.values():
        yield from labels(os.path.join(out, draw.draw(SEED, number)["name"]))


def labels(folder):
    with open(os.path.join(folder, "expected.json"), encoding="utf-8") as f:
        expected = json.load(f)
    if not os.listdir(os.path.join(folder, "evidence")):
        yield f"{folder}: no evidence"
    for label in expected["attempts"]:
        if label["verdict"] == "undetermined":
            if label["truth"] not in label["candidates"]:
                yield f"{folder}: the truth is no candidate: {label}"
        elif label["verdict"] != label["truth"]:
            yield f"{folder}: shown and not true: {label}"


def main():
    try:
        space.Space("try")
    except OSError as error:
        a.skip(f"no network namespaces: {error}")
    with tempfile.TemporaryDirectory() as out:
        return min(1, sum((a.run_check(same_plan_twice),
                           a.run_check(worlds_have_every_verdict),
                           a.run_check(a_short_wait_is_no_silence),
                           a.run_check(routes_that_answer_elsewhere),
                           a.run_check(a_kept_case_has_its_candidates),
                           a.run_check(one_of_every_topology, out))))


if __name__ == "__main__":
    sys.exit(main())
