#!/usr/bin/env python3
"""Hold packet_decode against tshark, segment by segment.

    compare_tshark.py DECODE_FRAMES SOURCE_DIR [CAPTURE...]

Every capture of the corpus that libpcap reads is decoded by both; the
innermost TCP segment of each frame (or the one an ICMP error quotes) must have
the same addresses, ports, flags, sequence and acknowledgement numbers, payload
length, TTL and options. KNOWN lists the differences that are understood, each
with its reason; any other one fails the test. Exit status 77 without tshark or
corpus.
"""

import concurrent.futures
import gzip
import ipaddress
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter

TSHARK_FIELDS = [
    "frame.number", "frame.protocols", "ip.src", "ip.dst", "ipv6.src",
    "ipv6.dst", "tcp.srcport", "tcp.dstport", "tcp.flags", "tcp.seq",
    "tcp.ack", "tcp.len", "ip.ttl", "ipv6.hlim", "tcp.options.mss_val",
    "tcp.options.wscale.shift", "tcp.options.timestamp.tsval",
    "tcp.options.timestamp.tsecr", "tcp.window_size_value",
]

# What tshark is asked to leave alone: reassembly shows segments in the last
# fragment's frame, and relative numbers hide the real ones.
TSHARK_PREFERENCES = [
    "tcp.relative_sequence_numbers:FALSE", "ip.defragment:FALSE",
    "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE",
]

# Differences that are understood: (part of the path, frame or None for all,
# how the text begins, reason).
KNOWN = [
    ("zeek_zeek/tunnels__gre-aruba-amsdu.pcap", 1, "",
     "an 802.11 aggregate holds several packets: we keep the first, the last "
     "occurrence is tshark's"),
]

SYN, ACK = 2, 0x10
OPTION_MSS, OPTION_WSCALE, OPTION_TIMESTAMPS, OPTION_CUT = 1, 2, 8, 0x80


def last(column):
    return column.split(",")[-1] if column else ""


def nth(column, count):
    """The count-th occurrence, from 1: what stands behind it belongs to
    packets within the segment's payload."""
    return column.split(",")[count - 1] if column and count > 0 else ""


def number(column):
    text = last(column)
    if text == "":
        return None
    return int(text, 0)


def tshark_segments(path):
    """{frame: facts of the innermost TCP header}, as tshark sees it."""
    command = ["tshark", "-n", "-r", path, "-Y", "tcp", "-T", "fields",
               "-E", "occurrence=a", "-E", "aggregator=,"]
    for preference in TSHARK_PREFERENCES:
        command += ["-o", preference]
    for field in TSHARK_FIELDS:
        command += ["-e", field]
    run = subprocess.run(command, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, text=True,
                         errors="replace", timeout=300, check=False)
    segments = {}
    for line in run.stdout.splitlines():
        row = dict(zip(TSHARK_FIELDS, line.split("\t")))
        segments[int(row["frame.number"])] = tshark_facts(row)
    return segments


def tshark_facts(row):
    layers = row["frame.protocols"].split(":")
    before = layers[:len(layers) - layers[::-1].index("tcp") - 1]
    network = [x for x in before if x in ("ip", "ipv6")]
    v6 = bool(network) and network[-1] == "ipv6"
    depth = network.count("ipv6" if v6 else "ip")
    flags = number(row["tcp.flags"])
    quoted = "icmp" in before or "icmpv6" in before
    facts = {
        "src": address(nth(row["ipv6.src" if v6 else "ip.src"], depth)),
        "dst": address(nth(row["ipv6.dst" if v6 else "ip.dst"], depth)),
        "sport": number(row["tcp.srcport"]),
        "dport": number(row["tcp.dstport"]),
        "flags": None if flags is None else flags & 0xff,
        "seq": number(row["tcp.seq"]),
        "ack": number(row["tcp.ack"]),
        "len": number(row["tcp.len"]),
        "window": number(row["tcp.window_size_value"]),
        "mss": number(row["tcp.options.mss_val"]),
        "wscale": number(row["tcp.options.wscale.shift"]),
        "tsval": number(row["tcp.options.timestamp.tsval"]),
        "tsecr": number(row["tcp.options.timestamp.tsecr"]),
        "quoted": quoted,
    }
    if not quoted:
        facts["ttl"] = number(nth(row["ipv6.hlim" if v6 else "ip.ttl"],
                                  depth))
    if flags is not None and not flags & ACK:
        facts["ack"] = 0
    # Outside of SYN these options say nothing and are not recorded.
    if flags is not None and not flags & SYN:
        facts["mss"] = facts["wscale"] = None
    return facts


def address(text):
    return str(ipaddress.ip_address(text)) if text else None


def our_frames(program, path):
    """([(kind, facts)] by frame number from 1, whether libpcap opened it)."""
    run = subprocess.run([program, path], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True, timeout=300,
                         check=False)
    if run.returncode not in (0, 3):
        raise RuntimeError(f"decode_frames {path}: {run.returncode}\n"
                           f"{run.stderr}")
    frames = [(None, None)]
    for line in run.stdout.splitlines():
        c = line.split("\t")
        options = int(c[11], 16)
        frames.append((c[1], {
            "src": c[2], "sport": int(c[3]), "dst": c[4], "dport": int(c[5]),
            "flags": int(c[6], 16), "seq": int(c[7]), "ack": int(c[8]),
            "len": int(c[9]), "ttl": int(c[10]), "window": int(c[16]),
            "mss": int(c[12]) if options & OPTION_MSS else None,
            "wscale": int(c[13]) if options & OPTION_WSCALE else None,
            "tsval": int(c[14]) if options & OPTION_TIMESTAMPS else None,
            "tsecr": int(c[15]) if options & OPTION_TIMESTAMPS else None,
            "cut": bool(options & OPTION_CUT),
        }))
    return frames


def facts_differ(ours, theirs):
    """The names of the facts that differ; what tshark lacks is not judged."""
    names = []
    for name in ("src", "dst", "sport", "dport", "flags", "seq", "ack", "len",
                 "ttl", "window"):
        if theirs.get(name) is not None and ours[name] != theirs[name]:
            names.append(name)
    for name in ("mss", "wscale", "tsval", "tsecr"):
        if ours[name] != theirs[name] and not ours["cut"]:
            names.append(name)
    return names


def frame_differ(kind, ours, theirs):
    """What differs about one frame: a list of short texts."""
    decoded = kind in ("tcp", "icmp-error")
    if theirs is None:
        return [f"only we see {kind}"] if decoded else []
    if not decoded:
        if kind == "cut-before-tcp" and theirs["flags"] is None:
            return []
        return [f"we say {kind}"]
    if theirs["quoted"] != (kind == "icmp-error"):
        return [f"we say {kind}, quoted is {theirs['quoted']}"]
    return [f"{name} {ours[name]} is not {theirs[name]}"
            for name in facts_differ(ours, theirs)]


def known_reason(path, frame, text):
    for part, where, what, reason in KNOWN:
        if part in path and where in (None, frame) and text.startswith(what):
            return reason
    return None


def capture_compare(program, path):
    """(segments, [(frame, text)]); a compressed capture is unpacked first,
    for libpcap does not."""
    if not path.endswith(".gz"):
        return plain_compare(program, path)
    with tempfile.NamedTemporaryFile(suffix=".pcap") as plain:
        with gzip.open(path) as packed:
            shutil.copyfileobj(packed, plain)
        plain.flush()
        return plain_compare(program, plain.name)


def plain_compare(program, path):
    frames = our_frames(program, path)
    if len(frames) == 1:
        return 0, []
    segments = tshark_segments(path)
    differences = []
    seen = 0
    for frame in range(1, len(frames)):
        kind, ours = frames[frame]
        theirs = segments.get(frame)
        seen += theirs is not None or kind in ("tcp", "icmp-error")
        differences += [(frame, text)
                        for text in frame_differ(kind, ours, theirs)]
    return seen, differences


def captures_find(source_dir):
    corpus = os.environ.get("LOSTSYN_CORPUS",
                            os.path.join(source_dir, "..", "shared", "corpus"))
    found = []
    for folder, _, names in sorted(os.walk(corpus)):
        found += [os.path.join(folder, name) for name in sorted(names)
                  if ".pcap" in name or ".trace" in name or
                  name.endswith((".cap", ".snoop"))]
    return corpus, found


def main():
    program, source_dir = sys.argv[1:3]
    corpus, paths = captures_find(source_dir)
    paths = sys.argv[3:] or paths
    if shutil.which("tshark") is None:
        print("skipped: tshark is not installed")
        return 77
    if not paths:
        print(f"skipped: no captures in {corpus}")
        return 77
    agree = 0
    unknown = 0
    known = Counter()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda p: capture_compare(program, p), paths)
        for path, (seen, differences) in zip(paths, results):
            agree += seen - len({frame for frame, _ in differences})
            for frame, text in differences:
                reason = known_reason(path, frame, text)
                if reason:
                    known[reason] += 1
                    continue
                unknown += 1
                print(f"{os.path.relpath(path, corpus)} frame {frame}: {text}")
    for reason, count in known.most_common():
        print(f"known, {count}: {reason}")
    print(f"{len(paths)} captures: {agree} segments agree, "
          f"{sum(known.values())} known differences, {unknown} others")
    return 1 if unknown or agree == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
