#!/usr/bin/env python3
"""Innocent trouble beside the true one leads nobody astray.

	distract.py --lostsyn PROGRAM --cases FOLDER [--seed N] [--rounds N]
	            [--only DISTRACTOR] [--case NAME] [--keep FOLDER] [--jobs N]
	distract.py --cases FOLDER --table

Takes each labelled case, adds to a copy of it what distractors.py knows (all of
it in the first round, then a half chosen at random each), and fails where

* a cause becomes confirmed or likely that neither the label names nor the case
  without the distraction had,
* the cause that stood first is no longer first,
* or a verdict changes.

A failure is narrowed down to the distractors that do it alone. Archives are
unpacked first; where files bear the names of hosts, so does what is added; where
nothing was captured, the moments are those of the failures that the case reports.
--table says which causes of labels are tried beside which distractors, and tries
nothing.
"""
import argparse
import collections
import concurrent.futures
import datetime
import json
import os
import random
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402
import distractors  # noqa: E402

SURE = ("confirmed", "likely")


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def report_of(binary, folder):
    with a.Scratch() as out:
        done = a.analyze(binary, folder, "-o", out + "/report", "-q")
        if done.returncode not in (0, 1):
            return None
        return a.read_report(out + "/report")


def spans_of(report):
    """{role: (first, last)} of the captures, as captured."""
    spans = {}
    for entry in report["inputs"]:
        if entry.get("packets") and entry["role"] and entry["first"]:
            first, last = moment(entry["first"]), moment(entry["last"])
            old = spans.get(entry["role"], (first, last))
            spans[entry["role"]] = min(first, old[0]), max(last, old[1])
    return spans


def reported_spans(report, roles):
    """The same where nothing was captured: around what is reported."""
    times = [moment(x["at"]) for x in report.get("reported_failures", [])
             if x.get("at")]
    return {role: (min(times), max(times)) for role in roles} if times else {}


def unpack(folder):
    """Archives in the copy become folders. False where no tool can."""
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if not name.endswith((".zip", ".7z", ".tar.xz")):
            continue
        done = subprocess.run(["bsdtar", "-xf", path, "-C", folder],
                              check=False) if shutil.which("bsdtar") else None
        if done is None and name.endswith(".7z"):
            return False
        if done is None:
            shutil.unpack_archive(path, folder)
        os.remove(path)
        return unpack(folder)
    return True


def root_of(folder):
    """Where the machines' folders lie: below what an archive was made of."""
    for here, folders, _ in sorted(os.walk(folder)):
        if {"client", "server"} & set(folders):
            return here
    return folder


def verdicts(report):
    return {(a.tuple_of(x), x["first_syn"]): (x["verdict"], x["confidence"])
            for x in report["attempts"]}


def live(report):
    return [f for f in report["findings"] if f["confidence"] != "ruled-out"]


def allowed(expected):
    return {expected.get("cause"), *expected.get("also", []),
            *expected.get("symptom", [])} - {None}


def wrongs(plain, got, truth, cause):
    """What the distraction changed for the worse. Where the label names no cause
    only what was likely stands first by right."""
    if got is None:
        return ["could not be analysed"]
    found = []
    before = {f["cause"] for f in live(plain) if f["confidence"] in SURE}
    for f in live(got):
        # What is true of another service is no accusation.
        if distractors.OTHER_SERVER in (f["host"] or ""):
            continue
        if f["confidence"] in SURE and f["cause"] not in truth | before:
            found.append(f"{f['cause']} is {f['confidence']}")
    first = live(plain)[0]["cause"] if live(plain) else None
    now = live(got)[0] if live(got) else None
    by_right = first in truth and (first == cause or
                                   live(plain)[0]["confidence"] in SURE)
    if by_right and (now is None or now["cause"] != first):
        found.append(f"first is {now and now['cause']}, was {first}")
    elif first in truth and live(plain)[0]["confidence"] in SURE and \
            now["confidence"] not in SURE:
        found.append(f"{first} is only {now['confidence']}")
    if verdicts(plain) != verdicts(got):
        found.append("verdicts changed")
    return found


# What is added has a zone in its stamps, which tells the one that is asked for.
ZONE_IS_THE_RIDDLE = ("syslog-unknown-zone",)
# A report that names no server is joined to the one that fails; where another fails
# as well, nobody can say whose it is.
SERVER_IS_THE_RIDDLE = ("uncaptured-flow-rejects-unnamed",)


class Case:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.name = os.path.basename(folder)
        with open(os.path.join(folder, "expected.json"),
                  encoding="utf-8") as f:
            self.expected = json.load(f)
        self.truth = allowed(self.expected)

    def attempt(self):
        some = self.expected.get("attempts") or []
        failed = [x for x in some if x["verdict"] != "established"]
        told = [{"client": {"ip": distractors.NEIGHBOUR, "port": 0},
                 "server": x["server"]}
                for x in self.expected.get("reported") or [] if x.get("server")]
        return (failed or some or told or [None])[0]

    def scene(self, folder, plain):
        """The copy as distractors see it."""
        root = root_of(folder)
        spans = spans_of(plain)
        apart = any(os.path.isdir(os.path.join(root, name))
                    for name in os.listdir(root))
        hosts = () if apart else tuple(x["name"] for x in plain["hosts"])
        scene = distractors.Scene(root, spans, self.attempt(), hosts)
        known = {x["role"] for x in plain["inputs"]}
        scene.roles = [role for role in scene.roles if role in known or hosts]
        scene.spans = spans or reported_spans(plain, scene.roles)
        return scene

    def tell(self, chosen, plain, keep=None):
        """The report of a copy to which the chosen were added."""
        with a.Scratch() as scratch:
            folder = os.path.join(keep or scratch, self.name)
            shutil.copytree(self.folder, folder, dirs_exist_ok=True)
            unpack(folder)
            scene = self.scene(folder, plain)
            for one in chosen:
                if not one.causes & self.truth:
                    one(scene)
            return report_of(self.binary, folder)

    def laid_out(self):
        """Machines apart, and a failure to be distracted from."""
        names = [n for n in os.listdir(self.folder)
                 if n not in ("README.md", "expected.json")]
        flat = len(names) == 1 and names[0].endswith((".txt", ".pcap"))
        packed = any(n.endswith(".7z") for n in names)
        return self.attempt() and not flat and (
            not packed or shutil.which("bsdtar"))


def table(cases):
    """Which causes of labels stand beside which distractors."""
    rows = collections.defaultdict(list)
    for case in cases:
        rows[case.expected.get("cause") or "(none)"].append(case)
    for cause, of_it in sorted(rows.items()):
        beside = [one.__name__ for one in distractors.ALL
                  if any(not one.causes & case.truth for case in of_it)]
        left = [one.__name__ for one in distractors.ALL
                if one.__name__ not in beside]
        print(f"{cause}: {len(of_it)} cases x {len(beside)} distractors"
              + (f"; not {', '.join(left)}" if left else ""))
    return 0


def judge(case, rounds, keep):
    """[(what is wrong, distractors that do it)], and how many were tried."""
    plain = report_of(case.binary, case.folder)
    if plain is None:
        return [("could not be analysed", [])], 0
    out = []
    for chosen in rounds:
        found = wrongs(plain, case.tell(chosen, plain), case.truth,
                       case.expected.get("cause"))
        if not found:
            continue
        alone = [one for one in chosen
                 if wrongs(plain, case.tell([one], plain), case.truth,
                           case.expected.get("cause"))]
        out.append(("; ".join(found), [one.__name__ for one in alone]))
        if keep:
            case.tell(alone or chosen, plain, keep)
        break
    return out, len(rounds)


def rounds_of(args):
    known = {one.__name__: one for one in distractors.ALL}
    if args.only:
        return [[known[name] for name in args.only]]
    dice = random.Random(args.seed)
    return [list(distractors.ALL)] + [
        dice.sample(distractors.ALL, len(distractors.ALL) // 2)
        for _ in range(args.rounds)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--cases", required=True)
    parser.add_argument("--case", action="append")
    parser.add_argument("--only", action="append")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    if not args.table:
        a.need_analyze(args.lostsyn)
    cases = [Case(args.lostsyn, os.path.join(args.cases, name))
             for name in args.case or sorted(os.listdir(args.cases))
             if os.path.exists(os.path.join(args.cases, name,
                                            "expected.json"))]
    chosen = [case for case in cases
              if case.laid_out() and case.name not in
              ZONE_IS_THE_RIDDLE + SERVER_IS_THE_RIDDLE]
    if args.table:
        return table(chosen)
    rounds = rounds_of(args)
    tried, bad = 0, collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for case, (found, count) in zip(chosen, pool.map(
                lambda case: judge(case, rounds, args.keep), chosen)):
            tried += count
            for what, by in found:
                bad[what] += 1
                print(f"{case.name}: {what} ({', '.join(by) or 'together'})")
    print(f"{tried} distracted runs of {len(chosen)} cases, "
          f"{len(cases) - len(chosen)} left out, "
          f"{len(distractors.ALL)} distractors, {sum(bad.values())} misled")
    if not tried:
        print("distract: nothing was tried", file=sys.stderr)
        return 2
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
