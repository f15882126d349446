#!/usr/bin/env python3
"""Scores incidents that the lab composed (samples/lab/compose).

	composed.py --lostsyn PROGRAM --random N --seed S [--from M]
	            [--cases DIR] [--jobs N] [--list] [--write README PAGE]

Composes what DIR lacks, analyses what was not analysed yet by this very
program, and prints how many failed attempts were located, wrong verdicts by
confidence, who abstained although the evidence decides, and the causes, each
with its 95 % interval (Wilson), by topology, fault and condition. What is done
is kept in DIR, so a run that was interrupted goes on. --write puts the short
table between the markers in README and the whole into PAGE. --list names every
wrong verdict, wrong confirmed cause and crash. Exit status 1 when there is a
wrong certain verdict, a wrong confirmed cause or a crash.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import json
import math
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(HERE, ".."),
                os.path.join(ROOT, "samples", "lab")]
import accuracy_score as score  # noqa: E402
import analyze as a  # noqa: E402
from composer import compose, draw, space  # noqa: E402

WORDS = ("certain", "likely", "possible")


def wilson(part, whole):
    """(low, high) of a share with 95 % confidence.
    cite: Wilson 1927, J. Am. Stat. Assoc. 22, 209-212"""
    if not whole:
        return 0.0, 1.0
    z, p = 1.96, part / whole
    middle = p + z * z / (2 * whole)
    spread = z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole ** 2))
    scale = 1 + z * z / whole
    return max(0.0, (middle - spread) / scale), \
        min(1.0, (middle + spread) / scale)


def told(part, whole):
    """A share in words."""
    if not whole:
        return "–"
    low, high = wilson(part, whole)
    return f"{100 * part / whole:.1f} % ({part} of {whole}; " \
        f"{100 * low:.1f}–{100 * high:.1f})"


def answer(binary, folder, stamp):
    """What the program says of a composed incident: kept beside it."""
    kept = os.path.join(folder, f"answer-{stamp}.json")
    if os.path.exists(kept):
        with open(kept, encoding="utf-8") as f:
            return json.load(f)
    evidence = os.path.join(folder, "evidence")
    with a.Scratch() as scratch:
        done = a.analyze(binary, evidence, "-o", scratch + "/out",
                         "--all-attempts", "-q", timeout=120)
        got = {"status": done.returncode, "said": done.stderr[-2000:],
               "attempts": [], "findings": []}
        if os.path.exists(scratch + "/out/report.json"):
            report = a.read_report(scratch + "/out")
            got["attempts"] = [
                {k: t.get(k) for k in (
                    "client", "server", "seen_at_server_as", "verdict",
                    "confidence", "candidates", "why", "first_syn", "isn")}
                for t in a.in_time_order(report)]
            got["findings"] = [{k: f[k] for k in ("cause", "confidence",
                                                  "rule")}
                               for f in report["findings"]]
    with open(kept + ".new", "w", encoding="utf-8") as f:
        json.dump(got, f)
    os.rename(kept + ".new", kept)
    return got


class Scored:
    """One incident: labels, and what was said of each."""

    def __init__(self, folder, got):
        self.folder, self.name, self.got = folder, os.path.basename(folder), \
            got
        with open(os.path.join(folder, "expected.json"),
                  encoding="utf-8") as f:
            self.expected = json.load(f)
        found = {}
        for attempt in got["attempts"]:
            for other in ("seen_at_server_as", None):
                ends = attempt[other] if other else attempt
                if ends:
                    found[a.tuple_of(ends)] = attempt
            found.setdefault(attempt["isn"], attempt)
        self.answers = []
        for label in self.expected["attempts"]:
            # Behind a translation it may stand under either address.
            one = found.get(a.tuple_of(label)) or \
                found.get(label["isn"], {})
            self.answers.append(score.Answer(
                self, label, one.get("verdict"), one.get("confidence")))
            self.answers[-1].said = one
        self.live = [f for f in got["findings"]
                     if f["confidence"] != "ruled-out"]
        self.true = {self.expected["cause"], *self.expected["also"]} - {None}
        self.crashed = got["status"] not in (0, 1) and not (
            got["status"] == 2 and not self.expected["attempts"])

    @property
    def wrong_confirmed(self):
        return [f["cause"] for f in self.live
                if f["confidence"] == "confirmed" and
                f["cause"] not in self.true]

    @property
    def groups(self):
        """The rows of the tables that the incident belongs to."""
        about = self.expected["composed"]
        fault = "nothing broken" if about["place"] is None else \
            f"{about['place']}: {about['mechanism']}"
        yield "topology", about["topology"]
        yield "fault", fault
        if about["which"]:
            yield "which", about["which"]
        for word in about["conditions"] or ["plain"]:
            yield "condition", word


def tally(incidents):
    """The numbers of one row."""
    answers = [one for i in incidents for one in i.answers]
    failed = [one for one in answers if one.failed and one.decidable]
    abstained = [one for one in answers if one.verdict == score.ABSTAIN]
    asked = [i for i in incidents if i.expected["cause"]]
    row = {"incidents": len(incidents), "attempts": len(answers),
           "failed": sum(one.failed for one in answers),
           "decidable": len(failed),
           "located": sum(one.located for one in failed),
           "lazy": sum(not one.right for one in abstained),
           "not found": sum(one.verdict is None for one in answers),
           "truth kept": sum(one.label["truth"] in (
               one.said.get("candidates") or []) for one in abstained),
           "abstained": len(abstained), "asked": len(asked),
           "first": sum(bool(i.live) and i.live[0]["cause"] in i.true
                        for i in asked),
           "wrong confirmed": sum(map(len, (i.wrong_confirmed
                                            for i in incidents))),
           "crashed": sum(i.crashed for i in incidents)}
    for word in WORDS:
        given = [one for one in answers if one.confidence == word and
                 one.verdict != score.ABSTAIN]
        row[word] = len(given)
        row["wrong " + word] = sum(one.wrong for one in given)
        row["false " + word] = sum(
            one.wrong and one.verdict != one.label["truth"] for one in given)
    return row


def summary(row):
    yield f"{row['incidents']} incidents, {row['attempts']} attempts, " \
        f"{row['failed']} failed, {row['decidable']} of them decidable"
    yield "located: " + told(row["located"], row["decidable"])
    for word in WORDS:
        yield f"wrong among {word}: " + told(row["wrong " + word], row[word]) \
            + f", of these false: {row['false ' + word]}"
    yield f"abstained: {row['abstained']}, the truth among the candidates: " \
        + told(row["truth kept"], row["abstained"])
    yield f"abstained though decidable: {row['lazy']}, not found: " \
        f"{row['not found']}"
    yield "cause first: " + told(row["first"], row["asked"])
    yield f"wrong confirmed causes: {row['wrong confirmed']}, crashes: " \
        f"{row['crashed']}"


def tables(incidents):
    groups = collections.defaultdict(list)
    for incident in incidents:
        for group in incident.groups:
            groups[group].append(incident)
    kind = None
    for (title, name), some in sorted(groups.items()):
        if title != kind:
            kind = title
            yield ""
            yield f"| {title} | incidents | located | wrong: certain, " \
                "likely, possible | abstained lazily | cause first |"
            yield "|---|---:|---:|---:|---:|---:|"
        row = tally(some)
        wrong = ", ".join(f"{row['wrong ' + w]} of {row[w]}" for w in WORDS)
        yield f"| {name} | {row['incidents']} | " \
            f"{told(row['located'], row['decidable'])} | {wrong} | " \
            f"{row['lazy']} | {row['first']} of {row['asked']} |"


BEGIN, END = "<!-- composed -->", "<!-- /composed -->"
PAGE = """# Composed incidents

Written by `{command}`. Incidents that the lab drew and real kernels
told; [lab/README.md](lab/README.md) says how the labels come about,
[benchmark/README.md](benchmark/README.md) how to take part. Behind each share
its 95 % interval (Wilson). Decided is what a reader of the files can know: a
wrong verdict is one that they do not allow, true or not; false ones are those of
them that are not true.

"""


def readme(args, row):
    """The README's table."""
    command = f"./dev accuracy --random {args.random} --seed {args.seed}"
    yield f"{row['incidents']} incidents, {row['attempts']} attempts, " \
        f"{row['failed']} failed, of which the evidence decides " \
        f"{row['decidable']}:"
    yield ""
    yield f"| `{command}` | share, 95 % interval |"
    yield "|---|---:|"
    yield "| failed attempts located | " \
        f"{told(row['located'], row['decidable'])} |"
    for word in WORDS:
        yield f"| wrong among those called {word} | " \
            f"{told(row['wrong ' + word], row[word])}; false " \
            f"{row['false ' + word]} |"
    yield "| the truth among the candidates of those abstained | " \
        f"{told(row['truth kept'], row['abstained'])} |"
    yield "| cause first, where the evidence shows it | " \
        f"{told(row['first'], row['asked'])} |"
    yield f"| wrong causes marked confirmed | {row['wrong confirmed']} |"


def write(args, incidents, row):
    with open(args.write[0], encoding="utf-8") as f:
        whole = f.read()
    if BEGIN not in whole or END not in whole:
        sys.exit(f"composed: {args.write[0]} lacks {BEGIN} and {END}")
    head, rest = whole.split(BEGIN, 1)
    with open(args.write[0], "w", encoding="utf-8") as f:
        f.write("\n".join([head + BEGIN, *readme(args, row),
                           END + rest.split(END, 1)[1]]))
    untold = args.random - len(incidents)
    with open(args.write[1], "w", encoding="utf-8") as f:
        f.write(PAGE.format(command=f"./dev accuracy --random {args.random} "
                            f"--seed {args.seed} --write README.md "
                            "samples/COMPOSED.md"))
        f.write("".join(f"- {line}\n" for line in summary(row)))
        f.write("\n".join(tables(incidents)) + "\n")
        if untold:
            f.write(f"\n{untold} could not be told: taps and programs told "
                    "different stories, so nothing was written.\n")


def troubles(incidents, lazy):
    """Every answer that is a fault, one line each."""
    for i in incidents:
        about = i.expected["composed"]
        head = f"{i.name} {about['topology']} {about['place']}:" \
            f"{about['mechanism']}/{about['which']} {about['conditions']}"
        lines = []
        if i.crashed:
            lines.append(f"status {i.got['status']}: {i.got['said'][-200:]}")
        lines += [f"wrong confirmed {cause}" for cause in i.wrong_confirmed]
        kinds = collections.Counter()
        for one in i.answers:
            label = one.label
            if one.wrong or one.verdict is None or (
                    lazy and not one.right):
                kinds[f"{label['truth']} (label {label['verdict']} "
                      f"{label.get('candidates', '')}): {one.verdict} "
                      f"{one.confidence} "
                      f"{one.said.get('candidates') or ''}"] += 1
        lines += [f"{n} x {kind}" for kind, n in kinds.items()]
        if lines:
            yield head
            yield from ("    " + line for line in lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--random", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--cases", default=os.path.join(ROOT, "build",
                                                        "composed"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--lazy", action="store_true",
                        help="--list those that abstained as well")
    parser.add_argument("--write", nargs=2, metavar=("README", "PAGE"))
    parser.add_argument("--as-is", action="store_true",
                        help="compose nothing more")
    args = parser.parse_args()
    a.need_analyze(args.lostsyn)
    numbers = range(args.first, args.first + args.random)
    if not args.as_is:
        try:
            space.Space("try")
        except OSError as error:
            a.skip(f"no namespaces here: {error}")
        compose.many(args.seed, numbers, args.cases, lambda text: print(
            text, file=sys.stderr) if "NOT TOLD" in text else None)
    with open(args.lostsyn, "rb") as f:
        stamp = hashlib.sha256(f.read()).hexdigest()[:12]
    folders = [os.path.join(args.cases, draw.draw(args.seed, n)["name"])
               for n in numbers]
    folders = [f for f in folders if os.path.exists(f + "/expected.json")]
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        got = pool.map(lambda f: answer(args.lostsyn, f, stamp), folders)
        incidents = [Scored(f, g) for f, g in zip(folders, got)]
    row = tally(incidents)
    print("\n".join(summary(row)))
    if args.write:
        write(args, incidents, row)
    if args.list:
        print("\n".join(troubles(incidents, args.lazy)))
    else:
        print("\n".join(tables(incidents)))
    print(f"{args.random - len(folders)} could not be told")
    return int(bool(row["wrong certain"] or row["wrong confirmed"] or
                    row["crashed"]))


if __name__ == "__main__":
    sys.exit(main())
