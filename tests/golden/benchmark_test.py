#!/usr/bin/env python3
"""Can a program or a model take part in the benchmark as its page says?

	benchmark_test.py

Two labelled cases stand for incidents. The model's form asks for every verdict
and shows every packet; replies are read out of prose, and an odd one abstains.
Each adapter whose program is here finds what its flows show; of the others, files
of their documented form are read, written here by hand.
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
import score as scorer  # noqa: E402
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


def scores():
    """Attempts are found by either end's addresses, IPv6 in either form; what is
    no answer scores nothing."""
    def end(ip, port):
        return {"ip": ip, "port": port}
    label = {"client": end("2001:db8::1", 40000),
             "server": end("2001:db8::2", 443), "truth": "syn-lost-in-network",
             "verdict": "syn-lost-in-network", "accept": []}
    labels = {"one": {"attempts": [label], "cause": None, "also": []}}
    for wanted, client in ((1, "2001:db8::1:40000"), (1, "[2001:db8::1]:40000"),
                           (0, "[2001:db8::3]:40000"), (0, None)):
        sums = scorer.score(labels, {"one": {"attempts": [{
            "client": client, "server": "[2001:db8::2]:443",
            "verdict": "syn-lost-in-network"}]}})
        if sums["located"] != wanted or sums["abstained"] == wanted:
            yield f"{client} scores {sums}"


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


FIELDS = ("ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p",
          "proto", "service", "duration", "orig_bytes", "resp_bytes",
          "conn_state", "local_orig", "local_resp", "missed_bytes", "history")
HEAD = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n" \
    "#unset_field\t-\n#path\tconn\n#fields\t" + "\t".join(FIELDS) + "\n"


def conn_row(number, history, state):
    return (f"1796067678.{number}", f"C{number}", "10.1.2.3", str(number),
            "10.4.5.6", "80", "tcp", "-", "-", "-", "-", state, "-", "-", "0",
            history)


# port: (rows of the client's conn.log and the server's, verdict)
ZEEK = {40001: (("S", "S0"), ("S", "S0"), "syn-dropped-by-server"),
        40002: (("Sr", "REJ"), ("Sr", "REJ"), "refused-by-server"),
        40003: (("Sr", "REJ"), None, "rejected-in-network"),
        40004: (("S", "S0"), None, "syn-lost-in-network"),
        40005: (("S", "S0"), ("Sh", "S1"), "synack-lost-in-network"),
        40006: (("ShADadfF", "SF"), ("ShADadfF", "SF"), "established"),
        40007: (("ShAD", "S1"), ("Sh", "S1"), "ack-lost-in-network"),
        40008: (("Sa", "OTH"), ("Sa", "OTH"), "answered-with-challenge-ack")}
SIGNALS = {
    40001: ({"syn_count": 3}, {"syn_count": 3}, "syn-dropped-by-server"),
    40002: ({"syn_count": 1, "rst_to_syn": True},
            {"syn_count": 1, "rst_to_syn": True}, "refused-by-server"),
    40004: ({"syn_count": 4, "synack_seen": False}, None,
            "syn-lost-in-network"),
    40009: ({"syn_count": 2, "icmp_unreach_count": 1}, None,
            "rejected-in-network")}


def zeek_files(folder, as_json):
    for at, name in enumerate(("client", "server")):
        rows = [conn_row(port, *row[at]) for port, row in ZEEK.items()
                if row[at]]
        text = HEAD + "".join("\t".join(row) + "\n" for row in rows)
        if as_json:
            text = "".join(json.dumps(dict(zip(FIELDS, row))) + "\n"
                           for row in rows)
        with open(os.path.join(folder, name + ".log"), "w") as f:
            f.write(text + "#close\t2026-11-30-21-00-00\n" * (not as_json))


def netverdict_files(folder):
    for at, name in enumerate(("client", "server")):
        flows = [{"flow": f"10.1.2.3:{port}->10.4.5.6:80", "verdict": "RESEAU",
                  "signals": row[at], "matches": []}
                 for port, row in SIGNALS.items() if row[at]]
        with open(os.path.join(folder, name + ".json"), "w") as f:
            json.dump({"netverdict": 1, "stats": {}, "flows": flows}, f)


def given():
    """Files of programs that are not here."""
    for method, wanted, write in (
            ("zeek-log", ZEEK, lambda path: zeek_files(path, False)),
            ("zeek-log", ZEEK, lambda path: zeek_files(path, True)),
            ("netverdict", SIGNALS, netverdict_files)):
        with tempfile.TemporaryDirectory() as place:
            for part in ("logs/one", "incidents/one", "incidents/two"):
                os.makedirs(os.path.join(place, part))
            write(os.path.join(place, "logs/one"))
            done = subprocess.run(
                [sys.executable, "-B", os.path.join(
                    ROOT, "samples", "benchmark", "adapt.py"), method,
                 place + "/logs", place + "/incidents"],
                capture_output=True, text=True)
        said = json.loads(done.stdout or "{}")
        got = {int(a["client"].rpartition(":")[2]): a["verdict"]
               for a in said.get("one", {}).get("attempts", [])}
        for port, row in wanted.items():
            if got.get(port) != row[2]:
                yield f"{method}: {port}: {got.get(port)}, not {row[2]} " \
                    + done.stderr
        if said.get("two", {}).get("attempts") != []:
            yield f"{method}: an incident without files is answered"


def main():
    if not shutil.which("tshark") or not shutil.which("mergecap"):
        print("skipped: tshark or mergecap is missing")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            shutil.copytree(os.path.join(ROOT, "samples", "cases", case),
                            os.path.join(folder, case))
        wrong = [*prompts(folder), *replies(), *scores(), *adapters(folder), *given()]
    print("\n".join(wrong) or "as the page says")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
