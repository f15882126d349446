"""Sends bare SYNs with a source address of choice.

argv: source, destination, destination port, gap in seconds, time stamp or
-1 for no such option, source ports. A port that is named again sends the
same SYN again.
"""

import random
import socket
import struct
import sys
import time


def checksum(data):
    """RFC 1071, over an even number of bytes."""
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


source, target = (socket.inet_aton(a) for a in sys.argv[1:3])
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
stamp, numbers = int(sys.argv[5]), {}
for port in map(int, sys.argv[6:]):
    options = struct.pack(">BBH", 2, 4, 1460)
    if stamp >= 0:
        # cite: RFC 7323, 3.2: kind 8, length 10, two NOPs in front.
        options += struct.pack(">BBBBII", 1, 1, 8, 10, stamp, 0)
    isn = numbers.setdefault(port, random.getrandbits(32))
    tcp = struct.pack(">HHIIBBHHH", port, int(sys.argv[3]), isn, 0,
                      (5 + len(options) // 4) << 4, 2, 64240, 0, 0) \
        + options
    pseudo = source + target + struct.pack(">BBH", 0, 6, len(tcp))
    tcp = tcp[:16] + struct.pack(">H", checksum(pseudo + tcp)) + tcp[18:]
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp),
                     random.getrandbits(16), 0x4000, 64, 6, 0, source, target)
    raw.sendto(ip + tcp, (sys.argv[2], 0))
    time.sleep(float(sys.argv[4]))
