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

SYN = capture.SYN
ICMP = 1
ANSWERED = 0.2  # seconds after which no answer is expected any more
QUOTED = 14 + 20 + 8 + 20 + 4  # bytes up to the quoted ports
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
        self.stubs = {id(s) for s in self.kept if s.frame[12:14] ==
                      b"\x08\x00" and s.frame[23] == ICMP and
                      how["snaplen"] < QUOTED + HEADER[how["device"]]}
        self.has = {id(seen) for seen in self.kept} - self.stubs

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
        packet = capture.network(seen.frame[14:], 0) \
            if seen.frame[12:14] == b"\x08\x00" else None
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

    def _wanted(self, sport, dport, flags):
        kind = self.how["filter"]
        services = self.stage.plan["services"]
        ports = {p for s in services
                 for p in (s["port"], s["port"] + self.moved)}
        one = {services[0]["port"], services[0]["port"] + self.moved}
        return {"port": bool(one & {sport, dport}), "towards": dport in ports,
                "syn": bool(flags & SYN)}.get(kind, True)

    def covers(self, event, fate):
        """Would this capture have shown the event, had it happened? None:
        in part."""
        port = self.stage.plan["services"][fate.planned["service"]]["port"]
        moved = port + self.moved
        forward = event in ("s_syn", "c_ack", "s_ack", "c_data", "s_data",
                            "c_reset", "s_reset", "s_heard")
        flags = SYN if event[2:] in ("syn", "synack", "again") else 16
        ends = (fate.planned["sport"], moved) if forward else \
            (moved, fate.planned["sport"])
        if self.how["filter"] == "host":
            if self._host() != self.stage.sources[fate.planned["client"]] or \
                    (self.host != "client" and
                     self.stage.plan["topology"] in ("snat", "both")):
                return False
        elif not self._wanted(*ends, flags):
            return False
        if event[2:] == "refusal" and self.stubs:
            return None
        if self.stage.plan["topology"] == "return" and not forward and \
                self.host == "server" and "eth1" not in self.cards:
            return False
        return self._whole(fate)

    def _whole(self, fate):
        """Is the attempt's time covered: wholly, in part (None), not."""
        first = fate.client.syns[0].when
        last = max(e.when for some in fate.events.values() for e in some)
        last += ANSWERED
        if self.how["loss"] or not self.kept:
            return None
        broken = [g for g in self.gaps if g[0] < last and g[1] > first]
        start, end = self.kept[0].when, self.kept[-1].when
        if start <= first and last <= end and not broken:
            return True
        return None if self.start < last and first < self.end else False

    # --- writing ---------------------------------------------------------

    def _clock(self, when):
        how = self.how
        since = when - self.began
        return when + how["offset"] + since * how["drift"] + \
            (how["step"] if since > how["step_at"] else 0.0)

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
                                frame[:self.how["snaplen"]], len(frame)))
            found.append(writer(records, LINK[self.how["device"]],
                                self.how["snaplen"], form, self.lost))
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
    """Files count as exchanged only where their packets prove it."""
    if plan["layout"] == "swapped" and not (
            sorted(captured) == ["client", "server"] and
            all(len(one.kept) > 8 for one in captured.values())):
        return "folders"
    return plan["layout"]


def write(folder, stage, told, captured):
    """The evidence; the folder is new."""
    plan = stage.plan["given"]
    layout = layout_of(plan, captured)
    names = {"client": "client", "server": "server", "router": "router"}
    if layout in ("hosts", "flat"):
        names = {"client": "web-07", "server": "db-02", "router": "gw-1"}
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
    if plan["log"]:
        place = os.path.join(folder, "" if layout == "flat" else
                             names["client"] if layout != "swapped"
                             else "client")
        os.makedirs(place, exist_ok=True)
        with open(os.path.join(place, "app.log"), "w") as out:
            out.write(log_of(stage, told))
    if plan["archive"]:
        pack(folder, plan["archive"])


SAYS = {"timeout": "i/o timeout", "refused": "connect: connection refused",
        "unreachable": "connect: no route to host",
        "reset": "read: connection reset by peer",
        "read-timeout": "read: i/o timeout"}


def log_of(stage, told):
    """What the client's program wrote, as Go's net and log packages word it
    (cite: pkg.go.dev/net, OpError.Error; pkg.go.dev/log, LstdFlags)."""
    lines = []
    for planned, result in zip(stage.plan["attempts"], told["results"]):
        said = SAYS.get(result["result"])
        if said is None:
            continue
        port = stage.plan["services"][planned["service"]]["port"]
        stamp = time.strftime("%Y/%m/%d %H:%M:%S",
                              time.gmtime(result["ended"]))
        lines.append(f"{stamp} dial tcp {stage.address}:{port}: {said}")
    return "".join(line + "\n" for line in sorted(lines))


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
