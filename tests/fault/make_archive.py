"""Archives for the tests of lostsyn batch: labelled cases, multiplied.

Each case is one of samples/cases under another name, as a folder, a pair or a
single capture. Every tenth is damaged in one of the ways in which captures
arrive: cut short, bytes flipped, emptied, overwritten. Cases of captures alone
are moved in time, so that an index has days to show.
"""
import os
import random
import shutil
import struct

from evidence import read, write

DAY_S = 86400
DAYS = 400
DAMAGED_EVERY = 10
LOOSE_EVERY = 7
NO_EVIDENCE = ("expected.json", "README.md")
WITHOUT_LABELS = shutil.ignore_patterns(*NO_EVIDENCE)
PCAP_LITTLE = (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1")
PCAP_HEAD = (b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00" + bytes(8)
             + b"\xff\xff\x00\x00" + struct.pack("<I", 101))  # LINKTYPE_RAW


# Cases of samples/cases whose files have no form that a batch knows: captures
# named after machines, a ticket's text. Alone, analyze takes them.
SHAPELESS = ("answers-leave-by-another-card", "balancer-of-hosts-one-drops",
             "balancer-of-hosts-silent-servers",
             "balancer-of-machines-names", "masking-router-keeps-answers",
             "signature-logged-by-peer",
             "router-before-a-client-by-name",
             "router-on-all-cards-beside-a-client", "callers-chain", "callers-chain-lost",
             "callers-chain-other-host", "callers-chain-two",
             "callers-chain-two-lost", "callers-pair",
             "callers-pair-other-host", "callers-ring",
             "callers-ring-back", "callers-ring-lost",
             "callers-ring-other-host", "sums-tell-the-order",
             "clock-set-while-answers-are-dropped", "composed-two-hosts-behind-nat",
             "gap-and-late-start-show-other-copies",
             "handed-in-host-names", "node-keeps-the-answer",
             "nodes-translate",
             "uncaptured-backend-by-name", "uncaptured-backend-of-two-ports",
             "uncaptured-by-hand", "uncaptured-check-timed-out",
             "uncaptured-collected-full-elsewhere",
             "uncaptured-collected-log", "uncaptured-conntrack-full-loop",
             "uncaptured-conntrack-full-transcript",
             "uncaptured-filter-of-a-router", "uncaptured-filter-of-its-own",
             "uncaptured-firewall-listing",
             "uncaptured-filterlog-passes-on", "uncaptured-host-names",
             "uncaptured-log-store-export",
             "uncaptured-named-within", "uncaptured-other-machine",
             "uncaptured-output-drop", "uncaptured-retries-without-a-port",
             "uncaptured-server-not-named", "uncaptured-windows-firewall",
             "directions-tell-the-end", "reset-behind-a-one-way-capture",
             "whose-capture-is-whose")


def names_of(cases):
    return sorted(set(os.listdir(cases)) - set(SHAPELESS))


def hold(pipe):
    """A writer that never writes, as long as this process lives: a pipe
    without one is given up soon."""
    return os.open(pipe, os.O_RDWR)


def files_below(folder):
    return sorted(os.path.join(here, name)
                  for here, _, names in os.walk(folder) for name in names)


def shifted(data, seconds):
    """A pcap whose packets were captured that much earlier."""
    out = bytearray(data)
    at = 24
    while at + 16 <= len(out):
        second, _, length, _ = struct.unpack_from("<IIII", out, at)
        struct.pack_into("<I", out, at, max(0, second - seconds))
        at += 16 + length
    return bytes(out)


def damage(path, luck):
    data = bytearray(read(path))
    way = luck.randrange(4)
    if way == 0:
        data = data[:luck.randrange(len(data) + 1)]
    elif way == 1:
        for _ in range(1 + len(data) // 500):
            if data:
                data[luck.randrange(len(data))] ^= 1 << luck.randrange(8)
    elif way == 2:
        data = bytearray()
    else:
        data = bytearray(luck.randbytes(min(len(data), 4096)))
    write(path, bytes(data))


def only_captures(folder):
    """The captures of a case that has nothing else to say when it was."""
    files = [f for f in files_below(folder)
             if os.path.basename(f) not in NO_EVIDENCE]
    plain = [f for f in files if read(f)[:4] in PCAP_LITTLE]
    return plain if plain and len(plain) == len(files) else []


def as_pair(source, where, name):
    """client/ and server/ with one capture each become two files."""
    found = [f for f in files_below(source) if f.endswith(".pcap")]
    sides = {os.path.basename(os.path.dirname(f)): f for f in found}
    if len(found) != 2 or set(sides) != {"client", "server"}:
        return False
    for side, path in sides.items():
        shutil.copy(path, os.path.join(where, f"{name}-{side}.pcap"))
    return True


def make(cases, where, count, seed=1):
    """Fill where with count cases."""
    luck = random.Random(seed)
    names = names_of(cases)
    for number in range(count):
        source = os.path.join(cases, names[number % len(names)])
        month = os.path.join(where, f"{2024 + number % 2}",
                             f"{number % 12 + 1:02}")
        os.makedirs(month, exist_ok=True)
        # Not "client-only-3" and "server-only-4": those would make the month
        # a case, with them as its two ends.
        name = f"case-{number}-{names[number % len(names)]}"
        if (number % LOOSE_EVERY == 0 and as_pair(source, month, name)):
            continue
        folder = os.path.join(month, name)
        shutil.copytree(source, folder, ignore=WITHOUT_LABELS)
        days = luck.randrange(DAYS)
        for path in only_captures(folder):
            write(path, shifted(read(path), days * DAY_S))
        if number % DAMAGED_EVERY == 3:
            captures = [f for f in files_below(folder) if ".pcap" in f]
            damage(luck.choice(captures or files_below(folder)), luck)


def pipes(where, name):
    """A case that waits for ever: pipes to which nobody writes."""
    for side in ("client", "server"):
        path = os.path.join(where, f"{name}-{side}.pcap")
        os.mkfifo(path)
        hold(path)


def answered_flood(path, attempts):
    """As many connections that were opened and no more: each is kept whole, where
    SYNs alone would be a crowd, and costs memory of its own."""
    with open(path, "wb") as f:
        f.write(PCAP_HEAD)
        for number in range(attempts):
            client = struct.pack("!I", 0x0A000000 + number // 60000)
            server = b"\x0a\xff\x00\x01"
            port = 1024 + number % 60000
            for ends, ports, flags in (((client, server), (port, 80), 2),
                                       ((server, client), (80, port), 18)):
                ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 1, 0, 64, 6, 0,
                                 *ends)
                tcp = struct.pack("!HHIIBBHHH", *ports, number,
                                  number + 1 if flags == 18 else 0, 0x50,
                                  flags, 64240, 0, 0)
                f.write(struct.pack("<IIII", 1795218292, number % 1000000, 40,
                                    40) + ip + tcp)
