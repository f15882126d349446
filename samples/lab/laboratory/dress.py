"""What may happen to a case's files after the recording.

A scenario's `dress(lab, folder, attempts)` calls these on the finished case
folder: clocks that are wrong, other containers, cut or swapped files. They
change what the folder can show, never what happened.
"""

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


def relabel(attempts, chosen, verdict, confidence, candidates=None,
            accept=None):
    """What the evidence in the folder can show differs from the truth."""
    from .label import SEGMENT
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
