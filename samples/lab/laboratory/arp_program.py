"""Announces an address by ARP, as hosts do from time to time: a capture of a
real host that nobody filtered never holds one port's TCP alone.

argv: device, MAC address, IPv4 address. spec: RFC 5227, 2.3.
"""

import socket
import struct
import sys

mac = bytes.fromhex(sys.argv[2].replace(":", ""))
address = socket.inet_aton(sys.argv[3])
arp = struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + mac + address + \
    bytes(6) + address
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind((sys.argv[1], 0))
link.send(b"\xff" * 6 + mac + b"\x08\x06" + arp)
