"""Running `lostsyn analyze` and reading its report, for the tests in Python."""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

# It only ends what hangs: sanitizers, and neighbours on the same cores, slow
# the program down many times over, and no test asserts a duration.
TIMEOUT_S = 1200
SKIPPED = 77
PROBLEMS_SHOWN = 20
REPORT_FILES = ("report.html", "report.json", "evidence.sqlite")


def skip(why):
    """End the test visibly without a result (CTest's SKIP_RETURN_CODE)."""
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def case_limit_s(binary, case):
    """Whole seconds after which the analysis of a case as large as this one
    hangs, on this machine as busy as it is: many times what it takes now."""
    longest = 0
    for _ in range(3):
        with Scratch() as out:
            start = time.monotonic()
            analyze(binary, case, "-q", "-o", out)
            longest = max(longest, time.monotonic() - start)
    return 4 + int(12 * longest)


def has_analyze(binary):
    """Does this build know the command at all?"""
    done = subprocess.run([binary, "--help"], capture_output=True, text=True,
                          timeout=TIMEOUT_S, stdin=subprocess.DEVNULL)
    return "analyze" in done.stdout + done.stderr


def need_analyze(binary):
    if not has_analyze(binary):
        skip(f"{os.path.basename(binary)} has no command analyze yet")


def analyze(binary, *arguments, **options):
    """One run; returns the finished process with its output as text."""
    options.setdefault("timeout", TIMEOUT_S)
    return subprocess.run([binary, "analyze", *map(str, arguments)],
                          capture_output=True, text=True, errors="replace",
                          stdin=subprocess.DEVNULL, **options)


def read_report(folder):
    with open(os.path.join(folder, "report.json"), encoding="utf-8") as f:
        return json.load(f)


def end_text(end):
    ip = f"[{end['ip']}]" if ":" in end["ip"] else end["ip"]
    return f"{ip}:{end['port']}"


def tuple_of(attempt):
    """The 4-tuple as the client's side of the path has it."""
    return end_text(attempt["client"]), end_text(attempt["server"])


def by_tuple(attempts):
    """{4-tuple: its attempts in the order given}."""
    table = {}
    for attempt in attempts:
        table.setdefault(tuple_of(attempt), []).append(attempt)
    return table


def in_time_order(report):
    """A report's attempts by first SYN; equal times stay as reported."""
    return sorted(report["attempts"], key=lambda a: a["first_syn"] or "")


def said(done):
    """What a run printed, for a failure's message."""
    return f"status {done.returncode}\n{done.stdout}{done.stderr}".rstrip()


def run_check(check, *arguments):
    """Run a check, a generator of problems, say how it went, and return how
    many there were. One that stumbles has failed; the next ones still run."""
    start = time.monotonic()
    problems = []
    try:
        problems.extend(check(*arguments))
    except Exception as error:  # noqa: BLE001
        problems.append(f"{type(error).__name__}: {error}")
    print(f"{'FAILED' if problems else 'ok    '} {check.__name__} "
          f"({time.monotonic() - start:.1f} s)", flush=True)
    for problem in problems[:PROBLEMS_SHOWN]:
        print("    " + problem.replace("\n", "\n    "))
    return len(problems)


class Scratch:
    """A folder of the test's own; with ... as path."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="lostsyn-test-")
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


def run_checks(doc, checks, bed):
    """The main program of a test of checks: --lostsyn, --cases, and names where
    only some are to run. Each check gets bed(arguments, a folder of its own)."""
    parser = argparse.ArgumentParser(description=doc.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases", required=True)
    parser.add_argument("names", nargs="*", help="only these checks")
    args = parser.parse_args()
    need_analyze(args.lostsyn)
    failed = 0
    for check in checks:
        if args.names and check.__name__ not in args.names:
            continue
        with Scratch() as here:
            failed += run_check(check, bed(args, here))
    sys.exit(1 if failed else 0)
