#!/usr/bin/env python3
"""Damaged captures must not make wrong verdicts.

	property.py --lostsyn PROGRAM --cases FOLDER [--corpus FOLDER --labels F]
		[--rounds R | --runs N] [--seed S] [--seconds T] [--jobs J]
		[--only DAMAGE] [--case NAME] [--keep FOLDER]

Each run takes the captures of one labelled incident and damages them (tests/
golden/damage.py, layers.py, surroundings.py, ways.py): one kind in turn, every third time
with a second one. A round is one run of every incident; the next round has the
next seed. What a run does comes from its seed and its incident's name alone, so
that an incident more adds runs of its own and changes no other. Of each labelled attempt that the report
then shows the verdict must be the label's, or "undetermined"; anything else that
is certain or likely is a wrong conviction and fails the test. A wrong verdict
that is only "possible", its doubt named in the report, is counted apart: it may
not be more than one attempt in a hundred. The offsets that the report states
must be true within their stated uncertainty in 99.9 % of the comparisons; of
fewer than a thousand one may be wrong, for it proves no other share. Prints a
table by kind of damage. A run is repeated with --seed S --rounds 1 --case NAME,
or kept as files with --keep.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import random
import subprocess
import sys
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402
import damage  # noqa: E402
import layers  # noqa: E402
import stated_clocks  # noqa: E402
import surroundings  # noqa: E402
import truths  # noqa: E402
import ways  # noqa: E402, F401

# The share of runs whose clocks must be right within what is stated of them.
CLOCK_SHARE = 0.999
# How many verdicts may be wrong that are "possible" and name their doubt.
DOUBTFUL_SHARE = 0.01
# Larger captures take longer and teach nothing new.
PACKETS_MAX = 4000
# Files under each other's names show it only while both hold handshakes.
# A file of both ends is no end's, whoever calls it one.
OWN_NAMES = ("swapped-files", "two-captures-in-one-file")
# What other files than captures tell alone.
OTHER_FILES = ("routes-by-another-card",)
# What a vantage is called for its place, whichever machine it is.
ENDS = {"client", "server"}
SYN_BITS = damage.SYN | damage.ACK | damage.RST


class Case:
    """Captures by vantage, and what is true of each attempt."""

    def __init__(self, name, captures, labels, ordered=True):
        self.name = name
        self.ordered = ordered    # the vantages are places on a path
        self.captures = captures  # {vantage: Capture}, in path order
        self.labels = labels      # of expected.json or the corpus
        self.truths = {}          # {(4-tuple, isn): set of right verdicts}
        self.tuples = {}          # {4-tuple: the same, all of them together}
        self.two_ended = False    # both ends show a handshake
        self.decided = set()      # keys that the undamaged captures decide


def right_verdicts(label):
    right = {label.get("truth"), label.get("verdict"), *label.get("accept", [])}
    return right - {None, "undetermined"}


def captures_below(folder):
    found = {}
    for here, _, names in os.walk(folder):
        for name in sorted(names):
            if ".pcap" not in name:
                continue
            role = os.path.relpath(here, folder).split(os.sep)[0]
            if role == ".":
                role = name.split(".")[0]
            capture = damage.read(os.path.join(here, name))
            if capture is None or role in found:
                return None  # pcapng, packed, or several pieces
            found[role] = capture
    order = sorted(found, key=lambda r: {"client": 0, "server": 2}.get(r, 1))
    return {role: found[role] for role in order}


def load_cases(folder):
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name, "expected.json")
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as file:
            labels = json.load(file)["attempts"]
        captures = captures_below(os.path.join(folder, name))
        drawn = os.path.exists(os.path.join(folder, name, "case.yaml"))
        if captures and name not in OWN_NAMES + OTHER_FILES:
            yield Case(name, captures, labels,
                       drawn or bool(ENDS & set(captures)))


def load_corpus(folder, labels):
    with open(labels, encoding="utf-8") as file:
        scenarios = json.load(file)["scenarios"]
    for entry in scenarios:
        path = os.path.join(folder, "lab-linux-6.18", entry["scenario"])
        captures = {role: damage.read(os.path.join(path, role + ".pcap"))
                    for role in ("client", "server")
                    if os.path.exists(os.path.join(path, role + ".pcap"))}
        if captures and None not in captures.values():
            yield Case("lab/" + entry["scenario"], captures,
                       entry["attempts"])


def write_captures(captures, folder, ordered):
    """Arguments of lostsyn for them. Machines' names are folders, as people hand
    them in: an option for each would say in which order they stand."""
    arguments = []
    ordered = ordered and not set(captures) & set(
        surroundings.MACHINES.values())
    for role, capture in captures.items():
        pieces = capture.pieces()
        if role == damage.UNSAID:  # two files would be taken for two ends'
            pieces = [[p for piece in pieces for p in piece]]
        for i, packets in enumerate(pieces):
            named = not ordered and role != damage.UNSAID
            path = os.path.join(folder, role if named else "",
                                f"{role}.{i}.pcap")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            damage.write(path, capture, packets)
            if role == damage.UNSAID:
                arguments.append(path)
            elif ordered:
                arguments += ([f"--{role}", path] if role in ENDS
                              else ["--vantage", f"{role}={path}"])
    return arguments or [folder]


def analyze(binary, case, captures, folder):
    command = [binary, "analyze",
               *write_captures(captures, folder, case.ordered),
               "--json", "-", "--all-attempts", "-q"]
    done = subprocess.run(command, capture_output=True, timeout=a.TIMEOUT_S,
                          stdin=subprocess.DEVNULL, cwd=folder)
    if not done.stdout:
        return None, done
    return json.loads(done.stdout), done


def keys_of(attempt):
    """What an attempt may be called in another report: both ends' names."""
    yield a.tuple_of(attempt), attempt["isn"]
    seen = attempt.get("seen_at_server_as")
    if seen and seen.get("client") and seen.get("server"):
        yield a.tuple_of(seen), attempt["isn"]


def learn(binary, case):
    """Which attempt each label speaks of; False when the program cannot."""
    with a.Scratch() as folder:
        report, _ = analyze(binary, case, case.captures, folder)
    if report is None:
        return False
    found = a.by_tuple(a.in_time_order(report))
    case.two_ended = any(
        all(v in x["views"] and x["views"][v]["synack"]
            for v in ("client", "server")) for x in report["attempts"])
    for label in case.labels:
        attempts = found.get(a.tuple_of(label), [])
        nth = label.get("nth", 1)
        if label.get("only_at") == "server" or len(attempts) < nth:
            continue
        attempt = attempts[nth - 1]
        for key in keys_of(attempt):
            case.truths[key] = right_verdicts(label)
            if attempt["verdict"] != "undetermined":
                case.decided.add(key)
    # A device may have changed the ISN: then the 4-tuple must do.
    for key, right in case.truths.items():
        case.tuples.setdefault(key[0], set()).update(right)
    return bool(case.truths)


def untold(hit, told):
    """{(client, server)} whose SYNs a capture shows and the report does not."""
    return {p.tcp[:2] for p in hit.packets
            if p.tcp and p.tcp[2] & SYN_BITS == damage.SYN and
            p.tcp[:2] not in told and p.tcp[1::-1] not in told}


def check_all_told(case, kinds, captures, report, tally, wrong):
    """Every connect of which an end's capture holds a SYN is in the report. What
    only the server's end shows may be what only the client's does, changed on
    its way, as long as nothing compares their clocks: the report says how many of
    those it counts with the client's."""
    if "translated" in kinds or "kept" in case.name or "container" in (
            case.name) or "node" in case.name:
        return  # the second names belong to the first ones' attempts
    told = set()
    for attempt in report["attempts"]:
        for ends, _ in keys_of(attempt):
            told.add(tuple(truths.endpoint(x) for x in ends))
    once = {"server": report["summary"]["anomalies"].get("counted-once", 0)}
    for role in ENDS & set(captures):
        missing = untold(captures[role], told)
        if len(missing) > once.get(role, 0):
            tally["missing"] += 1
            wrong.append((case.name, role, *sorted(missing),
                          "not in the report"))


def judge(case, kinds, captures, report, tally, wrong):
    for attempt in report["attempts"]:
        keys = [(truths.as_labelled(ends), isn)
                for ends, isn in keys_of(attempt)]
        key = next((k for k in keys if k in case.truths), None)
        right = (case.truths[key] if key else
                 next((case.tuples[k[0]] for k in keys
                       if k[0] in case.tuples), None))
        if not right:
            tally["unknown"] += 1
        elif attempt["verdict"] in truths.after(case, kinds, captures, report,
                                                attempt, right):
            tally["right"] += 1
        elif attempt["verdict"] == "undetermined":
            tally["undetermined" if key in case.decided else "open"] += 1
        else:
            tally["doubtful" if attempt["confidence"] == "possible"
                  else "wrong"] += 1
            wrong.append((case.name, a.tuple_of(attempt), attempt["verdict"],
                          attempt["confidence"], sorted(right),
                          attempt["why"]))


class Run:
    def __init__(self, seed, case, kinds):
        self.seed = seed
        self.case = case
        self.kinds = kinds
        self.tally = collections.Counter()
        self.wrong = []

    def damaged(self):
        rng = random.Random(f"{self.seed} {self.case.name}")
        captures = {n: c.copy() for n, c in self.case.captures.items()}
        for kind in self.kinds:
            damage.DAMAGES[kind](rng, captures)
        return captures

    def go(self, binary, keep):
        captures = self.damaged()
        with a.Scratch() as scratch:
            folder = keep or scratch
            report, done = analyze(binary, self.case, captures, folder)
            if report is None:
                # Nothing left to analyse is said with status 2.
                self.tally["nothing left"] += 1
                if done.returncode != 2:
                    self.tally["crashed"] += 1
                    self.wrong.append((self.case.name, done.returncode,
                                       done.stderr.decode()[-500:]))
                return self
        judge(self.case, self.kinds, captures, report, self.tally,
              self.wrong)
        check_all_told(self.case, self.kinds, captures, report, self.tally,
                       self.wrong)
        # Exchanged files keep their packets: vantages are told apart again.
        if "swapped" not in self.kinds:
            stated_clocks.check(self.case, self.kinds, captures, report,
                                self.tally, self.wrong)
        return self


def drawn(case, seed, kinds):
    """The damages of one run. The kinds take turns from round to round."""
    rng = random.Random(f"{case.name} {seed}")
    turn = zlib.crc32(case.name.encode())
    chosen = [kinds[(turn + seed) % len(kinds)]]
    if rng.random() < 0.33:
        second = rng.choice(list(damage.DAMAGES))
        if second not in chosen:
            chosen.append(second)
    # Which end a capture is from shows where both hold a handshake, and
    # exchanging them must not be undone by what follows.
    if "swapped" in chosen and not (case.two_ended and len(chosen) == 1):
        chosen = [k for k in chosen if k != "swapped"] or ["offset"]
    # A capture that was stopped shows nothing of what comes later.
    return sorted(chosen, key=lambda kind: kind in damage.EDGES)


def plan(cases, options):
    kinds = [options.only] if options.only else list(damage.DAMAGES)
    rounds = options.rounds or -(-options.runs // max(1, len(cases)))
    most = options.rounds * len(cases) or options.runs
    for i in range(min(most, rounds * len(cases))):
        seed = options.seed + i // len(cases)
        case = cases[i % len(cases)]
        yield Run(seed, case, drawn(case, seed, kinds))


def work(runs, options):
    """Runs as they finish, until the time is over."""
    until = time.monotonic() + options.seconds
    binary = os.path.abspath(options.lostsyn)

    def go(run):
        return (run.go(binary, options.keep)
                if time.monotonic() < until else None)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for run in pool.map(go, runs):
            if run is not None:
                yield run


def share(part, whole):
    return f"{100 * part / whole:5.1f} %" if whole else "    –  "


def print_table(by_kind, total):
    print(f"{'damage':<16}{'runs':>6}{'attempts':>10}{'right':>8}"
          f"{'undetermined':>20}{'doubtful':>9}{'wrong':>7}{'clocks wrong':>14}")
    for kind, t in [*by_kind.items(), ("all", total)]:
        judged = t["right"] + t["undetermined"] + t["doubtful"] + t["wrong"]
        print(f"{kind:<16}{t['runs']:>6}{judged:>10}{t['right']:>8}"
              f"{t['undetermined']:>11} {share(t['undetermined'], judged)}"
              f"{t['doubtful']:>9}{t['wrong']:>7}{t['clocks wrong']:>7} of {t['clocks']}")


def print_drawn(drawn):
    """How often each damage was drawn, alone or with another one."""
    print("drawn:", ", ".join(f"{kind} {drawn[kind]}"
                              for kind in sorted(damage.DAMAGES)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases", required=True)
    parser.add_argument("--corpus")
    parser.add_argument("--labels")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", choices=list(damage.DAMAGES))
    parser.add_argument("--case")
    parser.add_argument("--keep")
    options = parser.parse_args()
    a.need_analyze(options.lostsyn)
    cases = list(load_cases(options.cases))
    if options.corpus and os.path.isdir(options.corpus):
        cases += load_corpus(options.corpus, options.labels)
    cases = [c for c in cases if max(len(x.packets) for x in
                                     c.captures.values()) <= PACKETS_MAX]
    cases = [c for c in cases if options.case in (None, c.name)
             and learn(os.path.abspath(options.lostsyn), c)]
    total = collections.Counter()
    by_kind = {}
    drawn_of = collections.Counter()
    for run in work(plan(cases, options), options):
        run.tally["runs"] = 1
        total.update(run.tally)
        drawn_of.update(run.kinds)
        by_kind.setdefault("+".join(run.kinds) if len(run.kinds) == 1
                           else "two of them",
                           collections.Counter()).update(run.tally)
        for w in run.wrong:
            print(f"seed {run.seed} {'+'.join(run.kinds)}:", *w)
    print_table(dict(sorted(by_kind.items())), total)
    print_drawn(drawn_of)
    print(f"{total['runs']} runs over {len(cases)} incidents: wrong "
          f"convictions {total['wrong']}, not told {total['missing']}, crashes {total['crashed']}, clocks "
          f"within the stated uncertainty "
          f"{share(total['clocks'] - total['clocks wrong'], total['clocks'])}"
          f" of {total['clocks']}; attempts that the undamaged captures leave "
          f"open {total['open']}, without a label {total['unknown']}; runs "
          f"with nothing left {total['nothing left']}")
    judged = total["right"] + total["undetermined"] + total["doubtful"]
    failed = (total["wrong"] or total["missing"] or
              total["doubtful"] > judged * DOUBTFUL_SHARE or total["crashed"] or total["right"] == 0 or
              total["clocks wrong"] > max(1, total["clocks"] * (1 - CLOCK_SHARE)))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
