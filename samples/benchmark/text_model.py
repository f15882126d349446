#!/usr/bin/env python3
"""A model that reads text as one that takes part: text out, its answers in.

	text_model.py prompts INCIDENTS-FOLDER PROMPTS-FOLDER
	text_model.py replies PROMPTS-FOLDER

prompts writes PROMPTS-FOLDER/NAME.txt: the question, the words that may be
answered, the names of all files, each capture as tshark prints it and each
other file as it is. Give it to the model in whatever way, and put what it
answers beside it as NAME.reply. replies prints ANSWERS.json: of each reply the
last JSON object that has "attempts"; a reply without one abstains. Nothing here
calls a model. Exit status 2 where tshark is missing.
"""
import json
import lzma
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from adapt import CAPTURE, unpacked  # noqa: E402

LINES = 400  # of one file; a cut is told
QUESTION = """\
Connection attempts failed. Below are packet captures from one or more points of
the path, as tshark prints them, and what else was collected. For every TCP
connection attempt in them say what became of it, in one of these words:

%s
Where the evidence does not decide, say undetermined: a wrong accusation is worse.
Captures may be filtered, cut, late, on clocks that are off, or lie in the wrong
folder; addresses may be translated on the way. Answer with one JSON object and
nothing behind it, the attempts named by the addresses at either end:

{"attempts": [{"client": "10.1.2.3:40000", "server": "10.4.5.6:443",
               "verdict": "syn-lost-in-network", "confidence": "certain"}],
 "cause": null}

confidence is certain, likely or possible; cause one word for why, or null.
"""


def words():
    """The rows of README.md's table of verdicts, one line each."""
    with open(os.path.join(HERE, "README.md"), encoding="utf-8") as f:
        rows = [line.strip("| \n").split(" | ") for line in f
                if line.startswith("| ") and not line.startswith("| verdict")]
    return "".join(f"{row[0]}: {row[1]}\n" for row in rows if len(row) == 2)


def printed(path):
    """tshark unpacks the other forms itself."""
    packed = None
    if path.endswith(".xz"):
        with lzma.open(path) as f:
            path, packed = "-", f.read()
    done = subprocess.run(["tshark", "-n", "-t", "ad", "-r", path],
                          input=packed, capture_output=True)
    return done.stdout.decode(errors="replace")


def shown(path):
    """A file as text, cut with a word about it."""
    if CAPTURE.search(path):
        lines = printed(path).splitlines()
    else:
        with open(path, encoding="utf-8", errors="replace") as f:
            lines = f.read().splitlines()
    if len(lines) > LINES:
        lines[LINES:] = [f"[{len(lines) - LINES} more lines]"]
    return "\n".join(lines) + "\n"


def prompt(evidence):
    parts = [QUESTION % words()]
    with tempfile.TemporaryDirectory() as scratch:
        root = unpacked(evidence, scratch)
        for here, folders, names in os.walk(root):
            folders.sort()
            for name in sorted(names):
                path = os.path.join(here, name)
                parts.append(f"=== {os.path.relpath(path, root)}\n" +
                             shown(path))
    return "\n".join(parts)


def answer_in(text):
    """The last JSON object with attempts in it; {} where there is none."""
    found, at, decoder = {}, 0, json.JSONDecoder()
    while (at := text.find("{", at)) >= 0:
        try:
            one, length = decoder.raw_decode(text[at:])
        except ValueError:
            at += 1
            continue
        at += length
        if isinstance(one, dict) and isinstance(one.get("attempts"), list):
            found = one
    kept = [a for a in found.get("attempts", []) if isinstance(a, dict) and
            all(isinstance(a.get(k), str)
                for k in ("client", "server", "verdict"))]
    return {"attempts": kept, "cause": found.get("cause")} if found else {}


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "prompts":
        if not shutil.which("tshark"):
            print("text_model: tshark is missing", file=sys.stderr)
            return 2
        os.makedirs(sys.argv[3], exist_ok=True)
        for name in sorted(os.listdir(sys.argv[2])):
            text = prompt(os.path.join(sys.argv[2], name))
            with open(os.path.join(sys.argv[3], name + ".txt"), "w",
                      encoding="utf-8") as f:
                f.write(text)
        return 0
    if len(sys.argv) == 3 and sys.argv[1] == "replies":
        answers = {}
        for name in sorted(os.listdir(sys.argv[2])):
            if name.endswith(".reply"):
                with open(os.path.join(sys.argv[2], name), encoding="utf-8",
                          errors="replace") as f:
                    answers[name.removesuffix(".reply")] = answer_in(f.read())
        json.dump(answers, sys.stdout, indent=1)
        return 0
    sys.exit(__doc__)


if __name__ == "__main__":
    sys.exit(main())
