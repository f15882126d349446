"""The small things of the command line: what was meant by a misspelt word, which
tests `rules test DIR` shows, and what `open` shows where; times as texts, and
which inputs are named as unused."""
import argparse
import datetime
import gzip
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile

TIMEOUT_S = 600
CASE = "refused"
TOLD = "uncaptured-refused"
# view, its nanoseconds, their text
TIMES = (("attempts", "first_ns", "first_syn"),
         ("failed", "first_ns", "first_syn"),
         ("sightings", "captured_first_ns", "captured_first_at"),
         ("sightings", "captured_last_ns", "captured_last_at"),
         ("events", "logged_ns", "logged_at"), ("events", "at_ns", "at"),
         ("flow_records", "start_ns", "start_at"),
         ("flow_records", "end_ns", "end_at"),
         ("reported_failures", "at_ns", "at"))


class Checks:
    def __init__(self, binary):
        self.binary = os.path.abspath(binary)
        self.wrong = []

    def run(self, *arguments, cwd=None, **variables):
        env = {k: v for k, v in os.environ.items()
               if k not in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY",
                            "WSL_DISTRO_NAME")}
        return subprocess.run([self.binary, *arguments], cwd=cwd, text=True,
                              env=env | variables, capture_output=True,
                              stdin=subprocess.DEVNULL, check=False,
                              timeout=TIMEOUT_S)

    def expect(self, what, done, status, out="", err=""):
        if done.returncode != status or out not in done.stdout \
                or err not in done.stderr:
            self.wrong.append(f"{what}: status {done.returncode}\n"
                              f"{done.stdout[-400:]}\n{done.stderr}")


def check_near(c, report, case):
    for words, meant in ((["extract", report, case, "--verdict",
                           "refused-by-servr"], "refused-by-server"),
                         (["extract", report, case, "--verdict", "refused"],
                          "refused-by-server"),
                         (["analyze", case, "--ticket", "gitub"], "github"),
                         (["analyze", case, "--fail-on", "slo"], "slow"),
                         (["export", report, "--format", "ndjsn"], "ndjson"),
                         (["rules", "tset"], "test"),
                         (["explain", "syn-droped"], "syn-dropped-by-server")):
        c.expect(" ".join(words), c.run(*words), 2,
                 err=f"did you mean '{meant}'?")
    for words in (["extract", report, case, "--verdict", "no-such"],
                  ["export", report, "--format", "zzz"], ["rules", "zzz"]):
        done = c.run(*words)
        c.expect(" ".join(words), done, 2)
        if "did you mean" in done.stderr:
            c.wrong.append(f"{words}: {done.stderr}")


def check_rules(c, scratch):
    """A folder's own tests are listed, ours counted; a broken one is shown."""
    everything = c.run("rules", "test")
    count = everything.stdout.count("\nok  ") + 1
    c.expect("rules test", everything, 0, out=f"{count} passed, 0 failed")
    folder = os.path.join(scratch, "rules")
    os.mkdir(folder)
    text = c.run("rules", "show", "abandoned-by-client").stdout
    own = os.path.join(folder, "abandoned-by-client.yaml")
    with open(own, "w", encoding="utf-8") as out:
        out.write(text)
    some = c.run("rules", "test", folder)
    lines = some.stdout.splitlines()
    mine = sum(line.startswith("ok   abandoned-by-client: ") for line in lines)
    c.expect("rules test DIR", some, 0,
             out=f"ok   {count - mine} tests of the built-in rules\n"
                 f"{count} passed, 0 failed\n")
    if not mine or len(lines) != mine + 2 or \
            any("abandoned-by-client: " not in line for line in lines[:mine]):
        c.wrong.append(f"rules test DIR lists {lines[:9]}")
    with open(own, "w", encoding="utf-8") as out:
        out.write(text.replace("expect: {verdict: answered-with-challenge-ack}",
                               "expect: {verdict: synack-dropped-by-client}"))
    c.expect("a broken rule", c.run("rules", "test", folder), 2,
             out="FAIL abandoned-by-client: ")


def program(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as out:
        out.write("#!/bin/sh\n" + text)
    os.chmod(path, stat.S_IRWXU)
    return path


def check_open(c, report, scratch):
    empty = os.path.join(scratch, "empty")
    here = os.path.join(scratch, "here")
    os.mkdir(empty)
    c.expect("nothing to open", c.run("open", cwd=empty), 2,
             err="no *.lostsyn/report.html here")
    c.expect("no such report", c.run("open", "none", cwd=empty), 2,
             err="no page there")
    # A shell would run this name; a program would take it for an option.
    odd = os.path.join(here, "-x;touch hacked;$(touch hacked).lostsyn")
    deep = os.path.join(here, "a", "b", "older.lostsyn")
    page = os.path.join(os.path.realpath(odd), "report.html")
    for folder, seconds in ((deep, 1000), (odd, 2000)):
        shutil.copytree(report, folder)
        os.utime(os.path.join(folder, "report.html"), (seconds, seconds))
    c.expect("no display", c.run("open", cwd=here), 0, out=page + "\n")
    took = os.path.join(scratch, "took")
    good = program(scratch, "good", f'printf "%s\\n" $# "$1" >"{took}"\n')
    bad = program(scratch, "bad", "exit 3\n")
    c.expect("a browser", c.run("open", cwd=here, BROWSER=f"{bad}:{good}"), 0,
             out=page + "\n")
    with open(took, encoding="utf-8") as seen:
        if seen.read() != f"1\n{page}\n":
            c.wrong.append("the browser got something else")
    os.unlink(took)
    program(scratch, "xdg-open", f'printf "%s" "$1" >"{took}"\n')
    c.expect("a desktop", c.run("open", deep, DISPLAY=":0", PATH=scratch), 0)
    with open(took, encoding="utf-8") as seen:
        if not seen.read().endswith("/older.lostsyn/report.html"):
            c.wrong.append("the desktop got something else")
    c.expect("no browser takes it", c.run("open", cwd=here, BROWSER=bad), 0,
             out=page + "\n", err="no browser took it")
    if os.path.exists(os.path.join(here, "hacked")):
        c.wrong.append("a shell saw a folder's name")


def text_of(ns):
    if ns is None:
        return None
    seconds, rest = divmod(ns, 10 ** 9)
    at = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%S") + f".{rest:09}Z"


def check_times(c, reports):
    compared = 0
    for report in reports:
        db = sqlite3.connect(os.path.join(report, "evidence.sqlite"))
        for view, ns, text in TIMES:
            for a, b in db.execute(f"SELECT {ns}, {text} FROM {view}"):
                compared += a is not None
                if text_of(a) != b:
                    c.wrong.append(f"{view}.{text}: {b} for {a}")
        db.close()
    if compared < 20:
        c.wrong.append(f"only {compared} times compared")


def check_unused(c, told, scratch):
    """A log that ends early was used; what nobody knows was not."""
    case = os.path.join(scratch, "cut")
    shutil.copytree(told, case)
    path = os.path.join(case, "client", "error.log")
    with open(path, "rb") as log:
        packed = gzip.compress(log.read())
    with open(path + ".gz", "wb") as out:
        out.write(packed[:-6])
    os.unlink(path)
    with open(os.path.join(case, "mystery.bin"), "wb") as out:
        out.write(bytes(range(256)) * 20)
    done = c.run("analyze", case, "-v", "-o", os.path.join(scratch, "cut.out"))
    lines = [line for line in done.stdout.splitlines()
             if line.startswith("  unused ")]
    if len(lines) != 1 or "mystery.bin" not in lines[0] or ".gz" in lines[0] \
            or "error.log.gz" not in done.stdout:
        c.wrong.append(f"unused: {lines}\n{done.stdout}{done.stderr}")


def check_told(c, cases, told, scratch):
    """Reports beside captures in which nothing failed, in good sentences."""
    case = os.path.join(scratch, "both")
    shutil.copytree(os.path.join(cases, "clean"), case)
    shutil.copy(os.path.join(told, "client", "error.log"),
                os.path.join(case, "client"))
    done = c.run("analyze", case, "-o", os.path.join(scratch, "both.out"))
    for words in ("\nNone of the 5 connection attempts failed.\n"
                  "But nginx on client reports 25 connection attempts to ",
                  "\n198.51.100.20:8080                 25 reported\n"):
        c.expect("what is told", done, 1, out=words)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases", required=True)
    options = parser.parse_args()
    c = Checks(options.lostsyn)
    case = os.path.join(options.cases, CASE)
    with tempfile.TemporaryDirectory() as scratch:
        report = os.path.join(scratch, "whole")
        c.run("analyze", case, "-o", report)
        check_near(c, report, case)
        told = os.path.join(options.cases, TOLD)
        c.run("analyze", told, "-o", os.path.join(scratch, "told"))
        check_times(c, [report, os.path.join(scratch, "told")])
        check_unused(c, told, scratch)
        check_told(c, options.cases, told, scratch)
        check_rules(c, scratch)
        check_open(c, report, scratch)
    print("\n".join(c.wrong) or "the command line is as kind as it says")
    sys.exit(bool(c.wrong))


if __name__ == "__main__":
    main()
