"""Receives RFC 3164 datagrams on 127.0.0.1:514 and writes them to a file as
rsyslog's traditional format does: no priority, a host name.

argv: the file, the host's name.
"""

import re
import socket
import sys

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 514))
with open(sys.argv[1], "w") as file:
    while True:
        text = receiver.recv(65536).decode(errors="replace").strip()
        text = re.sub(r"^<\d+>", "", text)
        # "Nov 21 01:21:30 " is 16 characters (RFC 3164, 4.1.2).
        file.write(f"{text[:16]}{sys.argv[2]} {text[16:]}\n")
        file.flush()
