#!/usr/bin/env python3
"""What stands where an output is to be written.

A pipe that nobody reads, a folder, a socket, links to them, a full device: whatever
has the name of an output, the command ends by itself with a sentence that names it,
what stood there stays as it was, no temporary file is left, and every output is
whole or not there. A pipe that somebody reads gets the whole report.
"""
import argparse
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import analyze as lost  # noqa: E402

CASE = "refused"
HANGS_S = 60


def pipe(path):
    os.mkfifo(path)


def folder(path):
    os.mkdir(path)
    with open(os.path.join(path, "precious"), "w", encoding="ascii") as f:
        f.write("precious")


def unix_socket(path):
    here = os.getcwd()
    os.chdir(os.path.dirname(path))  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(os.path.basename(path))
    os.chdir(here)


def link_to_pipe(path):
    os.mkfifo(path + ".pipe")
    os.symlink(path + ".pipe", path)


def full_device(path):
    os.symlink("/dev/full", path)


OBSTACLES = (pipe, folder, unix_socket, link_to_pipe, full_device)


def look(path):
    """What stands there, of a folder all that is in it."""
    if os.path.isdir(path) and not os.path.islink(path):
        return sorted(os.listdir(path))
    return stat.S_IFMT(os.lstat(path).st_mode)


class Bench:
    def __init__(self, args, scratch):
        self.lostsyn = args.lostsyn
        self.scratch = scratch
        self.case = os.path.join(os.path.abspath(args.cases), CASE)
        self.failures = []
        self.tried = 0
        self.report = os.path.join(scratch, "report")
        lost.analyze(args.lostsyn, "-q", "-o", self.report, self.case)

    def run(self, *command):
        try:
            return subprocess.run(
                [self.lostsyn, *command], capture_output=True, check=False,
                stdin=subprocess.DEVNULL, timeout=HANGS_S, cwd=self.scratch)
        except subprocess.TimeoutExpired:
            return None

    def check_left(self, what, out):
        """No temporary file; what is JSON is whole."""
        for where, _, names in os.walk(out):
            for name in names:
                path = os.path.join(where, name)
                if ".growing-" in name:
                    self.failures.append(f"{what}: {name} is left")
                if name.endswith(".json") and os.path.isfile(path):
                    with open(path, encoding="utf-8") as f:
                        try:
                            json.load(f)
                        except ValueError:
                            self.failures.append(f"{what}: {name} is cut")

    def refuse(self, what, out, path, command, may_work=False):
        """The command cannot write to path, which lies in out; may_work where it
        puts a file of its own in that place."""
        before = look(path)
        done = self.run(*command)
        self.tried += 1
        if done is None:
            self.failures.append(f"{what}: hangs")
            return
        text = done.stderr.decode(errors="replace")
        if may_work and done.returncode in (0, 1):
            return
        if done.returncode not in (2, 3):
            self.failures.append(
                f"{what}: status {done.returncode}: {text[:300]}")
        elif path not in text and out + ":" not in text:
            self.failures.append(f"{what}: says {text[:300]!r}")
        if look(path) != before:
            self.failures.append(f"{what}: {path} was changed")
        self.check_left(what, out)


def single_files(b):
    """Options that name a file, by the command that has them."""
    analyze = ("analyze", "-q", b.case)
    own = lambda out: ("-o", os.path.join(out, "own"))
    yield from ((("analyze", option),
                 lambda out, path, option=option:
                 (*analyze, *own(out), option, path))
                for option in ("--json", "--html", "--db", "--markdown",
                               "--junit", "--sarif"))
    for option in ("--junit", "--sarif"):
        yield (("diff", option), lambda out, path, option=option:
               ("diff", b.report, b.report, option, path))
    for form in ("csv", "ndjson", "prometheus"):
        yield (("export", form), lambda out, path, form=form:
               ("export", b.report, "--format", form, "-o", path))


def check_files(b):
    for (command, option), line in single_files(b):
        for obstacle in OBSTACLES:
            what = f"{command} {option}, a {obstacle.__name__}"
            out = os.path.join(b.scratch, "out")
            os.mkdir(out)
            path = os.path.join(out, "taken")
            obstacle(path)
            b.refuse(what, out, path, line(out, path))
            shutil.rmtree(out)


# Commands that fill a folder, and what they write into it.
FOLDERS = (
    ("analyze", ("report.html", "report.json", "evidence.sqlite")),
    ("judge", ("report.html", "report.json", "evidence.sqlite")),
    ("extract", ("client.pcapng", "server.pcapng")),
    ("batch", ("index.html", "index.sqlite", "index.ndjson", "batch.log",
               "cases")),
)


def fill(b, command, out):
    return {
        "analyze": ("analyze", "-q", b.case, "-o", out),
        "judge": ("judge", b.report, "-o", out),
        "extract": ("extract", b.report, b.case, "-o", out),
        "batch": ("batch", os.path.join(b.scratch, "archive"), "-q", "-o", out),
    }[command]


def check_folders(b):
    os.mkdir(os.path.join(b.scratch, "archive"))
    shutil.copytree(b.case, os.path.join(b.scratch, "archive", "one"))
    for command, names in FOLDERS:
        out = os.path.join(b.scratch, "out")
        for obstacle in OBSTACLES:
            if obstacle is folder:
                continue
            obstacle(out)
            b.refuse(f"{command} -o, a {obstacle.__name__}", b.scratch, out,
                     fill(b, command, out))
            os.unlink(out)
            if os.path.exists(out + ".pipe"):
                os.unlink(out + ".pipe")
        for name in names:
            for obstacle in OBSTACLES:
                what = f"{command}: {name} is a {obstacle.__name__}"
                os.mkdir(out)
                obstacle(os.path.join(out, name))
                b.refuse(what, out, os.path.join(out, name),
                         fill(b, command, out),
                         # An index is renamed over what is there.
                         may_work=name.startswith("index."))
                shutil.rmtree(out)


def check_read(b):
    """A pipe with a reader has the whole of it."""
    path = os.path.join(b.scratch, "read")
    os.mkfifo(path)
    got = []

    def read():
        with open(path, "rb") as f:
            got.append(f.read())
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    done = b.run("analyze", "-q", b.case, "-o",
                 os.path.join(b.scratch, "beside"), "--json", path)
    reader.join(HANGS_S)
    if done is None or done.returncode != 1 or not got:
        b.failures.append("a pipe with a reader: not written")
    else:
        json.loads(got[0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases", required=True)
    args = parser.parse_args()
    lost.need_analyze(args.lostsyn)
    with lost.Scratch() as scratch:
        b = Bench(args, scratch)
        check_files(b)
        check_folders(b)
        check_read(b)
    for failure in b.failures:
        print(failure)
    print(f"{b.tried} outputs in the way of which something stood")
    return 1 if b.failures else 0


if __name__ == "__main__":
    sys.exit(main())
