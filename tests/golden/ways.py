"""What stands on the way between two captures, and what it leaves of it.

Operators like those of damage.py, among which they are listed: a third capture
on the path, most often of one direction, and windows that shut for a moment.
No truth changes by them.
"""
import struct

import damage
import surroundings

# Less than the way between two hosts takes, captured within one kernel.
NEXT_NS = (100, 500)
# How long a reader is late that fills its window.
SHUT_NS = 20_000
TTL_AT = {b"\x08\x00": 8, b"\x86\xdd": 7}


def passed_by(link, data, by):
    """The frame with a TTL that is less, or more, by so much."""
    kind, at = damage.network_layer(link, data)
    out = bytearray(data)
    where = at + TTL_AT[kind]
    out[where] = min(255, max(1, out[where] + by))
    if kind == b"\x08\x00":  # RFC 1624
        surroundings.summed(out, at + 10, data[where:where + 1] + b"\0",
                            bytes(out[where:where + 1]) + b"\0")
    return bytes(out)


def to_server(p, asked):
    """Does a segment go to the server? None where no SYN says so."""
    if p.tcp is None:
        return None
    return True if p.tcp[:2] in asked else (
        False if p.tcp[1::-1] in asked else None)


def on_way(rng, source, before, bridge):
    """What a device shows next to the host of a capture: before the place where
    packets are lost, or behind it."""
    later = rng.randrange(*NEXT_NS)
    off = int(rng.uniform(-300, 300) * damage.NS)
    asked = {p.tcp[:2] for p in source.packets if p.tcp and
             p.tcp[2] & (damage.SYN | damage.ACK) == damage.SYN}
    hit = damage.Capture(source.link, source.snaplen, [])
    for p in source.packets:
        there = to_server(p, asked)
        if there is None:
            continue
        again = p.copy()
        onward = there == before  # it comes to the device behind the host
        if not bridge:
            again.data = passed_by(hit.link, p.data, -1 if onward else 1)
        again.true_ns = p.true_ns + (later if onward else -later)
        again.ns = again.true_ns + off
        hit.packets.append(again)
    hit.packets.sort(key=lambda p: p.true_ns)
    return hit, asked


def router(rng, case):
    """A firewall's capture between the two, mostly of one direction: the other way
    leads elsewhere, or one link is mirrored."""
    if set(case) != {"client", "server"}:
        return
    client, server = case["client"], case["server"]
    before = rng.random() < 0.5
    bridge = bool(surroundings.syns(client) & surroundings.syns(server))
    hit, asked = on_way(rng, client if before else server, before, bridge)
    shown = rng.choice((None, True, False))
    hit.packets = [p for p in hit.packets
                   if shown in (None, to_server(p, asked))]
    case.clear()
    case.update(client=client, router=hit, server=server)


def windows_of(hit):
    """{(server, client): its bare ACKs, but for its last packet}."""
    said = {}
    for p in hit.packets:
        if p.tcp and p.tcp[2] & damage.SYN and p.tcp[2] & damage.ACK:
            said[p.tcp[:2]] = []
        elif p.tcp and p.tcp[:2] in said:
            said[p.tcp[:2]].append(p)
    return {ends: [p for p in packets[:-1] if damage.payload_of(hit.link, p) == 0
                   and not p.tcp[2] & (damage.FIN | damage.RST)]
            for ends, packets in said.items()}


def window_shut(rng, case):
    """The server reads late: an acknowledgement shuts its window, the next one
    opens it again."""
    salt = rng.randrange(2)
    for hit in case.values():
        for ends, bare in windows_of(hit).items():
            if not bare or (ends[1][1] + salt) % 2:
                continue
            p = bare[0]
            window = damage.tcp_at(hit.link, p.data) + 14
            if len(p.data) < window + 2:
                continue
            opened = p.copy()
            opened.ns += SHUT_NS
            opened.true_ns += SHUT_NS
            data = bytearray(p.data)
            struct.pack_into(">H", data, window, 0)
            p.data = bytes(data)
            hit.packets.append(opened)
        hit.packets.sort(key=lambda p: p.true_ns)


damage.DAMAGES.update((f.__name__.replace("_", "-"), f) for f in (
    router, window_shut))
