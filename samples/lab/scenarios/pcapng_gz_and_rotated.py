"""The server's capture is a gzipped pcapng, the client's came in pieces.

`tcpdump -C` left capture.pcap, capture.pcap1, … at the client; together they
are one capture. The story is that of security-group.
"""

import os

from laboratory import dress as clothes
from scenarios import security_group as plain

STORY = "Rotated pieces at the client, pcapng.gz at the server; SYNs lost."
CAUSE = plain.CAUSE
EITHER_FAMILY = True
EVIDENCE = {"server": "ss-ltn"}
tell = plain.tell


def dress(lab, folder, attempts):
    clothes.rotate(os.path.join(folder, "client", "capture.pcap"), 15)
    clothes.pcapng_gz(os.path.join(folder, "server", "capture.pcap"))
