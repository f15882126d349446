#!/usr/bin/env python3
"""Scripts rely on `decode --json`, and people on patterns of their own.

    decode.py --lostsyn PROGRAM

Of a log, packet logs, a flow log and a snapshot: each line of the output is one
object, no member twice, and the last one accounts for every line of the input.
The form of four lines is held byte for byte: members may be added behind them,
not renamed. With `--patterns DIR` a folder's patterns are tried before ours,
their samples are checked first, and what does not hold is refused with its line.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

KERNEL = ("Nov 20 23:41:22 gw kernel: DROP IN=eth0 OUT= MAC=02:00:00:01:00:01:"
          "02:00:00:01:00:02:08:00 SRC=192.0.2.10 DST=198.51.100.20 LEN=60 "
          "TTL=63 ID=1 PROTO=TCP SPT=40131 DPT=80 SYN URGP=0\n")
ACCESS = ('192.0.2.7 - - [20/Nov/2026:23:41:22 +0000] "GET / HTTP/1.1" 200 5\n')
OWN = "2026-11-20 23:41:23 INFO till 7 cannot reach 198.51.100.20 port 9100\n"
FLOW = ("2 123456789012 eni-0a1 192.0.2.10 198.51.100.20 40131 80 6 3 180 "
        "1795218082 1795218142 REJECT OK\n")
SOCKETS = ("State  Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
           "LISTEN 129    128    0.0.0.0:80         0.0.0.0:*\n")

# What a line of the output begins with, after its number.
FORMS = {
    KERNEL: '{"line":1,"time":"????-11-20T23:41:22.000000(unknown zone)",'
            '"host":"gw","tag":"kernel","event":"firewall-log-drop",'
            '"prefix":"DROP","in":"eth0","flags":"SYN","src":"192.0.2.10",'
            '"dst":"198.51.100.20","sport":"40131","dport":"80","proto":"6",'
            '"as":"syslog","message":"',
    FLOW: '{"line":1,"time":"2026-11-20T23:41:22Z to 2026-11-20T23:42:22Z",'
          '"action":"REJECT","src":{"ip":"192.0.2.10","port":40131},'
          '"dst":{"ip":"198.51.100.20","port":80},"protocol":6,"packets":3,'
          '"bytes":180,"interface":"eni-0a1"',
    SOCKETS: '{"line":2,"record":"socket","state":"LISTEN",'
             '"local":{"ip":"0.0.0.0","port":80}',
    ACCESS: '{"line":1,"time":"2026-11-20T23:41:22.000000Z","as":"access"',
}

PATTERN = """- event: till-unreachable
  meaning: a till could not reach its printer
  cite: our own program
  contains: ['cannot reach ']
  regex: 'till (?<till>\\d+) cannot reach (?<dst>[\\d.]+) port (?<dport>\\d+)'
  samples:
    - line: '%s'
      fields: {till: '7', dst: 198.51.100.20, dport: '9100'}
  rejects: ['till 7 reached 198.51.100.20']
"""


def once(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member twice: " + str([k for k, _ in pairs]))
    return members


class Checks:
    """What was wrong so far."""

    def __init__(self, program):
        self.program = program
        self.faults = []

    def run(self, *words):
        return subprocess.run([self.program, "decode", *words],
                              capture_output=True, text=True)

    def expect(self, holds, what):
        if not holds:
            self.faults.append(what)

    def objects(self, text, *words):
        """The output for a file of this text, one object a line."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "file.log")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            done = self.run("--json", *words, path)
        self.expect(done.returncode == 0, f"status {done.returncode}")
        lines = done.stdout.splitlines()
        return lines, [json.loads(line, object_pairs_hook=once)
                       for line in lines]

    def form(self, text, begins):
        lines, objects = self.objects(text)
        self.expect(any(line.startswith(begins) for line in lines),
                    "no line begins with\n  " + begins + "\nbut\n  " +
                    "\n  ".join(lines))
        last = objects[-1]
        self.expect(set(last) == {"kind", "lines", "recognised", "other"},
                    f"the last line has other members: {last}")
        self.expect(last["lines"] == last["recognised"] + last["other"] ==
                    text.count("\n"), f"lines do not add up: {last}")
        for o in objects[:-1]:
            self.expect("about" in o or isinstance(o.get("line"), int),
                        f"neither a note nor of a line: {o}")

    def patterns(self, folder, sample):
        path = os.path.join(folder, "own.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(PATTERN % sample)
        return path


def own_patterns(checks):
    _, before = checks.objects(OWN)
    checks.expect(not any("event" in o for o in before),
                  "ours knows the line already")
    with tempfile.TemporaryDirectory() as folder:
        path = checks.patterns(folder, OWN.strip())
        _, after = checks.objects(OWN + KERNEL, "--patterns", folder)
        events = [o["event"] for o in after if "event" in o]
        checks.expect(events == ["till-unreachable", "firewall-log-drop"],
                      f"events with own patterns: {events}")
        checks.expect(any(o.get("till") == "7" and o.get("dport") == "9100"
                          for o in after), "own fields are missing")
        checks.patterns(folder, "till 7 reached 198.51.100.20")
        refused = checks.run("--patterns", folder, path)
        checks.expect(refused.returncode == 2,
                      f"a sample that does not hold: {refused.returncode}")
        checks.expect(f"{path}:7:" in refused.stderr and
                      "does not accept its sample" in refused.stderr,
                      "its line is not named: " + refused.stderr)
    missing = checks.run("--patterns", "/nonexistent/patterns", sys.argv[0])
    checks.expect(missing.returncode in (2, 3) and missing.stderr != "",
                  "a folder that is not there is taken")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    checks = Checks(parser.parse_args().lostsyn)
    for text, begins in FORMS.items():
        checks.form(text, begins)
    own_patterns(checks)
    for fault in checks.faults:
        print(fault)
    return 1 if checks.faults else 0


if __name__ == "__main__":
    sys.exit(main())
