#!/usr/bin/env python3
"""Does the lab leave the machine as it was when it is interrupted?

	lab.py --run samples/lab/run

Ctrl-C reaches the lab's whole process group, SIGTERM the lab alone; both at
several moments of stories that hold what is not a namespace's own: a
machine-wide sysctl, a control group. Afterwards there is no namespace, no
process, no folder and no half-made case of it, and the sysctl is back. Needs
root and the lab's tools; skipped without.
"""
import argparse
import glob
import os
import signal
import subprocess
import sys
import tempfile
import time

MARK = "LOSTSYN_LAB_TEST"
TABLE_SIZE = "/proc/sys/net/netfilter/nf_conntrack_max"
PATIENCE_S = 20
SMALL = 1000  # entries; no machine has so few of its own
SKIPPED = 77


def read(path):
    try:
        with open(path, encoding="ascii") as f:
            return f.read()
    except OSError:
        return None


def marked(mark):
    """Processes that inherited the mark, by name."""
    found = []
    for path in glob.glob("/proc/[0-9]*/environ"):
        try:
            with open(path, "rb") as f:
                if f"{MARK}={mark}".encode() in f.read():
                    found.append(read(os.path.dirname(path) + "/comm"))
        except OSError:
            pass
    return [name.strip() for name in found if name]


def namespaces(pid):
    return glob.glob(f"/run/netns/lostsyn-{pid:x}-*")


def groups(pid):
    return glob.glob(f"/sys/fs/cgroup/**/lostsyn-{pid:x}", recursive=True)


def table_size():
    return int(read(TABLE_SIZE) or 1 << 30)


def holds_lock(pid):
    """The lab has the lock that goes with machine-wide settings: another lab
    may run at the same time, and what that one sets is not ours."""
    return any(line.split()[1] == "FLOCK" and line.split()[4] == str(pid)
               for line in (read("/proc/locks") or "").splitlines())


# moment -> what is true from then on; asked every 20 ms
MOMENTS = {
    "the first namespace": lambda pid, work, mark: namespaces(pid),
    "recorders run": lambda pid, work, mark: "tcpdump" in marked(mark),
    "the table is small": lambda pid, work, mark:
        holds_lock(pid) and table_size() < SMALL,
    "a control group": lambda pid, work, mark: groups(pid),
}
# story, moment, how it is interrupted, exit status
TRIALS = (
    ("clean", "the first namespace", "ctrl-c", 130),
    ("clean", "recorders run", "term", 143),
    ("server-conntrack-full", "the table is small", "ctrl-c", 130),
    ("server-conntrack-full", "the table is small", "term", 143),
    ("memory-kills-server", "a control group", "twice", 130),
)


def interrupt(process, how):
    """Ctrl-C is the terminal's: every process of the group gets it."""
    if how == "term":
        process.send_signal(signal.SIGTERM)
        return
    os.killpg(process.pid, signal.SIGINT)
    if how == "twice":
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)


def wait_for(claim):
    """True as soon as the claim holds, False when it does not in time."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.02)
    return False


def leftovers(pid, work, mark, size):
    """What the lab left behind, in words."""
    found = [f"namespace {path}" for path in namespaces(pid)]
    found += [f"control group {path}" for path in groups(pid)]
    if not wait_for(lambda: not marked(mark)):
        found += [f"process {name}" for name in marked(mark)]
    found += [f"{name}" for part in ("tmp", "out")
              for name in os.listdir(os.path.join(work, part))]
    if not wait_for(lambda: table_size() == size):
        found.append(f"nf_conntrack_max {table_size()}, was {size}")
    return found


def trial(run, number, story, moment, how, status):
    """Runs the story until the moment, interrupts it, and looks around."""
    mark = f"{os.getpid()}-{number}"
    with tempfile.TemporaryDirectory() as work:
        for part in ("tmp", "out"):
            os.mkdir(os.path.join(work, part))
        wait_for(lambda: table_size() >= SMALL)
        size = table_size()
        process = subprocess.Popen(
            [run, "-o", os.path.join(work, "out"), story],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            start_new_session=True, env={**os.environ, MARK: mark,
                                         "TMPDIR": os.path.join(work, "tmp")})
        reached = wait_for(lambda: process.poll() is not None or
                           MOMENTS[moment](process.pid, work, mark))
        if process.poll() is not None or not reached:
            process.kill()
            return [f"never came to: {moment}: {process.stderr.read()}"]
        interrupt(process, how)
        _, said = process.communicate(timeout=PATIENCE_S)
        problems = leftovers(process.pid, work, mark, size)
        if process.returncode != status:
            problems.append(f"exit status {process.returncode}, expected "
                            f"{status}: {said[-500:]}")
        return problems


def why_not(run):
    """Why the lab cannot run here, or None."""
    if os.geteuid():
        return "needs root"
    if subprocess.run(["unshare", "--net", "true"],
                      capture_output=True).returncode:
        return "no network namespace to be had"
    with tempfile.TemporaryDirectory() as work:
        probe = subprocess.run([run, "-o", work, "--tools"],
                               capture_output=True, text=True)
    return probe.stderr.strip() if probe.returncode else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--run", required=True)
    args = parser.parse_args()
    lacks = why_not(args.run)
    if lacks:
        print(f"skipped: interrupting the lab: {lacks}")
        return SKIPPED
    failed = 0
    for number, (story, moment, how, status) in enumerate(TRIALS):
        problems = trial(args.run, number, story, moment, how, status)
        print(f"{'FAILED' if problems else 'ok    '} {story}, {moment}, {how}")
        for problem in problems:
            print("   ", problem)
        failed += bool(problems)
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
