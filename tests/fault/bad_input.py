#!/usr/bin/env python3
"""Bad evidence, bad usage, bad luck: what the command does then.

	bad_input.py --lostsyn PROGRAM --make-pair PROGRAM [NAME...]

The contract (section 6): damaged evidence is analysed as far as it goes and
named; usage and unusable evidence are status 2; the environment is status 3;
output files appear whole or not at all; nothing ends by a signal. A check that
this machine cannot make says "skipped".
"""
import argparse
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402
import evidence as e  # noqa: E402

CHECKS = []
KILLS = 12
NOBODY = 65534


class Skip(Exception):
    """This machine cannot make the check."""


class Bed:
    """What every check starts from: a good pair, and a folder of its own."""

    def __init__(self, args, good, here):
        self.lostsyn = args.lostsyn
        self.make_pair = args.make_pair
        self.client = os.path.join(good, "client.pcap")
        self.server = os.path.join(good, "server.pcap")
        self.here = here
        self.out = os.path.join(here, "out")

    def path(self, name, data=None):
        path = os.path.join(self.here, name)
        if data is not None:
            e.write(path, data)
        return path

    def analyze(self, *arguments, **options):
        return a.analyze(self.lostsyn, *arguments, "-o", self.out, **options)

    def pair(self, client=None, server=None, *more):
        return self.analyze("--client", client or self.client,
                            "--server", server or self.server, *more)


def check(function):
    CHECKS.append(function)
    return function


def expect_status(done, *wanted):
    if done.returncode not in wanted:
        yield f"expected status {' or '.join(map(str, wanted))}, {a.said(done)}"


def expect_said(done, *words):
    for word in words:
        if word not in done.stderr:
            yield f"standard error does not say {word!r}, {a.said(done)}"


def whole_or_absent(folder):
    """Output files that are there but not whole; temporary ones that stay."""
    names = os.listdir(folder) if os.path.isdir(folder) else []
    path = os.path.join(folder, "report.json")
    if "report.json" in names:
        try:
            json.loads(e.read(path))
        except ValueError as error:
            yield f"report.json is not whole: {error}"
    if "report.html" in names and not e.read(os.path.join(
            folder, "report.html")).rstrip().lower().endswith(b"</html>"):
        yield "report.html is not whole"
    if "evidence.sqlite" in names:
        with sqlite3.connect(f"file:{folder}/evidence.sqlite?mode=ro",
                             uri=True) as db:
            try:
                answer = db.execute("PRAGMA integrity_check").fetchone()[0]
                if answer != "ok":
                    yield f"evidence.sqlite is not whole: {answer}"
                elif db.execute("SELECT count(*) FROM attempts"
                                ).fetchone()[0] == 0:
                    yield "evidence.sqlite holds no attempts"
            except sqlite3.DatabaseError as error:
                yield f"evidence.sqlite is not whole: {error}"


def nothing_written(folder):
    if os.path.isdir(folder):
        for name in sorted(os.listdir(folder)):
            yield f"{name} was left behind"


def refused(bed, done, *words, status=(2,)):
    """A run that must give no result and name what was wrong."""
    yield from expect_status(done, *status)
    yield from expect_said(done, *words)
    yield from nothing_written(bed.out)


def input_named(report, name):
    for source in report["inputs"]:
        if os.path.basename(source["name"]) == name:
            return source
    return {"anomalies": {}}


@check
def good_pair(bed):
    """The control: without it the others could fail for any reason."""
    done = bed.pair()
    yield from expect_status(done, 1)
    for name in a.REPORT_FILES:
        if not os.path.exists(os.path.join(bed.out, name)):
            yield f"no {name}"
    yield from whole_or_absent(bed.out)


@check
def missing_file(bed):
    done = bed.pair(client=bed.path("nowhere.pcap"))
    yield from refused(bed, done, "nowhere.pcap", status=(2, 3))


@check
def missing_case(bed):
    done = bed.analyze(bed.path("no-such-case"))
    yield from refused(bed, done, "no-such-case", status=(2, 3))


@check
def empty_folder(bed):
    os.mkdir(bed.path("case"))
    yield from refused(bed, bed.analyze(bed.path("case")), "case")


@check
def folder_without_evidence(bed):
    os.mkdir(bed.path("case"))
    e.write(bed.path("case/notes.txt"), b"Call Kim back about the router.\n")
    e.write(bed.path("case/photo.jpg"), b"\xff\xd8\xff\xe0" + bytes(5000))
    yield from refused(bed, bed.analyze(bed.path("case")), "notes.txt",
                       "photo.jpg")


@check
def empty_file(bed):
    done = bed.analyze("--client", bed.path("zero.pcap", b""))
    yield from refused(bed, done, "zero.pcap")


@check
def header_only(bed):
    head = e.read(bed.client)[:e.PCAP_HEAD_BYTES]
    done = bed.analyze("--client", bed.path("bare.pcap", head))
    yield from expect_status(done, 2)
    yield from expect_said(done, "bare.pcap")


@check
def wrong_magic(bed):
    data = b"\xde\xad\xbe\xef" + e.read(bed.client)[4:]
    done = bed.analyze("--client", bed.path("magic.pcap", data))
    yield from refused(bed, done, "magic.pcap")


def damaged(bed, name, anomaly, low, high):
    """Client evidence `name` is spoilt between two offsets; the rest counts."""
    done = bed.pair(client=bed.path(name))
    yield from expect_status(done, 1)
    yield from expect_said(done, name)
    line = " ".join(x for x in done.stderr.splitlines() if name in x)
    numbers = [int(n) for n in re.findall(r"\d+", line.replace(name, ""))]
    if not any(low <= n <= high for n in numbers):
        yield f"no offset in {low}..{high} is named: {line}"
    if done.returncode not in (0, 1):
        return
    report = a.read_report(bed.out)
    noted = input_named(report, name)["anomalies"]
    if anomaly not in noted:
        yield f"{anomaly} is not in the report's anomalies: {noted}"
    if not report["summary"]["attempts"]:
        yield "nothing of the good part was analysed"


@check
def cut_in_packet(bed):
    data = e.read(bed.client)
    *_, last = e.records(data)
    bed.path("cut.pcap", data[:-7])
    yield from damaged(bed, "cut.pcap", "capture-cut", last[0], len(data))


@check
def cut_in_record_header(bed):
    data = e.read(bed.client)
    *_, last = e.records(data)
    bed.path("cuthead.pcap", data[:last[0] + 5])
    yield from damaged(bed, "cuthead.pcap", "capture-cut", last[0],
                       last[0] + 16)


@check
def impossible_record_length(bed):
    data = bytearray(e.read(bed.client))
    at = [r[0] for r in e.records(data)][-40]
    data[at + 8:at + 12] = b"\xff\xff\xff\x7f"
    bed.path("giant.pcap", bytes(data))
    yield from damaged(bed, "giant.pcap", "capture-damaged", at, at + 16)


@check
def pcapng_block_too_long(bed):
    data, offsets = e.pcapng(e.read(bed.client))
    at = offsets[-40]
    bed.path("long.pcapng", data[:at + 4] + b"\xf0\xff\xff\xff"
             + data[at + 8:])
    yield from damaged(bed, "long.pcapng", "capture-damaged", at, at + 12)


@check
def pcapng_block_too_short(bed):
    data, offsets = e.pcapng(e.read(bed.client))
    at = offsets[-40]
    bed.path("short.pcapng", data[:at + 4] + b"\x03\0\0\0" + data[at + 8:])
    yield from damaged(bed, "short.pcapng", "capture-damaged", at, at + 12)


@check
def pcapng_first_block_impossible(bed):
    data, _ = e.pcapng(e.read(bed.client))
    bed.path("first.pcapng", data[:4] + b"\x05\0\0\0" + data[8:])
    done = bed.analyze("--client", bed.path("first.pcapng"))
    yield from expect_status(done, 2)
    yield from expect_said(done, "first.pcapng")


def as_nobody():
    if os.getuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        raise Skip("no setpriv to stop being root with")
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}",
            "--clear-groups"]


@check
def unreadable_file(bed):
    prefix = as_nobody()
    # Folders down to here must be passable, only the file must not be read.
    program = bed.path("lostsyn")
    shutil.copy(bed.lostsyn, program)
    for path in (bed.here, program):
        os.chmod(path, 0o755)
    secret = bed.path("secret.pcap", e.read(bed.client))
    os.chmod(secret, 0)
    os.mkdir(bed.out)
    os.chmod(bed.out, 0o777)
    done = subprocess.run(
        [*prefix, program, "analyze", "--client", secret, "-o", bed.out],
        capture_output=True, text=True, timeout=a.TIMEOUT_S, cwd="/")
    yield from refused(bed, done, "secret.pcap", "ermission", status=(2, 3))


@check
def full_disk(bed):
    if os.getuid() != 0 or shutil.which("unshare") is None:
        raise Skip("mounting a small disk needs root and unshare")
    disk = bed.path("disk")
    os.mkdir(disk)
    script = ('mount -t tmpfs -o size=64k tmpfs "$1" || exit 99\n'
              '"$2" analyze --client "$3" --server "$4" -o "$1/out" -q\n'
              'status=$?\nfind "$1" -type f\nexit $status\n')
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", disk,
         os.path.abspath(bed.lostsyn), bed.client, bed.server],
        capture_output=True, text=True, timeout=a.TIMEOUT_S)
    if done.returncode == 99 or "unshare:" in done.stderr:
        raise Skip("not allowed to mount a small disk")
    yield from expect_status(done, 3)
    # SQLite has words of its own for it, whichever file was first.
    yield from expect_said(done, "free some space")
    for line in done.stdout.splitlines():
        if line.startswith(disk):
            yield f"left behind on the full disk: {line[len(disk):]}"


@check
def full_page(bed):
    """What says that files were written comes when they are."""
    done = subprocess.run(
        [bed.lostsyn, "analyze", "--client", bed.client, "--server",
         bed.server, "-o", bed.out, "--html", "/dev/full"],
        capture_output=True, text=True, timeout=a.TIMEOUT_S)
    yield from expect_status(done, 3)
    yield from expect_said(done, "No space left")
    if done.stdout:
        yield f"a summary of what was not written: {done.stdout[-200:]}"
    if os.path.exists(bed.out):
        yield f"left behind: {os.listdir(bed.out)}"


@check
def full_standard_output(bed):
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run(
            [bed.lostsyn, "analyze", "--client", bed.client, "--server",
             bed.server, "-o", bed.out, "-q", "--json", "-"],
            stdout=full, stderr=subprocess.PIPE, text=True,
            timeout=a.TIMEOUT_S)
    done.stdout = ""
    yield from expect_status(done, 3)
    yield from expect_said(done, "No space left")


@check
def closed_standard_output(bed):
    """A file must not be opened as descriptor 1 and get the summary."""
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", bed.lostsyn, "analyze",
         "--client", bed.client, "--server", bed.server, "-o", bed.out],
        stderr=subprocess.PIPE, text=True, timeout=a.TIMEOUT_S)
    done.stdout = ""
    yield from expect_status(done, 1, 3)
    yield from whole_or_absent(bed.out)


@check
def reader_gone(bed):
    """The terminal pager was closed: no crash, and the files are whole."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [bed.lostsyn, "analyze", "--client", bed.client, "--server",
         bed.server, "-o", bed.out], stdout=write_end,
        stderr=subprocess.PIPE, text=True, timeout=a.TIMEOUT_S)
    os.close(write_end)
    done.stdout = ""
    yield from expect_status(done, 1)
    if done.stderr:
        yield f"a complaint: {done.stderr!r}"
    yield from whole_or_absent(bed.out)


@check
def no_shared_time(bed):
    """Two captures a day apart accuse nobody."""
    os.mkdir(bed.path("other"))
    e.make_pair(bed.make_pair, bed.path("other"), seed=2)
    late = e.shifted(e.read(bed.path("other/server.pcap")), 86400)
    done = bed.pair(None, bed.path("late.pcap", late), "--all-attempts")
    yield from expect_status(done, 1)
    if done.returncode != 1:
        return
    report = a.read_report(bed.out)
    for attempt in report["attempts"]:
        if attempt["verdict"].endswith("-lost-in-network"):
            yield (f"{' -> '.join(a.tuple_of(attempt))}: "
                   f"{attempt['verdict']}, but no capture covers it")
            break
    overlap = report["summary"]["overlap"]
    if overlap and overlap.get("first") and overlap.get("last"):
        yield f"an overlap is reported: {overlap}"


@check
def killed_midway(bed):
    """kill -9 at any moment leaves whole files or none."""
    os.mkdir(bed.path("large"))
    e.make_pair(bed.make_pair, bed.path("large"), attempts=20000)
    command = [bed.lostsyn, "analyze", "--client",
               bed.path("large/client.pcap"), "--server",
               bed.path("large/server.pcap"), "-q", "-o", bed.out]
    took = a.TIMEOUT_S
    for _ in range(3):  # the shortest: a busy machine slows single runs
        shutil.rmtree(bed.out, ignore_errors=True)
        start = time.monotonic()
        subprocess.run(command, check=False, timeout=a.TIMEOUT_S,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        took = min(took, time.monotonic() - start)
    killed = 0
    for number in range(KILLS):
        shutil.rmtree(bed.out, ignore_errors=True)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        # More of the moments lie near the end, where files are written.
        time.sleep(took * (1 - (1 - (number + 1) / (KILLS + 1)) ** 2))
        process.kill()
        killed += process.wait() == -signal.SIGKILL
        for problem in whole_or_absent(bed.out):
            yield f"killed after {number + 1}/{KILLS + 1}: {problem}"
    if killed < KILLS // 3:
        yield f"only {killed} of {KILLS} runs were killed in time"


@check
def out_of_memory(bed):
    """Little address space: a message and status 3, not a signal."""
    needed = subprocess.run([bed.lostsyn, "--help"], capture_output=True,
                            preexec_fn=lambda: limit_memory(48))
    if needed.returncode != 0:
        raise Skip("this build does not start in 48 MB (sanitizers)")
    os.mkdir(bed.path("large"))
    e.make_pair(bed.make_pair, bed.path("large"), attempts=60000)
    done = bed.analyze("--client", bed.path("large/client.pcap"),
                       "--server", bed.path("large/server.pcap"), "-q",
                       preexec_fn=lambda: limit_memory(48))
    # Reading in small windows may get by; then the answer must be whole.
    yield from expect_status(done, 1, 3)
    yield from whole_or_absent(bed.out)


def limit_memory(megabytes):
    room = megabytes << 20
    resource.setrlimit(resource.RLIMIT_AS, (room, room))


@check
def output_is_a_file(bed):
    e.write(bed.out, b"a file of mine")
    done = bed.pair()
    yield from expect_status(done, 2, 3)
    if e.read(bed.out) != b"a file of mine":
        yield "a file in the place of the output folder was overwritten"


@check
def default_output(bed):
    os.mkdir(bed.path("incident"))
    for side in ("client", "server"):
        os.mkdir(bed.path(f"incident/{side}"))
        shutil.copy(getattr(bed, side), bed.path(f"incident/{side}/a.pcap"))
    done = subprocess.run([os.path.abspath(bed.lostsyn), "analyze",
                           "incident"], cwd=bed.here, capture_output=True,
                          text=True, timeout=a.TIMEOUT_S)
    yield from expect_status(done, 1)
    for name in a.REPORT_FILES:
        if not os.path.exists(bed.path(f"incident.lostsyn/{name}")):
            yield f"no incident.lostsyn/{name}"


def meta(bed, key):
    with sqlite3.connect(f"file:{bed.out}/evidence.sqlite?mode=ro",
                         uri=True) as db:
        row = db.execute("SELECT value FROM meta WHERE key = ?",
                         (key,)).fetchone()
        return row[0] if row else None


@check
def sandboxed(bed):
    """How much of the sandbox there was is in the database; a report tells
    only of a choice, so that it is the same on every machine. Where it is
    required, a part of it is not enough."""
    done = bed.pair(None, None, "--sandbox", "require")
    if done.returncode != 3:
        yield from expect_status(done, 1)
        if meta(bed, "sandbox") not in ("landlock+seccomp", "landlock"):
            yield f"required, and only {meta(bed, 'sandbox')}"
    elif "--sandbox require" not in done.stderr:
        yield f"not told: {a.said(done)}"
    yield from expect_status(bed.pair(None, None, "--sandbox", "no"), 2)
    for options, words in (([], ("landlock+seccomp", "landlock", "seccomp",
                                 "none")), (["--no-sandbox"], ("off",))):
        done = bed.pair(None, None, *options)
        yield from expect_status(done, 1)
        if meta(bed, "sandbox") not in words:
            yield f"{options}: meta says {meta(bed, 'sandbox')}"
        told = a.read_report(bed.out)["tool"].get("sandbox")
        page = b"without the sandbox" in e.read(bed.path("out/report.html"))
        if (told == "off", page) != (bool(options), bool(options)):
            yield f"{options}: report.json says {told}, report.html {page}"
        if ("sandbox" in done.stderr) != bool(options):
            yield f"{options}: {a.said(done)}"


@check
def ways_in(bed):
    """Evidence through links that are to be followed, FIFOs, pipes and /dev/fd
    passes the sandbox."""
    os.makedirs(bed.path("case/client"))
    os.makedirs(bed.path("case/server"))
    os.symlink(bed.client, bed.path("case/client/link.pcap"))
    os.symlink(bed.server, bed.path("case/server/link.pcap"))
    yield from expect_status(
        bed.analyze("--follow-links", bed.path("case")), 1)
    os.mkfifo(bed.path("fifo"))
    script = ('cat "$2" >"$4/fifo" & '
              'exec "$1" analyze -q --client "$4/fifo" --server - -o "$4/o" '
              '3<"$2" <"$3"')
    other = script.replace("$4/fifo\" --s", "/dev/fd/3\" --s")
    for text in (script, other.replace('cat "$2" >"$4/fifo" & ', "")):
        done = subprocess.run(
            ["sh", "-c", text, "sh", bed.lostsyn, bed.client, bed.server,
             bed.here], capture_output=True, text=True, timeout=a.TIMEOUT_S)
        yield from expect_status(done, 1)


@check
def parents_of_the_outputs(bed):
    """-o makes the folders above, too."""
    done = a.analyze(bed.lostsyn, "--client", bed.client, "--server",
                     bed.server, "-q", "-o", bed.path("a/b/c"))
    yield from expect_status(done, 1)
    if not os.path.exists(bed.path("a/b/c/report.json")):
        yield "no report in a/b/c"


@check
def usage(bed):
    good = ["--client", bed.client, "--server", bed.server]
    for arguments in (
            [],
            ["--client"],
            ["--no-such-option"],
            [*good, "--vantage", "firewall"],
            [*good, "--filter", "tcp and ("],
            [*good, "--from", "when it broke"],
            [*good, "--timezone", "Mars/Olympus_Mons"],
            [*good, "--year", "MMXXVI"],
            [*good, "--progress", "sometimes"],
            [*good, "--rules", bed.path("no-rules-here")]):
        done = bed.analyze(*arguments)
        words = "analyze " + " ".join(arguments[len(good):]
                                      if arguments[:4] == good else arguments)
        for problem in refused(bed, done):
            yield f"{words}: {problem}"
        if not done.stderr.strip():
            yield f"{words}: no message"
        if done.stdout.strip():
            yield f"{words}: the message is on standard output"
    for arguments in (["analyse"], ["--no-such-option"]):
        done = subprocess.run([bed.lostsyn, *arguments], text=True,
                              capture_output=True, timeout=a.TIMEOUT_S)
        for problem in expect_status(done, 2):
            yield f"lostsyn {' '.join(arguments)}: {problem}"


def run_check(function, args, good):
    """Number of problems; each is printed."""
    with a.Scratch() as here:
        try:
            problems = list(function(Bed(args, good, here)))
        except Skip as why:
            print(f"skipped: {function.__name__}: {why}")
            return 0
        except (OSError, KeyError, TypeError, ValueError,
                subprocess.TimeoutExpired) as error:
            problems = [f"{type(error).__name__}: {error}"]
    print(f"{'FAILED' if problems else 'ok    '} {function.__name__}")
    for problem in problems:
        print("    " + problem.replace("\n", "\n    "))
    return len(problems)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--make-pair", required=True)
    parser.add_argument("names", nargs="*", help="only these checks")
    args = parser.parse_args()
    a.need_analyze(args.lostsyn)
    chosen = [c for c in CHECKS
              if not args.names or c.__name__ in args.names]
    with a.Scratch() as good:
        # Another user reads these in one of the checks.
        os.chmod(good, 0o755)
        e.make_pair(args.make_pair, good)
        problems = sum(run_check(c, args, good) for c in chosen)
    print(f"{len(chosen)} checks, {problems} problems")
    return problems != 0 or not chosen


if __name__ == "__main__":
    sys.exit(main())
