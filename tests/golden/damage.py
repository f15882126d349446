"""Damaging captures the way that incidents do: clocks, losses, filters, edges.

A capture is a list of packets, each with the time that it shows and the time
that was true when the file was made: the difference is what a clock is off.
Only classic pcap is read; what else a case holds is left alone. Every damage
takes its randomness from the generator that it is given, so that a seed makes
the same files again.
"""
import collections
import struct

NS = 1_000_000_000

# An interface of a pcapng: if_tsresol and if_tsoffset (seconds).
Card = collections.namedtuple("Card", "resolution offset_s")

# magic: (byte order, nanoseconds per unit of the fraction)
MAGICS = {
    b"\xd4\xc3\xb2\xa1": ("<", 1000), b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\x4d\x3c\xb2\xa1": ("<", 1), b"\xa1\xb2\x3c\x4d": (">", 1),
}
ETHERNET, SLL, SLL2 = 1, 113, 276
FIN, SYN, RST, ACK = 1, 2, 4, 16


class Packet:
    """One frame. true_ns never changes; ns is what the capture shows."""
    __slots__ = ("ns", "true_ns", "data", "wire", "tcp", "card")

    def __init__(self, ns, data, wire, tcp):
        self.ns = self.true_ns = ns
        self.data = data
        self.wire = wire
        self.tcp = tcp  # (source, destination, flags) or None
        self.card = 0   # of its capture's cards

    def copy(self):
        other = Packet(self.ns, self.data, self.wire, self.tcp)
        other.true_ns = self.true_ns
        other.card = self.card
        return other


def network_layer(link, data):
    """(ethertype, offset of the network header)."""
    if link == SLL:
        return data[14:16], 16
    if link == SLL2:
        return data[0:2], 20
    if link != ETHERNET:
        return b"", 0
    at = 12
    while data[at:at + 2] in (b"\x81\x00", b"\x88\xa8"):
        at += 4
    return data[at:at + 2], at + 2


def protocol_of(link, data):
    """The protocol above IP (6 TCP, 17 UDP, 1 and 58 ICMP), or None."""
    kind, at = network_layer(link, data)
    if kind == b"\x08\x00" and len(data) >= at + 20:
        return data[at + 9]
    return data[at + 6] if kind == b"\x86\xdd" and len(data) >= at + 40 else None


def tcp_of(link, data):
    """Who sends what to whom, for the filters; None if it is not plain TCP."""
    kind, at = network_layer(link, data)
    if kind == b"\x08\x00" and len(data) >= at + 20 and data[at + 9] == 6:
        source, target = data[at + 12:at + 16], data[at + 16:at + 20]
        at += (data[at] & 15) * 4
    elif kind == b"\x86\xdd" and len(data) >= at + 40 and data[at + 6] == 6:
        source, target = data[at + 8:at + 24], data[at + 24:at + 40]
        at += 40
    else:
        return None
    if len(data) < at + 14:
        return None
    ports = struct.unpack_from(">HH", data, at)
    return (source, ports[0]), (target, ports[1]), data[at + 13]


class Capture:
    def __init__(self, link, snaplen, packets):
        self.link = link
        self.snaplen = snaplen
        self.packets = packets
        self.cut_ns = None  # true time at which a second file begins
        self.cards = None   # interfaces of a pcapng, or a classic pcap

    def copy(self):
        return Capture(self.link, self.snaplen,
                       [p.copy() for p in self.packets])

    def pieces(self):
        """The packets of each file; damage after the cut moves it not."""
        if self.cut_ns is None:
            return [self.packets]
        before = [p for p in self.packets if p.true_ns < self.cut_ns]
        after = [p for p in self.packets if p.true_ns >= self.cut_ns]
        return [piece for piece in (before, after) if piece] or [[]]

    def servers(self):
        """Ports that SYNs go to."""
        return sorted({p.tcp[1][1] for p in self.packets
                       if p.tcp and p.tcp[2] & (SYN | ACK) == SYN})

    def span(self):
        if not self.packets:
            return 0, 0
        times = [p.true_ns for p in self.packets]
        return min(times), max(times)


def read(path):
    """A capture, or None where the file is no classic pcap."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] not in MAGICS or len(data) < 24:
        return None
    order, unit = MAGICS[data[:4]]
    snaplen, link = struct.unpack_from(order + "II", data, 16)
    packets = []
    at = 24
    while at + 16 <= len(data):
        s, fraction, kept, wire = struct.unpack_from(order + "IIII", data, at)
        frame = data[at + 16:at + 16 + kept]
        if len(frame) < kept:
            break
        packets.append(Packet(s * NS + fraction * unit, frame, wire,
                              tcp_of(link & 0xffff, frame)))
        at += 16 + kept
    return Capture(link & 0xffff, snaplen, packets)


def block(kind, body):
    """A block of a pcapng."""
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def card_time(card, ns):
    """In units of the card's clock, from its own beginning."""
    unit = (1 << (card.resolution & 0x7f) if card.resolution & 0x80
            else 10 ** card.resolution)
    return (ns - card.offset_s * NS) * unit // NS


# cite: draft-ietf-opsawg-pcapng, sections 4.1 to 4.3
def write_cards(path, capture, packets):
    parts = [block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))]
    for card in capture.cards:
        parts.append(block(1, struct.pack(
            "<HHIHHB3xHHqHH", capture.link, 0, capture.snaplen, 9, 1,
            card.resolution, 14, 8, card.offset_s, 0, 0)))
    for p in packets:
        units = card_time(capture.cards[p.card], p.ns)
        parts.append(block(6, struct.pack(
            "<IIIII", p.card, units >> 32, units & 0xffffffff, len(p.data),
            p.wire) + p.data))
    with open(path, "wb") as file:
        file.write(b"".join(parts))


def write(path, capture, packets):
    if capture.cards:
        write_cards(path, capture, packets)
        return
    parts = [struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0,
                         capture.snaplen, capture.link)]
    for p in packets:
        parts.append(struct.pack("<IIII", p.ns // NS, p.ns % NS,
                                 len(p.data), p.wire))
        parts.append(p.data)
    with open(path, "wb") as file:
        file.write(b"".join(parts))


def log_uniform(rng, low, high):
    return low * (high / low) ** rng.random()


def one(rng, case):
    """The capture that is hit."""
    return case[rng.choice(sorted(case))]


def far(rng, case):
    """One that is not the reference."""
    names = [n for n in sorted(case) if n != "client"]
    return case[rng.choice(names or sorted(case))]


def offset(rng, case):
    by = int(rng.uniform(-300, 300) * NS)
    for p in one(rng, case).packets:
        p.ns += by


def drift(rng, case):
    hit = far(rng, case)
    ppm = rng.uniform(-100, 100)
    start = hit.span()[0]
    for p in hit.packets:
        p.ns += int((p.true_ns - start) * ppm / 1e6)


# RFC 5905 section 11.2: a clock that is off by less than STEPT (0.128 s) is
# slewed; only more is a step.
def step(rng, case):
    hit = one(rng, case)
    first, last = hit.span()
    at = first + (last - first) * rng.uniform(0.1, 0.9)
    by = int(rng.choice((-1, 1)) * log_uniform(rng, 0.128, 300) * NS)
    for p in hit.packets:
        if p.true_ns >= at:
            p.ns += by


def loss(rng, case):
    hit = one(rng, case)
    share = log_uniform(rng, 0.001, 0.1)
    hit.packets = [p for p in hit.packets if rng.random() >= share]


def duplicates(rng, case):
    """Every packet twice (-i any, two mirror ports), or some of them."""
    hit = one(rng, case)
    share = rng.choice((0.02, 0.3, 1))
    twice = []
    for p in hit.packets:
        twice.append(p)
        if rng.random() < share:
            again = p.copy()
            again.ns += rng.randrange(0, 60_000)
            again.true_ns = again.ns - (p.ns - p.true_ns)
            twice.append(again)
    hit.packets = sorted(twice, key=lambda p: p.true_ns)


# Queues of a card are emptied every millisecond or so.
LATE_NS = 2_000_000


def reorder(rng, case):
    """Neighbours change places in the file, as queues of a card are emptied;
    some also with the times, as a driver stamps them late."""
    hit = one(rng, case)
    late = rng.random() < 0.5
    for i in range(len(hit.packets) - 1):
        p, q = hit.packets[i], hit.packets[i + 1]
        if rng.random() > 0.1 or abs(q.true_ns - p.true_ns) > LATE_NS:
            continue
        if late:
            p.ns, q.ns = q.ns, p.ns
            p.true_ns, q.true_ns = q.true_ns, p.true_ns
        hit.packets[i], hit.packets[i + 1] = q, p


def shuffled(rng, case):
    """Several queues of one card: what lies within 100 us is recorded in any
    order, with its own time or with that of its place."""
    own = rng.random() < 0.5
    for hit in case.values():
        packets = hit.packets
        for i in range(len(packets) - 1):
            p, q = packets[i], packets[i + 1]
            if rng.random() < 0.5 and abs(q.true_ns - p.true_ns) < 100_000:
                if not own:
                    p.ns, q.ns = q.ns, p.ns
                    p.true_ns, q.true_ns = q.true_ns, p.true_ns
                packets[i], packets[i + 1] = q, p


def inner_frame(link, packet, servers, both):
    """The frame as it is called behind a translation of the server's address
    (and of the client's), one router further for what comes in: an answer has
    not passed it yet. Checksums stay as they were."""
    kind, at = network_layer(link, packet.data)
    v6 = kind == b"\x86\xdd"
    size, source, ttl = (16, at + 8, at + 7) if v6 else (4, at + 12, at + 8)
    from_server = packet.tcp[0] in servers
    data = bytearray(packet.data)
    new = {True: b"\xfd\x17" + bytes(size - 3) + b"\x05",
           False: b"\xfd\x18" + bytes(size - 3) + b"\x01"} if v6 else {
               True: b"\xac\x11\x00\x05", False: b"\x0a\xf4\x02\x01"}
    for i in (0, 1):
        is_server = (i == 0) == from_server
        if is_server or both:
            where = source + i * size
            data[where:where + size] = new[is_server]
    if not from_server:
        data[ttl] = max(1, data[ttl] - 1)
    return bytes(data)


def is_translated(hit):
    """A SYN is there by two names."""
    names = {}
    for p in hit.packets:
        if p.tcp and p.tcp[2] & (SYN | ACK) == SYN:
            at = tcp_at(hit.link, p.data) + 4
            names.setdefault(p.data[at:at + 4], set()).add(p.tcp[:2])
    return any(len(ends) > 1 for ends in names.values())


def translated(rng, case):
    """-i any on a host that translates: each packet a second time, as it is
    called inside. Where it translates already both names are there."""
    hit = case["server"] if "server" in case else one(rng, case)
    if is_translated(hit):
        return
    both = rng.random() < 0.3
    servers = {p.tcp[1] for p in hit.packets
               if p.tcp and p.tcp[2] & (SYN | ACK) == SYN}
    twice = []
    for p in hit.packets:
        twice.append(p)
        if not p.tcp or len({p.tcp[0], p.tcp[1]} & servers) != 1:
            continue
        again = p.copy()
        again.data = inner_frame(hit.link, p, servers, both)
        again.tcp = tcp_of(hit.link, again.data)
        by = rng.randrange(3_000, 40_000)
        if p.tcp[0] in servers:
            by = -by
        again.ns += by
        again.true_ns += by
        twice.append(again)
    hit.packets = sorted(twice, key=lambda p: p.true_ns)


def late_reset(rng, case):
    """Long after everything the server's side resets what it had answered; the
    client may see it or not."""
    seen = [r for r in ("client", "server") if r in case]
    if rng.random() < 0.3:
        seen = seen[-1:]
    after = rng.randrange(20, 200) * NS
    for role in seen:
        hit, last = case[role], case[role].span()[1]
        answers = {}
        for p in hit.packets:
            if p.tcp and p.tcp[2] & (SYN | ACK | RST) == SYN | ACK:
                answers[p.tcp[:2]] = p
        for i, p in enumerate(answers.values()):
            late = p.copy()
            at = tcp_at(hit.link, p.data)
            data = bytearray(p.data)
            data[at + 13] = RST | ACK
            seq = struct.unpack_from(">I", data, at + 4)[0]
            struct.pack_into(">I", data, at + 4, (seq + 1) & 0xffffffff)
            late.data = bytes(data)
            late.tcp = tcp_of(hit.link, late.data)
            shift = last + after + i * NS // 100 - p.true_ns
            late.ns += shift
            late.true_ns += shift
            hit.packets.append(late)


def server_numbers(hit):
    """{(server, client): (ISN, end of what the server says)} of one capture."""
    numbers, ends = {}, {}
    for p in hit.packets:
        if p.tcp and p.tcp[2] & (SYN | ACK | RST) == SYN | ACK:
            at = tcp_at(hit.link, p.data)
            numbers[p.tcp[:2]] = struct.unpack_from(">I", p.data, at + 4)[0]
    for p in hit.packets:
        if p.tcp and p.tcp[2] & FIN and p.tcp[:2] in numbers:
            at = tcp_at(hit.link, p.data)
            seq = struct.unpack_from(">I", p.data, at + 4)[0]
            ends[p.tcp[:2]] = seq + payload_of(hit.link, p)
    return {k: (isn, ends.get(k)) for k, isn in numbers.items()}


def tcp_at(link, data):
    """Offset of the TCP header of what tcp_of recognises."""
    _, at = network_layer(link, data)
    return at + (40 if data[at] >> 4 == 6 else (data[at] & 15) * 4)


def payload_of(link, packet):
    _, at = network_layer(link, packet.data)
    tcp = tcp_at(link, packet.data)
    total = (struct.unpack_from(">H", packet.data, at + 4)[0] + 40
             if packet.data[at] >> 4 == 6 else
             struct.unpack_from(">H", packet.data, at + 2)[0])
    return total - (tcp - at) - (packet.data[tcp + 12] >> 4) * 4


def muted(link, packet, isn, end, from_server):
    """The same packet of a connection whose server says nothing: it
    acknowledges and closes."""
    data = bytearray(packet.data)
    _, at = network_layer(link, packet.data)
    tcp = tcp_at(link, packet.data)
    where = tcp + (4 if from_server else 8)
    number = struct.unpack_from(">I", data, where)[0]
    closed = end is not None and (number - end - 1) % 2**32 < 2**31
    if not data[tcp + 13] & (SYN | RST) or not from_server:
        struct.pack_into(">I", data, where, (isn + 1 + closed) % 2**32)
    size = payload_of(link, packet) if from_server else 0
    if size > 0:
        field = at + (4 if data[at] >> 4 == 6 else 2)
        total = struct.unpack_from(">H", data, field)[0]
        struct.pack_into(">H", data, field, total - size)
        packet.wire -= size
        data = data[:packet.wire]
    packet.data = bytes(data)


def one_way(rng, case):
    """Protocols in which the server never speaks: syslog, log shippers. Every
    capture shows what it would have shown; checksums stay as they were."""
    for hit in case.values():
        numbers = server_numbers(hit)
        for p in hit.packets:
            if not p.tcp or p.tcp[2] & SYN:
                continue
            for key, from_server in ((p.tcp[:2], True),
                                     (p.tcp[1::-1], False)):
                if key in numbers and (from_server or p.tcp[2] & ACK):
                    muted(hit.link, p, *numbers[key], from_server)


def snaplen54(rng, case):
    hits = list(case.values()) if rng.random() < 0.5 else [one(rng, case)]
    for hit in hits:
        hit.snaplen = 54
        for p in hit.packets:
            p.data = p.data[:54]
            p.tcp = tcp_of(hit.link, p.data)


def starts_late(rng, case):
    first, last = one(rng, case).span()
    at = first + (last - first) * rng.random()
    hits = list(case.values()) if rng.random() < 0.3 else [one(rng, case)]
    for hit in hits:
        hit.packets = [p for p in hit.packets if p.true_ns >= at]


def stops_early(rng, case):
    first, last = one(rng, case).span()
    at = first + (last - first) * rng.random()
    hits = list(case.values()) if rng.random() < 0.3 else [one(rng, case)]
    for hit in hits:
        hit.packets = [p for p in hit.packets if p.true_ns < at]


def gap(rng, case):
    """Rotated pieces, of which some time between two is missing."""
    hit = one(rng, case)
    first, last = hit.span()
    length = (last - first) * rng.uniform(0.02, 0.5)
    at = first + (last - first - length) * rng.random()
    before = [p for p in hit.packets if p.true_ns < at]
    after = [p for p in hit.packets if p.true_ns >= at + length]
    hit.packets = before + after
    if before and after:
        hit.cut_ns = after[0].true_ns


def one_direction(rng, case):
    hit = one(rng, case)
    ports = hit.servers()
    side = rng.randrange(2)  # 0: what goes to servers, 1: what they send
    hit.packets = [p for p in hit.packets
                   if p.tcp and p.tcp[1 - side][1] in ports]


def syn_only(rng, case):
    hit = one(rng, case)
    mask = rng.choice((SYN, SYN | ACK))  # tcp[13] & 2 != 0, tcp[13] == 2
    hit.packets = [p for p in hit.packets if p.tcp and p.tcp[2] & SYN
                   and p.tcp[2] & mask == SYN]


def role_ports(role, hit):
    """Ports of the services in which the capture's host has its role: a server
    that asks a database is that one's client, and a filter on its port leaves a
    capture of another role."""
    ends = [{p.tcp[0][0], p.tcp[1][0]} for p in hit.packets if p.tcp]
    own = set.intersection(*ends) if ends else set()
    if len(own) != 1 or role not in ("client", "server"):
        return hit.servers()
    side = 0 if role == "client" else 1
    return sorted({p.tcp[1][1] for p in hit.packets
                   if p.tcp and p.tcp[2] & (SYN | ACK) == SYN
                   and p.tcp[side][0] in own})


def one_port(rng, case):
    role = rng.choice(sorted(case))
    hit = case[role]
    port = rng.choice(role_ports(role, hit) or [80])
    hit.packets = [p for p in hit.packets
                   if p.tcp and port in (p.tcp[0][1], p.tcp[1][1])]


def swapped(rng, case):
    if "client" in case and "server" in case:
        case["client"], case["server"] = case["server"], case["client"]


def lone_end(rng, case):
    """All that there is, and said to be what it is."""
    kept = rng.choice(sorted(case))
    for name in [n for n in case if n != kept]:
        del case[name]


# What a capture is called of which nobody said where it was made.
UNSAID = "unsaid"


def lone_unsaid(rng, case):
    lone_end(rng, case)
    case[UNSAID] = case.pop(next(iter(case)))


def other_card(rng, case):
    """None of the TCP that passed: another card, the outside of a tunnel."""
    hit = one(rng, case)
    hit.packets = [p for p in hit.packets if not p.tcp]


DAMAGES = {f.__name__.replace("_", "-"): f for f in (
    offset, drift, step, loss, duplicates, reorder, shuffled, translated,
    late_reset, one_way, snaplen54, starts_late, stops_early, gap, one_direction,
    syn_only, one_port, swapped, lone_end, lone_unsaid, other_card)}

# Where a capture begins, ends or has a hole: what was added to it is cut as well.
EDGES = {"starts-late", "stops-early", "gap"}
