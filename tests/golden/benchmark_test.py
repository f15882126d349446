#!/usr/bin/env python3
"""Can a program or a model take part in the benchmark as its page says?

	benchmark_test.py

Two labelled cases stand for incidents. The model's form asks for every verdict
and shows every packet; replies are read out of prose, and an odd one abstains.
Each adapter whose program is here finds what its flows show.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "samples", "benchmark")]
import text_model as model  # noqa: E402

CASES = ("host-firewall-drop", "refused")
NEEDS = {"tshark": "tshark", "argus": "ra", "nfdump": "nfpcapd",
         "tcptrace": "tcptrace"}


def prompts(folder):
    text = model.prompt(os.path.join(folder, "refused"))
    for word in ("syn-lost-in-network", "undetermined", "=== client/",
                 "[RST, ACK]"):
        if word not in text:
            yield f"the prompt lacks {word}"


def replies():
    one = {"attempts": [{"client": "a:1", "server": "b:2",
                         "verdict": "established"}], "cause": None}
    said = 'Well: {"attempts": []} or {no\n```json\n' + json.dumps(one) + "\n```"
    if model.answer_in(said) != one:
        yield f"a reply in prose is read as {model.answer_in(said)}"
    for odd in ("", "{", '{"attempts": 3}', '["attempts"]'):
        if model.answer_in(odd):
            yield f"{odd!r} is taken for an answer"
    if model.answer_in('{"attempts": [7, {"client": 1}]}')["attempts"]:
        yield "attempts without names are kept"


def adapters(folder):
    for method, tool in NEEDS.items():
        if not shutil.which(tool):
            print(f"{method}: {tool} is not here")
            continue
        done = subprocess.run(
            [sys.executable, "-B", os.path.join(
                ROOT, "samples", "benchmark", "adapt.py"), method, folder],
            capture_output=True, text=True)
        said = json.loads(done.stdout or "{}")
        for case, wanted in (("host-firewall-drop", "syn-dropped-by-server"),
                             ("refused", "refused-by-server")):
            words = {a["verdict"] for a in said.get(case, {}).get(
                "attempts", [])}
            if wanted not in words:
                yield f"{method}: {case}: {sorted(words)} {done.stderr}"


def main():
    if not shutil.which("tshark") or not shutil.which("mergecap"):
        print("skipped: tshark or mergecap is missing")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            shutil.copytree(os.path.join(ROOT, "samples", "cases", case),
                            os.path.join(folder, case))
        wrong = [*prompts(folder), *replies(), *adapters(folder)]
    print("\n".join(wrong) or "as the page says")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
