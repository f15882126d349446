#!/usr/bin/env python3
"""Every command that reads what others wrote is behind the sandbox's walls first.

A trace of each command shows that no process reads a byte of evidence, of a report
or of a stranger's rules before it has entered them. With --sandbox require, on a
kernel that lacks one wall or both (the trace makes the calls fail), each command
ends with status 3 and says so, and writes nothing; with auto it goes on.

Some read bytes before: diff takes both reports into memory as they are, a batch
hashes its inputs and looks whether their first bytes are those of a capture, and a
merge copies files of the shards.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import analyze as lost  # noqa: E402

CASE = "nginx-conntrack-full"
READS = re.compile(r"^(\d+) +(?:read|pread64|readv|mmap|getdents64)\(.*?"
                   r"\d+<([^>]*)>")
BEGINS = re.compile(r"^(\d+) +(?:<\.\.\. )?(?:clone3?|v?fork)\b.*= (\d+)")
ENTERS = re.compile(r"^(\d+) +landlock_restrict_self\(.*= 0")
# What the kernel may lack, and what strace is told to make it so.
LACKS = {"landlock": ["landlock_create_ruleset:error=ENOSYS"],
         "both": ["landlock_create_ruleset:error=ENOSYS",
                  "prctl:error=EINVAL"]}


def strace(scratch, options, command):
    environment = dict(os.environ, LC_ALL="C")
    environment["ASAN_OPTIONS"] = ":".join(
        filter(None, (os.environ.get("ASAN_OPTIONS"), "detect_leaks=0")))
    return subprocess.run(["strace", "-f", "-qq", *options, "-o",
                           os.path.join(scratch, "trace"), *command],
                          capture_output=True, stdin=subprocess.DEVNULL,
                          env=environment, timeout=lost.TIMEOUT_S, check=False)


def commands(b, outside):
    """Name, command line, does it read before the walls as it is meant to."""
    report, case = b["report"], b["case"]
    yield "analyze", ["analyze", "-q", case, "-o", outside], False
    yield "decode a log", ["decode", case + "/server/dmesg.txt"], False
    yield "decode a capture", ["decode", case + "/client/capture.pcapng.gz"], False
    yield ("decode --patterns",
           ["decode", "--patterns", b["patterns"], case + "/server/dmesg.txt"],
           False)
    yield "extract", ["extract", report, case, "-o", outside], False
    yield "judge", ["judge", report, "-o", outside], False
    yield ("judge --rules",
           ["judge", report, "--rules", b["rules"], "-o", outside], False)
    yield "export", ["export", report, "--format", "csv"], False
    yield "mcp", ["mcp", report], False
    yield "mcp of a batch", ["mcp", b["results"]], False
    yield "rules test", ["rules", "test", b["rules"]], False
    yield "rules check", ["rules", "check", b["rules"]], False
    yield ("explain --rules",
           ["explain", "--rules", b["rules"], "refused-by-server"], False)
    yield "diff", ["diff", report, report], True
    yield ("batch", ["batch", b["archive"], "-q", "--jobs", "1", "-o", outside],
           True)
    yield ("batch --merge",
           ["batch", "--merge", b["results"], "-q", "-o", outside], True)
    yield ("batch --rejudge", ["batch", "--rejudge", "-q", "-o", outside],
           False)


def prepare(args, scratch):
    b = {"case": os.path.join(scratch, "case"),
         "report": os.path.join(scratch, "report"),
         "archive": os.path.join(scratch, "archive"),
         "results": os.path.join(scratch, "results"),
         "rules": os.path.join(scratch, "rules"),
         "patterns": os.path.join(scratch, "patterns")}
    shutil.copytree(os.path.join(args.source, "samples/cases", CASE), b["case"])
    shutil.copytree(b["case"], os.path.join(b["archive"], "one"))
    os.mkdir(b["rules"])
    os.mkdir(b["patterns"])
    shutil.copy(os.path.join(args.source, "rules/causes",
                             "conntrack-table-full.yaml"), b["rules"])
    shutil.copy(os.path.join(args.source, "parsers/patterns", "nginx.yaml"),
                b["patterns"])
    lost.analyze(args.lostsyn, "-q", "-o", b["report"], b["case"])
    subprocess.run([args.lostsyn, "batch", b["archive"], "-q", "-o",
                    b["results"]], check=False, capture_output=True)
    return b


def fresh(b, name, outside):
    shutil.rmtree(outside, ignore_errors=True)
    if name == "batch --rejudge":
        shutil.copytree(b["results"], outside)


def is_within(entered, born, process, line):
    """Has the process, or the one that made it, entered before that line?"""
    while True:
        if entered.get(process, line) < line:
            return True
        if process not in born:
            return False
        process, line = born[process]


def early_reads(scratch, trace, own):
    """Files that a process read before it entered the walls."""
    entered, born = {}, {}
    for at, line in enumerate(trace):
        if enters := ENTERS.match(line):
            entered.setdefault(enters.group(1), at)
        if begins := BEGINS.match(line):
            born[begins.group(2)] = begins.group(1), at
    for at, line in enumerate(trace):
        reads = READS.match(line)
        if not reads or is_within(entered, born, reads.group(1), at):
            continue
        path = reads.group(2)
        # What the command itself makes, a lock or a folder, is nobody's.
        if path.startswith(scratch) and not path.startswith(own) and \
                os.path.isfile(path):
            yield os.path.relpath(path, scratch)


def check(args, b, scratch, name, words, reads_first):
    outside = os.path.join(scratch, "outside")
    run = [args.lostsyn, *words]
    fresh(b, name, outside)
    done = strace(scratch, ["-y", "-e", "trace=read,pread64,readv,mmap,"
                            "clone,clone3,fork,vfork,landlock_restrict_self"], run)
    with open(os.path.join(scratch, "trace"), encoding="utf-8",
              errors="replace") as f:
        trace = f.readlines()
    if done.returncode not in (0, 1):
        yield f"{name}: status {done.returncode}: {done.stderr[:300]}"
    if not any(ENTERS.match(line) for line in trace):
        yield f"{name}: never enters the walls"
    early = sorted(set(early_reads(scratch, trace, outside)))
    # Those that do show that the test can fail.
    if reads_first and not early:
        yield f"{name}: is no longer seen to read before the walls"
    if early and not reads_first:
        yield f"{name}: reads {early} before the walls"
    fresh(b, name, outside)
    done = subprocess.run([*run, "--sandbox", "require"], check=False,
                          capture_output=True, stdin=subprocess.DEVNULL,
                          timeout=lost.TIMEOUT_S)
    if done.returncode not in (0, 1):
        yield f"{name}: required: status {done.returncode}: {done.stderr}"
    for lack, calls in LACKS.items():
        inject = [part for call in calls for part in ("-e", "inject=" + call)]
        traced = ["-e", "trace=landlock_create_ruleset,prctl"]
        fresh(b, name, outside)
        done = strace(scratch, [*traced, *inject],
                      [*run, "--sandbox", "require"])
        said = done.stderr + done.stdout
        if name != "batch" and (done.returncode not in (2, 3) or
                                b"--sandbox require" not in said):
            yield (f"{name}: without {lack}: status {done.returncode}: "
                   f"{said[:300]}")
        if name == "batch" and done.returncode == 0:
            yield f"{name}: without {lack}: status 0"
        written = [n for where, _, names in os.walk(outside) for n in names
                   if n.startswith(("report", "evidence", "slice"))]
        if written and name != "batch --rejudge":
            yield f"{name}: without {lack}: writes {written}"
        fresh(b, name, outside)
        done = strace(scratch, [*traced, *inject], run)
        if done.returncode not in (0, 1):
            yield (f"{name}: auto without {lack}: status {done.returncode}: "
                   f"{done.stderr[:300]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--source", required=True)
    args = parser.parse_args()
    args.lostsyn = os.path.abspath(args.lostsyn)
    args.source = os.path.abspath(args.source)
    lost.need_analyze(args.lostsyn)
    failures = []
    count = 0
    with lost.Scratch() as scratch:
        scratch = os.path.realpath(scratch)
        b = prepare(args, scratch)
        for name, words, reads_first in commands(
                b, os.path.join(scratch, "outside")):
            failures += check(args, b, scratch, name, words, reads_first)
            count += 1
    for failure in failures:
        print(failure)
    print(f"{count} commands behind the walls")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
