#!/usr/bin/env python3
"""A flood of SYNs does not change what is said of the honest attempts in it, and
what it costs.

The same honest attempts are analysed without a flood and within one: every one of
them has the same verdict, with the same confidence, for the same reason. The report
lists the first of the flood's attempts and counts the others: all add up, and its
size does not grow with the flood. Beyond a number of attempts the flood's are no
attempts of their own: one of each kind and moment stands for the others, and what is
said in sum stays the same, but for a few at a moment's edge. Without sizes this is a
test; with --sizes it prints time, memory and output for each of them, with the flood
in the server's capture and in both.
"""
import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time

TEST_SIZE = 25000
HONEST = "10.10.1."
ALIKE_MAX = 10000  # report/alike.h
MOMENT_SHARE = .002  # of ten seconds; stitch/settle.c
CROWD_ROWS = 5000    # the first thousand, honest ones, one a moment and kind
JSON_MAX = 40e6    # bytes: two kinds of attempts, the first 10,000 of each


def make(args, size, both, *kind):
    folder = os.path.join(args.work, f"flood-{size}{'-both' if both else ''}"
                          + "".join(kind))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    subprocess.run([args.make_flood, folder, "--flood", str(size), *kind,
                    *(["--both"] if both else [])], check=True)
    return folder


def analyze(args, pair, *more):
    """(folder of the report, wall and processor seconds, peak bytes)."""
    out = pair + "-out"
    shutil.rmtree(out, ignore_errors=True)
    begin = time.perf_counter()
    process = subprocess.Popen(
        [args.lostsyn, "analyze", "-q", "--client", pair + "/client.pcap",
         "--server", pair + "/server.pcap", "-o", out, *more])
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 1:
        sys.exit(f"flood: status {process.returncode} of {pair}, expected 1")
    return (out, time.perf_counter() - begin, used.ru_utime + used.ru_stime,
            used.ru_maxrss * 1024)


def honest(out):
    db = sqlite3.connect(os.path.join(out, "evidence.sqlite"))
    rows = db.execute(
        "SELECT client_ip, client_port, verdict, confidence, candidates, why "
        "FROM attempts WHERE client_ip LIKE ? || '%' ORDER BY 1, 2",
        (HONEST,)).fetchall()
    db.close()
    return rows


def told(out):
    with open(os.path.join(out, "report.json"), encoding="utf-8") as f:
        return json.load(f)


def check_truth(pair, rows):
    with open(pair + "/truth.tsv", encoding="ascii") as f:
        truth = {tuple(line.split()[:2]): line.split()[4] for line in f}
    found = {(ip, str(port)): verdict for ip, port, verdict, *_ in rows}
    if found != truth:
        yield f"{pair}: the honest attempts have not the verdicts that are true"


def check_sums(report, size):
    """All attempts are listed or counted, those of findings too."""
    summary = report["summary"]
    clean = summary["by_verdict"].get("established", 0)
    more = sum(kind["more"] for kind in report.get("attempts_alike", []))
    if len(report["attempts"]) + more != summary["attempts"] - clean:
        yield "listed and counted attempts do not add up"
    if size > 2 * ALIKE_MAX and more < size - 3 * ALIKE_MAX:
        yield f"only {more} of a flood of {size} were counted"
    for finding in report["findings"]:
        if len(finding["attempt_ids"]) > min(finding["attempts"], ALIKE_MAX):
            yield f"finding {finding['id']} lists another number of attempts"


def check(args, size, both, calm):
    pair = make(args, size, both)
    out, wall, spent, peak = analyze(args, pair)
    rows = honest(out)
    problems = list(check_truth(pair, rows))
    if rows != calm:
        problems.append("the flood changes what is said of honest attempts")
    problems += check_sums(told(out), size)
    sizes = {name: os.path.getsize(os.path.join(out, name))
             for name in ("report.json", "report.html", "evidence.sqlite")}
    if sizes["report.json"] > JSON_MAX:
        problems.append(f"report.json has {sizes['report.json']} bytes")
    print(f"{size:>9} SYNs at {'both ends' if both else 'the server'}: "
          f"{wall:.1f} s, {spent:.1f} s of processor time "
          f"({1e6 * spent / max(size, 1):.1f} us each), {peak / 1e6:.0f} MB "
          f"({peak / max(size, 1):.0f} bytes each), "
          + ", ".join(f"{name} {bytes_ / 1e6:.1f} MB"
                      for name, bytes_ in sizes.items()), flush=True)
    shutil.rmtree(pair)
    shutil.rmtree(out)
    return {"size": size, "both": both, "wall_s": wall, "processor_s": spent,
            "peak_bytes": peak, "bytes": sizes}, problems


# Kinds of floods: at both ends or not, how they are made.
KINDS = [
    (False,), (True,),
    (False, "--bots", "500"), (True, "--bots", "500"),
    (False, "--one-isn"), (True, "--one-isn", "--no-stamps"),
    (True, "--lost", "10"), (True, "--lost", "3", "--no-stamps"),
    (True, "--nat"), (True, "--nat", "--no-stamps"),
]


def check_crowd(args, calm, both, *kind):
    """Counted or followed one by one: the same is said."""
    name = f"{'both ends' if both else 'one end'} {' '.join(kind)}"
    pair = make(args, TEST_SIZE, both, *kind)
    whole = told(analyze(args, pair, "--all-attempts")[0])
    out = analyze(args, pair, "--crowd-after", "1000")[0]
    report = told(out)
    if honest(out) != calm:
        yield f"{name}: the crowd changes what is said of honest attempts"
    for problem in check_sums(report, TEST_SIZE):
        yield f"{name}: {problem}"
    db = sqlite3.connect(os.path.join(out, "evidence.sqlite"))
    rows, = db.execute("SELECT count(*) FROM attempt").fetchone()
    db.close()
    if rows > CROWD_ROWS:
        yield f"{name}: {rows} rows of attempts in a crowd"
    one, other = (r["summary"]["by_verdict"] for r in (report, whole))
    for verdict in one.keys() | other.keys():
        if abs(one.get(verdict, 0) - other.get(verdict, 0)) > (
                TEST_SIZE * MOMENT_SHARE):
            yield f"{name}: {one} in a crowd, {other} one by one"
            break
    for one, other in zip(sums(report), sums(whole)):
        if abs(one - other) > TEST_SIZE * MOMENT_SHARE:
            yield f"{name}: {sums(report)} in a crowd, {sums(whole)} one by one"
            break
    shutil.rmtree(pair)


def sums(report):
    """Attempts of the one service; those that failed, those that are open."""
    service = report["summary"]["services"][0]
    return service["attempts"], service["failed"], service["undecided"]


def check_all_listed(args):
    """--all-attempts lists every one."""
    pair = make(args, TEST_SIZE, False)
    done = subprocess.run(
        [args.lostsyn, "analyze", "-q", "--client", pair + "/client.pcap",
         "--server", pair + "/server.pcap", "--all-attempts", "--json", "-"],
        capture_output=True, check=False)
    report = json.loads(done.stdout)
    shutil.rmtree(pair)
    if len(report["attempts"]) != report["summary"]["attempts"]:
        yield "--all-attempts does not list all"
    if "attempts_alike" in report:
        yield "--all-attempts counts what it lists"


def run(args, sizes):
    pair = make(args, 0, False)
    out = analyze(args, pair)[0]
    calm = honest(out)
    problems = list(check_truth(pair, calm))
    if len(calm) != 200 or "attempts_alike" in told(out):
        problems.append("the honest attempts are not what was made")
    rows = []
    for size in sizes:
        for both in (False, True):
            row, found = check(args, size, both, calm)
            rows.append(row)
            problems += found
    return rows, problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--make-flood", required=True)
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--sizes", metavar="M,M",
                        help="millions of SYNs, as 1,5: measured")
    args = parser.parse_args()
    os.makedirs(args.work, exist_ok=True)
    if args.sizes:
        sizes = [int(float(m) * 1e6) for m in args.sizes.split(",")]
        _, problems = run(args, sizes)
    else:
        _, problems = run(args, [TEST_SIZE])
        pair = make(args, 0, False)
        calm = honest(analyze(args, pair)[0])
        for kind in KINDS:
            problems += check_crowd(args, calm, *kind)
        problems += check_all_listed(args)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
