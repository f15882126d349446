#!/usr/bin/env python3
"""Times and counts at the edges of their types: no overflow, no nonsense shown.

One row for each way that evidence may lie about time or amount. Each case is
analyzed, indexed and compared with itself; with sanitizers an overflow ends the
run. Without, the outputs must be there, and no page may show "nan" or "inf".
"""
import argparse
import json
import os
import re
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import analyze as lost  # noqa: E402

CLIENT, SERVER = bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2))
SYN, RST, ACK = 2, 4, 16
U32, U64, I64 = (1 << 32) - 1, (1 << 64) - 1, (1 << 63) - 1
ATTEMPTS = 6


def frame(source, target, ports, flags, number):
    tcp = struct.pack(">HHIIBBHHH", *ports, number, 0 if flags == SYN else 1,
                      0x50, flags, 64240, 0, 0)
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), number & 0xffff,
                     0, 64, 6, 0, source, target)
    return bytes(12) + b"\x08\x00" + ip + tcp


def frames():
    """A SYN with a copy to each port: some refused, some never answered."""
    made = []
    for i in range(ATTEMPTS):
        ports = (40000 + i, 80)
        made += [frame(CLIENT, SERVER, ports, SYN, 1000 + i)] * 2
        if i % 2:
            made.append(frame(SERVER, CLIENT, ports[::-1], RST | ACK, 7 + i))
    return made


def spread(low, high):
    """One time for each frame from low to high."""
    n = len(frames())
    return [low + (high - low) * i // (n - 1) for i in range(n)]


def pcap(times, nanoseconds=False):
    out = struct.pack("<IHHiIII", 0xa1b23c4d if nanoseconds else 0xa1b2c3d4, 2,
                      4, 0, 0, 65535, 1)
    for (s, fraction), data in zip(times, frames()):
        out += struct.pack("<IIII", s, fraction, len(data), len(data)) + data
    return out


def block(kind, body):
    body += bytes(-len(body) % 4)
    size = len(body) + 12
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def pcapng(units, resolution=9, offset=0):
    """Times in units of the interface, its if_tsresol and if_tsoffset."""
    options = struct.pack("<HHB3x", 9, 1, resolution)
    options += struct.pack("<HHq", 14, 8, offset) + bytes(4)
    out = block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
    out += block(1, struct.pack("<HHI", 1, 0, 0) + options)
    for t, data in zip(units, frames()):
        out += block(6, struct.pack("<IIIII", 0, t >> 32, t & U32, len(data),
                                    len(data)) + data)
    return out


NORMAL = [1_770_000_000 * 10**9 + t for t in spread(0, 5 * 10**9)]
CAPTURES = {
    "all at the epoch": pcap([(0, 0)] * len(frames())),
    "last second of 32 bits": pcap([(U32, 999999)] * len(frames())),
    "first to last second": pcap([(s, 0) for s in spread(0, U32)]),
    "last to first second": pcap([(s, 0) for s in spread(U32, 0)]),
    "fraction beyond a second": pcap([(U32, U32)] * len(frames())),
    "nanoseconds beyond a second": pcap([(s, U32) for s in spread(0, U32)],
                                        True),
    "all 64 bits of nanoseconds": pcapng(spread(0, U64)),
    "around the sign": pcapng(spread(I64 - 5, I64 + 9)),
    "backwards through 64 bits": pcapng(spread(U64, 0)),
    "whole seconds, 64 bits": pcapng(spread(0, U64), 0),
    "units of 2^-63 s": pcapng(spread(0, U64), 0x80 | 63),
    "units of 2^-127 s": pcapng(spread(0, U64), 0xff),
    "units of 10^-127 s": pcapng(spread(0, U64), 127),
    "offset to the end": pcapng(NORMAL, 9, I64),
    "offset to the beginning": pcapng(NORMAL, 9, -I64 - 1),
    "offset and last second": pcapng(spread(0, U64), 6, I64),
    "first nanoseconds of 64 bits": pcapng(spread(0, 9 * 10**9), 9, -9223372036),
    "first to last of 64 bits": pcapng(spread(0, U64), 9, -9223372036),
    "last to first of 64 bits": pcapng(spread(U64, 0), 9, -9223372036),
}

HUGE = "99999999999999999999"
LOGS = {
    "year 1": ("app.log", "0001-01-01T00:00:00Z"),
    "year 9999": ("app.log", "9999-12-31T23:59:60Z"),
    "farthest zone": ("app.log", "9999-12-31T23:59:59-99:99"),
    "epoch of twenty digits": ("app.log", HUGE),
    "epoch with a long fraction": ("app.log", "1770000000." + "9" * 400),
    "uptime of twenty digits": ("dmesg.txt", f"[{HUGE}.999999]"),
}
LINE = "{} connect to 10.0.0.2:80 failed: Connection timed out\n"
JSON_TIMES = ["1e300", "-1e300", "9223372036854775807", "-9223372036854775808",
              "18446744073709551615", "0.0000000001", '"1e999"']

STATE = {
    "nstat": ("nstat-{}.txt",
              "#kernel\nTcpExtListenDrops {} 0.0\nTcpExtListenOverflows {} 0.0\n"
              "TcpActiveOpens {} 0.0\n", (0, U64), (U64, 0), (I64, I64 + 1)),
    "conntrack": ("conntrack-S-{}.txt",
                  "cpu=0 found=0 invalid={} insert=0 insert_failed={} drop={} "
                  "early_drop=0 error=0 search_restart=0\n",
                  (0, U64), (U64, 0)),
    "ss": ("ss-ltn-{}.txt",
           "State  Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
           "LISTEN {} {} 0.0.0.0:80 0.0.0.0:*\n", (U64, U64), (I64, 0)),
    "digits without end": ("nstat-{}.txt", "#kernel\nTcpExtListenDrops {} 0.0\n",
                           (0, int("9" * 60))),
}


def put(folder, name, data):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def cases():
    """(what it is, how its folder is filled)."""
    usual = pcapng(NORMAL)

    def both(a, b, more=()):
        def fill(folder):
            put(folder + "/client", "capture.pcap", a)
            put(folder + "/server", "capture.pcap", b)
            for name, text in more:
                put(folder + "/server", name, text)
        return fill

    for what, data in CAPTURES.items():
        yield what + ", both ends", both(data, data)
        yield what + ", against a usual server", both(data, usual)
    for what, (name, stamp) in LOGS.items():
        yield what, both(usual, usual, [(name, LINE.format(stamp) * 3)])
    text = "".join(f'{{"ts":{t},"msg":"dial tcp 10.0.0.2:80: connect: '
                   'connection timed out"}\n' for t in JSON_TIMES)
    yield "times in JSON", both(usual, usual, [("app.json", text)])
    for what, (name, form, *pairs) in STATE.items():
        for before, after in pairs:
            files = [(name.format(when), re.sub(r"\{\}", str(value), form))
                     for when, value in (("before", before), ("after", after))]
            yield f"{what} from {before} to {after}", both(usual, usual, files)


NONSENSE = re.compile(r"[^A-Za-z_](?:-?nan|-?inf)(?![A-Za-z_-])")


def page_problem(folder):
    """What a page of a result shows that is no number."""
    with open(os.path.join(folder, "report.html"), encoding="utf-8",
              errors="replace") as f:
        page = re.sub(r"<(script|style).*?</\1>", "", f.read(), flags=re.S)
    hit = NONSENSE.search(page)
    return page[max(0, hit.start() - 60):hit.end() + 20] if hit else None


def run(binary, *arguments):
    return subprocess.run([binary, *arguments], capture_output=True, text=True,
                          errors="replace", stdin=subprocess.DEVNULL,
                          timeout=lost.TIMEOUT_S)


def problems_of(binary, fill):
    with lost.Scratch() as scratch:
        folder, out = scratch + "/in/case", scratch + "/out"
        fill(folder)
        commands = [
            (("analyze", folder, "-q", "-o", out), (0, 1)),
            (("diff", out, out), (0, 1)),
            (("batch", "-q", "-o", scratch + "/results", scratch + "/in"),
             (0, 1)),
        ]
        for command, statuses in commands:
            done = run(binary, *command)
            if done.returncode not in statuses or "runtime error" in done.stderr:
                yield (f"{command[0]}: status {done.returncode}: "
                       f"{done.stderr.strip()[-400:]}")
                return
        json.loads(open(out + "/report.json", encoding="utf-8").read())
        told = page_problem(out)
        if told:
            yield f"the page shows {told!r}"


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--lostsyn", required=True)
    p.add_argument("only", nargs="?", default="")
    options = p.parse_args()
    tried = failed = 0
    for what, fill in cases():
        if options.only not in what:
            continue
        tried += 1
        for problem in problems_of(options.lostsyn, fill):
            failed += 1
            print(f"{what}: {problem}")
    print(f"{tried} cases, {failed} problems")
    return 1 if failed or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
