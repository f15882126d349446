"""Recorders (tcpdump) and a small reader of what they wrote.

The reader exists to check labels and is deliberately independent of the
analyzer: Ethernet, VLAN and Linux cooked v1 and v2, IPv4 and IPv6, TCP and the
ICMP errors that quote TCP. It expects our own well-formed files.
"""

import os
import signal
import struct
import subprocess
import time

SYN, RST, ACK, FIN = 0x02, 0x04, 0x10, 0x01


class Recorder:
    """One tcpdump that is known to capture before the story begins."""

    def __init__(self, host, interface, folder, options, filter=None):
        self.host, self.name = host, host.name
        self.path = os.path.join(folder, f"{self.name}.pcap")
        self.errors = open(self.path + ".stderr", "w+")
        if "-s" not in options:
            options = ["-s", "0"] + options
        self.process = host.spawn(
            ["tcpdump", "-i", interface, "-U", "--immediate-mode", "-Z",
             "root", "-w", self.path] + options +
            ([filter] if filter else []),
            stdout=subprocess.DEVNULL, stderr=self.errors)

    def wait_ready(self):
        for _ in range(100):
            with open(self.errors.name) as file:
                if "listening on" in file.read():
                    return
            time.sleep(0.05)
        raise RuntimeError(f"tcpdump on {self.name} does not start")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=5)
        self.errors.close()


class Packet:
    """One TCP segment, or one ICMP error with the quoted segment's tuple."""

    __slots__ = ("time", "src", "dst", "sport", "dport", "seq", "ack",
                 "flags", "length", "icmp", "ttl")


def checksum(data):
    """RFC 1071, over an even number of bytes."""
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def _address(raw):
    import ipaddress
    return str(ipaddress.ip_address(raw))


def network(data, when):
    """Decodes an IP packet; None when it carries neither TCP nor an error."""
    if len(data) < 20:
        return None
    packet = Packet()
    packet.time, packet.icmp = when, None
    if data[0] >> 4 == 4:
        head = (data[0] & 15) * 4
        protocol, packet.ttl = data[9], data[8]
        packet.src, packet.dst = _address(data[12:16]), _address(data[16:20])
        total = struct.unpack(">H", data[2:4])[0]
    else:
        head, protocol, packet.ttl = 40, data[6], data[7]
        packet.src, packet.dst = _address(data[8:24]), _address(data[24:40])
        total = struct.unpack(">H", data[4:6])[0] + 40
        if protocol == 0:
            return None
    rest = data[head:]
    if (protocol == 1 and rest[0] in (3, 11)) or \
            (protocol == 58 and rest[0] in (1, 3)):
        quoted = network(rest[8:], when)
        if quoted:
            quoted.icmp = (packet.src, rest[0], rest[1])
            return quoted
        return None
    if protocol != 6:
        return None
    packet.sport, packet.dport, packet.seq, packet.ack = struct.unpack(
        ">HHII", rest[:12].ljust(12, b"\0"))
    packet.flags = rest[13] if len(rest) > 13 else 0
    offset = (rest[12] >> 4) * 4 if len(rest) > 12 else 20
    packet.length = max(0, total - head - offset)
    return packet


def read(path):
    """All TCP and ICMP-error packets of a pcap file, in file order."""
    with open(path, "rb") as file:
        data = file.read()
    magic = struct.unpack("<I", data[:4])[0]
    unit = {0xa1b2c3d4: 1e-6, 0xa1b23c4d: 1e-9}[magic]
    link = struct.unpack("<I", data[20:24])[0] & 0xffff
    packets, at = [], 24
    while at + 16 <= len(data):
        sec, frac, caplen, _ = struct.unpack("<IIII", data[at:at + 16])
        frame = data[at + 16:at + 16 + caplen]
        at += 16 + caplen
        kind, skip = frame[12:14], 14
        if link == 276:
            kind, skip = frame[0:2], 20
        elif link == 113:
            kind, skip = frame[14:16], 16
        while kind == b"\x81\x00":
            kind, skip = frame[skip + 2:skip + 4], skip + 4
        if kind not in (b"\x08\x00", b"\x86\xdd"):
            continue
        packet = network(frame[skip:], sec + frac * unit)
        if packet:
            packets.append(packet)
    return packets


class View:
    """What one capture holds of one attempt. Keyed by tuple and ISN."""

    def __init__(self, key, isn):
        self.key, self.isn, self.first = key, isn, None
        self.syn = self.synack = self.ack = self.data = 0
        self.client_rst = self.server_rst = self.icmp = 0
        self.server_bare_ack = self.server_data = self.server_syn = 0
        self.icmp_from = None
        self.syn_times = []


def attempts(packets, tuples=None):
    """The attempts in a capture: {(cip, cport, sip, sport): [View, …]}.

    tuples, when given, names the client side of each attempt (needed where
    both ends send SYNs).
    """
    found = {}
    for p in packets:
        forward = (p.src, p.sport, p.dst, p.dport)
        backward = (p.dst, p.dport, p.src, p.sport)
        if p.flags & SYN and not p.flags & ACK and not p.icmp and \
                not (tuples and forward not in tuples and backward in tuples):
            views = found.setdefault(forward, [])
            if not views or all(v.isn != p.seq for v in views):
                views.append(View(forward, p.seq))
    for p in packets:
        forward = (p.src, p.sport, p.dst, p.dport)
        backward = (p.dst, p.dport, p.src, p.sport)
        if forward in found:
            _forward(found[forward], p)
        elif backward in found:
            _backward(found[backward], p)
    return found


def _distance(a, b):
    return (a - b) & 0xffffffff


def _forward(views, p):
    if p.flags & SYN and not p.flags & ACK:
        view = next((v for v in views if v.isn == p.seq), None)
        if view is None:
            return
        if p.icmp:
            view.icmp += 1
            view.icmp_from = p.icmp
            return
        view.syn += 1
        view.syn_times.append(p.time)
        view.first = view.first or p.time
        return
    if p.icmp:
        # Only eight quoted bytes are sure to exist: match by the ISN.
        for view in views:
            if view.isn == p.seq:
                view.icmp += 1
                view.icmp_from = p.icmp
        return
    begun = [v for v in views if v.first is not None]
    if p.flags & RST:
        near = [v for v in begun if _distance(p.seq, v.isn) < 1 << 20]
        (near or begun or views)[-1].client_rst += 1
        return
    for view in reversed(begun):
        if 0 < _distance(p.seq, view.isn) < 1 << 20:
            if p.flags & ACK:
                view.ack += 1
            if p.length:
                view.data += 1
            return


def _backward(views, p):
    near = [v for v in views if v.first is not None]
    if not near or p.icmp:
        return
    exact = [v for v in near if p.flags & ACK
             and _distance(p.ack, v.isn) < 1 << 20]
    latest = [v for v in near if v.first <= p.time][-1:]
    if latest and latest[0] not in exact and not latest[0].synack and \
            not p.flags & (SYN | RST | FIN) and not p.length:
        # An old connection's ACK that answers a newer SYN (RFC 5961).
        latest[0].server_bare_ack += 1
        return
    view = (exact or near)[-1]
    if p.flags & RST:
        view.server_rst += 1
    elif p.flags & SYN and p.flags & ACK:
        if exact:
            view.synack += 1
    elif p.flags & SYN:
        view.server_syn += 1
    elif not exact or p.ack == view.isn:
        view.server_bare_ack += 1
    elif p.length:
        view.server_data += 1
