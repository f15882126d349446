"""What may happen to a case's files after the recording.

A scenario's `dress(lab, folder, attempts)` calls these on the finished case
folder: clocks that are wrong, other containers, cut or swapped files. They
change what the folder can show, never what happened.
"""

import datetime
import gzip
import os
import struct
import subprocess

MAGIC = {b"\xd4\xc3\xb2\xa1": 1000000, b"\x4d\x3c\xb2\xa1": 1000000000}


def _records(data):
    """Yields (seconds, fraction, wire length, frame) of a pcap file."""
    at = 24
    while at + 16 <= len(data):
        sec, frac, caplen, length = struct.unpack("<IIII", data[at:at + 16])
        yield sec, frac, length, data[at + 16:at + 16 + caplen]
        at += 16 + caplen


def _rewrite(path, change):
    """Rewrites every record of a pcap file; change returns the new record
    or None to leave it out."""
    with open(path, "rb") as file:
        data = file.read()
    unit = MAGIC[data[:4]]
    out = [data[:24]]
    for record in _records(data):
        new = change(*record, unit)
        if new is None:
            continue
        sec, frac, length, frame = new
        out.append(struct.pack("<IIII", sec, frac, len(frame), length) + frame)
    with open(path, "wb") as file:
        file.write(b"".join(out))


def shift_clock(path, seconds):
    """Moves every time stamp by so many seconds."""
    def change(sec, frac, length, frame, unit):
        total = sec * unit + frac + round(seconds * unit)
        return total // unit, total % unit, length, frame
    _rewrite(path, change)


def drift_clock(path, rate):
    """Stretches the time since the first record by so much (0.001 = a clock
    that gains a millisecond each second)."""
    first = first_time(path)

    def change(sec, frac, length, frame, unit):
        now = sec + frac / unit
        total = round((now + (now - first) * rate) * unit)
        return total // unit, total % unit, length, frame
    _rewrite(path, change)


def compress(path, tool):
    """capture.pcap becomes capture.pcap.xz or capture.pcap.zst."""
    subprocess.run([tool, "-q", "-f", "--rm" if tool == "zstd" else "-z",
                    path], check=True)


def add_vlan(path, vlan_id):
    """Inserts an 802.1Q tag (IEEE 802.1Q-2018, 9.6) into every frame, as a
    mirror port on a trunk shows them."""
    def change(sec, frac, length, frame, _):
        tag = struct.pack(">HH", 0x8100, vlan_id)
        return sec, frac, length + 4, frame[:12] + tag + frame[12:]
    _rewrite(path, change)


def empty(path):
    """Leaves the file header only."""
    _rewrite(path, lambda *_: None)


def pcapng_gz(path):
    """capture.pcap becomes capture.pcapng.gz."""
    plain = path + "ng"
    subprocess.run(["editcap", "-F", "pcapng", path, plain], check=True)
    with open(plain, "rb") as file:
        packed = gzip.compress(file.read(), 9, mtime=0)
    with open(plain + ".gz", "wb") as file:
        file.write(packed)
    os.unlink(plain)
    os.unlink(path)


def rotate(path, packets):
    """Splits into capture.pcap, capture.pcap1, … as `tcpdump -C` names
    them."""
    with open(path, "rb") as file:
        data = file.read()
    records = list(_records(data))
    for piece, start in enumerate(range(0, len(records), packets)):
        with open(path + (str(piece) if piece else ""), "wb") as file:
            file.write(data[:24])
            for sec, frac, length, frame in records[start:start + packets]:
                file.write(struct.pack("<IIII", sec, frac, len(frame),
                                       length) + frame)


def leave_out(path, unwanted):
    """Removes the frames that unwanted(frame) names; returns how many."""
    lost = [0]

    def change(sec, frac, length, frame, _):
        if unwanted(frame):
            lost[0] += 1
            return None
        return sec, frac, length, frame
    _rewrite(path, change)
    return lost[0]


def cut(path, when):
    """Cuts the file inside the first record at or after `when` seconds after
    the first one, as a full disk does."""
    with open(path, "rb") as file:
        data = file.read()
    unit, at, first = MAGIC[data[:4]], 24, None
    for sec, frac, _, frame in _records(data):
        now = sec + frac / unit
        first = now if first is None else first
        if now - first >= when:
            break
        at += 16 + len(frame)
    with open(path, "wb") as file:
        file.write(data[:at + 16 + 21])


def pcapng_with_drops(path, dropped):
    """Writes capture.pcapng as dumpcap does, with an Interface Statistics
    Block that says how many packets the kernel dropped.

    spec: draft-ietf-opsawg-pcapng, sections 4.1, 4.2, 4.3, 4.6
    """
    with open(path, "rb") as file:
        data = file.read()

    def block(kind, body):
        length = 12 + len(body)
        return struct.pack("<II", kind, length) + body + \
            struct.pack("<I", length)

    def stamp(sec, frac):
        ticks = sec * 1000000 + frac
        return struct.pack("<II", ticks >> 32, ticks & 0xffffffff)

    out = [block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)),
           block(1, struct.pack("<HHI", 1, 0, 262144))]
    records = list(_records(data))
    for sec, frac, length, frame in records:
        out.append(block(6, struct.pack("<I", 0) + stamp(sec, frac) +
                         struct.pack("<II", len(frame), length) + frame +
                         b"\0" * (-len(frame) % 4)))
    options = struct.pack("<HHQHHQHH", 4, 8, len(records) + dropped,
                          5, 8, dropped, 0, 0)
    out.append(block(5, struct.pack("<I", 0) + stamp(*records[-1][:2]) +
                     options))
    with open(path + "ng", "wb") as file:
        file.write(b"".join(out))
    os.unlink(path)


def _tcp(frame):
    """Where TCP begins in an untagged frame, or None."""
    if frame[12:14] == b"\x08\x00" and frame[23] == 6:
        return 14 + (frame[14] & 15) * 4
    if frame[12:14] == b"\x86\xdd" and frame[20] == 6:
        return 54
    return None


def tcp_ports(frame):
    """The two ports of an untagged TCP frame, or None."""
    at = _tcp(frame)
    return at and struct.unpack(">HH", frame[at:at + 4])


def tcp_flags(frame):
    """The flags of an untagged TCP frame, or 0."""
    at = _tcp(frame)
    return frame[at + 13] & 0x17 if at else 0


def first_time(path):
    """Seconds of the first record."""
    with open(path, "rb") as file:
        data = file.read()
    sec, frac, _, _ = next(_records(data))
    return sec + frac / MAGIC[data[:4]]


def syslog(folder, hours, host):
    """dmesg.txt (ISO times, UTC) becomes syslog as rsyslog's traditional
    format writes it: local time, no year, no zone."""
    path = os.path.join(folder, "dmesg.txt")
    with open(path) as file:
        lines = file.read().splitlines()
    os.unlink(path)
    with open(os.path.join(folder, "syslog"), "w") as file:
        for line in lines:
            stamp, rest = line.split("+00:00 ", 1)
            when = datetime.datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S,%f")
            when += datetime.timedelta(hours=hours)
            file.write(f"{when:%b} {when.day:2} {when:%H:%M:%S} {host} "
                       f"kernel: {rest}\n")


def relabel(attempts, chosen, verdict, confidence, candidates=None,
            accept=None):
    """What the evidence in the folder can show differs from the truth."""
    from .verdicts import SEGMENT
    for attempt in attempts:
        if not chosen(attempt):
            continue
        attempt["verdict"] = verdict
        attempt["segment"] = SEGMENT.get(verdict)
        attempt["confidence"] = confidence
        for key, value in (("candidates", candidates), ("accept", accept)):
            attempt.pop(key, None)
            if value:
                attempt[key] = value
