#!/usr/bin/env python3
"""What is on the first screen of large and mixed cases, made here anew.

Each case is written as two captures (and what else its story needs), analysed,
and its terminal output compared with the golden in tests/golden/first_screen.
Beyond that it must hold: the worst service is the first row in every form, the
output has at most forty lines of 80 columns, and report.json counts what was
made. After a change that is meant:

  UPDATE_GOLDEN=1 python3 tests/golden/first_screen.py --lostsyn build/dev/analyzer/lostsyn
"""
import argparse
import difflib
import json
import os
import re
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
import analyze as a  # noqa: E402

GOLDEN = os.path.join(HERE, "first_screen")
START = 1795219200.0  # 2026-11-21T00:00:00Z
SYN, ACK, PSH, RST = 2, 16, 8, 4
LINES, COLUMNS = 40, 80
# Linux's repetitions of a SYN that nobody answers.
REPEATS = (0, 1.02, 3.07)


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def address(text):
    return bytes(int(part) for part in text.split("."))


class Case:
    """Packets of both ends, in the order of their times."""

    def __init__(self):
        self.packets = {"client": [], "server": []}
        self.files = {}
        self.port = {}

    def send(self, at, source, target, flags, seq, ack, where, data=b""):
        """One segment; where: the ends that see it."""
        head = struct.pack(">HHIIBBHHH", source[1], target[1],
                           seq & 0xffffffff, ack & 0xffffffff, 5 << 4, flags,
                           64240, 0, 0)
        pseudo = (address(source[0]) + address(target[0]) +
                  struct.pack(">BBH", 0, 6, len(head) + len(data)))
        body = head + data
        total = checksum(pseudo + body + b"\0" * (len(body) % 2))
        body = body[:16] + struct.pack(">H", total) + body[18:]
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 0, 0x4000,
                         64, 6, 0, address(source[0]), address(target[0]))
        ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
        frame = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0" + ip + body
        for end in where:
            delay = 0.0002 if (flags & ACK == 0) == (end == "server") else 0
            self.packets[end].append((at + delay, frame))

    def client(self, ip):
        self.port[ip] = self.port.get(ip, 20000) + 1
        return ip, self.port[ip]

    def attempt(self, at, ip, server, how):
        me = self.client(ip)
        isn = 1000 * self.port[ip] + 7
        both = ("client", "server")
        if how == "none":
            return
        if how == "dropped" or how == "lost":
            for late in REPEATS:
                self.send(at + late, me, server, SYN, isn, 0,
                          both if how == "dropped" else ("client",))
            return
        if how == "refused":
            self.send(at, me, server, SYN, isn, 0, both)
            self.send(at + .001, server, me, RST | ACK, 0, isn + 1, both)
            return
        if how == "slow":
            self.send(at, me, server, SYN, isn, 0, ("client",))
            at += 1.02
        self.send(at, me, server, SYN, isn, 0, both)
        self.send(at + .001, server, me, SYN | ACK, 9000, isn + 1, both)
        self.send(at + .002, me, server, ACK, isn + 1, 9001, both)
        self.send(at + .003, me, server, ACK | PSH, isn + 1, 9001, both, b"GET ")
        self.send(at + .004, server, me, ACK | PSH, 9001, isn + 5, both, b"200 ")

    def write(self, folder):
        for end, packets in self.packets.items():
            os.makedirs(os.path.join(folder, end))
            with open(os.path.join(folder, end, "capture.pcap"), "wb") as f:
                f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144,
                                    1))
                for at, frame in sorted(packets, key=lambda p: p[0]):
                    whole = round((START + at) * 1e6)
                    f.write(struct.pack("<IIII", whole // 1000000,
                                        whole % 1000000, len(frame),
                                        len(frame)) + frame)
        for name, text in self.files.items():
            os.makedirs(os.path.join(folder, os.path.dirname(name)),
                        exist_ok=True)
            with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
                f.write(text)


def iptables(port, dropped):
    table = "Chain INPUT (policy ACCEPT 0 packets, 0 bytes)\n" \
        "    pkts      bytes target     prot opt in     out     source" \
        "               destination         \n"
    return table + (f"{dropped:8} {60 * dropped:8} DROP       6    --  *      "
                    "*       0.0.0.0/0            0.0.0.0/0            "
                    f"tcp dpt:{port} flags:0x17/0x02\n")


def firewall(case, port, dropped):
    case.files["server/iptables-before.txt"] = iptables(port, 0)
    case.files["server/iptables-after.txt"] = iptables(port, dropped)


def listening(*ports):
    return "State  Recv-Q Send-Q Local Address:Port Peer Address:Port\n" + \
        "".join(f"LISTEN 0      128          0.0.0.0:{p}       0.0.0.0:*\n"
                for p in ports)


def dead_service():
    """6,000 attempts; one port of five loses every one of its own."""
    case = Case()
    for i in range(6000):
        ip = f"192.0.2.{10 + i % 12}"
        dead = i % 4 == 0 or i in range(1, 181, 4)
        port = 5432 if dead else (80, 443, 8080, 9000)[i % 4]
        case.attempt(i * .02, ip, ("198.51.100.20", port),
                     "dropped" if dead else "well")
    firewall(case, 5432, 3 * 1545)
    return case, {"198.51.100.20:5432": (1545, 1545)}


def mixed():
    """40 attempts to one service, 19 of them late, beside a port refused."""
    case = Case()
    for i in range(40):
        case.attempt(i * .5, "192.0.2.10", ("198.51.100.20", 443),
                     "slow" if i % 2 and i < 38 else "well")
    for i in range(3):
        case.attempt(5 + i, "192.0.2.11", ("198.51.100.20", 8080), "refused")
    case.files["server/ss-ltn.txt"] = listening(443, 22)
    return case, {"198.51.100.20:8080": (3, 3), "198.51.100.20:443": (0, 40)}


def three_causes():
    """A firewall, a program that is not there, a path that drops; and lines of
    another day and host that have nothing to do with it."""
    case = Case()
    for i in range(200):
        at = i * .3
        case.attempt(at, f"192.0.2.{10 + i % 5}", ("198.51.100.20", 80), "well")
        if i % 4 == 0:
            case.attempt(at + .1, "192.0.2.12", ("198.51.100.20", 8443),
                         "dropped")
        if i % 8 == 0:
            case.attempt(at + .2, "192.0.2.13", ("198.51.100.20", 8080),
                         "refused")
        if i % 10 == 0:
            case.attempt(at + .15, "192.0.2.14", ("198.51.100.21", 6379),
                         "lost")
    firewall(case, 8443, 150)
    case.files["server/ss-ltn.txt"] = listening(80, 22)
    case.files["server/dmesg.txt"] = (
        "[Fri Nov 20 03:00:00 2026] nf_conntrack: nf_conntrack: table full, "
        "dropping packet\n"
        "[Fri Nov 20 03:00:01 2026] TCP: request_sock_TCP: Possible SYN "
        "flooding on port 0.0.0.0:25. Sending cookies.\n")
    return case, {"198.51.100.20:8443": (50, 50),
                  "198.51.100.20:8080": (25, 25),
                  "198.51.100.21:6379": (20, 20)}


def dead_host():
    """A thousand services of which one rule drops two hundred."""
    case = Case()
    for i in range(1000):
        dead = i % 5 == 0
        server = ("198.51.100.30" if dead else f"198.51.100.{40 + i % 20}",
                  1000 + i)
        case.attempt(i * .05, "192.0.2.10", server, "dropped" if dead
                     else "well")
    return case, {}


def one_device():
    """Three clients and forty services at eight addresses, and a router between
    whose connection tracking table was full most of the time."""
    case = Case()
    for i in range(120):
        server = f"198.51.100.{50 + i % 8}", (443, 5432, 6379, 8080, 9200)[i % 5]
        case.attempt(i * .2, f"192.0.2.{10 + i % 3}", server,
                     "well" if i < 40 or i % 10 == 9 or i > 110 else "lost")
    lines = "".join(
        f"2026-11-21T00:00:{8 + k // 4:02},{250000 * (k % 4):06}+00:00 "
        "nf_conntrack: nf_conntrack: table full, dropping packet\n"
        for k in range(64))
    case.files["router/dmesg.txt"] = lines
    row = "cpu=0 found=0 invalid=0 insert=0 insert_failed=0 drop={} " \
        "early_drop=0 error=0 search_restart=0\n"
    case.files["router/conntrack-S-before.txt"] = row.format(0)
    case.files["router/conntrack-S-after.txt"] = row.format(240)
    case.files["router/sysctl.txt"] = "net.netfilter.nf_conntrack_max = 16\n"
    return case, {}


def one_client():
    """Twelve services of six servers: one client of five is cut off from all of
    them, the others are well."""
    case = Case()
    for i in range(300):
        server = f"198.51.100.{60 + i % 6}", (443, 8443)[i % 2 ^ i // 6 % 2]
        who = 10 + i % 5
        case.attempt(i * .1, f"192.0.2.{who}", server,
                     "lost" if who == 14 and i < 285 else
                     "well" if who != 14 else "none")
    return case, {}


def thousand():
    """A thousand services of one host, which no longer answers: one cause."""
    case = Case()
    for i in range(1000):
        case.attempt(i * .02, f"192.0.2.{10 + i % 40}",
                     ("198.51.100.30", 1000 + i), "lost")
        if i % 10 == 0 or i == 999:
            case.attempt(i * .02 + (3.1 if i == 999 else -.5), "192.0.2.10",
                         ("198.51.100.30", (22, 80, 443)[i % 3]), "well")
    return case, {}


CASES = {"dead-service": dead_service, "mixed": mixed,
         "three-causes": three_causes, "dead-host": dead_host,
         "one-device": one_device, "one-client": one_client,
         "thousand": thousand}
# Those of which all that failed is one row, and what it is called.
ONE_ROW = {"dead-host": "198.51.100.30, 200 ports",
           "one-device": "36 services at 8 addresses",
           "one-client": "12 services at 6 addresses",
           "thousand": "198.51.100.30, 1,000 ports"}


def golden(name, text):
    path = os.path.join(GOLDEN, f"{name}.txt")
    if os.environ.get("UPDATE_GOLDEN"):
        os.makedirs(GOLDEN, exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    with open(path, encoding="utf-8") as f:
        kept = f.read()
    if kept != text:
        yield f"{name} is another:"
        yield from difflib.unified_diff(kept.split("\n"), text.split("\n"),
                                        "golden", "now", lineterm="", n=1)


def counted(report, wanted):
    found = {f"{s['address']}:{s['port']}": (s["failed"], s["attempts"])
             for s in report["services"]}
    for service, numbers in wanted.items():
        if found.get(service) != numbers:
            yield f"{service}: {found.get(service)}, made {numbers}"
    worst = report["services"][0]
    for other in report["services"][1:]:
        if other["failed"] > worst["failed"]:
            yield f"{other} is worse than the first"
    if worst["failed"] and not worst["deciding_evidence"]:
        yield "nothing decides the worst service"


def fits(text):
    lines = text.rstrip("\n").split("\n")
    if len(lines) > LINES:
        yield f"{len(lines)} lines"
    for line in lines:
        if len(line) > COLUMNS:
            yield f"wider than {COLUMNS}: {line}"


def one_row(text):
    """What one cause explains is one row, and so one cause is told."""
    table = text.split("\nService, worst first")[1].split("\n\n")[0]
    rows = [line for line in table.split("\n")[1:]
            if line[:1] not in ("", " ") and "other service" not in line]
    if len(rows) != 1:
        yield f"rows: {rows}"
    told = re.findall(r"^  (?:confirmed|likely): ", text, re.M)
    if len(told) > 1:
        yield f"{len(told)} causes are told"


def check(binary, name, make, scratch):
    case, wanted = make()
    folder = os.path.join(scratch, name)
    case.write(folder)
    done = a.analyze(binary, name, "-o", "out", "--markdown", "report.md",
                     cwd=scratch)
    if done.returncode != 1:
        yield f"status {done.returncode}: {a.said(done)}"
        return
    with open(os.path.join(scratch, "out/report.json"),
              encoding="utf-8") as f:
        report = json.load(f)
    yield from counted(report, wanted)
    yield from fits(done.stdout)
    yield from golden(name, done.stdout)
    first = next(iter(wanted), ONE_ROW.get(name))
    with open(os.path.join(scratch, "out/report.html"),
              encoding="utf-8") as f:
        page = f.read()
    for form, text in (("terminal", done.stdout), ("page", page),
                       ("comment", open(os.path.join(scratch, "report.md"),
                                        encoding="utf-8").read())):
        rows = re.findall(r"198\.51\.100\.\d+(?::\d+|, [\d,]+ ports)"
                          r"|\d+ services at \d+ addresses", text)
        if not rows or first not in rows[:2]:
            yield f"{form}: begins with {rows[:3]}, not with {first}"
    if name in ONE_ROW:
        yield from one_row(done.stdout)


def statuses(binary, scratch):
    """--fail-on and --slow decide what counts."""
    case, _ = mixed()
    for end in case.packets:
        case.packets[end] = [p for p in case.packets[end]
                             if b"\x1f\x90" not in p[1][34:38]]
    case.write(os.path.join(scratch, "late"))
    for options, status in (((), 0), (("--fail-on", "slow"), 1),
                            (("--fail-on", "any"), 1),
                            (("--fail-on", "never"), 0),
                            (("--fail-on", "slow", "--slow", "2"), 0),
                            (("--fail-on", "loud"), 2),
                            (("--slow", "late"), 2)):
        done = a.analyze(binary, "late", "-o", "out2", "-q", *options,
                         cwd=scratch)
        if done.returncode != status:
            yield f"{options}: status {done.returncode}, expected {status}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    args = parser.parse_args()
    binary = os.path.abspath(args.lostsyn)
    problems = []
    for name, make in CASES.items():
        with a.Scratch() as scratch:
            problems += [f"{name}: {p}"
                         for p in check(binary, name, make, scratch)]
    with a.Scratch() as scratch:
        problems += statuses(binary, scratch)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
