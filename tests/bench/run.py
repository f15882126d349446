#!/usr/bin/env python3
"""Time the whole job against a bare libpcap loop over the same two files, and
the scan of a large log against grep.

Both are run in turn, on a warm cache, each analysis into a fresh folder; the
ratio is taken within each pair of runs, so that a busy machine slows both: of wall
time, and of processor time, which no other program changes. Every run adds a line
to history.jsonl in the work folder; one that is worse than the best of the same
sort before it by more than a tenth is called a regression.
So is a pair of many hosts (--many of make_pair: 4,000 clients, eight servers,
stamps of nanoseconds), where nearly every third attempt is of a new pair of hosts.
Pairs of 1,000 and 10,000 attempts make a curve over three decades with it.
A small case, alone and in a batch, has its figures and its history, too
(small.py; --small-only).
The same number of attempts is then stitched once more with every client behind
one NAT address (--nat-attempts, a million): the whole job's time with and
without NAT, run in turn, and their ratio, which the project holds to 1.5.
Memory: the peak resident set is the kernel's (wait4); it counts the program
and its libraries too, so bytes per attempt come from one more, untimed run
that samples anonymous memory, minus the same for a tiny pair. Nothing here
asserts a time; wrong verdicts and too much memory are failures.
"""
import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402
import large  # noqa: E402
import logs  # noqa: E402
import many  # noqa: E402
import small  # noqa: E402

TINY_ATTEMPTS = 50
# Of an attempt at a vantage; 320 of them are its sighting (model/sighting.h).
BYTES_MAX = 400
SAMPLE_EVERY_S = 0.001
LOG_ROUNDS = 3
# Of the whole job to the bare libpcap loop, with two cores.
RATIO_AIM = 1.5
PROCESSOR_AIM = 3.0


def timed(command, cwd=None):
    """(seconds, peak resident bytes, status, processor seconds) of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, cwd=cwd)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return (seconds, usage.ru_maxrss * 1024, process.returncode,
            usage.ru_utime + usage.ru_stime)


def anonymous_peak(command):
    """Peak of RssAnon in bytes, sampled; short peaks may be missed."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        try:
            with open(f"/proc/{process.pid}/status", encoding="ascii") as f:
                for line in f:
                    if line.startswith("RssAnon:"):
                        peak = max(peak, int(line.split()[1]) * 1024)
        except OSError:
            pass
        time.sleep(SAMPLE_EVERY_S)
    return peak


def make_pair(program, folder, attempts, args, form=()):
    """Generate once; the totals are kept beside the files."""
    kept = os.path.join(folder, "totals.json")
    # A changed generator makes other files.
    if os.path.exists(kept) and (os.path.getmtime(kept)
                                 >= os.path.getmtime(program)):
        with open(kept, encoding="ascii") as f:
            return json.load(f)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    command = [program, folder, "--attempts", str(attempts),
               "--seed", str(args.seed)]
    for word in form:
        command += ("--" + word).split("=")
    text = subprocess.run(command, check=True, capture_output=True,
                          text=True).stdout
    with open(kept, "w", encoding="ascii") as f:
        f.write(text)
    return json.loads(text)


def warm(files):
    for path in files:
        with open(path, "rb") as f:
            while f.read(1 << 20):
                pass


class Job:
    """Our analysis of one pair, each time into a folder that is new."""

    def __init__(self, lostsyn, pair, out):
        self.out = out
        self.command = [lostsyn, "analyze",
                        "--client", os.path.join(pair, "client.pcap"),
                        "--server", os.path.join(pair, "server.pcap"),
                        "-o", out, "-q"]

    def fresh(self):
        shutil.rmtree(self.out, ignore_errors=True)
        return self.command


def spread(values, form):
    return (f"{form.format(statistics.median(values))} "
            f"({form.format(min(values))} to {form.format(max(values))})")


def compare_verdicts(job, totals):
    """Differences between the truth and what the last run reported."""
    found = a.read_report(job.out)["summary"]["by_verdict"]
    truth = totals["by_verdict"]
    return {v: [truth.get(v, 0), found.get(v, 0)]
            for v in sorted(set(truth) | set(found))
            if truth.get(v, 0) != found.get(v, 0)}


def time_others(files):
    """tcptrace and tshark on the client's side, once; both are slow."""
    result = {}
    for name, command in (
            ("tcptrace", ["tcptrace", "-n", "-q", files[0]]),
            ("tshark conversations",
             ["tshark", "-n", "-q", "-z", "conv,tcp", "-r", files[0]])):
        if shutil.which(command[0]) is None:
            print(f"skipped: {name} (not installed)")
            continue
        seconds, peak, status, _ = timed(command)
        result[name] = {"seconds": seconds, "peak_bytes": peak,
                        "status": status, "sides": 1}
        print(f"{name}, one side: {seconds:.1f} s, {peak / 1e6:.0f} MB")
    return result


def run_pairs(job, loop, pairs):
    ours, floor = [], []
    for _ in range(pairs):
        ours.append(timed(job.fresh()))
        if ours[-1][2] != 1:
            sys.exit(f"bench: lostsyn ended with status {ours[-1][2]}, "
                     "expected 1 (failed attempts found)")
        floor.append(timed(loop))
    return ours, floor


def measure(args, pair, totals, lostsyn, loop):
    job = Job(lostsyn, pair, os.path.join(args.work, "out"))
    ours, floor = run_pairs(job, loop, args.pairs)
    wrong = compare_verdicts(job, totals)
    tiny = os.path.join(args.work, "tiny")
    make_pair(args.programs + "/make_pair", tiny, TINY_ATTEMPTS, args)
    tiny_job = Job(lostsyn, tiny, os.path.join(args.work, "out-tiny"))
    constant = anonymous_peak(tiny_job.fresh())
    anonymous = anonymous_peak(job.fresh())
    seconds = [run[0] for run in ours]
    packets = totals["client_packets"] + totals["server_packets"]
    median = statistics.median(seconds)
    result = {
        "ours_s": seconds,
        "libpcap_loop_s": [run[0] for run in floor],
        "ratio": [o[0] / f[0] for o, f in zip(ours, floor)],
        "processor_s": [run[3] for run in ours],
        "processor_ratio": [o[3] / f[3] for o, f in zip(ours, floor)],
        "packets_per_s": packets / median,
        "attempts_per_s": totals["attempts"] / median,
        "peak_rss_bytes": max(run[1] for run in ours),
        "anonymous_bytes": anonymous,
        "anonymous_bytes_tiny": constant,
        "bytes_per_attempt_and_vantage":
            (anonymous - constant) / (2 * totals["attempts"]),
        "verdicts_wrong": wrong,
    }
    print(f"ours         {spread(seconds, '{:.3f}')} s")
    print(f"libpcap loop {spread(result['libpcap_loop_s'], '{:.3f}')} s")
    print(f"ratio        {spread(result['ratio'], '{:.2f}')} of wall time, aim "
          f"{RATIO_AIM}")
    print(f"             {spread(result['processor_ratio'], '{:.2f}')} of "
          f"processor time, aim {PROCESSOR_AIM}")
    print(f"             {result['packets_per_s'] / 1e6:.2f} M packets/s, "
          f"{result['attempts_per_s'] / 1e3:.0f} k attempts/s")
    print(f"memory       {result['peak_rss_bytes'] / 1e6:.0f} MB resident at "
          f"the peak, {anonymous / 1e6:.0f} MB of it our own")
    print(f"             {result['bytes_per_attempt_and_vantage']:.0f} bytes "
          f"per attempt and vantage, at most {BYTES_MAX}")
    for verdict, (truth, found) in wrong.items():
        print(f"WRONG        {verdict}: {truth} in truth, {found} reported")
    return result


# What is kept of a run, and is better when it is less.
KEPT = ("ratio", "processor_ratio", "bytes_per_attempt_and_vantage")
WORSE = 1.1


def remember(result, path, kept=KEPT):
    """Add the run to the history; say what became worse."""
    now = {key: statistics.median(result[key])
           if isinstance(result[key], list) else result[key] for key in kept}
    now.update(pair=result["pair"], cpus=result["cpus"],
               when=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    before = []
    if os.path.exists(path):
        with open(path, encoding="ascii") as f:
            before = [json.loads(line) for line in f]
    same = [run for run in before
            if run["pair"] == now["pair"] and run["cpus"] == now["cpus"]]
    for key in kept if same else ():
        best = min(same, key=lambda run: run[key])
        if now[key] > WORSE * best[key]:
            print(f"REGRESSION   {key}: {now[key]:.2f}, it was "
                  f"{best[key]:.2f} at {best['when']}")
    with open(path, "a", encoding="ascii") as f:
        f.write(json.dumps(now) + "\n")
    print(f"history      {len(same) + 1} runs of this pair in {path}")


def measure_pair(args, lostsyn, form):
    """(what one pair costs, its two files)."""
    name = "-".join([f"pair-{args.attempts}-{args.seed}", *form])
    pair = os.path.join(args.work, name)
    totals = make_pair(args.programs + "/make_pair", pair, args.attempts, args,
                       form)
    files = [os.path.join(pair, s + ".pcap") for s in ("client", "server")]
    loop = [args.programs + "/pcap_loop", *files]
    warm(files)
    print(f"{name}: {totals['attempts']} attempts, "
          f"{totals['client_packets']} + {totals['server_packets']} packets, "
          f"{sum(map(os.path.getsize, files)) / 1e6:.0f} MB, "
          f"{os.cpu_count()} CPUs; median (lowest to highest) of "
          f"{args.pairs} pairs of runs")
    result = {"pair": name, "totals": totals, "cpus": os.cpu_count(),
              "machine": platform.machine()}
    if a.has_analyze(lostsyn):
        result.update(measure(args, pair, totals, lostsyn, loop))
        remember(result, os.path.join(args.work, "history.jsonl"))
    else:
        print("skipped: our job (lostsyn has no command analyze yet)")
        result["libpcap_loop_s"] = [timed(loop)[0] for _ in range(args.pairs)]
        print(f"libpcap loop {spread(result['libpcap_loop_s'], '{:.3f}')} s")
    return result, files


# Attempts of the curve before the pair itself: three decades in all.
CURVE = (1000, 10000)


def curve(args, lostsyn, last):
    """What an attempt costs in smaller pairs, and in the last one."""
    results = []
    for attempts in CURVE:
        if attempts < args.attempts:
            small = argparse.Namespace(**{**vars(args), "attempts": attempts})
            results.append(measure_pair(small, lostsyn, [])[0])
    print("curve        attempts     wall      processor  cores  libpcap loop  "
          "of an attempt")
    for r in [*results, last]:
        wall, used, attempts = (statistics.median(r["ours_s"]),
                                statistics.median(r["processor_s"]),
                                r["totals"]["attempts"])
        print(f"             {attempts:8d}  {wall:.3f} s     {used:.3f} s  "
              f"{used / wall:4.2f}   {statistics.median(r['ratio']):5.2f} and "
              f"{statistics.median(r['processor_ratio']):5.2f}  "
              f"{used / attempts * 1e6:6.1f} µs, "
              f"{r['bytes_per_attempt_and_vantage']:.0f} bytes a vantage")
    return results


# The NAT figure's aim (issue 4): no pairing that grows with what is shared.
NAT_AIM = 1.5
NAT_ROUNDS = 3


def nat_pairs(args):
    """The same attempts with and without NAT, as (folder, totals) each."""
    found = []
    for nat in (False, True):
        folder = os.path.join(args.work, f"nat-{args.nat_attempts}-{args.seed}"
                              + ("-nat" if nat else ""))
        found.append((folder, make_pair(args.programs + "/make_pair", folder,
                                        args.nat_attempts, args,
                                        ["nat"] if nat else [])))
    return found


def time_nat(args, lostsyn):
    """The whole job with every client behind one address, against without."""
    pairs = nat_pairs(args)
    jobs = [Job(lostsyn, folder, os.path.join(args.work, "out"))
            for folder, _ in pairs]
    seconds = [[], []]
    wrong = [{}, {}]
    for _ in range(NAT_ROUNDS):
        for i, job in enumerate(jobs):
            seconds[i].append(timed(job.fresh())[0])
            wrong[i] = compare_verdicts(job, pairs[i][1])
    ratio = [behind / plain for plain, behind in zip(*seconds)]
    print(f"NAT          {pairs[1][1]['attempts']} attempts behind one address,"
          f" whole job: {spread(seconds[1], '{:.2f}')} s, without NAT "
          f"{spread(seconds[0], '{:.2f}')} s; ratio {spread(ratio, '{:.2f}')}"
          f" (aim: at most {NAT_AIM})")
    for verdict, (truth, found) in {**wrong[0], **wrong[1]}.items():
        print(f"WRONG        {verdict}: {truth} in truth, {found} reported")
    return {"attempts": pairs[1][1]["attempts"], "plain_s": seconds[0],
            "nat_s": seconds[1], "ratio": ratio,
            "verdicts_wrong": {**wrong[0], **wrong[1]}}


def cases_of(args):
    os.makedirs(args.work, exist_ok=True)
    return os.path.normpath(os.path.join(os.path.dirname(__file__), "..", "..",
                                         "samples", "cases"))


def time_small(args, lostsyn):
    return small.measure(sys.modules[__name__], lostsyn, cases_of(args),
                         args.work, max(args.batch, 1))


def time_batch(args, lostsyn):
    return {"small": time_small(args, lostsyn),
            **many.measure(lostsyn, cases_of(args), args.work,
                           max(args.batch, 1))}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--work", default="build/bench")
    parser.add_argument("--attempts", type=int, default=100000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--nat", action="store_true")
    parser.add_argument("--nat-attempts", type=int, default=1000000,
                        help="for the ratio with NAT to without; 0: not "
                             "measured (default a million: 5 GB of files)")
    parser.add_argument("--with-others", action="store_true",
                        help="also time tcptrace and tshark once (slow)")
    parser.add_argument("--batch", type=int, metavar="ROUNDS", default=3,
                        help="of timing lostsyn batch over the labelled "
                             "cases; 0: none (default 3)")
    parser.add_argument("--batch-only", action="store_true")
    parser.add_argument("--small-only", action="store_true",
                        help="only a small case, alone and in a batch")
    parser.add_argument("--log", type=int, metavar="MIB", default=1024,
                        help="size of the syslog whose scan is timed beside "
                             "grep; 0: none (default 1024)")
    parser.add_argument("--log-only", action="store_true")
    parser.add_argument("--large", type=int, metavar="PACKETS",
                        help="only few attempts in so many packets of 1,000 "
                             "bytes a side, beside sha256sum and cat: 2 GB a "
                             "side at 2000000")
    parser.add_argument("--keep", action="store_true",
                        help="do not remove the files of --large")
    parser.add_argument("--no-curve", dest="curve", action="store_false",
                        help="do not time pairs of 1,000 and 10,000 attempts")
    args = parser.parse_args()
    args.pairs = max(args.pairs, 5)
    args.programs = os.path.join(args.build, "tests", "bench")
    lostsyn = os.path.join(args.build, "analyzer", "lostsyn")

    if args.small_only:
        time_small(args, lostsyn)
        return 0
    if args.batch_only:
        time_batch(args, lostsyn)
        return 0
    if args.large:
        wrong = large.measure(sys.modules[__name__], args, lostsyn, args.large)
        return 1 if wrong["verdicts_wrong"] else 0
    if args.log_only:
        logs.measure(args.programs, args.work, max(args.log, 1), LOG_ROUNDS)
        return 0

    result, files = measure_pair(args, lostsyn, ["nat"] if args.nat else [])
    if a.has_analyze(lostsyn) and not args.nat:
        result["many"], _ = measure_pair(args, lostsyn, ["many"])
        if args.curve:
            result["curve"] = curve(args, lostsyn, result)
    if args.nat_attempts and a.has_analyze(lostsyn):
        result["nat"] = time_nat(args, lostsyn)
    if args.batch and a.has_analyze(lostsyn):
        result["batch"] = time_batch(args, lostsyn)
    if args.log:
        result["log"] = logs.measure(args.programs, args.work, args.log,
                                     LOG_ROUNDS)
    if args.with_others:
        result["others"] = time_others(files)
    path = os.path.join(args.work, "result.json")
    with open(path, "w", encoding="ascii") as f:
        json.dump(result, f, indent=1)
        f.write("\n")
    print(path)
    # Speed is a matter of judgement; a wrong answer is not, and memory is
    # the same on every machine.
    pairs = [result, result.get("many", {}), *result.get("curve", [])]
    wrong = any(part.get("verdicts_wrong")
                for part in [*pairs, result.get("nat", {})])
    too_much = any(part.get("bytes_per_attempt_and_vantage", 0) > BYTES_MAX
                   for part in pairs)
    return 1 if wrong or too_much else 0


if __name__ == "__main__":
    sys.exit(main())
