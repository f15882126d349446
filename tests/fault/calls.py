#!/usr/bin/env python3
"""Bad luck from the kernel: the n-th read, write, flush, rename, open fails.

strace makes one call of a run fail, for numbers spread over all that the
undisturbed run makes, in the commands that read archives, spill, copy and merge.
Whatever fails: the run ends by itself, an end in trouble has a sentence, no
temporary file stays, and every output is whole or not there. A run that ends
well says the same as the undisturbed one, or names what it could not read.

The program's first calls are the loader's; what fails there is the loader's.
"""
import argparse
import glob
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import analyze as lost  # noqa: E402

# Each kind of call, and how it fails where disks and machines are bad.
FAILURES = [("read", "EIO"), ("pread64", "EIO"), ("write", "ENOSPC"),
            ("pwrite64", "ENOSPC"), ("fdatasync", "EIO"), ("fsync", "EIO"),
            ("rename", "EIO"), ("renameat", "EIO"), ("renameat2", "EIO"),
            ("openat", "EMFILE"), ("openat2", "EMFILE"), ("mkdir", "ENOSPC"),
            ("mkdirat", "ENOSPC"), ("ftruncate", "EIO"), ("lseek", "EIO"),
            ("copy_file_range", "EIO"), ("sendfile", "EIO"),
            ("memfd_create", "EMFILE"), ("getdents64", "EIO")]
KINDS = ",".join(name for name, _ in FAILURES)
LOADER = b"error while loading shared libraries"


def strace(scratch, options, command):
    """One run; the leak sanitizer cannot work beside strace, and asks for it."""
    environment = dict(os.environ, LC_ALL="C")
    environment["ASAN_OPTIONS"] = ":".join(
        filter(None, (os.environ.get("ASAN_OPTIONS"), "detect_leaks=0")))
    return subprocess.run(["strace", "-f", "-qq", "--seccomp-bpf", *options,
                           "-o", os.path.join(scratch, "trace"), *command],
                          capture_output=True, stdin=subprocess.DEVNULL,
                          env=environment, timeout=lost.TIMEOUT_S, check=False)


class Command:
    """A command line, the folder that it makes, and what it says when well."""

    def __init__(self, name, out, *arguments, outputs, unfinished="(?!)"):
        """outputs, unfinished: patterns of the files that may be there, and of
        those that may stay behind after an end in trouble."""
        self.name, self.out, self.outputs = name, out, outputs
        self.unfinished = unfinished
        self.arguments = arguments

    def run(self, scratch, binary, *options):
        if os.path.isdir(self.out):
            shutil.rmtree(self.out)
        return strace(scratch, options, [binary, *self.arguments])

    def said(self):
        """What the outputs say, without what a reader of them does not see."""
        words = {}
        for path in self.files():
            below = os.path.relpath(path, self.out)
            if below.endswith(".json"):
                with open(path, encoding="utf-8") as f:
                    words[below] = json.load(f)
            elif below.endswith(".ndjson"):
                with open(path, encoding="utf-8") as f:
                    words[below] = [json.loads(line) for line in f]
            else:
                words[below] = os.path.getsize(path) > 0
        return words

    def files(self):
        return sorted(p for p in glob.glob(self.out + "/**", recursive=True,
                                           include_hidden=True)
                      if os.path.isfile(p))


def calls_of(scratch, command, binary):
    """{kind of call: how many one process makes at most}, undisturbed."""
    done = command.run(scratch, binary, "-e", "trace=" + KINDS)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command.name}: undisturbed it ends with "
                         f"{done.returncode}: {done.stderr.decode()}")
    counts = {}
    with open(os.path.join(scratch, "trace"), encoding="utf-8",
              errors="replace") as f:
        for line in f:
            found = re.match(r"(\d+)\s+([a-z0-9_]+)\(", line)
            if found:
                key = found.groups()
                counts[key] = counts.get(key, 0) + 1
    most = {}
    for (_, kind), n in counts.items():
        most[kind] = max(n, most.get(kind, 0))
    return most


def chosen(n, least):
    """At most `least` numbers from 1 to n, spread over them, ends included."""
    if n <= least:
        return list(range(1, n + 1))
    return sorted({1 + round(i * (n - 1) / (least - 1)) for i in range(least)})


def whole(path):
    """Is this output one that a reader can use?"""
    if path.endswith(".sqlite"):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            return db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    if path.endswith(".json"):
        with open(path, encoding="utf-8") as f:
            json.load(f)
    if path.endswith(".html"):
        with open(path, "rb") as f:
            return f.read().rstrip().endswith(b"</html>")
    return True


def owns_up(words):
    """Does a report name something that it could not read?"""
    report = words.get("report.json")
    return report is None or any(
        i["anomalies"] or i["note"] for i in report["inputs"])


def judge(command, done, well):
    """The problems of one disturbed run."""
    said = done.stderr.decode(errors="replace").strip()
    if LOADER in done.stderr:
        return []
    if done.returncode not in (0, 1, 2, 3):
        return [f"ended with {done.returncode}: {said[:300]}"]
    problems = []
    if done.returncode > 1 and "lostsyn" not in said and \
            not done.stdout.strip():
        problems.append("no sentence says why it failed")
    for path in command.files():
        below = os.path.relpath(path, command.out)
        if done.returncode > 1 and re.fullmatch(command.unfinished, below):
            continue
        if not re.fullmatch(command.outputs, below):
            problems.append(f"left {below}")
        elif not whole(path):
            problems.append(f"{below} is not whole")
    if done.returncode <= 1 and not problems:
        words = command.said()
        if words != well and not said and not owns_up(words):
            problems.append("says something else and does not say why")
    return problems


def pack(cases, scratch):
    """Archives of a case: zip (read twice), tar in a tar, and folders."""
    case = os.path.join(scratch, "refused")
    shutil.copytree(os.path.join(cases, "refused"), case)
    for name in ("expected.json", "README.md"):
        os.remove(os.path.join(case, name))
    zipped = shutil.make_archive(os.path.join(scratch, "zipped"), "zip", case)
    inner = os.path.join(scratch, "inner")
    os.mkdir(inner)
    shutil.make_archive(os.path.join(inner, "evidence"), "gztar", case)
    nested = shutil.make_archive(os.path.join(scratch, "nested"), "xztar", inner)
    return case, zipped, nested


def plain(binary, *arguments):
    done = subprocess.run([binary, *arguments], capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=lost.TIMEOUT_S,
                          check=False)
    if done.returncode > 1:
        raise SystemExit(f"{arguments[0]}: {done.stderr.decode()}")


def commands(binary, cases, scratch):
    case, zipped, nested = pack(cases, scratch)
    place = lambda name: os.path.join(scratch, name)
    report = place("report")
    plain(binary, "analyze", case, "-o", report, "-q")
    for shard, name in (("shard-a", "refused"), ("shard-b", "clean")):
        archive = place("archive-" + shard)
        shutil.copytree(os.path.join(cases, name), os.path.join(archive, name))
        plain(binary, "batch", archive, "-o", place(shard), "-q")
    three = r"report\.(html|json)|evidence\.sqlite"
    batch = (r"index\.(html|sqlite|ndjson)|unplaced\.txt|lock|cases/[^/]+/("
             + three + r"|case\.\w+|stderr\.txt)")
    return [
        Command("zip", place("o-zip"), "analyze", zipped, "-q", "-o",
                place("o-zip"), outputs=three),
        Command("nested", place("o-nested"), "analyze", nested, "-q", "-o",
                place("o-nested"), outputs=three),
        Command("judge", place("o-judge"), "judge", report, "-q", "-o",
                place("o-judge"), outputs=three),
        Command("extract", place("o-extract"), "extract", report, case,
                "--merged", "-o", place("o-extract"),
                outputs=r"\w+\.pcapng"),
        Command("merge", place("o-merge"), "batch", "--merge", place("shard-a"),
                place("shard-b"), "-q", "-o", place("o-merge"), outputs=batch,
                unfinished=r"unfinished/.*"),
    ]


def try_command(scratch, command, binary, least):
    """(runs, problems) of one command."""
    counts = calls_of(scratch, command, binary)
    well = command.said()
    runs, problems = 0, []
    for kind, error in FAILURES:
        for n in chosen(counts.get(kind, 0), least):
            inject = f"inject={kind}:error={error}:when={n}"
            done = command.run(scratch, binary, "-e", inject)
            runs += 1
            problems += [f"{command.name}: {kind} {n} of {counts[kind]} fails "
                         f"({error}): {p}" for p in judge(command, done, well)]
    return runs, problems


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--lostsyn", required=True)
    p.add_argument("--cases", required=True)
    p.add_argument("--least", type=int, default=8,
                   help="failures tried of each kind of call (default 8)")
    p.add_argument("only", nargs="*", help="commands by name; default all")
    args = p.parse_args()
    if shutil.which("strace") is None:
        lost.skip("strace is not installed")
    with lost.Scratch() as scratch:
        if strace(scratch, ["-e", "trace=none"], ["true"]).returncode != 0:
            lost.skip("strace may trace nothing here")
        runs, problems = 0, []
        for command in commands(args.lostsyn, args.cases, scratch):
            if args.only and command.name not in args.only:
                continue
            more, found = try_command(scratch, command, args.lostsyn, args.least)
            print(f"{command.name}: {more} failures, {len(found)} wrong",
                  flush=True)
            runs += more
            problems += found
    for line in problems:
        print(line)
    if runs == 0:
        print("no call was made to fail")
    return 1 if problems or runs == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
