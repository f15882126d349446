"""Evidence for the bad-input tests: small captures, and ways to spoil them."""
import struct
import subprocess

PCAP_HEAD_BYTES = 24
RECORD_HEAD_BYTES = 16


def make_pair(program, folder, attempts=300, seed=1):
    subprocess.run([program, folder, "--attempts", str(attempts),
                    "--seed", str(seed)], check=True,
                   stdout=subprocess.DEVNULL)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def write(path, data):
    with open(path, "wb") as f:
        f.write(data)


def records(data):
    """(offset, seconds, microseconds, wirelen, bytes) of each pcap record."""
    at = PCAP_HEAD_BYTES
    while at + RECORD_HEAD_BYTES <= len(data):
        seconds, micros, caplen, wirelen = struct.unpack_from("<4I", data, at)
        body = at + RECORD_HEAD_BYTES
        yield at, seconds, micros, wirelen, data[body:body + caplen]
        at = body + caplen


def shifted(data, seconds):
    """The same capture, taken that much later."""
    out = bytearray(data)
    for at, when, *_ in records(data):
        struct.pack_into("<I", out, at, when + seconds)
    return bytes(out)


def block(kind, body):
    """One pcapng block (draft-ietf-opsawg-pcapng, section 3.1)."""
    body += bytes(-len(body) % 4)
    total = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + total + body + total


def pcapng(data):
    """(the same capture as pcapng, offsets of its packet blocks)"""
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += block(1, struct.pack("<HHI", 1, 0, 0))
    offsets = []
    pieces = [out]
    at = len(out)
    for _, seconds, micros, wirelen, frame in records(data):
        ticks = seconds * 1000000 + micros
        piece = block(6, struct.pack(
            "<5I", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(frame), wirelen)
            + frame)
        offsets.append(at)
        pieces.append(piece)
        at += len(piece)
    return b"".join(pieces), offsets
