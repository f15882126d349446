"""A name server with one answer (RFC 1035): the same address for every name.

argv: the address. Prints `ready`, then runs until it is killed.
"""

import socket
import struct
import sys

address = socket.inet_aton(sys.argv[1])
port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
port.bind(("0.0.0.0", 53))
print("ready", flush=True)
while True:
    query, who = port.recvfrom(512)
    # Header, then the one question: labels up to the empty one, type, class.
    end = query.index(b"\0", 12) + 5
    head = query[:2] + struct.pack(">HHHHH", 0x8180, 1, 1, 0, 0)
    answer = struct.pack(">HHHIH", 0xc00c, 1, 1, 60, 4) + address
    port.sendto(head + query[12:end] + answer, who)
