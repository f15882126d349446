#!/usr/bin/env python3
"""How often the verdicts are right, measured on labelled incidents.

	accuracy.py --lostsyn PROGRAM [--cases DIR] [--write README.md PAGE.md]
	            [--fresh --seed N] [--no-rivals] [--jobs N]

Prints the tables; --write puts the short one between the markers in README.md
and the whole into PAGE.md, unless a tool to compare with is missing. --fresh
makes the lab's cases anew with another seed (root, minutes) and scores those.
Exit status 1 when a wrong verdict is marked certain, or a wrong cause
confirmed; 2 when there is nothing to score.
"""
import argparse
import concurrent.futures
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
import accuracy_score as score  # noqa: E402
import accuracy_table as tables  # noqa: E402
import analyze as a  # noqa: E402
import rivals  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(HERE))
BEGIN, END = "<!-- accuracy -->", "<!-- /accuracy -->"
LAB_JOBS = 4  # the lab sleeps most of its time


class Case:
    """One labelled folder and, once analysed, its report."""

    def __init__(self, folder):
        self.folder, self.name = folder, os.path.basename(folder)
        with open(os.path.join(folder, "expected.json"),
                  encoding="utf-8") as f:
            self.expected = json.load(f)
        self.ends = [side for side in ("client", "server")
                     if any(name.startswith("capture") for name in
                            self._names(side))]
        self.report = None

    def _names(self, side):
        folder = os.path.join(self.folder, side)
        return os.listdir(folder) if os.path.isdir(folder) else []


def load(folder):
    return [Case(os.path.join(folder, name))
            for name in sorted(os.listdir(folder))
            if os.path.exists(os.path.join(folder, name, "expected.json"))]


def our_answers(binary, case):
    """What the analyzer says of each labelled attempt."""
    with a.Scratch() as scratch:
        done = a.analyze(binary, case.folder, "-o", scratch + "/out",
                         "--all-attempts", "-q")
        if os.path.exists(scratch + "/out/report.json"):
            case.report = a.read_report(scratch + "/out")
        else:
            print(f"{case.name}: {a.said(done)}", file=sys.stderr)
    found = a.by_tuple(a.in_time_order(case.report)) if case.report else {}
    answers = []
    for label in case.expected["attempts"]:
        seen = found.get(a.tuple_of(label), [])
        nth = label.get("nth", 1)
        got = seen[nth - 1] if nth <= len(seen) else {}
        answers.append(score.Answer(case, label, got.get("verdict"),
                                    got.get("confidence")))
    return answers


def rival_answers(methods, case):
    """{method: [Answer, …]}, over the same labels."""
    out = {}
    with a.Scratch() as scratch:
        paths = [rivals.plain_capture(case.folder, side, scratch)
                 for side in ("client", "server")]
        for method in methods:
            said = rivals.answers(method, *paths)
            out[method] = []
            for label in case.expected["attempts"]:
                key = tuple((label[end]["ip"], label[end]["port"])
                            for end in ("client", "server"))
                seen, nth = said.get(key, []), label.get("nth", 1)
                out[method].append(score.Answer(
                    case, label, seen[nth - 1] if nth <= len(seen) else None))
    return out


def measure(binary, cases, jobs, with_rivals):
    """{tool: [Answer, …]}, ours first."""
    methods = [m for m in rivals.METHODS if not rivals.missing(m)] \
        if with_rivals else []
    answers = {name: [] for name in [tables.OURS, *methods]}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        ours = pool.map(lambda c: our_answers(binary, c), cases)
        theirs = pool.map(lambda c: rival_answers(methods, c), cases)
        for some in ours:
            answers[tables.OURS] += some
        for some in theirs:
            for method, rows in some.items():
                answers[method] += rows
    return answers


def make_fresh(folder, seed):
    """Runs the lab into the folder; returns what it could not make. A story
    that did not happen as told gets a second chance: the machine may have
    been busy, or the dice against it."""
    lab = os.path.join(ROOT, "samples", "lab", "run")
    names = subprocess.run([lab, "--list"], capture_output=True, text=True,
                           check=True).stdout.split()

    def play(name):
        for _ in range(2):
            done = subprocess.run(
                [lab, "-o", folder, "--seed", str(seed), name],
                capture_output=True, text=True)
            if done.returncode != 1:
                break
        return name, done.returncode, (done.stdout + done.stderr).strip()
    untold = []
    with concurrent.futures.ThreadPoolExecutor(LAB_JOBS) as pool:
        for name, status, said in pool.map(play, names):
            if status == 3:
                sys.exit(said)
            if status or said.startswith("skipped"):
                print(f"not scored: {said[:300]}", file=sys.stderr)
                untold.append(name)
    return untold


def put_block(path, text):
    """Replaces what stands between the markers."""
    with open(path, encoding="utf-8") as f:
        whole = f.read()
    if BEGIN not in whole or END not in whole:
        sys.exit(f"accuracy: {path} lacks the markers {BEGIN} and {END}")
    head, rest = whole.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"{head}{BEGIN}\n{text}\n{END}{tail}")


def score_folder(args, folder, untold=()):
    cases = load(folder)
    if not cases:
        print("accuracy: no labelled case", file=sys.stderr)
        return 2
    methods = measure(args.lostsyn, cases, args.jobs, not args.no_rivals)
    lacking = [m for m in rivals.METHODS if m not in methods]
    print(tables.page(methods, cases, args.seed if args.fresh else None,
                      untold))
    if args.write and lacking:
        print("accuracy: files left as they are, not measured: " +
              ", ".join(lacking), file=sys.stderr)
    elif args.write:
        put_block(args.write[0], tables.readme(methods, cases))
        with open(args.write[1], "w", encoding="utf-8") as f:
            f.write(tables.page(methods, cases))
    found = score.causes(cases)
    return int(score.totals(methods[tables.OURS])["wrong certain"] > 0 or
               bool(found and found["wrong confirmed"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases",
                        default=os.path.join(ROOT, "samples", "cases"))
    parser.add_argument("--write", nargs=2, metavar=("README", "PAGE"))
    parser.add_argument("--fresh", action="store_true",
                        help="score cases that the lab makes now")
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--keep", help="keep the fresh cases here")
    parser.add_argument("--no-rivals", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    args = parser.parse_args()
    a.need_analyze(args.lostsyn)
    if not args.fresh:
        return score_folder(args, args.cases)
    if args.write:
        parser.error("--write is for the shipped cases")
    with a.Scratch() as scratch:
        folder = args.keep or scratch
        untold = make_fresh(folder, args.seed)
        return score_folder(args, folder, untold)


if __name__ == "__main__":
    sys.exit(main())
