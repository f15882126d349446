#!/usr/bin/env python3
"""Answers of programs to the composed incidents, in the form of score.py.

	adapt.py lostsyn PROGRAM INCIDENTS-FOLDER
	adapt.py tshark|zeek|tcptrace|argus|nfdump INCIDENTS-FOLDER
	adapt.py zeek-log|netverdict LOGS-FOLDER INCIDENTS-FOLDER
	adapt.py captures INCIDENTS-FOLDER OUT-FOLDER

Prints ANSWERS.json. The others are what tests/golden/rivals.py says of them:
an engineer with that program who compares two captures by hand; of argus and
nfdump flow_tools.py says how, of what programs wrote elsewhere given_logs.py.
They are
given what they need: archives are unpacked, pieces of one end merged, and of
files that nobody placed the first by name is the client's. captures writes those
to OUT-FOLDER/NAME/client.pcap and server.pcap, for programs of which somebody
brings the output.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "..", "tests", folder)
                for folder in ("golden", "")]
CAPTURE = re.compile(r"\.pcap(ng)?\d*(\.(gz|xz|zst))?$")
CLIENT, SERVER = ("client", "web-"), ("server", "db-")
METHODS = {"tshark": "tshark, by hand", "zeek": "Zeek's conn_state",
           "tcptrace": "tcptrace", "argus": "argus", "nfdump": "nfdump"}


def lostsyn(program, evidence, scratch):
    subprocess.run([program, "analyze", "-q", "--all-attempts", "-o",
                    scratch + "/out", evidence], capture_output=True)
    try:
        with open(scratch + "/out/report.json", encoding="utf-8") as f:
            report = json.load(f)
    except OSError:
        return {}
    found = []
    for one in report["attempts"]:
        for ends in (one, one["seen_at_server_as"]):
            if ends:
                found.append({
                    **{end: f"{ends[end]['ip']}:{ends[end]['port']}"
                       for end in ("client", "server")},
                    "verdict": one["verdict"],
                    "confidence": one["confidence"]})
    live = [f["cause"] for f in report["findings"]
            if f["confidence"] != "ruled-out"]
    return {"attempts": found, "cause": live[0] if live else None}


def unpacked(evidence, scratch):
    """The folder of the files: the incident's, or where its archive went."""
    for here, _, names in os.walk(evidence):
        for name in names:
            if name.startswith("incident."):
                form = "unzip -q" if name.endswith("zip") else "tar -xf"
                where = "-d" if name.endswith("zip") else "-C"
                subprocess.run([*form.split(), os.path.join(here, name),
                                where, scratch], check=True)
                return scratch
    return evidence


def captures(folder):
    return sorted(os.path.join(here, name) for here, _, names in
                  os.walk(folder) for name in names if CAPTURE.search(name))


def merged(paths, out):
    """One file of all pieces of an end, or None."""
    plain = []
    for path in paths:
        if path.endswith((".xz", ".zst")):
            target = f"{out}.{len(plain)}"
            tool = "xz" if path.endswith(".xz") else "zstd"
            with open(target, "wb") as f:
                subprocess.run([tool, "-dc", path], stdout=f, check=True)
            path = target
        plain.append(path)
    if not plain:
        return None
    subprocess.run(["mergecap", "-w", out, *plain], check=True,
                   capture_output=True)
    return out


def both_ends(evidence, scratch):
    """[the client's capture or None, the server's], whole and plain."""
    os.makedirs(scratch + "/unpacked")
    found = captures(unpacked(evidence, scratch + "/unpacked"))
    ends = []
    for words in (CLIENT, SERVER):
        some = [path for path in found if any(
            word in path[len(scratch if scratch in path else evidence):]
            for word in words)]
        ends.append(merged(some, f"{scratch}/{words[0]}.pcap"))
    return ends


def worded(table):
    """The answer of a table of verdicts; of a port used twice the last."""
    return {"cause": None, "attempts": [
        {"client": "%s:%s" % client, "server": "%s:%s" % server,
         "verdict": said[-1]}
        for (client, server), said in (table or {}).items() if said[-1]]}


def by_hand(method, evidence, scratch):
    import flow_tools
    import rivals
    rivals.METHODS.update(flow_tools.METHODS)
    if rivals.missing(METHODS[method]):
        sys.exit(f"adapt: missing: {rivals.missing(METHODS[method])}")
    return worded(rivals.answers(METHODS[method],
                                 *both_ends(evidence, scratch)))


def from_logs(method, folder, name):
    import given_logs
    return worded(given_logs.answers(method, os.path.join(folder, name)))


def write_captures(folder, out):
    for name in sorted(os.listdir(folder)):
        with tempfile.TemporaryDirectory() as scratch:
            ends = both_ends(os.path.join(folder, name), scratch)
            os.makedirs(os.path.join(out, name), exist_ok=True)
            for path in filter(None, ends):
                shutil.copy(path, os.path.join(out, name))


def main():
    logs, words = ("zeek-log", "netverdict"), sys.argv[1:]
    if len(words) < 2 or words[0] not in ("lostsyn", "captures", *logs,
                                          *METHODS):
        sys.exit(__doc__)
    if words[0] == "captures":
        return write_captures(*words[1:])
    folder, answers = words[-1], {}
    for name in sorted(os.listdir(folder)):
        if words[0] in logs:
            answers[name] = from_logs(*words[:2], name)
            continue
        evidence = os.path.join(folder, name)
        with tempfile.TemporaryDirectory() as scratch:
            if sys.argv[1] == "lostsyn":
                answers[name] = lostsyn(sys.argv[2], evidence, scratch)
                continue
            try:
                answers[name] = by_hand(sys.argv[1], evidence, scratch)
            except (subprocess.SubprocessError, OSError, KeyError) as error:
                print(f"{name}: {error}", file=sys.stderr)
    json.dump(answers, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
