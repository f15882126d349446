"""What is handed in of an incident: captures as people make them, and state.

Everything is cut from what the taps saw, as the plan says; what the evidence
covers is known exactly (Given.covers) and goes into the labels, not into the
evidence.
"""
import gzip
import io
import lzma
import os
import random
import shutil
import struct
import subprocess
import tarfile
import time
import zipfile

from laboratory import capture

from . import logs
from .reach import Reach

SYN = capture.SYN
ANSWERED = 0.2  # seconds after which no answer is expected any more
HOLE = 0.01  # seconds without a packet between two files
LINK = {"eth0": 1, "any": 276, "any-v1": 113}  # cite: tcpdump.org/linktypes
HEADER = {"eth0": 0, "any": 20 - 14, "any-v1": 16 - 14}


def framed(seen, device):
    """The frame as a capture on one card, or on `any`, has it.
    spec: tcpdump.org/linktypes, LINKTYPE_LINUX_SLL and _SLL2"""
    frame = seen.frame
    if device == "eth0":
        return frame
    if device == "any":
        return struct.pack(">2sHIHBB6sH", frame[12:14], 0, seen.index, 1,
                           seen.kind, 6, frame[6:12], 0) + frame[14:]
    return struct.pack(">HHH6sH2s", seen.kind, 1, 6, frame[6:12], 0,
                       frame[12:14]) + frame[14:]


class Given:
    """One end's capture."""

    def __init__(self, stage, told, name, host, how):
        self.name, self.host, self.how = name, host, how
        self.stage, self.began, self.ended = stage, told["began"], told["ended"]
        self.cards = {d for h, d in stage.wired if h.name == host}
        if how["device"] == "eth0":
            self.cards &= {"eth0", "west"} if host == "router" else {"eth0"}
        self.start = self.began + how["late"] if how["late"] else 0
        self.end = self.began + 0.5 + how["early"] if how["early"] else 1e12
        self.gaps = self._gaps()
        self.moved = 0 if host == "client" else stage.moved
        dice = random.Random(how["salt"])
        self.kept, self.lost = [], 0
        for seen in told["seen"]:
            if seen.host != host or seen.device not in self.cards or \
                    not self._in_time(seen.when) or not self.admits(seen):
                continue
            if how["loss"] and dice.randrange(100) < how["loss"]:
                self.lost += 1
            else:
                self.kept.append(seen)
        # Errors cut before the ports that they quote are nobody's.
        head = self._head(stage)
        self.snaplen = max(how["snaplen"], head + 20)
        self.stubs = {id(s) for s in self.kept if s.packet and s.packet.icmp
                      and self.snaplen < 2 * head - 14 + 8 + 4}
        self.has = {id(seen) for seen in self.kept} - self.stubs
        self.holes = self._holes()
        self.reach = Reach((seen for seen in self.kept
                            if id(seen) not in self.stubs), self._ports())

    def _head(self, stage):
        """Bytes in front of a TCP header."""
        internet = 40 if stage.family.version == 6 else 20
        tunnel = stage.plan["topology"] == "tunnel" and self.host == "server"
        return 14 + internet + HEADER[self.how["device"]] + \
            tunnel * (internet + 8 + 8 + 14)

    def _gaps(self):
        """[(from, until)] that rotation lost."""
        pieces, gap = self.how["pieces"], self.how["gap"]
        return [(cut, cut + gap) for cut in self._cuts()] \
            if pieces > 1 and gap else []

    def _cuts(self):
        pieces = self.how["pieces"]
        return [self.began + 0.2 + n * 1.6 / pieces for n in range(1, pieces)]

    def _in_time(self, when):
        return self.start <= when < self.end and \
            not any(a <= when < b for a, b in self.gaps)

    def admits(self, seen):
        """Does the filter let the frame through?"""
        packet = seen.packet
        kind = self.how["filter"]
        if kind is None:
            return True
        if packet is None:
            return False
        if kind == "host":
            whole = packet.icmp and packet.icmp[0]
            return self._host() in (packet.src, packet.dst, whole)
        if packet.icmp:
            return False
        return self._wanted(packet.sport, packet.dport, packet.flags)

    def _host(self):
        return self.stage.sources[0]

    def _ports(self):
        return {p for s in self.stage.plan["services"]
                for p in (s["port"], s["port"] + self.moved)}

    def _wanted(self, sport, dport, flags):
        kind = self.how["filter"]
        services = self.stage.plan["services"]
        ports = self._ports()
        one = {services[0]["port"], services[0]["port"] + self.moved}
        return {"port": bool(one & {sport, dport}), "towards": dport in ports,
                "syn": bool(flags & SYN)}.get(kind, True)

    def covers(self, event, fate):
        """Would this capture have shown the event, had it happened, and may a
        reader who has nothing but the files count on it? None: in part."""
        port = self.stage.plan["services"][fate.planned["service"]]["port"]
        moved = port + self.moved
        forward = event in ("s_syn", "c_ack", "s_ack", "c_data", "s_data",
                            "c_reset", "s_reset", "s_heard")
        flags = SYN if event[2:] in ("syn", "synack", "again") else 16
        ends = (fate.planned["sport"], moved) if forward else \
            (moved, fate.planned["sport"])
        if self.how["filter"] == "host":
            if self._host() != self.stage.sources[fate.planned["client"]] or \
                    (self.host != "client" and fate.masked):
                return False
        elif not self._wanted(*ends, flags):
            return False
        if event[2:] == "refusal" and self.stubs:
            return None
        if not forward and self._answers_elsewhere(fate):
            return None
        if self.stage.plan["topology"] == "return" and not forward and \
                self.host == "server" and "eth1" not in self.cards:
            return False
        if not self.reach.allows(forward, flags, moved, self._seen_as(fate)):
            return None
        return self._whole(fate)

    def _answers_elsewhere(self, fate):
        """The server's routes are handed in and send answers to this client by a
        card that is in no capture: who reads them does not count on its silence.
        With the strict filter's setting beside them he knows that there was
        nothing to answer (Linux net/ipv4/fib_frontend.c,
        __fib_validate_source)."""
        fault, given = self.stage.plan["fault"], self.stage.plan["given"]
        return bool(fault and fault["mechanism"] == "rp-filter" and
                    self.host == "server" and
                    fate.planned["client"] == fault["client"] and
                    "server" in given["state_of"] and
                    "ip-route" in given["state"] and
                    "sysctl" not in given["state"])

    def _seen_as(self, fate):
        """The client's address here; None where many share one."""
        if self.host != "client" and fate.masked:
            return None
        return self.stage.sources[fate.planned["client"]]

    def _whole(self, fate):
        """Is the attempt's time covered: wholly, in part (None), not."""
        first, last = fate.span()
        last += ANSWERED
        if self.how["loss"] or not self.kept:
            return None
        broken = [g for g in self.gaps + self.holes
                  if g[0] < last and g[1] > first]
        start, end = self.kept[0].when, self.kept[-1].when
        if start <= first and last <= end and not broken:
            return True
        return None if self.start < last and first < self.end else False

    def _holes(self):
        """[(from, until)] between the files of a rotated capture: whether a
        packet came in them, or a file is missing, no reader can tell."""
        found = []
        for cut in self._cuts():
            before = [s.when for s in self.kept if s.when < cut]
            after = [s.when for s in self.kept if s.when >= cut]
            if before and after and after[0] - before[-1] > HOLE:
                found.append((before[-1], after[0]))
        return found

    def holds(self, fate):
        """Does it show anything of the attempt?"""
        return any(id(seen) in self.has for some in fate.events.values()
                   for seen in some)

    # --- writing ---------------------------------------------------------

    def _clock(self, when):
        return logs.host_clock(self.how, self.began, when)

    def _ordered(self, records):
        dice, spread = random.Random(self.how["salt"] + 1), \
            self.how["disorder"]
        return sorted(records, key=lambda s: s.when +
                      dice.uniform(0, spread)) if spread else records

    def pieces(self):
        """[bytes of one file]"""
        cuts = [0, *self._cuts(), 1e12]
        form = "pcapng" if self.how["loss"] else self.how["format"]
        writer = pcapng if form == "pcapng" else pcap
        found = []
        for start, end in zip(cuts, cuts[1:]):
            some = self._ordered([s for s in self.kept
                                  if start <= s.when < end])
            records = []
            for seen in some:
                frame = framed(seen, self.how["device"])
                records.append((round(self._clock(seen.when) * 1e9),
                                frame[:self.snaplen], len(frame)))
            found.append(writer(records, LINK[self.how["device"]],
                                self.snaplen, form, self.lost))
        return found

    def write(self, folder, stem):
        """stem.pcap; pieces are called as tcpdump -C and dumpcap -b do."""
        form = "pcapng" if self.how["loss"] else self.how["format"]
        end = ".pcapng" if form == "pcapng" else ".pcap"
        pieces = self.pieces()
        for number, data in enumerate(pieces):
            piece = stem + end
            if len(pieces) > 1 and form == "pcapng":
                stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime(self.began))
                piece = f"{stem}_{number + 1:05}_{stamp}{end}"
            elif number:
                piece += str(number)
            path = os.path.join(folder, piece)
            if form == "gz":
                path, data = path + ".gz", gzip.compress(data, mtime=0)
            elif form == "xz":
                path, data = path + ".xz", lzma.compress(data)
            with open(path, "wb") as file:
                file.write(data)
            if form == "zst":
                subprocess.run(["zstd", "-q", "-f", "--rm", path], check=True)


def pcap(records, link, snaplen, form, _):
    """spec: draft-ietf-opsawg-pcap, sections 4 and 5"""
    nano = form == "nanosecond"
    out = [struct.pack("<IHHiIII", 0xa1b23c4d if nano else 0xa1b2c3d4, 2, 4,
                       0, 0, snaplen, link)]
    for when, frame, length in records:
        sec, rest = divmod(when, 10 ** 9)
        out.append(struct.pack("<IIII", sec, rest if nano else rest // 1000,
                               len(frame), length) + frame)
    return b"".join(out)


def pcapng(records, link, snaplen, _, lost):
    """spec: draft-ietf-opsawg-pcapng, sections 4.1, 4.2, 4.3, 4.6"""
    def block(kind, body):
        length = 12 + len(body)
        return struct.pack("<II", kind, length) + body + \
            struct.pack("<I", length)
    out = [block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)),
           block(1, struct.pack("<HHI", link, 0, snaplen))]
    stamp = struct.pack("<II", 0, 0)
    for when, frame, length in records:
        ticks = when // 1000
        stamp = struct.pack("<II", ticks >> 32, ticks & 0xffffffff)
        out.append(block(6, struct.pack("<I", 0) + stamp +
                         struct.pack("<II", len(frame), length) + frame +
                         b"\0" * (-len(frame) % 4)))
    out.append(block(5, struct.pack("<I", 0) + stamp +
                     struct.pack("<HHQHHQHH", 4, 8, len(records) + lost,
                                 5, 8, lost, 0, 0)))
    return b"".join(out)


def captures(stage, told):
    """The Given of this incident, by name."""
    plan = stage.plan["given"]
    ends = {"both": ("client", "server"), "three": ("client", "router",
                                                    "server")}.get(
        plan["ends"], (plan["ends"],))
    found = {}
    for name in ends:
        if name not in stage.hosts:
            continue
        found[name] = Given(stage, told, name, name, plan[name])
        if name == "server":
            for further in stage.edges:
                if further != "server":
                    how = dict(plan[name], salt=plan[name]["salt"] + 7)
                    found[further] = Given(stage, told, further, further, how)
    return found


def layout_of(plan, captured):
    """Files are exchanged only where their packets prove it: requests that are
    in one before they are in the other, and answers the other way round."""
    ends = [captured.get("client"), captured.get("server")]
    if plan["layout"] == "swapped" and (len(captured) != 2 or None in ends or
                                        both_ways(*ends) < 2):
        return "folders"
    return plan["layout"]


def both_ways(client, server):
    """Of how many attempts do both hold a SYN and the SYN-ACK that answers it?"""
    def numbers(end):
        found = {}
        for seen in end.kept:
            packet = seen.packet
            if packet and packet.flags & SYN and not packet.icmp:
                answer = packet.flags & capture.ACK
                number = packet.ack - 1 if answer else packet.seq
                found.setdefault(number & 0xffffffff, set()).add(bool(answer))
        return {number for number, ways in found.items() if len(ways) == 2}
    return len(numbers(client) & numbers(server))


def write(folder, stage, told, captured, fates):
    """The evidence; the folder is new."""
    plan = stage.plan["given"]
    layout = layout_of(plan, captured)
    names = {"client": "client", "server": "server", "router": "router"}
    if layout in ("hosts", "flat"):
        names = {"client": "web-07", "server": "db-02", "router": "gw-1",
                 "server2": "db-03", "server3": "db-04"}
    if layout == "swapped":
        names.update(client="server", server="client")
    for name, one in captured.items():
        place = names.get(name, name)
        if layout == "flat":
            one.write(folder, place)
            continue
        os.makedirs(os.path.join(folder, place), exist_ok=True)
        one.write(os.path.join(folder, place), "capture")
    for (host, file), text in told["states"].items():
        # Whoever swaps captures has not swapped what the hosts printed.
        place = host if layout == "swapped" else names.get(host, host)
        path = os.path.join(folder, place, file)
        if layout == "flat":
            path = os.path.join(folder, f"{place}_{file}")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as out:
            out.write(text)
    for (host, file), text in logs.written(stage, told, fates).items():
        place = host if layout == "swapped" else names.get(host, host)
        path = os.path.join(folder, "" if layout == "flat" else place, file)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as out:
            out.write(text)
    if plan["archive"]:
        pack(folder, plan["archive"])


def pack(folder, kind):
    """The whole evidence as one archive in the folder."""
    paths = sorted(os.path.join(here, name)
                   for here, _, names in os.walk(folder) for name in names)
    out = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in paths:
                archive.write(path, os.path.relpath(path, folder))
    else:
        with tarfile.open(fileobj=out, mode="w:" + kind[4:]) as archive:
            for path in paths:
                archive.add(path, os.path.relpath(path, folder))
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    with open(os.path.join(folder, "incident." + kind), "wb") as file:
        file.write(out.getvalue())
