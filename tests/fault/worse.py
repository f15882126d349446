"""An archive over days: index.html marks what got worse, and only that.

Captures of three days are made with the packets of golden/fates: attempts at
three services, of which one begins to be refused, one is always partly refused
and one is well. What a day later came right is no longer marked.
"""
import argparse
import os
import sqlite3
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "golden")]
import analyze as lost  # noqa: E402
import fates  # noqa: E402

CLIENT, SERVER = bytes((192, 0, 2, 10)), bytes((198, 51, 100, 20))
DAY_US = 86_400 * 1_000_000
ATTEMPTS = 30
SYN, SYNACK, ACK, RST = ((fates.S, 0, 0), (fates.S | fates.A, 0, 1),
                         (fates.A, 1, 1), (fates.R | fates.A, 0, 1))
FIN = (fates.A | 1, 1, 1)
# Which service refuses how many of 30 attempts, by day.
BEGINS, PARTLY, WELL = 80, 81, 82
DAYS = ({BEGINS: 0, PARTLY: 6, WELL: 0}, {BEGINS: 20, PARTLY: 7, WELL: 0})
MENDED = {BEGINS: 0, PARTLY: 6, WELL: 0}


def attempt(at, sport, port, refused):
    """Packets of one attempt: refused, or opened and closed."""
    there, back = (CLIENT, SERVER, sport, port), (SERVER, CLIENT, port, sport)
    told = [(there, SYN), (back, RST)] if refused else [
        (there, SYN), (back, SYNACK), (there, ACK), (there, FIN),
        (back, (fates.A | 1, 1, 2)), (there, (fates.A, 2, 2))]
    for i, (way, segment) in enumerate(told):
        yield at + 1000 * i, fates.frame(*way, segment, sport % 1000 + i, 64)


def capture(folder, day, refusals):
    os.makedirs(folder)
    packets = []
    for k, (port, refused) in enumerate(sorted(refusals.items())):
        for i in range(ATTEMPTS):
            packets += attempt(day * DAY_US + (i * 3 + k) * 200_000,
                               40000 + 100 * k + i, port, i < refused)
    fates.write(os.path.join(folder, "client.pcap"), packets)


def batch(lostsyn, archive, out):
    done = subprocess.run([lostsyn, "batch", archive, "-o", out, "--jobs", "1"],
                          capture_output=True, text=True, check=False,
                          timeout=lost.TIMEOUT_S)
    with sqlite3.connect(f"file:{out}/index.sqlite?mode=ro", uri=True) as db:
        worse = db.execute("SELECT server_port, cause IS NULL, change, failed,"
                           " attempts FROM worse_now ORDER BY 1, 2 DESC")
        worse = worse.fetchall()
    with open(f"{out}/index.html", encoding="utf-8") as f:
        return done, worse, f.read()


def check(args, scratch):
    archive = os.path.join(scratch, "archive")
    for day, refusals in enumerate(DAYS):
        capture(os.path.join(archive, f"day-{day}"), day, refusals)
    done, worse, page = batch(args.lostsyn, archive, f"{scratch}/before")
    if [w[:2] for w in worse if w[1]] != [(BEGINS, 1)]:
        yield f"worse: {worse}; {lost.said(done)}"
    if "1 server port: more fails" not in done.stdout:
        yield f"not in the summary: {lost.said(done)}"
    for wanted in ('id="worse"', "20 of 30", 'class="worse"',
                   "<td>198.51.100.20:80</td>"):
        if wanted not in page:
            yield f"index.html lacks {wanted}"
    capture(os.path.join(archive, "day-5"), 5, MENDED)
    done, worse, page = batch(args.lostsyn, archive, f"{scratch}/after")
    if worse or 'id="worse"' in page or "more fails" in done.stdout:
        yield f"mended, and still worse: {worse}; {lost.said(done)}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    args = parser.parse_args()
    with lost.Scratch() as scratch:
        return 1 if lost.run_check(check, args, scratch) else 0


if __name__ == "__main__":
    sys.exit(main())
