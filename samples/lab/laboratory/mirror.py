"""Captures from mirror ports: the same frames in another one's envelope.

Applied to a finished capture.pcap, like everything in dress.py. Lengths and
the outer IPv4 checksum are right; outer UDP checksums are zero, as RFC 7348
and RFC 8926 recommend over IPv4.
"""

import struct

from .dress import _rewrite
from .capture import checksum

OUTER = bytes.fromhex("020000000f02" "020000000f01" "0800")
COLLECTOR = bytes((10, 255, 0, 1)) + bytes((10, 255, 0, 2))


def _wrap(path, protocol, envelope):
    """Puts each frame behind outer Ethernet, outer IPv4 and what
    envelope(frame, number) returns."""
    number = [0]

    def change(sec, frac, length, frame, _):
        number[0] += 1
        inner = envelope(frame, number[0]) + frame
        extra = len(inner) - len(frame)
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + extra + length,
                           number[0] & 0xffff, 0, 64, protocol, 0) + COLLECTOR
        head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
        return (sec, frac, length + extra + 34, OUTER + head + inner)
    _rewrite(path, change)


def _udp(frame, port, header):
    length = 8 + len(header) + len(frame)
    return struct.pack(">HHHH", 49152, port, length, 0) + header


def vxlan(path, vni):
    """spec: RFC 7348, 5. AWS traffic mirroring sends this."""
    _wrap(path, 17, lambda frame, _: _udp(
        frame, 4789, struct.pack(">II", 0x08000000, vni << 8)))


def geneve(path, vni):
    """spec: RFC 8926, 3.4, with one option of eight bytes."""
    option = struct.pack(">HBBI", 0x0108, 1, 1, 7)
    _wrap(path, 17, lambda frame, _: _udp(
        frame, 6081, struct.pack(">BBHI", len(option) // 4, 0, 0x6558,
                                 vni << 8) + option))


def erspan2(path, session):
    """spec: draft-foschiano-erspan-03, 4.2 (type II behind GRE with a
    sequence number, RFC 2890)."""
    _wrap(path, 47, lambda frame, number: struct.pack(
        ">HHIHHI", 0x1000, 0x88be, number, 0x1000, session, 0))


def qinq(path, outer, inner):
    """Two tags (IEEE 802.1Q-2018, 9.5): 0x88a8 outside."""
    def change(sec, frac, length, frame, _):
        tags = struct.pack(">HHHH", 0x88a8, outer, 0x8100, inner)
        return sec, frac, length + 8, frame[:12] + tags + frame[12:]
    _rewrite(path, change)
