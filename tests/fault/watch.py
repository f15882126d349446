"""lostsyn batch --watch: a drop folder. Cases are analysed as they come, never
while they are being written, again when they have changed; a signal ends it."""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import analyze as lost

PATIENCE_S = 120


def index(results):
    """Cases of the index by name, or none."""
    try:
        with open(os.path.join(results, "index.ndjson"), encoding="utf-8") as f:
            rows = [json.loads(line) for line in f]
    except OSError:
        return {}
    return {r["name"]: r for r in rows if "name" in r}


def wait_for(results, wanted):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if wanted(index(results)):
            return True
        time.sleep(0.3)
    return False


def check(args, scratch):
    drop, results = (os.path.join(scratch, n) for n in ("drop", "results"))
    one = os.path.join(args.cases, "refused")
    os.makedirs(os.path.join(drop, "slow", "client"))
    process = subprocess.Popen(
        [args.lostsyn, "batch", "--watch", "--settle", "3", "--jobs", "1", "-q",
         drop, "-o", results], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    try:
        shutil.copytree(one, os.path.join(drop, "whole"))
        # A copy that grows, and one that has no name yet.
        source = os.path.join(one, "client", "capture.pcap")
        with open(source, "rb") as f:
            data = f.read()
        grows = os.path.join(drop, "slow", "client", "capture.pcap")
        for n in range(8):
            with open(grows, "wb") as f:
                f.write(data[:len(data) * (n + 1) // 8])
            time.sleep(1)
            if "slow" in index(results):
                yield "a case was analysed while it was written"
        part = os.path.join(drop, "whole", "server.pcap.part")
        if not wait_for(results, lambda i: "slow" in i and "whole" in i):
            yield f"not analysed: {index(results)}"
        before = os.stat(os.path.join(results, "index.sqlite")).st_mtime_ns
        time.sleep(5)
        if os.stat(os.path.join(results, "index.sqlite")).st_mtime_ns != before:
            yield "nothing was new, and the index was made anew"
        with open(part, "wb") as f:
            f.write(data)
        shutil.copytree(one, os.path.join(drop, "late"))
        if not wait_for(results, lambda i: "late" in i and "whole" not in i):
            yield f"a half-written part: {list(index(results))}"
        os.rename(part, part[:-5])
        if not wait_for(results, lambda i: "whole" in i and "late" in i):
            yield f"the part is done: {list(index(results))}"
        if process.poll() is not None:
            yield f"it ended by itself: {process.communicate()}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=lost.TIMEOUT_S)
        process.stdout.close()
        process.stderr.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases", required=True)
    args = parser.parse_args()
    with lost.Scratch() as scratch:
        failures = list(check(args, scratch))
    for wrong in (["--watch", "--merge", "x"], ["--watch", "--dry-run", "x"],
                  ["--watch"], ["--settle", "0", "x"]):
        done = subprocess.run([args.lostsyn, "batch", *wrong, "-o", "/nowhere"],
                              capture_output=True, text=True, check=False,
                              timeout=60)
        if done.returncode != 2:
            failures.append(f"{wrong}: {lost.said(done)}")
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
