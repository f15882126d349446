"""What a small case costs: twenty attempts, ten files of their hosts.

Alone: the processor time of `lostsyn analyze`, the least of many runs, for what
else runs on the machine can only add to it. In an archive: copies of the case
through `lostsyn batch` with two jobs, in cases a second and in processor time.
Nearly all of it is what any case costs, whatever is in it: rules, statements, the
database, the page.
"""
import os
import shutil
import statistics
import subprocess

import many

CASE = "host-firewall-drop"
RUNS = 30
COPIES = 60
# Processor time of one analysis, and what two idle cores are to do of them.
AIM_MS = 25
AIM_PER_S = 70
# What the history keeps; each is better when it is less.
KEPT = ("small_processor_ms", "small_batch_processor_ms")


def archive_of(case, folder):
    """A folder with COPIES of the case, made anew: cases change."""
    shutil.rmtree(folder, ignore_errors=True)
    for i in range(COPIES):
        shutil.copytree(case, os.path.join(folder, f"case-{i:02d}"))
    return folder


def alone(lostsyn, case, out):
    """Processor milliseconds of each of RUNS analyses."""
    used = []
    for _ in range(RUNS):
        shutil.rmtree(out, ignore_errors=True)
        process = subprocess.Popen([lostsyn, "analyze", case, "-o", out, "-q"],
                                   stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        used.append(1000 * (usage.ru_utime + usage.ru_stime))
    return used


def in_batch(lostsyn, archive, out):
    """(cases a second, processor milliseconds a case), with two jobs."""
    shutil.rmtree(out, ignore_errors=True)
    seconds, used = many.timed([lostsyn, "batch", archive, "-o", out, "-q",
                                "--jobs", "2"])
    return COPIES / seconds, 1000 * used / COPIES


def measure(bench, lostsyn, cases, work, rounds):
    case = os.path.join(cases, CASE)
    out = os.path.join(work, "out-small")
    archive = archive_of(case, os.path.join(work, "small"))
    used = alone(lostsyn, case, out)
    runs = [in_batch(lostsyn, archive, out) for _ in range(rounds)]
    result = {
        "pair": "small case " + CASE,
        "cpus": os.cpu_count(),
        "small_processor_ms": min(used),
        "small_per_s": max(rate for rate, _ in runs),
        "small_batch_processor_ms": min(each for _, each in runs),
    }
    print(f"small case   {min(used):.1f} ms of processor time (median "
          f"{statistics.median(used):.1f}), aim {AIM_MS}")
    print(f"             in a batch with two jobs {result['small_per_s']:.0f} a "
          f"second, aim {AIM_PER_S}; "
          f"{result['small_batch_processor_ms']:.1f} ms of processor time each")
    bench.remember(result, os.path.join(work, "history.jsonl"), KEPT)
    return result
