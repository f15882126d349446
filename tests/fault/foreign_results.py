#!/usr/bin/env python3
"""Results of somebody else's batch: shards of a merge, folders judged again.

An index names the folders that a merge copies and that judging again replaces,
and links may stand wherever a file is expected. Whatever they say: nothing
outside the shards is read into a result, nothing of the output folder that is
not the batch's own changes, and the run ends.
"""
import argparse
import os
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402
from evidence import read, write  # noqa: E402

SECRET = b"a secret that stands outside\n"
NAMES = ("cases/..", "cases/.", "cases/", "cases", "..", "", "/etc",
         "cases/../archive", "cases/a/../../archive", "cases/.hidden-"
         "0123456789abcdef", "cases/x-0123456789abcdeg", "cases/x\n-"
         "0123456789abcdef", "elsewhere/x-0123456789abcdef",
         "cases/" + "x" * 5000 + "-0123456789abcdef", b"cases/\xff\x00-x")
FILES = ("report.html", "report.json", "evidence.sqlite", "case.inputs",
         "case.quick", "stderr.txt", "case.state")


class Bed:
    def __init__(self, lostsyn, cases, here):
        self.lostsyn = lostsyn
        self.here = here
        self.number = 0
        archive = self.path("archive")
        for name in ("refused", "clean"):
            shutil.copytree(os.path.join(cases, name),
                            os.path.join(archive, name))
        self.good = self.path("good")
        self.run("batch", archive, "-o", self.good, "-q", wanted=(1,))
        write(self.path("secret"), SECRET)
        os.mkdir(self.path("private"))
        write(self.path("private/precious"), SECRET)

    def path(self, name):
        return os.path.join(self.here, name)

    def run(self, *command, wanted):
        done = subprocess.run([self.lostsyn, *command], capture_output=True,
                              text=True, errors="replace",
                              stdin=subprocess.DEVNULL, timeout=a.TIMEOUT_S)
        if done.returncode not in wanted:
            raise RuntimeError(f"{command[:2]}: {a.said(done)}")
        return done

    def shard(self):
        self.number += 1
        path = self.path(f"shard{self.number}")
        shutil.copytree(self.good, path)
        return path

    def case(self, shard):
        """The result folder of the case that failed."""
        cases = os.path.join(shard, "cases")
        return next(os.path.join(cases, name) for name in os.listdir(cases)
                    if name.startswith("refused-"))

    def out(self):
        """An output folder in which things lie that are not the batch's."""
        path = self.path(f"out{self.number}")
        os.makedirs(f"{path}/archive")
        write(f"{path}/README", SECRET[:5])
        write(f"{path}/archive/evidence.pcap", SECRET[:5])
        return path

    def merge(self, what, shard, wanted):
        """Problems of a merge of that shard."""
        out = self.out()
        self.run("batch", "--merge", shard, "-o", out, "-q", wanted=wanted)
        yield from (f"{what}: {p}" for p in self.leaks(out))
        for name in ("README", "archive/evidence.pcap"):
            if not os.path.exists(f"{out}/{name}"):
                yield f"{what}: {name} is gone"

    def leaks(self, folder):
        for where, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(where, name)
                if os.path.islink(path):
                    yield f"{path} is a link"
                elif os.path.isfile(path) and SECRET in read(path):
                    yield f"{path} holds the secret"
        if read(self.path("secret")) != SECRET or read(
                self.path("private/precious")) != SECRET:
            yield "something outside was written"


def change_index(shard, *statement):
    with sqlite3.connect(f"{shard}/index.sqlite") as db:
        db.execute(*statement)
    db.close()


def names(bed):
    for name in NAMES:
        shard = bed.shard()
        change_index(shard, "UPDATE OR IGNORE case_result SET folder = ? WHERE "
                     "id = 1", (name,) if isinstance(name, str) else
                     (name.decode("latin-1"),))
        yield from bed.merge(repr(name)[:40], shard, (2,))
        bed.run("batch", "--rejudge", "-o", shard, "-q", wanted=(2,))


def no_name(bed):
    """A column that may be empty: another schema than ours."""
    shard = bed.shard()
    with sqlite3.connect(f"{shard}/index.sqlite") as db:
        sql, = db.execute("SELECT sql FROM sqlite_schema WHERE name = "
                          "'case_result'").fetchone()
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_schema SET sql = ? WHERE name = "
                   "'case_result'", (sql.replace("NOT NULL", ""),))
    db.close()
    change_index(shard, "UPDATE case_result SET folder = NULL WHERE id = 1")
    yield from bed.merge("NULL", shard, (2,))


def endless(bed):
    shard = bed.shard()
    with sqlite3.connect(f"{shard}/index.sqlite") as db:
        db.execute("ALTER TABLE case_result RENAME TO gone")
        db.execute("CREATE VIEW case_result AS WITH RECURSIVE t(id) AS (SELECT "
                   "1 UNION ALL SELECT id + 1 FROM t) SELECT id, 'x' AS folder "
                   "FROM t")
    db.close()
    yield from bed.merge("endless", shard, (2,))


def links(bed):
    for name in FILES:
        for target in ("secret", "private", "nowhere"):
            shard = bed.shard()
            path = os.path.join(bed.case(shard), name)
            os.unlink(path)
            os.symlink(bed.path(target), path)
            yield from bed.merge(f"{name} -> {target}", shard, (1, 2, 3))
            bed.run("batch", "--rejudge", "-o", shard, "-q", "--timeout", "60",
                    wanted=(0, 1, 2, 3))
            os.unlink(path) if os.path.islink(path) else None
            yield from (f"judged again, {name}: {p}" for p in bed.leaks(shard))


def pipes(bed):
    for name in FILES:
        shard = bed.shard()
        path = os.path.join(bed.case(shard), name)
        os.unlink(path)
        os.mkfifo(path)
        yield from bed.merge(f"{name} is a pipe", shard, (1, 2, 3))


def linked_folders(bed):
    shard = bed.shard()
    case = bed.case(shard)
    os.rename(case, bed.path("private/case"))
    os.symlink(bed.path("private/case"), case)
    yield from bed.merge("a linked case", shard, (2,))
    shutil.rmtree(bed.path("private/case"))
    shard = bed.shard()
    os.rename(f"{shard}/cases", bed.path("private/cases"))
    os.symlink(bed.path("private/cases"), f"{shard}/cases")
    yield from bed.merge("linked cases/", shard, (2,))
    shutil.rmtree(bed.path("private/cases"))
    for name in ("unplaced.txt", "index.sqlite"):
        shard = bed.shard()
        os.unlink(f"{shard}/{name}")
        os.symlink(bed.path("secret"), f"{shard}/{name}")
        yield from bed.merge(f"linked {name}", shard, (1, 2))


def linked_output(bed):
    """The folder that is written: results that somebody handed over, to be
    judged again, gone on with, or merged into."""
    archive = bed.path("archive")
    commands = (("--rejudge",), (archive, "--resume"),
                ("--merge", bed.path("good")))
    for name in ("unfinished", "cases", "a case", "a case unfinished"):
        for command in commands:
            out = bed.shard()
            victim = bed.path(f"victim{bed.number}")
            os.makedirs(f"{victim}/below")
            write(f"{victim}/precious", SECRET)
            write(f"{victim}/below/precious", SECRET)
            case = os.path.basename(bed.case(out))
            if name == "a case unfinished":
                os.mkdir(f"{out}/unfinished")
                os.symlink(victim, f"{out}/unfinished/{case}")
            else:
                link = {"a case": f"cases/{case}"}.get(name, name)
                shutil.rmtree(f"{out}/{link}", ignore_errors=True)
                os.symlink(victim, f"{out}/{link}")
            bed.run("batch", *command, "-o", out, "-q", "--timeout", "60",
                    wanted=(0, 1, 2, 3))
            there = sorted(os.path.relpath(os.path.join(at, f), victim)
                           for at, folders, files in os.walk(victim)
                           for f in folders + files)
            if there != ["below", "below/precious", "precious"]:
                yield f"{name} is a link, {command[0]}: left outside: {there}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases", required=True)
    args = parser.parse_args()
    problems = 0
    with a.Scratch() as here:
        bed = Bed(os.path.abspath(args.lostsyn), args.cases, here)
        for check in (names, no_name, endless, links, pipes, linked_folders,
                      linked_output):
            problems += a.run_check(check, bed)
    return problems != 0


if __name__ == "__main__":
    sys.exit(main())
