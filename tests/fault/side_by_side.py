#!/usr/bin/env python3
"""Captures that lie side by side: 1.pcap, 2.pcap and 3.pcap are three machines'
or one's that was written into several files, and their packets tell which.

The packets are made here: web calls app and app calls db, each behind a router,
so that a sender's link address and hops differ from place to place. Some connects
to db die there, and its kernel says why.
"""
import argparse
import datetime
import io
import os
import random
import shutil
import socket
import struct
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import analyze as a  # noqa: E402

START = 1772356440  # 2026-03-01T09:14:00Z
WEB, APP, DB = "10.0.0.5", "10.0.1.6", "10.0.2.7"
CALLS = 20
DEAD = 5
HEADER = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1)


def total(data):
    data += b"\0" * (len(data) % 2)
    s = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while s >> 16:
        s = (s & 0xffff) + (s >> 16)
    return ~s & 0xffff


def frame(src, dst, ports, seq, ack, flags, hops, flat):
    """As it looks hops behind its sender; flat: on one link with it."""
    options = b"\x02\x04\x05\xb4\x04\x02\x01\x03\x03\x07\x01\x01" \
        if flags & 2 else b""
    tcp = struct.pack("!HHIIBBHHH", *ports, seq, ack,
                      (20 + len(options)) // 4 << 4, flags, 64240, 0, 0)
    tcp += options
    ends = socket.inet_aton(src) + socket.inet_aton(dst)
    check = total(ends + struct.pack("!BBH", 0, 6, len(tcp)) + tcp)
    tcp = tcp[:16] + struct.pack("!H", check) + tcp[18:]
    ttl = 64 if flat else 64 - hops
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), seq & 0xffff, 0x4000,
                     ttl, 6, 0) + ends
    ip = ip[:10] + struct.pack("!H", total(ip)) + ip[12:]
    own = [b"\2\0" + socket.inet_aton(x) for x in (src, dst)]
    router = b"\2\1\0\0\0\1"
    if not flat:
        own = [own[0], router] if hops == 0 else [router, own[1]]
    return own[1] + own[0] + b"\x08\x00" + ip + tcp


class Net:
    def __init__(self, flat=False):
        self.seen = {WEB: [], APP: [], DB: []}
        self.flat = flat
        self.random = random.Random(13)

    def send(self, at, src, dst, ports, seq, ack, flags):
        for place, hops in ((src, 0), (dst, 1)):
            self.seen[place].append((at + .0004 * hops, frame(
                src, dst, ports, seq & 0xffffffff, ack & 0xffffffff, flags,
                hops, self.flat)))

    def call(self, at, src, dst, port, dead):
        here, there = self.random.getrandbits(32), self.random.getrandbits(32)
        ports = (40000 + self.random.randrange(20000), port)
        back = ports[::-1]
        if dead:
            for wait in (0, 1, 3, 7):
                self.send(at + wait, src, dst, ports, here, 0, 0x02)
            return
        self.send(at, src, dst, ports, here, 0, 0x02)
        self.send(at + .001, dst, src, back, there, here + 1, 0x12)
        self.send(at + .002, src, dst, ports, here + 1, there + 1, 0x10)
        self.send(at + .010, src, dst, ports, here + 1, there + 1, 0x11)
        self.send(at + .011, dst, src, back, there + 1, here + 2, 0x11)
        self.send(at + .012, src, dst, ports, here + 2, there + 2, 0x10)

    def records(self, place):
        found = []
        for at, data in sorted(self.seen[place], key=lambda r: r[0]):
            us = round(at * 1e6)
            found.append(struct.pack("<IIII", us // 1000000, us % 1000000,
                                     len(data), len(data)) + data)
        return found

    def capture(self, place):
        return HEADER + b"".join(self.records(place))

    def pieces(self, place, count):
        records = self.records(place)
        size = -(-len(records) // count)
        return [HEADER + b"".join(records[i * size:(i + 1) * size])
                for i in range(count)]


def story(start=START, flat=False):
    net = Net(flat)
    for k in range(CALLS):
        at = start + 1.5 * k
        net.call(at, WEB, APP, 8080, False)
        net.call(at + .1, APP, DB, 5432, k % 4 == 1)
    return net


def kernel():
    lines = []
    for k in range(1, CALLS, 4):
        for wait in (0, 1, 3, 7):
            at = START + 1.5 * k + .1005 + wait
            when = datetime.datetime.fromtimestamp(at, datetime.timezone.utc)
            lines.append(when.strftime("%Y-%m-%dT%H:%M:%S,%f+00:00") +
                         " nf_conntrack: nf_conntrack: table full, dropping "
                         "packet\n")
    return "".join(sorted(lines)).encode()


class Bed:
    def __init__(self, args, here):
        self.lostsyn, self.here = os.path.abspath(args.lostsyn), here

    def read(self, files):
        """The report of a folder with these files, and what was asked."""
        case, out = (os.path.join(self.here, n) for n in ("case", "out"))
        for folder in (case, out):
            shutil.rmtree(folder, ignore_errors=True)
        for name, data in files.items():
            path = os.path.join(case, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(data)
        done = a.analyze(self.lostsyn, case, "-o", out)
        if done.returncode != 1:
            raise ValueError(a.said(done))
        return a.read_report(out), done.stderr


def machines(report):
    return sorted(h["name"] for h in report["hosts"])


def verdicts(report):
    return {t["verdict"] for t in report["attempts"]}


def cause(report):
    return [(f["cause"], f["confidence"]) for f in report["findings"]][:1]


DROPPED = {"syn-dropped-by-server"}
FULL = [("conntrack-table-full", "confirmed")]
NAMES = (("1.pcap", "2.pcap", "3.pcap"), ("a.pcap", "b.pcap", "c.pcap"),
         ("capture.pcap", "capture(1).pcap", "capture(2).pcap"),
         ("dump1.pcap", "dump2.pcap", "dump3.pcap"),
         ("tcpdump_1.pcap", "tcpdump_2.pcap", "tcpdump_3.pcap"))


def of_three_machines(bed):
    """What they are called says nothing: they overlap, and are three."""
    net = story()
    captures = [net.capture(p) for p in (WEB, APP, DB)]
    for names in NAMES:
        files = dict(zip(names, captures))
        for what, more in (("two", dict(list(files.items())[1:])),
                           ("three", files)):
            report, _ = bed.read(more)
            if verdicts(report) != DROPPED or \
                    len(machines(report)) != len(more):
                yield (f"{what} of {names}: {verdicts(report)}, "
                       f"{machines(report)}")


def pieces_of_one(bed):
    """The same findings as of the one capture that they were."""
    net = story()
    whole, _ = bed.read({"app.pcap": net.capture(APP)})
    for form in ("{}.pcap", "app_{}.pcap", "capture({}).pcap", "app-{}.pcap",
                 "app.pcap{}", "dump_{}.pcap"):
        for count in (2, 4):
            files = {form.format(i + 1): data for i, data
                     in enumerate(net.pieces(APP, count))}
            report, _ = bed.read(files)
            if report["summary"] != whole["summary"] or \
                    len(machines(report)) != 1:
                yield (f"{count} of {form}: {machines(report)}, "
                       f"{report['summary']['by_verdict']}")


def pieces_of_both(bed):
    """Two machines' pieces, numbered on; the kernel's lines are db's."""
    net = story()
    app, db = net.pieces(APP, 3), net.pieces(DB, 3)
    named = {f"app_{i}.pcap": d for i, d in enumerate(app)}
    named |= {f"db_{i}.pcap": d for i, d in enumerate(db)}
    report, asked = bed.read({**named, "db-dmesg.txt": kernel()})
    if cause(report) != FULL or machines(report) != ["app", "db"] or asked:
        yield f"app_, db_: {cause(report)}, {machines(report)}, {asked}"
    mixed = {f"{i}.pcap": d for i, d in enumerate(app + db)}
    report, _ = bed.read(mixed)
    if verdicts(report) != DROPPED or len(machines(report)) != 2:
        yield f"numbered on: {verdicts(report)}, {machines(report)}"


def one_after_the_other(bed):
    """Two captures that do not overlap are pieces only where senders look the
    same in both; on one link nothing tells, and several fit."""
    early, late = story(), story(START + 600)
    report, _ = bed.read({"1.pcap": early.capture(APP),
                          "2.pcap": late.capture(DB)})
    if len(machines(report)) != 2:
        yield f"two places: {machines(report)}"
    flat = story(flat=True)
    app, db = flat.pieces(APP, 2), flat.pieces(DB, 2)
    report, _ = bed.read({f"{i}.pcap": d for i, d in enumerate(app + db)})
    accused = verdicts(report) - {"undetermined", *DROPPED}
    if accused:
        yield f"one link: {verdicts(report)}"


def in_one_folder(bed):
    """What they were sent in is no machine."""
    net = story()
    files = {f"incident-4711/{i}.pcap": net.capture(p)
             for i, p in enumerate((WEB, APP, DB))}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data in files.items():
            z.writestr(name, data)
    for what, more in (("folder", files), ("zip", {"i.zip": out.getvalue()})):
        report, _ = bed.read(more)
        if verdicts(report) != DROPPED or len(machines(report)) != 3:
            yield f"{what}: {verdicts(report)}, {machines(report)}"


def named_like_their_folder(bed):
    """A number behind a dot and the folder's own name counts pieces, however
    long nobody captured between them; other names in a folder are machines'."""
    early, late = story(), story(START + 900)
    report, _ = bed.read({"app/app.0.pcap": early.capture(APP),
                          "app/app.1.pcap": late.capture(APP),
                          "db/db.0.pcap": early.capture(DB)})
    if machines(report) != ["app", "db"]:
        yield f"pieces: {machines(report)}"
    report, _ = bed.read({"app/app-01.pcap": early.capture(APP),
                          "app/db-01.pcap": early.capture(DB)})
    if machines(report) != ["app-01", "db-01"]:
        yield f"machines: {machines(report)}"


def called_after_one_card(bed):
    """One card's name in folders side by side: of three machines in the folder
    that they were sent in; of one machine's days."""
    net = story()
    files = {f"sent/{name}/tcpdump_eth0.pcap": net.capture(place)
             for name, place in (("alpha", WEB), ("beta", APP), ("gamma", DB))}
    report, _ = bed.read({**files, "notes.md": b"three hosts"})
    if machines(report) != ["alpha", "beta", "gamma"]:
        yield f"three machines: {machines(report)}"
    early, late = story(), story(START + 86400)
    report, _ = bed.read({"app/mon/eth0.pcap": early.capture(APP),
                          "app/tue/eth0.pcap": late.capture(APP),
                          "db/mon/eth0.pcap": early.capture(DB)})
    if machines(report) != ["app", "db"]:
        yield f"days: {machines(report)}"


def collected_by_a_tool(bed):
    """A folder that is called after a time is of the machine that its files name,
    as a capture beside it is."""
    net = story()
    report, _ = bed.read({"app-01.pcap": net.capture(APP),
                          "db-01.pcap": net.capture(DB),
                          "bug-report-20260301094100/hostname": b"db-01\n",
                          "bug-report-20260301094100/dmesg": kernel()})
    if cause(report) != FULL or machines(report) != ["app-01", "db-01"]:
        yield f"{cause(report)}, {machines(report)}"


def whose_the_log_is(bed):
    """A machine's log beside captures that name none: the address that its
    session shows, or the option that is asked for, decides."""
    net = story()
    files = {f"{i}.pcap": net.capture(p) for i, p in ((1, APP), (2, DB))}
    shown = (f"# ip -4 addr\n2: eth0: <UP> mtu 1500 state UP\n    inet {DB}/24 "
             "scope global eth0\n# dmesg --time-format iso\n").encode()
    report, asked = bed.read({**files, "diag.txt": shown + kernel()})
    if cause(report) != FULL or asked:
        yield f"by its address: {cause(report)}, {asked}"
    report, asked = bed.read({**files, "db-01-dmesg.txt": kernel()})
    if cause(report) == FULL or "--vantage db-01=" not in asked:
        yield f"asked: {cause(report)}, {asked}"
    said = b"files: [{path: 2.pcap, role: db-01}]\n"
    report, asked = bed.read({**files, "db-01-dmesg.txt": kernel(),
                              "case.yaml": said})
    if cause(report) != FULL or asked:
        yield f"said: {cause(report)}, {asked}"


CHECKS = [of_three_machines, pieces_of_one, pieces_of_both,
          one_after_the_other, in_one_folder, named_like_their_folder,
          called_after_one_card, collected_by_a_tool, whose_the_log_is]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    args = parser.parse_args()
    a.need_analyze(args.lostsyn)
    failed = 0
    for check in CHECKS:
        with a.Scratch() as here:
            failed += a.run_check(check, Bed(args, here))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
