"""What surrounds captures in real life: how they were made, and who else is there.

Operators like those of damage.py, among which they are listed: short snaplens, a
mirror port that sees a packet on both sides of a router, a buffer that is not
ready yet, pcapng with two interfaces, midnight, files named after machines, and
an address translation that other clients stand behind. No truth changes by them.
"""
import hashlib
import struct

import damage
import layers

# What a machine's folder is called when nobody says which end it is.
MACHINES = {"client": "app-7", "server": "db-2"}
# First bytes of clients' addresses, and of the public one that stands for each:
# translations keep the rest, so that the labels' names are found again.
PUBLIC = {10: 81, 100: 82, 172: 83, 192: 84, 198: 85, 203: 86}
PRIVATE = {new: old for old, new in PUBLIC.items()}
ICMP_ERRORS = {3, 4, 5, 11, 12}  # cite: RFC 792
# Midnights with something else to them: a year's end, a leap day, a clock change.
MIDNIGHTS = (1798761600, 1806192000, 1835395200, 1835481600)


def snaplen(rng, case):
    """68 was tcpdump's, 96 with IPv6; 128 is what people choose."""
    size = rng.choice((68, 96, 128))
    hits = list(case.values()) if rng.random() < 0.5 else [
        damage.one(rng, case)]
    for hit in hits:
        hit.snaplen = size
        for p in hit.packets:
            p.data = p.data[:size]
            p.tcp = damage.tcp_of(hit.link, p.data)


def next_hop(link, data):
    """The frame behind a router."""
    kind, at = damage.network_layer(link, data)
    out = bytearray(data)
    if link == damage.ETHERNET and len(out) >= 12:
        out[0:12] = b"\x02\x5a\x00\x00\x00\x01\x02\x5a\x00\x00\x00\x02"
    if kind == b"\x08\x00" and len(out) >= at + 20 and out[at + 8] > 1:
        out[at + 8] -= 1
        total = struct.unpack_from(">H", out, at + 10)[0] + 0x100
        struct.pack_into(">H", out, at + 10, (total & 0xffff) + (total >> 16))
    elif kind == b"\x86\xdd" and len(out) >= at + 40 and out[at + 7] > 1:
        out[at + 7] -= 1
    return bytes(out)


def syns(hit):
    """{(sequence number, TTL)} of what a capture shows: the number tells a SYN
    under any name."""
    found = set()
    for p in hit.packets:
        if p.tcp and p.tcp[2] & (damage.SYN | damage.ACK) == damage.SYN:
            kind, at = damage.network_layer(hit.link, p.data)
            tcp = damage.tcp_at(hit.link, p.data)
            found.add((p.data[tcp + 4:tcp + 8],
                       p.data[at + (8 if kind == b"\x08\x00" else 7)]))
    return found


def before_router(case, hit):
    """No router stands between this capture and another one: a SYN has the same
    TTL in both. Beyond a router that this one mirrors it would be less."""
    return any(syns(hit) & syns(other) for other in case.values()
               if other is not hit)


def span(rng, case):
    """A mirror port of both VLANs of a router: every packet on either side. The
    router is the last one before the servers where the captures leave no room
    for one between them."""
    hit = damage.one(rng, case)
    if before_router(case, hit):
        hit = case.get("server", hit)
    slow = rng.choice((20_000, 200_000, 1_500_000))
    twice = []
    for p in hit.packets:
        twice.append(p)
        if p.tcp is None:
            continue
        again = p.copy()
        again.data = next_hop(hit.link, p.data)
        by = rng.randrange(2_000, slow)
        again.ns += by
        again.true_ns += by
        twice.append(again)
    hit.packets = sorted(twice, key=lambda p: p.true_ns)


def drops_at_start(rng, case):
    """The first packets overrun a buffer that nobody reads yet."""
    hit = damage.one(rng, case)
    first, last = hit.span()
    until = first + int((last - first) * rng.uniform(0.05, 0.4))
    share = rng.uniform(0.1, 0.5)
    hit.packets = [p for p in hit.packets
                   if p.true_ns > until or rng.random() >= share]


def two_interfaces(rng, case):
    """One pcapng of two cards, each with its own resolution and time offset; every
    connection has its card."""
    hit = damage.one(rng, case)
    hit.cards = [damage.Card(6, 0), damage.Card(*rng.choice(
        ((9, 0), (0x9e, 0), (9, 1_000_000_000), (6, 86_400))))]
    salt = rng.random()
    for p in hit.packets:
        if p.tcp:
            ends = repr((sorted(p.tcp[:2]), salt)).encode()
            p.card = hashlib.sha256(ends).digest()[0] & 1


def midnight(rng, case):
    """It happened while a day ended: all clocks show so. What is true of the
    packets is told by the times of the undamaged captures, which stay."""
    first = min(c.span()[0] for c in case.values())
    last = max(c.span()[1] for c in case.values())
    middle = first + int((last - first) * rng.random())
    by = rng.choice(MIDNIGHTS) * damage.NS - middle
    for hit in case.values():
        for p in hit.packets:
            p.ns += by


def machines(rng, case):
    """Folders with machines' names: nobody says which end is which."""
    del rng
    for role, name in MACHINES.items():
        if role in case:
            case[name] = case.pop(role)


def summed(data, where, old, new):
    """Correct the checksum at where for words that changed (RFC 1624)."""
    if len(data) < where + 2:
        return
    total = ~struct.unpack_from(">H", data, where)[0] & 0xffff
    for i in range(0, len(old), 2):
        total += (~struct.unpack_from(">H", old, i)[0] & 0xffff) + (
            struct.unpack_from(">H", new, i)[0])
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    struct.pack_into(">H", data, where, ~total & 0xffff)


def renamed(data, at, names):
    """Addresses of the IPv4 header there, and what sums them up."""
    if len(data) < at + 20 or data[at] >> 4 != 4:
        return
    inner = at + (data[at] & 15) * 4
    for where in (at + 12, at + 16):
        old = bytes(data[where:where + 4])
        new = names.get(old)
        if new is None:
            continue
        data[where:where + 4] = new
        summed(data, at + 10, old, new)
        if data[at + 9] == 6:
            summed(data, inner + 16, old, new)
    if data[at + 9] == 1 and len(data) > inner and data[inner] in ICMP_ERRORS:
        renamed(data, inner + 8, names)


def natted(rng, case):
    """The server knows the client by another address."""
    del rng
    return translate(case)


def translate(case):
    """The server's capture, when the client's address was changed in it."""
    own = layers.own_address("client", case["client"]) if (
        "client" in case and "server" in case) else None
    if own is None or len(own) != 4 or own[0] not in PUBLIC:
        return None
    hit = case["server"]
    names = {own: bytes([PUBLIC[own[0]]]) + own[1:]}
    for p in hit.packets:
        kind, at = damage.network_layer(hit.link, p.data)
        if kind == b"\x08\x00":
            data = bytearray(p.data)
            renamed(data, at, names)
            p.data = bytes(data)
            p.tcp = damage.tcp_of(hit.link, p.data)
    return hit


def former(address):
    """What an address was called before the translation, as bytes."""
    if len(address) == 4 and address[0] in PRIVATE:
        return bytes([PRIVATE[address[0]]]) + address[1:]
    return address


def stamps_at(data, tcp):
    """Offset of the values of TCP's timestamp option, or None."""
    at = tcp + 20
    end = min(tcp + (data[tcp + 12] >> 4) * 4, len(data))
    while at + 10 <= end and data[at] != 0:
        if data[at] == 8:
            return at + 2
        at += 1 if data[at] == 1 else max(2, data[at + 1])
    return None


def plus(data, where, by):
    value = struct.unpack_from(">I", data, where)[0]
    struct.pack_into(">I", data, where, (value + by) & 0xffffffff)


def of_another(link, packet, numbers, from_client):
    """The packet in another connection of the same ports; the sum of its TCP is
    left alone."""
    data = bytearray(packet.data)
    tcp = damage.tcp_at(link, packet.data)
    own, other = numbers if from_client else numbers[::-1]
    flags = data[tcp + 13]
    if struct.unpack_from(">I", data, tcp + 4)[0]:
        plus(data, tcp + 4, own)
    if flags & damage.ACK:
        plus(data, tcp + 8, other)
    stamps = stamps_at(data, tcp) if len(data) >= tcp + 20 else None
    if stamps:
        plus(data, stamps, own)
        if flags & damage.ACK:
            plus(data, stamps + 4, other)
    again = packet.copy()
    again.data = next_hop(link, bytes(data)) if from_client else bytes(data)
    again.tcp = damage.tcp_of(link, again.data)
    return again


def port_reused(rng, case):
    """Another client behind the same address takes a port within a minute of
    the first one's last packet, or had it before; its own end nobody captured."""
    hit = translate(case)
    if hit is None:
        return
    asked = sorted({p.tcp[:2] for p in hit.packets if p.tcp and p.tcp[2] & (
        damage.SYN | damage.ACK) == damage.SYN
        and p.tcp[0][0][:1] and p.tcp[0][0][0] in PRIVATE})
    if not asked:
        return
    ends = rng.choice(asked)
    own = [p for p in hit.packets if p.tcp and
           p.tcp[:2] in (ends, ends[::-1])]
    length = own[-1].true_ns - own[0].true_ns
    by = length + int(rng.uniform(2, 58) * damage.NS)
    if rng.random() < 0.3:
        by = -by
    numbers = [rng.randrange(1 << 24, 1 << 32) for _ in range(2)]
    for p in own:
        again = of_another(hit.link, p, numbers, p.tcp[:2] == ends)
        again.ns += by
        again.true_ns += by
        hit.packets.append(again)
    hit.packets.sort(key=lambda p: p.true_ns)


damage.DAMAGES.update((f.__name__.replace("_", "-"), f) for f in (
    snaplen, span, drops_at_start, two_interfaces, midnight, machines, natted,
    port_reused))
