"""Events in a large syslog: what our scan costs beside grep over the same words.

The file is generated (log_scan make: one line in a thousand is an event). In
each round it is read by our scan (events with their envelopes, regexes and
fields), by `grep -c -F` with the same words and by `grep -c -E` with them as one
alternation, in turn and on a warm cache; the ratio is taken within a round, so
that a busy machine slows all three. All run on one core.
"""
import os
import re
import statistics
import subprocess
import time

LNAV_MB_S = 114  # as its author publishes it for plain indexing
GOAL_MB_S = 500
MEGABYTE = 1e6


def seconds_of(command):
    """(seconds, output): grep finds, so any status but 0 is an error."""
    start = time.perf_counter()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, check=True,
                          capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C"})
    return time.perf_counter() - start, done.stdout


def make_log(program, path, mib):
    """Generate once, again when the generator changed."""
    if os.path.exists(path) and (os.path.getmtime(path)
                                 >= os.path.getmtime(program)):
        return
    with open(path + ".part", "wb") as f:
        subprocess.run([program, "make", str(mib)], stdout=f, check=True)
    os.rename(path + ".part", path)


def make_words(program, folder):
    """The words as files for grep: one a line, and one alternation."""
    words = subprocess.run([program, "words"], check=True,
                           capture_output=True, text=True).stdout.split("\n")
    words = sorted({w for w in words if w})
    fixed = os.path.join(folder, "words.txt")
    either = os.path.join(folder, "words.ere")
    with open(fixed, "w", encoding="ascii") as f:
        f.write("\n".join(words) + "\n")
    with open(either, "w", encoding="ascii") as f:
        f.write("|".join(re.sub(r"([][.*^$()+?{}|\\])", r"\\\1", w)
                         for w in words) + "\n")
    return fixed, either


def measure(programs, work, mib, rounds):
    os.makedirs(work, exist_ok=True)
    program = os.path.join(programs, "log_scan")
    path = os.path.join(work, f"syslog-{mib}.log")
    make_log(program, path, mib)
    fixed, either = make_words(program, work)
    size = os.path.getsize(path)
    runs = {"ours": [program, "scan", path],
            "grep -c -F": ["grep", "-c", "-F", "-f", fixed, path],
            "grep -c -E": ["grep", "-c", "-E", "-f", either, path]}
    seconds_of(["wc", "-c", path])
    speed = {name: [] for name in runs}
    said = {}
    for _ in range(rounds):
        for name, command in runs.items():
            seconds, said[name] = seconds_of(command)
            speed[name].append(size / MEGABYTE / seconds)
    print(f"log          {size / 1e9:.2f} GB of syslog, one line in a thousand "
          f"an event: {said['ours'].split(', patterns')[0]}")
    for name, values in speed.items():
        against = [o / v for o, v in zip(speed["ours"], values)]
        note = ("" if name == "ours" else
                f", {said[name].strip()} lines; ours is "
                f"{statistics.median(against):.1f} times as fast")
        print(f"  {name:10} {statistics.median(values):5.0f} MB/s "
              f"({min(values):.0f} to {max(values):.0f}){note}")
    ours = statistics.median(speed["ours"])
    print(f"  {ours / LNAV_MB_S:.1f} times lnav's published {LNAV_MB_S} MB/s; "
          f"the goal is {GOAL_MB_S} MB/s on one core")
    return {"bytes": size, "mb_per_s": speed,
            "lines": {n: s.strip() for n, s in said.items()}}
