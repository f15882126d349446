#!/usr/bin/env python3
"""A whole archive: throughput, memory, killed at random moments and resumed.

	archive.py --lostsyn PROGRAM --cases FOLDER [--count N] [--kills N]
		[--large N --make-pair PROGRAM] [--work FOLDER] [--seed N]

The archive holds count cases (make_archive.py: labelled ones multiplied, each
tenth damaged), large ones of 1 GB when asked for, and three that no archive
should hold: one that waits for ever, one that needs more memory than it gets
and one whose analysis is crashed (SIGABRT, sent by this test as soon as it
reads). A run with one job is the reference. Runs with more jobs, and runs that
were killed - the parent alone, or every process at once; early, late, while the
index is written - and resumed must leave the same index and the same reports,
byte by byte. The memory of all processes together stays within jobs times the
limit of a case. Figures are printed; only sameness and bounds can fail.
"""
import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402
import make_archive  # noqa: E402
from batch import differences, results, strangers  # noqa: E402

LARGE_ATTEMPTS = 435000  # 1.17 kB a side and attempt: 1 GB for the pair
FLOOD_PER_MB = 3000      # connections that need more memory than that
LOOK_S = 0.02
SAMPLE_EVERY = 8         # looks: the kernel walks all pages for a sample
HANGS, CRASHES, GREEDY = "hangs", "crashes", "greedy"


def stat_fields(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as f:
        return f.read().rpartition(")")[2].split()


def children(pid):
    """Processes whose parent is pid; an analysis has none of its own."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            return [int(x) for x in f.read().split()]
    except OSError:
        return []


def resident(pid):
    """Resident bytes that are the process's own: what came with the fork and
    was not written since is the parent's."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
            for line in f:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return 0


def case_of(pid):
    """The result folder that an analysis works for: its standard error."""
    try:
        return os.readlink(f"/proc/{pid}/fd/2")
    except OSError:
        return ""


def analyses(pid, case):
    """Has it come so far that only the analysis is left to be crashed? What
    it notes of its inputs before is in the state of the result."""
    stderr = case_of(pid)
    quick = os.path.join(os.path.dirname(stderr), "case.quick")
    try:
        return f"/{case}-" in stderr and os.path.getsize(quick) > 0
    except OSError:
        return False


class Watch(threading.Thread):
    """Sums up memory, and crashes the case that is to crash."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.process = process
        self.peak = 0

    def run(self):
        looks = 0
        while self.process.returncode is None:
            below = children(self.process.pid)
            for child in below:
                if analyses(child, CRASHES):
                    try:
                        os.kill(child, signal.SIGABRT)
                    except ProcessLookupError:
                        pass
            looks += 1
            if looks % SAMPLE_EVERY == 0:
                self.peak = max(self.peak, sum(map(
                    resident, [self.process.pid, *below])))
            time.sleep(LOOK_S)


class Bed:
    def __init__(self, args, work):
        self.args = args
        self.work = work
        self.archive = os.path.join(work, "archive")
        self.wanted = None

    def out(self, name):
        return os.path.join(self.work, name)

    def start(self, name, *options):
        args = self.args
        command = [args.lostsyn, "batch", self.archive, "-o", self.out(name),
                   "-q", "--timeout", str(args.timeout), "--memory",
                   str(args.memory), *options]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True,
                                   errors="replace")
        watch = Watch(process)
        watch.start()
        return process, watch

    def run(self, name, *options):
        """(seconds, peak of memory, problems) of a run to its end."""
        begin = time.perf_counter()
        process, watch = self.start(name, *options)
        _, said = process.communicate()
        seconds = time.perf_counter() - begin
        watch.join()
        problems = [] if process.returncode == 1 else [
            f"{name}: status {process.returncode}, expected 1: {said}"]
        return seconds, watch.peak, problems


def build(bed):
    args = bed.args
    if os.path.isdir(bed.archive):
        return
    os.makedirs(bed.archive)
    make_archive.make(args.cases, bed.archive, args.count, args.seed)
    for name in (HANGS, CRASHES):
        make_archive.pipes(bed.archive, name)
    if args.greedy:
        make_archive.answered_flood(os.path.join(
            bed.archive, GREEDY + "-client.pcap"), FLOOD_PER_MB * args.memory)
        # Nothing to say of it: which thread speaks first is chance.
        make_archive.answered_flood(os.path.join(
            bed.archive, GREEDY + "-server.pcap"), 1)
    for number in range(args.large):
        folder = os.path.join(bed.archive, f"large-{number}")
        os.mkdir(folder)
        subprocess.run([args.make_pair, folder, "--attempts",
                        str(LARGE_ATTEMPTS), "--seed", str(number + 1)],
                       check=True, stdout=subprocess.DEVNULL)


def outcomes(folder):
    with sqlite3.connect(f"file:{folder}/index.sqlite?mode=ro",
                         uri=True) as db:
        return {name: (outcome, sign, reason) for name, outcome, sign, reason
                in db.execute("SELECT name, outcome, signal, reason "
                              "FROM case_result")}


def check_contained(bed, folder):
    found = outcomes(folder)
    if len(found) != bed.args.expected:
        yield f"{len(found)} cases, {bed.args.expected} in truth"
    if found.get(HANGS, "?")[0] != "timeout":
        yield f"the hanging case: {found.get(HANGS)}"
    if found.get(CRASHES, "?")[:2] != ("signal", signal.SIGABRT):
        yield f"the crashing case: {found.get(CRASHES)}"
    if bed.args.greedy and (found[GREEDY][0] not in ("error", "signal")
                            or "memory" not in found[GREEDY][2]):
        yield f"the greedy case: {found[GREEDY]}"
    for name, (outcome, _, reason) in found.items():
        if (outcome not in ("done", "unusable")
                and name not in (HANGS, CRASHES, GREEDY)):
            yield f"{name}: {outcome}: {reason}"


def check_memory(bed, jobs, peak, what):
    bound = jobs * bed.args.memory << 20
    print(f"       {what}: {peak / 1e6:.0f} MB at the peak, all processes "
          f"({jobs} x {bed.args.memory} MB are allowed)")
    if bed.args.greedy and peak > bound:
        yield f"{what}: {peak} bytes, more than {bound}"


def reference(bed):
    seconds, peak, problems = bed.run("whole", "--jobs", "1")
    yield from problems
    bed.seconds = seconds
    count = bed.args.expected
    print(f"       {count} cases, 1 job: {seconds:.1f} s, "
          f"{count / seconds:.1f} cases/s")
    bed.wanted = results(bed.out("whole"))
    yield from check_contained(bed, bed.out("whole"))
    yield from check_memory(bed, 1, peak, "1 job")
    yield from strangers(bed.out("whole"))


def more_jobs(bed):
    seconds, peak, problems = bed.run("jobs", "--jobs", str(bed.args.jobs))
    yield from problems
    jobs, count = bed.args.jobs, bed.args.expected
    # Waiting for the case that hangs takes no processor.
    idle = bed.args.timeout
    gain = (bed.seconds - idle) / max(seconds - idle, 0.01)
    print(f"       {count} cases, {jobs} jobs: {seconds:.1f} s, "
          f"{count / seconds:.1f} cases/s; {gain:.2f} times as fast, without "
          f"the {idle} s of the case that hangs")
    yield from differences(bed.out("jobs"), bed.wanted, f"{jobs} jobs")
    yield from check_memory(bed, jobs, peak, f"{jobs} jobs")
    shutil.rmtree(bed.out("jobs"))


def kill(process, luck):
    """The batch alone, or all of it at once in any order."""
    victims = [process.pid]
    if luck.random() < 0.5:
        victims += children(process.pid)
        luck.shuffle(victims)
    for pid in victims:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return process.wait() == -signal.SIGKILL


def kill_one(bed, luck, seconds, options, fresh):
    """Start and kill after a random part of seconds; sooner when it was done
    by then, because the machine is faster now. True when one was hit."""
    for _ in range(4):
        if fresh:
            # Without its index, a kill in the middle of writing one shows.
            for name in ("index.sqlite", "index.html", "index.ndjson"):
                if os.path.exists(bed.out(f"killed/{name}")):
                    os.unlink(bed.out(f"killed/{name}"))
        process, watch = bed.start("killed", *options)
        time.sleep(0.05 + luck.uniform(0, seconds))
        hit = kill(process, luck)
        watch.join()
        process.stderr.close()
        if hit:
            return True
        seconds /= 2
    return False


def killed(bed):
    """Half of the moments while cases are analysed, half of them while what is
    there is compared and the index is written."""
    luck = random.Random(bed.args.seed)
    options = ("--jobs", str(bed.args.jobs), "--resume")
    done = 0
    early = (bed.args.kills + 1) // 2
    for _ in range(early):
        done += kill_one(bed, luck, bed.seconds / early, options, False)
    finished = len(os.listdir(bed.out("killed/cases")))
    _, _, problems = bed.run("killed", *options)
    yield from problems
    yield from differences(bed.out("killed"), bed.wanted, "killed early")
    seconds, _, problems = bed.run("killed", *options)
    yield from problems
    for _ in range(bed.args.kills - early):
        done += kill_one(bed, luck, seconds, options, True)
    _, _, problems = bed.run("killed", *options)
    yield from problems
    yield from differences(bed.out("killed"), bed.wanted, "killed late")
    yield from strangers(bed.out("killed"))
    left = [n for n in os.listdir(bed.out("killed")) if ".growing-" in n]
    if left or os.path.exists(bed.out("killed/unfinished")):
        yield f"left behind: {left or 'unfinished/'}"
    print(f"       killed {done} times of {bed.args.kills}; "
          f"{finished} cases were done after the first {early}; a resume of "
          f"all that is done takes {seconds:.1f} s")
    if done < bed.args.kills * 0.6 or finished == 0:
        yield "too few kills hit: the test proves little"


def starts_in(lostsyn, megabytes):
    """A sanitizer takes more addresses than that for itself."""
    done = subprocess.run(
        ["sh", "-c", f"ulimit -v {megabytes << 10}; exec \"$0\" --version",
         lostsyn], capture_output=True, check=False)
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases", required=True)
    parser.add_argument("--make-pair")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--large", type=int, default=0, metavar="N",
                        help="cases of 1 GB")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=int, metavar="S",
                        help="default: many times what a case takes here")
    parser.add_argument("--memory", type=int, default=128, metavar="MB")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", help="kept; default: a folder of its own")
    args = parser.parse_args()
    args.lostsyn = os.path.abspath(args.lostsyn)
    if args.timeout is None:
        args.timeout = a.case_limit_s(args.lostsyn, os.path.join(
            args.cases, "server-conntrack-full"))
    args.greedy = starts_in(args.lostsyn, args.memory)
    args.expected = args.count + args.large + 2 + args.greedy
    if not args.greedy:
        print("skipped: the greedy case and the bound of memory (sanitizers "
              "take no limit of addresses)")
    problems = 0
    with a.Scratch() as scratch:
        bed = Bed(args, args.work or scratch)
        for name in ("whole", "jobs", "killed"):
            shutil.rmtree(bed.out(name), ignore_errors=True)
        build(bed)
        for function in (reference, more_jobs, killed):
            problems += a.run_check(function, bed)
    return problems != 0


if __name__ == "__main__":
    sys.exit(main())
