"""Few attempts in many large packets, beside sha256sum and cat of the same files.

Of such captures little is looked at, but all is read and hashed: whoever only
wants to know that the files are whole has to wait as long. In each round the
analysis is timed, then `sha256sum` of both files and `cat` of both, one after the
other; the ratio is of wall times within a round. Most builds of sha256sum do
without the CPU's SHA instructions, which the analysis uses; where openssl is
installed, which uses them as well, that comparison is made once more.
"""
import os
import shutil
import statistics

ATTEMPTS = 1000
ROUNDS = 3
AIM = 1.1


def measure(bench, args, lostsyn, packets):
    """bench is run.py; packets: large ones, of a side."""
    each = max(packets // ATTEMPTS, 1)
    pair = os.path.join(args.work, f"large-{ATTEMPTS}-{each}-{args.seed}")
    totals = bench.make_pair(args.programs + "/make_pair", pair, ATTEMPTS, args,
                             [f"large={each}"])
    files = [os.path.join(pair, s + ".pcap") for s in ("client", "server")]
    job = bench.Job(lostsyn, pair, os.path.join(args.work, "out"))
    bench.warm(files)
    ours, floor, quick = [], [], []
    for _ in range(ROUNDS):
        ours.append(bench.timed(job.fresh()))
        floor.append([bench.timed(["sha256sum", *files]),
                      bench.timed(["cat", *files])])
        if shutil.which("openssl"):
            quick.append(bench.timed(["openssl", "dgst", "-sha256", *files])[0]
                         + floor[-1][1][0])
    wrong = bench.compare_verdicts(job, totals)
    ratio = [o[0] / sum(part[0] for part in f) for o, f in zip(ours, floor)]
    used = [o[3] / sum(part[3] for part in f) for o, f in zip(ours, floor)]
    packets_all = totals["client_packets"] + totals["server_packets"]
    size = sum(map(os.path.getsize, files))
    seconds = [o[0] for o in ours]
    print(f"large        {packets_all / 1e6:.1f} M packets, "
          f"{size / 1e9:.2f} GB: {bench.spread(seconds, '{:.2f}')} s, "
          f"{size / 1e9 / statistics.median(seconds):.2f} GB/s, "
          f"{max(o[1] for o in ours) / 1e6:.0f} MB resident at the peak")
    print(f"             {bench.spread(ratio, '{:.2f}')} times sha256sum and "
          f"cat, aim {AIM}; {bench.spread(used, '{:.2f}')} times their "
          "processor time")
    if quick:
        fast = [o[0] / q for o, q in zip(ours, quick)]
        print(f"             {bench.spread(fast, '{:.2f}')} times openssl's "
              "SHA-256 and cat")
    for verdict, (truth, found) in wrong.items():
        print(f"WRONG        {verdict}: {truth} in truth, {found} reported")
    result = {"pair": os.path.basename(pair), "totals": totals,
              "cpus": os.cpu_count(), "ours_s": seconds, "ratio": ratio,
              "processor_ratio": used, "verdicts_wrong": wrong}
    bench.remember(result, os.path.join(args.work, "history.jsonl"),
                   ("ratio", "processor_ratio"))
    if not args.keep:
        shutil.rmtree(pair)
    return result
