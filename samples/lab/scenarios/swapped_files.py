"""The two captures were handed in under each other's name.

The story is that of synack-lost-stateful-router. What the folder calls
`client` was taken at the server and the other way round; TTLs, the order of
SYN and SYN-ACK in time and the direction of the traffic betray it. The
labels are those of the right order.
"""

import os

from scenarios import synack_lost_stateful_router as plain

STORY = "client/ and server/ are exchanged by mistake: SYN-ACKs are lost."
CAUSE = plain.CAUSE
# Nothing in the folder tells why the SYN-ACKs were dropped.
ALSO = ["security-group-or-firewall-drop"]
TAGS = "damaged"
tell = plain.tell


def dress(lab, folder, attempts):
    client = os.path.join(folder, "client", "capture.pcap")
    server = os.path.join(folder, "server", "capture.pcap")
    os.rename(client, client + ".new")
    os.rename(server, client)
    os.rename(client + ".new", server)
