#!/usr/bin/env python3
"""lostsyn batch: bad cases, bad moments, and the same bytes in the end.

	batch.py --lostsyn PROGRAM --cases FOLDER [NAME...]

An archive is made of the labelled cases, some of them several times, with a
broken one, one that hangs (a FIFO that nobody writes to) and one that needs
more memory than it gets. However the batch is run - one job or two, killed and
resumed, in shards and merged - index.sqlite, index.ndjson, index.html and the
reports must be the same, byte by byte.
"""
import argparse
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402
from evidence import read, write  # noqa: E402
from make_archive import WITHOUT_LABELS, names_of, pipes  # noqa: E402

CHECKS = []
KILLS = 5
INDEX = ("index.sqlite", "index.ndjson", "index.html", "unplaced.txt")
REPORTS = ("report.json", "report.html", "evidence.sqlite", "case.inputs",
           "case.state", "stderr.txt")
MEMORY_MB = 60
FLOOD = 200000
HANGING = "hangs"
BROKEN = "broken"
PCAP_HEAD = (b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00" + bytes(8)
             + b"\xff\xff\x00\x00\x01\x00\x00\x00")


def check(function):
    CHECKS.append(function)
    return function


def make_archive(cases, where):
    """About 60 cases; returns how many."""
    names = names_of(cases)
    for name in names:
        shutil.copytree(os.path.join(cases, name),
                        os.path.join(where, "2026", name),
                        ignore=WITHOUT_LABELS)
    for number, name in enumerate(names[:4]):
        shutil.copytree(os.path.join(cases, name),
                        os.path.join(where, "again", f"{number} {name} <b>"),
                        ignore=WITHOUT_LABELS)
    loose = os.path.join(where, "loose")
    os.makedirs(loose)
    for side in ("client", "server"):
        shutil.copy(os.path.join(cases, "refused", side, "capture.pcap"),
                    os.path.join(loose, f"db-{side}.pcap"))
    shutil.copy(os.path.join(cases, "refused/client/capture.pcap"),
                os.path.join(loose, "alone.pcap"))
    write(os.path.join(loose, "notes.txt"), b"nobody's\n")
    os.makedirs(os.path.join(where, BROKEN, "client"))
    write(os.path.join(where, BROKEN, "client", "a.pcap"),
          PCAP_HEAD + b"\xff" * 999)
    # Named on the analysis's command line: in a folder a FIFO is only listed.
    pipes(where, HANGING)
    return len(names) + 4 + 2 + 2


def results(folder):
    """{path: SHA-256} of everything that must not differ."""
    found = {}
    for name in INDEX:
        path = os.path.join(folder, name)
        if os.path.exists(path):
            found[name] = hashlib.sha256(read(path)).hexdigest()
    cases = os.path.join(folder, "cases")
    for case in sorted(os.listdir(cases)):
        for name in REPORTS:
            path = os.path.join(cases, case, name)
            if os.path.exists(path):
                found[f"{case}/{name}"] = hashlib.sha256(
                    read(path)).hexdigest()
    return found


def strangers(folder):
    """Files in result folders that have no business there."""
    cases = os.path.join(folder, "cases")
    for case in sorted(os.listdir(cases)):
        for name in os.listdir(os.path.join(cases, case)):
            if name not in REPORTS + ("case.quick",):
                yield f"{case}/{name} was left behind"


def differences(folder, wanted, what):
    got = results(folder)
    for name in sorted(set(got) | set(wanted)):
        if got.get(name) != wanted.get(name):
            state = ("missing" if name not in got else
                     "too much" if name not in wanted else "differs")
            yield f"{what}: {name}: {state}"


class Bed:
    def __init__(self, args, archive, count, here):
        self.lostsyn = args.lostsyn
        self.archive = archive
        self.count = count
        self.cases = args.cases
        self.here = here
        self.wanted = None
        self.limit = a.case_limit_s(args.lostsyn, os.path.join(
            args.cases, "server-conntrack-full"))

    def out(self, name):
        return os.path.join(self.here, name)

    def command(self, name, *arguments):
        return [self.lostsyn, "batch", self.archive, "-o", self.out(name),
                "-q", "--timeout", str(self.limit), *arguments]

    def run(self, name, *arguments, **options):
        options.setdefault("timeout", a.TIMEOUT_S)
        return subprocess.run(self.command(name, *arguments), text=True,
                              capture_output=True, stdin=subprocess.DEVNULL,
                              errors="replace", **options)


def query(folder, sql):
    with sqlite3.connect(f"file:{folder}/index.sqlite?mode=ro",
                         uri=True) as db:
        return db.execute(sql).fetchall()


def expect(done, status):
    if done.returncode != status:
        yield f"expected status {status}, {a.said(done)}"


def tree(folder):
    """What the batch may not touch."""
    found = {}
    for here, folders, names in os.walk(folder):
        for name in folders + names:
            path = os.path.join(here, name)
            stat = os.lstat(path)
            found[path] = (stat.st_size if name in names else 0,
                           stat.st_mtime_ns, stat.st_mode)
    return found


@check
def undisturbed(bed):
    """The reference that the others are compared with."""
    before = tree(bed.archive)
    done = bed.run("whole", "--jobs", "1")
    yield from expect(done, 1)
    if tree(bed.archive) != before:
        yield "the archive was written to"
    bed.wanted = results(bed.out("whole"))
    outcomes = dict(query(bed.out("whole"),
                          "SELECT name, outcome FROM case_result"))
    if len(outcomes) != bed.count:
        yield f"{bed.count} cases in truth, {len(outcomes)} found"
    if outcomes.get(HANGING) != "timeout":
        yield f"the hanging case ended as {outcomes.get(HANGING)}"
    if outcomes.get(BROKEN) != "unusable":
        yield f"the broken case ended as {outcomes.get(BROKEN)}"
    for name, outcome in outcomes.items():
        if outcome != "done" and name not in (HANGING, BROKEN):
            yield f"{name}: {outcome}"
    yield from strangers(bed.out("whole"))
    if os.path.exists(bed.out("whole/unfinished")):
        yield "unfinished/ was left behind"


@check
def index_agrees(bed):
    """The index says what the reports say; the formats agree."""
    folder = bed.out("whole")
    lines = [json.loads(x) for x in read(
        os.path.join(folder, "index.ndjson")).splitlines()]
    rows = query(folder, "SELECT name, folder, attempts, failed, outcome "
                         "FROM case_result ORDER BY id")
    if [(x["name"], x["folder"], x["attempts"], x["failed"], x["outcome"])
            for x in lines] != rows:
        yield "index.ndjson and index.sqlite differ"
    if len({tuple(x) for x in lines}) != 1:
        yield "the lines of index.ndjson have different keys"
    for line in lines:
        if line["outcome"] != "done":
            continue
        report = a.read_report(os.path.join(folder, line["folder"]))
        summary = report["summary"]
        if (line["attempts"], line["failed"]) != (summary["attempts"],
                                                  summary["failed"]):
            yield f"{line['name']}: attempts differ from its report"
        counts = {v: n for v, n in summary["by_verdict"].items() if n}
        if line["verdicts"] != counts:
            yield (f"{line['name']}: verdicts {line['verdicts']}, in its "
                   f"report {counts}")
    page = read(os.path.join(folder, "index.html")).decode()
    if "<b>" in page:
        yield "a case's name is markup in index.html"
    for _, where, *_ in rows:
        link = f'href="{where}/report.html"'
        if (os.path.exists(os.path.join(folder, where, "report.html"))
                and link not in page):
            yield f"index.html has no link to {where}"
    if read(os.path.join(folder, "unplaced.txt")) != b"loose/notes.txt\n":
        yield "notes.txt is not named as unplaced"


@check
def duplicates_once(bed):
    """Evidence that is there again is a row, and is in no sum twice."""
    folder = bed.out("whole")
    again = query(folder, "SELECT d.name, c.name FROM duplicate d JOIN "
                          "case_result c ON c.id = d.duplicate_of")
    pairs = [(first, later) for later, first in again]
    for name in names_of(bed.cases)[:4]:
        if not any(f"2026/{name}" in pair for pair in pairs):
            yield f"{name}: the copy of it is no duplicate: {again}"
    once = ("SELECT coalesce(sum(attempts), 0) FROM {} WHERE case_id IN "
            "(SELECT id FROM case_result WHERE duplicate_of IS NULL)")
    for view, table in (("incident", "failure"), ("trend", "day_count"),
                        ("cause_trend", "day_failure"),
                        ("service_trend", "day_failure")):
        got = query(folder, f"SELECT sum(attempts) FROM {view}")
        if got != query(folder, once.format(table)):
            yield f"{view} sums up to {got}"
        if got == query(folder, f"SELECT sum(attempts) FROM {table}"):
            yield f"{view} counts duplicates"
    attempts, = query(folder, "SELECT sum(attempts) FROM case_result WHERE "
                              "duplicate_of IS NULL")[0]
    page = read(os.path.join(folder, "index.html")).decode()
    for text in (f"Attempts: {attempts}, ",
                 f"Cases with the same evidence as another one: {len(again)};"):
        if text not in page:
            yield f"index.html does not say '{text}'"
    if page.count("same evidence as <bdi>") != len(again):
        yield "a row of a duplicate does not say so"


def copies(where):
    """What is the same evidence, and what only looks like it: {case: first}."""
    capture = read(os.path.join(where, "capture"))
    os.remove(os.path.join(where, "capture"))
    for name in ("a/client/x.pcap", "b/client/x.pcap", "c/server/x.pcap",
                 "d/client/x.pcap", "loose/one.pcap", "loose/two.pcap"):
        os.makedirs(os.path.join(where, os.path.dirname(name)), exist_ok=True)
        write(os.path.join(where, name), capture)
    write(os.path.join(where, "d/client/y.pcap"), capture[:24])
    return {"b": "a", "loose/two.pcap": "loose/one.pcap"}


@check
def only_the_same_evidence(bed):
    """A copy in another role, and one with a file more, are other cases."""
    archive = bed.out("copies")
    os.makedirs(archive)
    shutil.copy(os.path.join(bed.cases, "refused/client/capture.pcap"),
                os.path.join(archive, "capture"))
    wanted = copies(archive)
    folder = bed.out("copied")
    done = subprocess.run([bed.lostsyn, "batch", archive, "-o", folder],
                          text=True, capture_output=True, timeout=a.TIMEOUT_S)
    yield from expect(done, 1)
    got = dict(query(folder, "SELECT d.name, c.name FROM duplicate d JOIN "
                             "case_result c ON c.id = d.duplicate_of"))
    if got != wanted:
        yield f"duplicates are {got}, not {wanted}"
    if f"{len(wanted)} with the evidence of another case" not in done.stdout:
        yield f"the last lines do not count them: {done.stdout}"


def lay_out(bed, name, files):
    """An archive of captures of labelled cases: {path in it: path of the case}."""
    archive = bed.out(name)
    for to, of in files.items():
        path = os.path.join(archive, to)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copy(os.path.join(bed.cases, of), path)
    return archive


def batch_of(bed, archive, name, *more):
    done = subprocess.run(
        [bed.lostsyn, "batch", archive, "-o", bed.out(name), *more],
        text=True, capture_output=True, timeout=a.TIMEOUT_S)
    return done, " ".join(done.stderr.split())


@check
def what_is_no_case(bed):
    """Links that lead out, pipes and notes are named and counted, not read."""
    archive = lay_out(bed, "odds", {"4713/x.pcap": "refused/client/capture.pcap"})
    write(os.path.join(archive, "notes.txt"), b"nobody's\n")
    os.symlink(os.path.join(bed.cases, "refused"), os.path.join(archive, "out"))
    os.mkfifo(os.path.join(archive, "pipe"))
    done, _ = batch_of(bed, archive, "odd")
    yield from expect(done, 1)
    if "3 files or links in no case (unplaced.txt)" not in done.stdout:
        yield f"not counted: {done.stdout}"
    if read(os.path.join(bed.out("odd"), "unplaced.txt")) != \
            b"notes.txt\nout\npipe\n":
        yield "not named in unplaced.txt"
    if [n for n, in query(bed.out("odd"), "SELECT name FROM case_result")] != [
            "4713/x.pcap"]:
        yield "more cases than one"


@check
def machines_of_one_incident(bed):
    """By names alone a folder of machines is a folder of incidents. Where the
    captures show the same connections it is said, and --case makes one of them."""
    full = "server-conntrack-full/"
    files = {"4711/app-01/x.pcap": full + "client/capture.pcap",
             "4711/web-01/x.pcap": full + "server/capture.pcap",
             "4711/web-01/dmesg.txt": full + "server/dmesg.txt",
             "4712/x.pcap": "refused/client/capture.pcap"}
    archive = lay_out(bed, "machines", files)
    done, said = batch_of(bed, archive, "apart")
    yield from expect(done, 1)
    if "one incident, counted as 2; say --case 4711" not in said:
        yield f"not said: {said}"
    parts = query(bed.out("apart"),
                  "SELECT name, part_of FROM case_result ORDER BY name")
    if parts != [("4711/app-01/x.pcap", "4711"), ("4711/web-01/x.pcap", "4711"),
                 ("4712/x.pcap", None)]:
        yield f"{parts}"
    if "Cases that show the connections of another one" not in read(
            os.path.join(bed.out("apart"), "index.html")).decode():
        yield "index.html does not say it"
    done, said = batch_of(bed, archive, "joined", "--case", "./4711/")
    yield from expect(done, 1)
    causes = query(bed.out("joined"), "SELECT c.name, k.cause, k.confidence FROM "
                   "cause_count k JOIN case_result c ON c.id = k.case_id "
                   "WHERE k.confidence = 'confirmed' AND c.name = '4711'")
    if said or causes != [("4711", "conntrack-table-full", "confirmed")]:
        yield f"joined: {causes}: {said}"
    os.remove(os.path.join(archive, "4712", "x.pcap"))
    os.rename(os.path.join(archive, "4711", "app-01", "x.pcap"),
              os.path.join(archive, "app.pcap"))
    done, said = batch_of(bed, archive, "root")
    if "say --case ." not in said:
        yield f"the archive itself: {said}"
    for wrong in ("4713", "../machines", "", "4711/web-01/x.pcap"):
        done, said = batch_of(bed, archive, "wrong", "--case", wrong)
        if done.returncode != 2 or "--case" not in said:
            yield f"--case '{wrong}': {done.returncode}: {said}"


@check
def folders_of_logs(bed):
    """Nothing in the archive has a form that a case has: each folder is a case of
    logs, as analyze takes it; the archive is one where it has no folders."""
    ticket = "uncaptured-conntrack-full-transcript/ticket.txt"
    archive = lay_out(bed, "logs", {"4711/web-01/ticket.txt": ticket,
                                    "4712/ticket.txt": ticket})
    os.makedirs(os.path.join(archive, "empty"))
    with open(os.path.join(archive, "list.txt"), "w", encoding="utf-8") as f:
        f.write("4711 and 4712\n")
    done, said = batch_of(bed, archive, "each")
    yield from expect(done, 1)
    causes = query(bed.out("each"), "SELECT c.name, k.cause FROM cause_count k "
                   "JOIN case_result c ON c.id = k.case_id WHERE "
                   "k.confidence = 'confirmed' ORDER BY c.name")
    if causes != [("4711", "conntrack-table-full"),
                  ("4712", "conntrack-table-full")]:
        yield f"each: {causes}: {said}"
    done, said = batch_of(bed, os.path.join(archive, "4712"), "itself")
    yield from expect(done, 1)


@check
def neighbours_that_nothing_joins(bed):
    """What has another incident beside it in its folder is named with its
    partner; what only ran at the same time is asked about; the rest is not."""
    full = "server-conntrack-full/"
    archive = lay_out(bed, "beside", {
        "a.pcap": full + "client/capture.pcap",
        "b.pcap": full + "server/capture.pcap",
        "c.pcap": "refused/client/capture.pcap"})
    done, said = batch_of(bed, archive, "pair")
    yield from expect(done, 1)
    if "analyse them together" not in said or "a.pcap and 1 more" not in said:
        yield f"a partner in a crowd: {said}"
    archive = lay_out(bed, "together", {
        "z/one-01/x.pcap": "half-open-reset/client/capture.pcap",
        "z/two-02/x.pcap": "idle-reset/client/capture.pcap"})
    done, said = batch_of(bed, archive, "asked")
    if "ran at the same time and are two cases" not in said or \
            "say --case z" not in said:
        yield f"at the same time: {said}"
    archive = lay_out(bed, "alien", {
        "z/one-01/x.pcap": "half-open-reset/client/capture.pcap",
        "z/two-02/x.pcap": full + "client/capture.pcap"})
    done, said = batch_of(bed, archive, "alone")
    if said:
        yield f"strangers: {said}"


@check
def two_jobs(bed):
    done = bed.run("two", "--jobs", "2")
    yield from expect(done, 1)
    yield from differences(bed.out("two"), bed.wanted, "two jobs")


def children_of(pid):
    path = f"/proc/{pid}/task/{pid}/children"
    return [int(x) for x in read(path).split()]


@check
def no_orphans(bed):
    """kill -9 of the batch takes along even an analysis that hangs."""
    archive = os.path.join(bed.here, "hanging")
    os.makedirs(archive)
    os.mkfifo(os.path.join(archive, "one-client.pcap"))
    os.mkfifo(os.path.join(archive, "one-server.pcap"))
    process = subprocess.Popen([bed.lostsyn, "batch", archive, "-q", "-o",
                                bed.out("orphan")])
    end = time.monotonic() + a.TIMEOUT_S
    children = []
    while not children and time.monotonic() < end:
        time.sleep(0.05)
        children = children_of(process.pid)
    time.sleep(0.2)
    process.kill()
    process.wait()
    end = time.monotonic() + a.TIMEOUT_S
    while (any(os.path.exists(f"/proc/{c}") for c in children)
           and time.monotonic() < end):
        time.sleep(0.05)
    for child in children:
        if os.path.exists(f"/proc/{child}"):
            yield "an analysis goes on without its batch"
            os.kill(child, signal.SIGKILL)
    if not children:
        yield "no analysis was started"


@check
def killed_and_resumed(bed):
    """kill -9 at random moments; in the end nothing shows."""
    luck = random.Random(4711)
    start = time.monotonic()
    bed.run("timing", "--jobs", "2")
    took = time.monotonic() - start
    shutil.rmtree(bed.out("timing"))
    killed = 0
    for _ in range(KILLS):
        process = subprocess.Popen(
            bed.command("killed", "--jobs", "2", "--resume"),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(luck.uniform(0.02, took / 3))
        process.kill()
        killed += process.wait() == -signal.SIGKILL
    if killed < KILLS - 2:
        yield f"only {killed} of {KILLS} were killed in time"
    finished = len(os.listdir(bed.out("killed/cases")))
    done = bed.run("killed", "--resume", "--jobs", "2")
    yield from expect(done, 1)
    yield from differences(bed.out("killed"), bed.wanted, "resumed")
    if finished == 0:
        yield "nothing was finished before: the test proves little"


@check
def resumed_when_done(bed):
    """Nothing is made again; what changed is, and only that."""
    shutil.copytree(bed.out("whole"), bed.out("again"))
    done = bed.run("again")
    yield from expect(done, 2)
    cases = bed.out("again/cases")
    before = {n: os.stat(os.path.join(cases, n, "case.state")).st_ino
              for n in os.listdir(cases)}
    done = bed.run("again", "--resume")
    yield from expect(done, 1)
    yield from differences(bed.out("again"), bed.wanted, "resumed")
    after = {n: os.stat(os.path.join(cases, n, "case.state")).st_ino
             for n in os.listdir(cases)}
    for name in before:
        if before[name] != after.get(name):
            yield f"{name} was made again though nothing had changed"
    victim = sorted(before)[0]
    os.unlink(os.path.join(cases, victim, "report.html"))
    done = bed.run("again", "--resume", "--quick")
    yield from differences(bed.out("again"), bed.wanted, "report removed")


@check
def changed_evidence(bed):
    """The same size and time of change: only the content tells."""
    archive = os.path.join(bed.here, "small")
    source = os.path.join(bed.archive, "2026", "refused")
    shutil.copytree(source, os.path.join(archive, "one"))
    shutil.copytree(source, os.path.join(archive, "two"))
    command = [bed.lostsyn, "batch", archive, "-o", bed.out("changed"), "-q"]
    subprocess.run(command, check=False, timeout=a.TIMEOUT_S)
    path = os.path.join(archive, "one", "client", "capture.pcap")
    stat = os.stat(path)
    data = bytearray(read(path))
    data[-1] ^= 1
    write(path, bytes(data))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    log = bed.out("changed/batch.log")
    for options, wanted in ((["--quick"], 2), ([], 1)):
        subprocess.run([*command, "--resume", *options], check=False,
                       timeout=a.TIMEOUT_S)
        line = read(log).decode().splitlines()[-1]
        if f" {wanted} kept" not in line:
            yield f"{options}: expected {wanted} kept: {line}"


@check
def shards(bed):
    for number in (3, 1, 2):
        done = bed.run(f"shard{number}", "--shard", f"{number}/3")
        yield from expect(done, 1)
    for name, order in (("merged", (2, 3, 1)), ("merged2", (1, 2, 3, 2))):
        for _ in range(2):
            done = subprocess.run(
                [bed.lostsyn, "batch", "--merge", "-q", "-o", bed.out(name),
                 *[bed.out(f"shard{n}") for n in order]],
                capture_output=True, text=True, timeout=a.TIMEOUT_S)
            yield from expect(done, 1)
            yield from differences(bed.out(name), bed.wanted, name)


def syn_flood():
    """SYNs of as many connections: each costs memory of its own."""
    pieces = [PCAP_HEAD[:20] + struct.pack("<I", 101)]  # LINKTYPE_RAW
    for number in range(FLOOD):
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 1, 0, 64, 6, 0,
                         struct.pack("!I", 0x0A000000 + number // 60000),
                         b"\x0a\xff\x00\x01")
        tcp = struct.pack("!HHIIBBHHH", 1024 + number % 60000, 80, number, 0,
                          0x50, 2, 64240, 0, 0)
        pieces.append(struct.pack("<IIII", 1795218292, number % 1000000, 40,
                                  40) + ip + tcp)
    return b"".join(pieces)


def is_sanitized(bed):
    """A sanitizer takes terabytes of addresses for itself."""
    started = subprocess.run(
        [bed.lostsyn, "--help"], capture_output=True, preexec_fn=lambda:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB << 20,) * 2))
    return started.returncode != 0


@check
def little_memory(bed):
    """A case that needs more than it gets is named; the others are done."""
    if is_sanitized(bed):
        print(f"skipped: little_memory: this build does not start in "
              f"{MEMORY_MB} MB (sanitizers)")
        return
    archive = os.path.join(bed.here, "memory")
    shutil.copytree(os.path.join(bed.archive, "2026", "refused"),
                    os.path.join(archive, "good"))
    os.makedirs(os.path.join(archive, "greedy", "client"))
    write(os.path.join(archive, "greedy", "client", "a.pcap"), syn_flood())
    done = subprocess.run(
        [bed.lostsyn, "batch", archive, "-q", "-o", bed.out("memory.out"),
         "--memory", str(MEMORY_MB)], capture_output=True, text=True,
        timeout=a.TIMEOUT_S)
    rows = query(bed.out("memory.out"),
                 "SELECT name, outcome, reason FROM case_result")
    outcomes = {name: outcome for name, outcome, _ in rows}
    reasons = {name: reason for name, _, reason in rows}
    yield from strangers(bed.out("memory.out"))
    if outcomes.get("good") != "done":
        yield f"good: {rows} {a.said(done)}"
    if outcomes.get("greedy") not in ("error", "signal"):
        yield f"greedy: {outcomes.get('greedy')}"
    elif "memory" not in reasons["greedy"]:
        yield f"greedy: {reasons['greedy']}"


@check
def full_disk(bed):
    """Status 3 and a message; with room again the result is the same."""
    if os.getuid() != 0 or shutil.which("unshare") is None:
        print("skipped: full_disk: needs root and unshare")
        return
    disk = bed.out("disk")
    os.mkdir(disk)
    script = ('mount -t tmpfs -o size=2m tmpfs "$1" || exit 99\n'
              'shift_out=$1/out\n'
              '"$2" batch "$3" -o "$shift_out" -q --timeout "$5"\n'
              'first=$?\nmount -o remount,size=200m "$1" || exit 99\n'
              '"$2" batch "$3" -o "$shift_out" -q --timeout "$5" --resume\n'
              'cp -r "$shift_out" "$4"\necho "first $first"\n')
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", disk,
         os.path.abspath(bed.lostsyn), bed.archive, bed.out("fromdisk"),
         str(bed.limit)],
        capture_output=True, text=True, timeout=a.TIMEOUT_S)
    if done.returncode == 99 or "unshare:" in done.stderr:
        print("skipped: full_disk: not allowed to mount a small disk")
        return
    if "first 3" not in done.stdout:
        yield f"the full disk was no status 3: {a.said(done)}"
    yield from differences(bed.out("fromdisk"), bed.wanted, "after full disk")


@check
def interrupted(bed):
    """Ctrl-C: its analyses end, what is finished stays."""
    process = subprocess.Popen(bed.command("int", "--jobs", "2"),
                               stderr=subprocess.PIPE, text=True)
    work = bed.out("int/unfinished")
    end = time.monotonic() + a.TIMEOUT_S
    while (not (os.path.isdir(work) and os.listdir(work))
           and process.poll() is None and time.monotonic() < end):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=a.TIMEOUT_S)
    if process.returncode != 3 or "--resume" not in said:
        yield f"status {process.returncode}: {said}"
    if os.path.exists(bed.out("int/index.sqlite")):
        yield "an index of half an archive was written"


@check
def rules_of_a_user(bed):
    """They are read by processes that can read nothing else, and every case is
    judged by them; the index says by which."""
    rules = bed.out("rules")
    causes = os.path.join(os.path.dirname(__file__), "..", "..", "rules",
                          "causes")
    os.mkdir(rules)
    with open(os.path.join(causes, "no-listener.yaml"), encoding="utf-8") as f:
        text = f.read()
    with open(rules + "/no-listener.yaml", "w", encoding="utf-8") as f:
        f.write(text.replace("title:", "title: by hand,", 1))
    done = bed.run("ruled", "--rules", rules)
    yield from expect(done, 1)
    [(index,)] = query(bed.out("ruled"), "SELECT DISTINCT rules_sha256 FROM "
                       "case_result WHERE outcome = 'done'")
    [(plain,)] = query(bed.out("whole"), "SELECT DISTINCT rules_sha256 FROM "
                       "case_result WHERE outcome = 'done'")
    if index == plain:
        yield "the index names the program's own rules"
    reports = 0
    for here, _, names in os.walk(bed.out("ruled")):
        if "report.json" not in names:
            continue
        reports += 1
        with open(here + "/report.json", encoding="utf-8") as f:
            if json.load(f)["tool"]["rules_sha256"] != index:
                yield f"{here} was judged by other rules"
    if reports == 0:
        yield "no case was analysed"
    with open(rules + "/no-listener.yaml", "w", encoding="utf-8") as f:
        f.write("cause: [")
    done = bed.run("broken", "--rules", rules)
    yield from expect(done, 2)
    if "no-listener.yaml:" not in done.stderr:
        yield f"a broken rule is not named: {a.said(done)}"
    # Landlock lets nobody follow a link out of the folder; a build with
    # sanitizers leaves reading open.
    os.unlink(rules + "/no-listener.yaml")
    with open(bed.out("outside.yaml"), "w", encoding="utf-8") as f:
        f.write(text)
    os.symlink(bed.out("outside.yaml"), rules + "/no-listener.yaml")
    done = bed.run("linked", "--rules", rules)
    walls = subprocess.run(
        [bed.lostsyn, "analyze", bed.archive, "--sandbox", "require",
         "--json", "-", "-q"], capture_output=True, timeout=a.TIMEOUT_S)
    if walls.returncode != 3 and not is_sanitized(bed):
        yield from expect(done, 2)


@check
def usage(bed):
    empty = bed.out("empty")
    os.mkdir(empty)
    one = [bed.archive, "-o", bed.out("never")]
    for arguments in ([], [bed.archive], ["-o", bed.out("never")],
                      [bed.out("nowhere"), "-o", bed.out("never")],
                      [empty, "-o", bed.out("never")],
                      [*one, "--jobs", "0"], [*one, "--jobs", "many"],
                      [*one, "--shard", "0/3"], [*one, "--shard", "4/3"],
                      [*one, "--shard", "1"], [*one, "--quick"],
                      [*one, "--timeout", "-1"], [*one, "--no-such"],
                      ["--merge", "-o", bed.out("never")],
                      ["--merge", empty, "-o", bed.out("never2")]):
        done = subprocess.run([bed.lostsyn, "batch", *arguments], text=True,
                              capture_output=True, timeout=a.TIMEOUT_S)
        for problem in expect(done, 2):
            yield f"batch {' '.join(arguments)}: {problem}"
        if not done.stderr.strip():
            yield f"batch {' '.join(arguments)}: no message"
    if os.path.exists(bed.out("never")):
        yield "a run that was refused made its folder"
    done = subprocess.run(
        [bed.lostsyn, "batch", bed.archive, "--dry-run"], text=True,
        capture_output=True, timeout=a.TIMEOUT_S)
    yield from expect(done, 0)
    lines = done.stdout.splitlines()
    if len(lines) != bed.count + 1 or "pair\tloose/db\t" not in done.stdout:
        yield f"--dry-run prints {len(lines)} lines"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases", required=True)
    parser.add_argument("names", nargs="*", help="only these checks")
    args = parser.parse_args()
    problems = 0
    with a.Scratch() as archive, a.Scratch() as here:
        bed = Bed(args, archive, make_archive(args.cases, archive), here)
        for function in CHECKS:
            name = function.__name__
            if args.names and name not in args.names and function not in (
                    undisturbed,):
                continue
            problems += a.run_check(function, bed)
    return problems != 0


if __name__ == "__main__":
    sys.exit(main())
