#!/usr/bin/env python3
"""Asked to end (SIGINT, SIGTERM, SIGHUP), nothing half-made stays behind.

	signals.py --lostsyn PROGRAM --make-pair PROGRAM

analyze is sent the signal as soon as its growing database is there, and must
end by that very signal with its files and the folder that it made removed; a
batch while its cases run, and must end with status 3 and an empty workbench. A
signal that the caller ignores (nohup) must stay ignored.
"""
import argparse
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402
import make_archive  # noqa: E402

ATTEMPTS = 20000
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def growing(folder):
    """Temporary names below folder."""
    return [os.path.join(here, name) for here, _, names in os.walk(folder)
            for name in names if ".growing-" in name]


def wait_for(condition, process):
    end = time.monotonic() + a.TIMEOUT_S
    while process.poll() is None and time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.001)
    return False


def start(lostsyn, pair, out, **options):
    return subprocess.Popen(
        [lostsyn, "analyze", "--client", f"{pair}/client.pcap", "--server",
         f"{pair}/server.pcap", "-o", out, "-q"], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)


def analyze_ended(lostsyn, pair, here):
    for number in ENDING:
        for made in (True, False):
            out = os.path.join(here, f"out-{number}-{made}")
            if not made:
                os.mkdir(out)
            process = start(lostsyn, pair, out)
            if not wait_for(lambda: growing(out), process):
                process.kill()
                yield f"signal {number}: no growing file was ever seen"
                continue
            process.send_signal(number)
            status = process.wait(timeout=a.TIMEOUT_S)
            if status != -number:
                yield f"signal {number}: ended with {status}"
            if os.path.exists(out) == made:
                yield f"signal {number}: the folder " + (
                    "stayed" if made else "is gone, though it was ours")
            for name in growing(out):
                yield f"signal {number}: {name} stayed"


def ignored_stays_ignored(lostsyn, pair, here):
    out = os.path.join(here, "nohup")
    process = start(lostsyn, pair, out, preexec_fn=lambda: signal.signal(
        signal.SIGHUP, signal.SIG_IGN))
    if not wait_for(lambda: growing(out), process):
        yield "no growing file was ever seen"
    process.send_signal(signal.SIGHUP)
    if process.wait(timeout=a.TIMEOUT_S) != 1:
        yield f"nohup: ended with {process.returncode}"
    if sorted(os.listdir(out)) != sorted(a.REPORT_FILES):
        yield f"nohup: {os.listdir(out)}"


def batch_ended(lostsyn, pair, here):
    archive = os.path.join(here, "archive")
    os.makedirs(archive)
    make_archive.pipes(archive, "hangs")
    os.symlink(pair, os.path.join(archive, "ignored"))
    for number in ENDING:
        out = os.path.join(here, f"batch-{number}")
        process = subprocess.Popen(
            [lostsyn, "batch", archive, "-o", out, "-q"],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        work = os.path.join(out, "unfinished")
        if not wait_for(lambda: os.path.isdir(work) and os.listdir(work),
                        process):
            yield f"batch, signal {number}: never began"
        process.send_signal(number)
        if process.wait(timeout=a.TIMEOUT_S) != 3:
            yield f"batch, signal {number}: status {process.returncode}"
        if os.path.exists(work):
            yield f"batch, signal {number}: left {os.listdir(work)}"
        for name in growing(out):
            yield f"batch, signal {number}: {name} stayed"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--make-pair", required=True)
    args = parser.parse_args()
    problems = 0
    with a.Scratch() as here:
        pair = os.path.join(here, "pair")
        os.mkdir(pair)
        subprocess.run([args.make_pair, pair, "--attempts", str(ATTEMPTS)],
                       check=True, stdout=subprocess.DEVNULL)
        for function in (analyze_ended, ignored_stays_ignored, batch_ended):
            problems += a.run_check(function, args.lostsyn, pair, here)
    return problems != 0


if __name__ == "__main__":
    sys.exit(main())
