#!/usr/bin/env python3
"""The case runners catch what they are there to catch.

A stand-in for lostsyn writes a prepared report; each way of being wrong is
then tried on both runners, and each must end in a failure that names it.
"""
import copy
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
import analyze as a  # noqa: E402

STAND_IN = r"""
import json, os, sys
if "--help" in sys.argv:
    print("usage: lostsyn analyze ...")
    sys.exit(0)
with open(os.path.join(os.path.dirname(sys.argv[0]), "plan.json")) as f:
    plan = json.load(f)
out = sys.argv[sys.argv.index("-o") + 1]
os.makedirs(out)
plan["report"]["noise"] = os.getpid() if plan.get("noise") else 0
with open(os.path.join(out, "report.json"), "w") as f:
    json.dump(plan["report"], f)
with open(os.path.join(out, "report.html"), "w") as f:
    f.write("<p>report</p>")
if plan.get("litter"):
    with open(os.path.join(sys.argv[2], "litter"), "w") as f:
        f.write("x")
if "-q" not in sys.argv:
    print("x" * plan.get("columns", 40))
sys.exit(plan.get("status", 1))
"""

CLIENT = {"ip": "192.0.2.1", "port": 40000}
SERVER = {"ip": "2001:db8::1", "port": 443}
LABEL = {"client": CLIENT, "server": SERVER, "nth": 1,
         "verdict": "syn-lost-in-network", "segment": "SYN",
         "confidence": ["certain", "likely"], "syn_retransmits": 3}
FOUND = {"client": CLIENT, "server": SERVER, "first_syn": "2026-01-01T00:00Z",
         "verdict": "syn-lost-in-network", "segment": "SYN",
         "confidence": "certain", "syn_retransmits": 3, "candidates": []}
SCHEMA = {"type": "object", "required": ["findings"]}


def found(**changes):
    return dict(FOUND, **changes)


def plan(*attempts, **changes):
    return dict({"report": {"attempts": list(attempts), "findings": [
        {"cause": "packet-loss", "confidence": "likely"}]}}, **changes)


NO_FINDINGS = copy.deepcopy(plan(FOUND))
del NO_FINDINGS["report"]["findings"]

# What the stand-in does, and the words the runner must say (None: passes).
CASES = [
    (plan(FOUND), None),
    (plan(found(verdict="syn-dropped-by-server")), "syn-dropped-by-server"),
    (plan(found(verdict="undetermined", segment=None)), "1 undetermined"),
    (plan(found(confidence="possible")), "confidence possible"),
    (plan(found(segment="ACK")), "does not go with segment ACK"),
    (plan(found(syn_retransmits=0)), "syn_retransmits 0"),
    (plan(), "not found"),
    (plan(FOUND, found(first_syn="2026-01-02T00:00Z")), "no such attempt"),
    (plan(FOUND, status=0), "exit status 0"),
    (plan(FOUND, columns=81), "81 columns"),
    (plan(FOUND, noise=True), "differs between two runs"),
    (plan(FOUND, litter=True), "folder was changed"),
    (NO_FINDINGS, "report.json: "),
]
CORPUS = [
    (plan(FOUND), 0, "1 right"),
    (plan(found(verdict="undetermined")), 0, "1 undetermined"),
    (plan(found(verdict="syn-dropped-by-server")), 1, "1 wrong"),
    (plan(), 1, "not found"),
    (plan(FOUND, status=3), 1, "status 3"),
]


def run(script, *arguments):
    done = subprocess.run([sys.executable, "-B", os.path.join(HERE, script),
                           *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def write(path, value):
    with open(path, "w", encoding="utf-8") as f:
        f.write(value if isinstance(value, str) else json.dumps(value))


def have_jsonschema():
    try:
        import jsonschema  # noqa: F401
    except ImportError:
        return False
    return True


def expect(wrong, name, result, status, word):
    """One more wrong answer, or none."""
    if result[0] == status and word in result[1]:
        return wrong
    print(f"FAILED {name}: wanted status {status} and {word!r}, got status "
          f"{result[0]}:\n{result[1]}")
    return wrong + 1


def try_cases(here, program):
    wrong = 0
    for number, (stub, word) in enumerate(CASES):
        if word == "report.json: " and not have_jsonschema():
            print("skipped: the schema's own test (no python3-jsonschema)")
            continue
        case = os.path.join(here, f"case-{number}")
        os.makedirs(case)
        write(case + "/expected.json", {"exit_status": 1, "cause": None,
                                        "attempts": [LABEL]})
        write(here + "/plan.json", stub)
        result = run("run_cases.py", "--lostsyn", program,
                     "--schema", here + "/schema.json", case)
        wrong = expect(wrong, f"case {number}", result,
                       0 if word is None else 1, word or "1 right")
    write(here + "/plan.json", plan(FOUND))
    write(here + "/case-0/expected.json", {
        "exit_status": 1, "cause": "rate-limit", "attempts": [LABEL]})
    return expect(wrong, "cause", run(
        "run_cases.py", "--lostsyn", program, "--causes", here + "/case-0"),
        1, "cause is packet-loss, expected rate-limit")


def try_corpus(here, program):
    wrong = 0
    os.makedirs(here + "/lab-linux-6.18/one")
    for side in ("client", "server"):
        write(f"{here}/lab-linux-6.18/one/{side}.pcap", "")
    write(here + "/labels.json", {"scenarios": [
        {"scenario": "one", "attempts": [
            {"client": CLIENT, "server": SERVER, "nth": 1,
             "accept": ["syn-lost-in-network"]}]}]})
    arguments = ("--lostsyn", program, "--labels", here + "/labels.json")
    for number, (stub, status, word) in enumerate(CORPUS):
        write(here + "/plan.json", stub)
        result = run("run_corpus_lab.py", "--corpus", here, *arguments)
        wrong = expect(wrong, f"corpus {number}", result, status, word)
    return expect(wrong, "no corpus", run(
        "run_corpus_lab.py", "--corpus", here + "/none", *arguments),
        77, "skipped: ")


def main():
    with a.Scratch() as here:
        program = here + "/lostsyn"
        write(program, f"#!{sys.executable}\n{STAND_IN}")
        os.chmod(program, 0o755)
        write(here + "/schema.json", SCHEMA)
        wrong = try_cases(here, program) + try_corpus(here, program)
    print(f"{len(CASES) + len(CORPUS) + 2} runs of the runners, "
          f"{wrong} of them wrong")
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
