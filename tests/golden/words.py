#!/usr/bin/env python3
"""Help, manual page, completion and explain hold what they should.

Every option of a command's help is in the manual page and in both completions,
and the command takes it; every long option that the source accepts is in the
help. Every verdict, cause, event and anomaly, and every counter that a rule
names or that a rule's test gives, has an explanation.
"""
import argparse
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from plain_words import trips  # noqa: E402

# Accepted for completeness, not worth a line of help: the long forms of what
# the help calls -o and -q, and --help itself.
UNTOLD = {"--output", "--quiet", "--verbose", "--help"}


class Program:
    def __init__(self, binary):
        self.binary = binary

    def run(self, *arguments, **more):
        return subprocess.run([self.binary, *arguments], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=1200,
                              **more)

    def text(self, *arguments):
        done = self.run(*arguments)
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout


def commands(program):
    return re.findall(r"^  (?!lostsyn)([a-z]+) +\S", program.text("--help"),
                      re.M)


def options(usage):
    """The options of help lines, by the form that options.h gives them."""
    found = set()
    for line in usage.split("\n"):
        if re.match("  -", line):
            head = re.match(r"  ((?:-[-\w]+(?: [^a-z ]+)? ?)+)", line).group(1)
            found |= set(re.findall(r"(?<!\S)--?[a-z][-\w]*", head))
    return found


def accepted(source):
    """Long options by command: the rows of cmd_NAME.def, and of what it includes."""
    table = {}
    folder = os.path.join(source, "analyzer")

    def read(name):
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            text = f.read()
        return re.sub(r'^#include "(\w+\.def)"$', lambda m: read(m.group(1)),
                      text, flags=re.M)

    for name in os.listdir(folder):
        match = re.fullmatch(r"cmd_(\w+)\.def", name)
        if not match:
            continue
        rows = re.findall(r'^[A-Z]+\("([a-z][\w-]*)", ', read(name), re.M)
        if rows:
            table[match.group(1)] = {"--" + r for r in rows}
    return table


def check_help(program, source):
    table = accepted(source)
    manual = program.text("manual").replace("\\-", "-")
    bash = program.text("completion", "bash")
    zsh = program.text("completion", "zsh")
    names = commands(program)
    if len(names) < 6 or len(table) < 3:
        yield f"few commands: {names}, {sorted(table)}"
    for name in names:
        usage = program.text(name, "--help")
        if "\nExample: lostsyn " + name not in usage:
            yield f"{name}: no example"
        if not usage.startswith("usage: lostsyn " + name):
            yield f"{name}: does not begin with its usage"
        if any(len(line) > 80 for line in usage.split("\n")):
            yield f"{name}: wider than 80 columns"
        if f".SS {name}\n" not in manual or f"{name})" not in bash:
            yield f"{name}: not in the manual or the completion"
        section = manual.split(f".SS {name}\n")[-1].split(".SS ")[0]
        row = bash.split(f"\t{name})\n")[-1].split(";;")[0]
        shell = zsh.split(f"\t\t{name})\n")[-1].split(";;")[0]
        told = options(usage)
        for option in sorted(told):
            if f"\\fB{option}\\fR" not in section:
                yield f"{name}: {option} is not in the manual"
            if option not in re.findall(r"[^\s\"=]+", row):
                yield f"{name}: {option} is not in bash's completion"
            if f"'*{option}[" not in shell:
                yield f"{name}: {option} is not in zsh's completion"
            if option.startswith("--") and \
                    option not in table.get(name, set()):
                yield f"{name}: {option} is told and not taken"
        for option in sorted(table.get(name, set()) - told - UNTOLD):
            yield f"{name}: {option} is taken and not told"


# What is typed, a word that TAB must offer and one that it must not.
TYPED = (("lostsyn ana", "analyze", "batch"),
         ("lostsyn analyze --mark", "--markdown", "--json"),
         ("lostsyn analyze --progress al", "always", "never"),
         ("lostsyn explain syn-lost", "syn-lost-in-network", "established"),
         ("lostsyn completion z", "zsh", "bash"))


def read_until(terminal, wanted):
    """What a terminal says until it says what is wanted, or for ten minutes."""
    said = b""
    end = time.monotonic() + 600
    while wanted not in said and time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            said += os.read(terminal, 65536)
    return said


def check_zsh(program, folder):
    """An interactive zsh on a terminal, with TAB pressed."""
    with open(os.path.join(folder, "_lostsyn"), "w", encoding="utf-8") as f:
        f.write(program.text("completion", "zsh"))
    with open(os.path.join(folder, ".zshrc"), "w", encoding="utf-8") as f:
        f.write(f"fpath=({folder} $fpath)\nautoload -Uz compinit\n"
                "compinit -u -D\nunset zle_bracketed_paste\nPS1='ready> '\n")
    for line, wanted, unwanted in TYPED:
        said = typed_into_zsh(program, folder, line, wanted.encode())
        if wanted.encode() not in said or unwanted.encode() in said:
            yield f"zsh: '{line}' and TAB give {said}"


def typed_into_zsh(program, folder, line, wanted):
    """What a new shell shows of a line and TAB."""
    child, terminal = pty.fork()
    if child == 0:
        path = os.path.dirname(program.binary) + ":" + os.environ["PATH"]
        os.execvpe("zsh", ["zsh", "-i"], {
            **os.environ, "ZDOTDIR": folder, "TERM": "dumb", "PATH": path})
    read_until(terminal, b"ready> ")
    os.write(terminal, line.encode() + b"\t")
    said = read_until(terminal, wanted)
    os.kill(child, signal.SIGKILL)
    os.close(terminal)
    os.waitpid(child, 0)
    return said


def check_shells(program):
    """Both scripts complete what is typed."""
    if shutil.which("zsh"):
        with tempfile.TemporaryDirectory() as folder:
            yield from check_zsh(program, folder)
    else:
        print("skipped: zsh completes (no zsh)")
    for line, wanted, unwanted in TYPED:
        script = program.text("completion", "bash") + f"""
            COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
            compopt() {{ :; }}
            _lostsyn; printf '%s\\n' "${{COMPREPLY[@]}}" """
        path = os.path.dirname(program.binary) + ":" + os.environ["PATH"]
        done = subprocess.run(["bash", "-c", script], capture_output=True,
                              text=True, env={**os.environ, "PATH": path})
        words = done.stdout.split()
        if wanted not in words or unwanted in words or done.stderr:
            yield f"bash: '{line}' gives {words} {done.stderr}"
    manual = program.text("manual")
    if shutil.which("mandoc"):
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning"],
                              input=manual, capture_output=True, text=True)
        # Whoever packages it dates it.
        said = [line for line in done.stdout.splitlines()
                if "missing date" not in line]
        if said:
            yield f"mandoc: {said}"
    else:
        print("skipped: mandoc reads the manual page (no mandoc)")
    if shutil.which("groff"):
        done = subprocess.run(
            ["groff", "-man", "-Tascii", "-ww", "-P-cbou"], input=manual,
            capture_output=True, text=True)
        if done.stderr or "--markdown" not in done.stdout:
            yield f"groff: {done.stderr}"
    else:
        print("skipped: groff reads the manual page (no groff)")


def read_all(folder):
    for name in sorted(os.listdir(folder)):
        if name.endswith(".yaml"):
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                yield name, f.read()


def words_of_rules(source):
    """(word, kind) for everything that rules and patterns name."""
    for _, text in read_all(os.path.join(source, "parsers/patterns")):
        for event in re.findall(r"^- event: ([\w-]+)", text, re.M):
            yield event, "event"
    for _, text in read_all(os.path.join(source, "rules/verdicts")):
        yield re.search(r"^verdict: ([\w-]+)", text, re.M).group(1), None
    for _, text in read_all(os.path.join(source, "rules/causes")):
        yield re.search(r"^cause: ([\w-]+)", text, re.M).group(1), None
        rows = re.findall(r"\bcounter\s*(?:=|IN)\s*\(?((?:\s*'\w+',?)+)", text)
        given = re.findall(r"^    counters:(.*?)(?=^    \w|\Z)", text,
                           re.M | re.S)
        for row in rows:
            for word in re.findall(r"'(\w+)'", row):
                yield word, "counter"
        for row in given:
            for word in re.findall(r"name: ([\w.]+)", row):
                # Settings stand in some of these lists beside their counter.
                if not word.startswith("net.") or word.endswith("_count"):
                    yield word, "counter"


def check_words(program, source):
    seen = {}
    listed = program.text("explain", "--list").split()
    named = set(words_of_rules(source))
    anomalies = []
    for table in ("parsers/anomalies.def", "analyzer/model/case_anomaly.def"):
        with open(os.path.join(source, table), encoding="utf-8") as f:
            anomalies += re.findall(r'^X\(\w+, "([\w-]+)"', f.read(), re.M)
    words = sorted({*listed, *anomalies, *(word for word, _ in named)})
    done = program.run("explain", *words)
    if done.returncode:
        yield "explain does not know all words of rules, patterns and --list"
    for line in re.findall("^no rule.*", done.stderr, re.M):
        yield line
    unknown = program.run("explain", "no-such-word")
    if unknown.returncode != 2 or unknown.stdout or \
            "'no-such-word'" not in unknown.stderr:
        yield "explain: a word that it does not know is no output"
    for line in done.stdout.split("\n"):
        if len(line) > 80:
            yield f"explain: a line of {len(line)} columns: {line}"
    for word, kind in sorted(named, key=str):
        seen[kind] = seen.get(kind, 0) + 1
        title = f" \\({kind}\\)\n\n.{{30}}" if kind else ": .+\n"
        front = "(?:TcpExt|IpExt|Tcp|Ip)?" if kind == "counter" else ""
        if not re.search(f"^{front}{re.escape(word)}{title}", done.stdout,
                         re.M):
            yield f"explain has no {kind or 'rule'} {word}"
        if kind != "counter" and word not in listed:
            yield f"explain --list lacks {word}"
    for word in anomalies:
        if f"\n{word} (anomaly)\n" not in "\n" + done.stdout:
            yield f"explain has no anomaly {word}"
    if done.stdout.count(" (counter)\n") > done.stdout.count("\nSource: "):
        yield "a counter without a source"
    if len(set(listed)) != len(listed):
        yield "explain --list says a word twice"
    if seen.get("event", 0) < 60 or seen.get("counter", 0) < 25 or \
            seen.get(None, 0) < 38 or len(anomalies) < 20:
        yield f"hardly any words: {seen}, {len(anomalies)} anomalies"
    flat = re.sub(r"\s+", " ", done.stdout)
    for trip in sorted(set(trips(flat))):
        yield f"explain: {trip}"
    for word in ("", "nothing-of-that-name", "--nothing", "x" * 5000):
        if program.run("explain", word).returncode != 2:
            yield f"explain {word[:30]}: not status 2"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--source", required=True)
    args = parser.parse_args()
    program = Program(os.path.abspath(args.lostsyn))
    problems = [*check_help(program, args.source), *check_shells(program),
                *check_words(program, args.source)]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
