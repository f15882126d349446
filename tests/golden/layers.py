"""The same packets in other clothes: tags of a VLAN, a cooked capture, IPv6.

No truth changes by them: what travelled, and when, stays as it was. Where the
other clothes would not be exact the captures are left as they are. Operators
like those of damage.py, among which they are listed.
"""
import struct

import damage

# The words 0xfd17 and 0x02e8 add up to nothing in a checksum (RFC 1624), so that
# those of TCP stay as they were: right, wrong, or left to a card.
PREFIX = b"\xfd\x17\x02\xe8" + bytes(8)
VLAN = b"\x81\x00"
HOST, BROADCAST, OUTGOING = 0, 1, 4  # cite: linux/if_packet.h, PACKET_HOST


def vlan(rng, case):
    """Captured at a trunk: every frame of one side has a tag."""
    hit = damage.one(rng, case)
    tag = VLAN + struct.pack(">H", rng.randrange(1, 4095))
    if hit.link != damage.ETHERNET:
        return
    hit.snaplen += len(tag)
    for p in hit.packets:
        if len(p.data) >= 14:
            p.data = p.data[:12] + tag + p.data[12:]
            p.wire += len(tag)


def own_address(role, hit):
    """Of the host where a capture was made that has its role alone, or None."""
    if role not in ("client", "server"):
        return None
    ends = [{p.tcp[0][0], p.tcp[1][0]} for p in hit.packets if p.tcp]
    own = set.intersection(*ends) if ends else set()
    side = 0 if role == "client" else 1
    asked = {p.tcp[side][0] for p in hit.packets
             if p.tcp and p.tcp[2] & (damage.SYN | damage.ACK) == damage.SYN}
    both = own & asked
    return both.pop() if len(both) == 1 and len(asked) == 1 else None


def source_of(kind, data):
    if kind == b"\x08\x00":
        return data[12:16]
    if kind == b"\x86\xdd":
        return data[8:24]
    return data[14:18] if kind == b"\x08\x06" else None


def cooked(rng, case):
    """Captured on `any` of a host with one card: it says what went out."""
    role = rng.choice(sorted(case))
    hit = case[role]
    own = own_address(role, hit)
    second = rng.random() < 0.5
    if own is None or hit.link != damage.ETHERNET:
        return
    hit.snaplen += 6 if second else 2  # than the header of Ethernet
    for p in hit.packets:
        kind, at = damage.network_layer(hit.link, p.data)
        inside = p.data[at:]
        way = (OUTGOING if source_of(kind, inside) == own else
               BROADCAST if p.data[:1] and p.data[0] & 1 else HOST)
        head = (struct.pack(">2sHIHBB", kind, 0, 2, 1, way, 6) if second else
                struct.pack(">HHH", way, 1, 6)) + p.data[6:12] + bytes(2) + (
                    b"" if second else kind)
        p.data = head + inside
        p.wire += len(head) - at
    hit.link = damage.SLL2 if second else damage.SLL


def is_plain(link, packet):
    """Nothing of IPv4 but whole TCP segments has the same form in IPv6."""
    kind, at = damage.network_layer(link, packet.data)
    if kind != b"\x08\x00":
        return True
    fragment = packet.data[at + 6:at + 8]
    return packet.tcp is not None and len(fragment) == 2 and not (
        struct.unpack(">H", fragment)[0] & 0x3fff)


def sixth(link, data):
    """The frame with its IPv4 header made one of IPv6, and what that adds."""
    kind, at = damage.network_layer(link, data)
    if kind != b"\x08\x00":
        return data, 0
    size = (data[at] & 15) * 4
    total = struct.unpack_from(">H", data, at + 2)[0]
    head = struct.pack(">IHBB", 0x60000000, max(0, total - size), 6,
                       data[at + 8])
    where = at - 2 if link != damage.SLL2 else 0
    front = data[:where] + b"\x86\xdd" + data[where + 2:at]
    return (front + head + PREFIX + data[at + 12:at + 16] + PREFIX +
            data[at + 16:at + 20] + data[at + size:], 40 - size)


def ipv6(rng, case):
    """The same traffic between the same hosts' other addresses."""
    del rng
    if not all(is_plain(hit.link, p) for hit in case.values()
               for p in hit.packets):
        return
    for hit in case.values():
        hit.snaplen += 20
        for p in hit.packets:
            p.data, more = sixth(hit.link, p.data)
            p.wire += more
            p.tcp = damage.tcp_of(hit.link, p.data)


def former(address):
    """What an address was called before ipv6, as bytes."""
    return address[12:] if address[:12] == PREFIX else address


damage.DAMAGES.update((f.__name__, f) for f in (vlan, cooked, ipv6))
