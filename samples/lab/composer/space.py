"""Network namespaces without a name, and taps on all that crosses them.

A namespace lives as long as this process has it open, so nothing is left
behind however the process ends. Needs root.
"""
import contextlib
import ctypes
import dataclasses
import errno
import os
import select
import socket
import struct
import subprocess
import threading

from laboratory import capture

CLONE_NEWNET = 0x40000000  # cite: Linux include/uapi/linux/sched.h (6.12)
ETH_P_ALL = 3  # cite: Linux include/uapi/linux/if_ether.h (6.12)
SO_TIMESTAMPNS = 35  # cite: Linux include/uapi/asm-generic/socket.h (6.12)
SO_RCVBUFFORCE = 33  # cite: Linux include/uapi/asm-generic/socket.h (6.12)
# cite: Linux include/uapi/linux/sockios.h and ethtool.h (6.12)
SIOCETHTOOL, ETHTOOL_SRXCSUM, ETHTOOL_STXCSUM = 0x8946, 0x15, 0x17
VXLAN = 4789  # cite: RFC 7348, section 5
libc = ctypes.CDLL(None, use_errno=True)


@dataclasses.dataclass(frozen=True)
class Family:
    """What differs between the versions of IP."""
    version: int
    socket: int  # of the address family
    net: str  # a network's length, and a host's
    whole: str
    nft: str
    forward: str  # the sysctl

    def with_port(self, address, port):
        return f"[{address}]:{port}" if self.version == 6 else \
            f"{address}:{port}"


FAMILIES = {
    4: Family(4, socket.AF_INET, "/24", "/32", "ip", "net.ipv4.ip_forward"),
    6: Family(6, socket.AF_INET6, "/64", "/128", "ip6",
              "net.ipv6.conf.all.forwarding")}


def _call(name, *arguments):
    if getattr(libc, name)(*arguments):
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


class Space:
    """One host."""

    def __init__(self, name):
        self.name = name
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        _call("unshare", CLONE_NEWNET)
        self.fd = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        _call("setns", home, CLONE_NEWNET)
        os.close(home)
        self.path = f"/proc/{os.getpid()}/fd/{self.fd}"
        self.ip("link set lo up")

    @contextlib.contextmanager
    def inside(self):
        """What this thread does meanwhile, it does in the namespace."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        _call("setns", self.fd, CLONE_NEWNET)
        try:
            yield
        finally:
            _call("setns", home, CLONE_NEWNET)
            os.close(home)

    def _feed(self, argv, text):
        with self.inside():
            done = subprocess.run(argv, input=text, capture_output=True,
                                  text=True)
        if done.returncode:
            raise OSError(f"{self.name}: {' '.join(argv)}: {text.strip()}: "
                          f"{done.stderr.strip()}")
        return done.stdout

    def ip(self, *lines):
        """Lines of `ip -batch`."""
        text = "\n".join(lines) + "\n"
        six = ["-6"] if ":" in text else []
        return self._feed(["ip", *six, "-batch", "-"], text)

    def nft(self, table, chain, spec, *rules):
        """Adds a chain ("ip nat", "pre", "type …") and its rules."""
        lines = [f"add table {table}", f"add chain {table} {chain} "
                 f"{{ {spec} ; }}"]
        lines += [f"add rule {table} {chain} {rule}" for rule in rules]
        return self._feed(["nft", "-f", "-"], "\n".join(lines) + "\n")

    def sh(self, command):
        """What a command prints here; it may fail."""
        with self.inside():
            return subprocess.run(["sh", "-c", command], capture_output=True,
                                  text=True).stdout

    def sysctl(self, key, value):
        with self.inside(), open("/proc/sys/" + key.replace(".", "/"),
                                 "w") as file:
            file.write(str(value))

    def socket(self, *arguments):
        with self.inside():
            return socket.socket(*arguments)

    def whole_sums(self, device):
        """Check sums are finished before a packet leaves."""
        end = self.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for command in (ETHTOOL_STXCSUM, ETHTOOL_SRXCSUM):
            value = ctypes.create_string_buffer(struct.pack("II", command, 0))
            request = ctypes.create_string_buffer(struct.pack(
                "16sP16x", device.encode(), ctypes.addressof(value)))
            libc.ioctl(end.fileno(), SIOCETHTOOL, request)
        end.close()


def wire(left, left_device, right, right_device):
    """A cable between two hosts."""
    left.ip(f"link add {left_device} type veth peer name {right_device} "
            f"netns {right.path}")
    for host, device in ((left, left_device), (right, right_device)):
        host.ip(f"link set {device} up")
        host.whole_sums(device)


def unwrapped(frame):
    """What VXLAN carries, of a frame that is of it.
    spec: RFC 7348, section 5"""
    at = {b"\x08\x00": 34, b"\x86\xdd": 54}.get(frame[12:14])
    udp = at and frame[23 if at == 34 else 20] == socket.IPPROTO_UDP
    if udp and frame[at + 2:at + 4] == struct.pack(">H", VXLAN):
        return frame[at + 16:]
    return frame


def packet_of(frame, when):
    """Its segment, or the one that an ICMP error quotes; else None."""
    inner = unwrapped(frame)
    if inner[12:14] not in (b"\x08\x00", b"\x86\xdd"):
        return None
    return capture.network(inner[14:], when)


class Seen:
    """A frame as one device saw it. when: seconds of the machine's clock;
    kind: 0 to us, 1 to all, 3 to another, 4 sent by us
    (cite: Linux include/uapi/linux/if_packet.h (6.12))."""

    __slots__ = ("when", "host", "device", "kind", "frame", "index",
                 "packet")

    def __init__(self, when, host, device, kind, frame, index):
        self.when, self.host, self.device = when, host, device
        self.kind, self.frame, self.index = kind, frame, index
        self.packet = packet_of(frame, when)


class Taps:
    """Every frame on the named devices of the named hosts."""

    def __init__(self, places):
        self.poll, self.ends, self.seen = select.epoll(), {}, []
        for host, device in places:
            end = host.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            end.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            end.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22)
            end.setblocking(False)
            with host.inside():
                end.bind((device, ETH_P_ALL))
                index = socket.if_nametoindex(device)
            self.ends[end.fileno()] = (end, host.name, device, index)
            self.poll.register(end, select.EPOLLIN)
        self.ending = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while True:
            ready = self.poll.poll(0.1)
            for number, _ in ready:
                self._read(*self.ends[number])
            if self.ending and not ready:
                return

    def _read(self, end, host, device, index):
        while True:
            try:
                frame, notes, _, who = end.recvmsg(65536, 256)
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.ENETDOWN):
                    raise
                return  # nothing more, or the card was taken down
            sec, nano = struct.unpack("qq", notes[0][2][:16])
            self.seen.append(Seen(sec + nano / 1e9, host, device, who[2],
                                  frame, index))

    def stop(self):
        """Ends the taps; returns what they saw, in the order of time."""
        self.ending = True
        self.thread.join()
        for end, *_ in self.ends.values():
            end.close()
        return sorted(self.seen, key=lambda seen: seen.when)
