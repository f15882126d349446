#!/usr/bin/env python3
"""--timeout ends the reading, and what was read until then is reported.

A writer gives the server's capture to a pipe, half of it, and then sleeps; the
same with the pipe's bytes packed. The analysis ends in time, says that it did not
read all, and convicts nobody by what it did not read. A limit on attempts is told
in the first sentence, too.
"""
import gzip
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

CASE = os.path.join(os.path.dirname(__file__), "..", "..", "samples", "cases",
                    "server-conntrack-full")
LONG_S = 20
STOPPED = "Reading was stopped by --timeout"
LIMITED = "There are more attempts than --max-attempts let in."


def write_slowly(path, data, done):
    try:
        with open(path, "wb", buffering=0) as out:
            out.write(data)
            done.wait(2 * LONG_S)
    except BrokenPipeError:
        pass


def run(lostsyn, *more):
    begin = time.monotonic()
    done = subprocess.run([lostsyn, "analyze", *more], capture_output=True,
                          text=True, check=False, timeout=4 * LONG_S)
    return done, time.monotonic() - begin


def stopped(lostsyn, folder, data):
    pipe = os.path.join(folder, "server.pipe")
    os.mkfifo(pipe)
    done = threading.Event()
    writer = threading.Thread(target=write_slowly, args=(pipe, data, done))
    writer.start()
    out = os.path.join(folder, "out")
    result, seconds = run(lostsyn, "--client", CASE + "/client/capture.pcap",
                          "--server", pipe, "--timeout", "2", "-o", out)
    done.set()
    writer.join()
    os.unlink(pipe)
    if seconds > LONG_S:
        yield f"it took {seconds:.0f} s"
    if result.returncode not in (0, 1):
        yield f"status {result.returncode}: {result.stderr}"
        return
    if STOPPED not in " ".join(result.stdout.split()):
        yield "the first sentences do not say that reading was stopped"
    with open(out + "/report.json", encoding="utf-8") as f:
        report = json.load(f)
    server = [i for i in report["inputs"] if i["role"] == "server"][0]
    if server["anomalies"] != {"reading-timed-out": 1}:
        yield f"the pipe's anomalies are {server['anomalies']}"
    if server["trust"]["grade"] != "weak" or not server["packets"]:
        yield f"the pipe's trust is {server['trust']}"
    for attempt in report["attempts"]:
        if attempt["confidence"] == "certain" and \
                attempt["verdict"] == "syn-lost-in-network":
            yield "a SYN is called lost because nobody read on"


def main():
    lostsyn = sys.argv[1]
    with open(CASE + "/server/capture.pcap", "rb") as f:
        whole = f.read()
    half = whole[:len(whole) // 2]
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        problems += stopped(lostsyn, folder, half)
    with tempfile.TemporaryDirectory() as folder:
        problems += stopped(lostsyn, folder, gzip.compress(whole)[:-400])
    with tempfile.TemporaryDirectory() as folder:
        result, _ = run(lostsyn, CASE, "--max-attempts", "5",
                        "-o", folder + "/out")
        if LIMITED not in " ".join(result.stdout.split()):
            problems.append("the limit on attempts is not in the headline")
        result, _ = run(lostsyn, CASE, "--timeout", "100",
                        "-o", folder + "/out")
        if STOPPED in result.stdout or LIMITED in result.stdout:
            problems.append("a limit that was not reached is told")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
