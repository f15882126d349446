"""Small cases by the hundred: what lostsyn batch costs beside the analyses.

In each round the same cases are analysed one after the other by a shell loop of
bare `lostsyn analyze`, then by a batch with one job, then with two, each into a
fresh folder: a busy machine slows all three. Processor time is told as well,
because it does not depend on who else is there. Overhead per case is the batch
with one job less the loop; it is negative where the batch saves more (it loads
the rules once, and starts no program) than it costs.
"""
import os
import resource
import shutil
import statistics
import subprocess
import time

LOOP = ('n=0; for c in "$2"/*/; do n=$((n+1)); '
        '"$1" analyze "$c" -o "$3/$n" -q 2>/dev/null; done; :')


def spent():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def timed(command):
    """(seconds, processor seconds) of a command and its children."""
    begin, before = time.perf_counter(), spent()
    subprocess.run(command, stdin=subprocess.DEVNULL, check=False,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin, spent() - before


def measure(lostsyn, cases, work, rounds):
    count = len(os.listdir(cases))
    out = os.path.join(work, "many")
    batch = [lostsyn, "batch", cases, "-o", out, "-q"]
    runs = {
        "bare": ["sh", "-c", LOOP, "sh", lostsyn, cases, out],
        "one": [*batch, "--jobs", "1"],
        "two": [*batch, "--jobs", "2"],
    }
    wall = {name: [] for name in runs}
    used = {name: [] for name in runs}
    for _ in range(rounds):
        for name, command in runs.items():
            shutil.rmtree(out, ignore_errors=True)
            os.makedirs(out)
            seconds, processor = timed(command)
            wall[name].append(seconds)
            used[name].append(processor)
    kept = [timed([*batch, "--resume"])[0] for _ in range(rounds)]
    quick = [timed([*batch, "--resume", "--quick"])[0] for _ in range(rounds)]
    median = statistics.median

    def per_case(values, base):
        return [1000 * (x - y) / count for x, y in zip(values, base)]

    result = {
        "cases": count,
        "cases_per_s": {name: count / median(wall[name]) for name in runs},
        "overhead_ms": median(per_case(wall["one"], wall["bare"])),
        "overhead_processor_ms": median(per_case(used["one"], used["bare"])),
        "processor_ms": {n: 1000 * median(used[n]) / count for n in runs},
        "gain_of_two_jobs": median([x / y for x, y in zip(wall["one"],
                                                          wall["two"])]),
        "kept_per_s": count / median(kept),
        "kept_quick_per_s": count / median(quick),
    }
    rate = result["cases_per_s"]
    print(f"batch        {count} small cases; a loop of analyze: "
          f"{rate['bare']:.0f} a second; 1 job: {rate['one']:.0f}, 2 jobs: "
          f"{rate['two']:.0f} ({result['gain_of_two_jobs']:.2f} times)")
    print(f"             overhead per case over a bare analyze: "
          f"{result['overhead_ms']:+.1f} ms, "
          f"{result['overhead_processor_ms']:+.1f} ms of processor time "
          f"(analyze: {result['processor_ms']['bare']:.1f} ms)")
    print(f"             kept by --resume: {result['kept_per_s']:.0f} a second "
          f"by content, {result['kept_quick_per_s']:.0f} by size and time")
    return result
