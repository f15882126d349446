"""The server's capture comes from a mirror port on a trunk: VLAN 120.

Frames carry an 802.1Q tag on that side only. The story is that of
synack-dropped-by-client.
"""

import os

from laboratory import dress as clothes
from scenarios import synack_dropped_by_client as plain

STORY = "VLAN tags on the server's side only; the client drops SYN-ACKs."
CAUSE = plain.CAUSE
TAGS = "tunnel"
EITHER_FAMILY = True
EVIDENCE = {"client": "nft nstat"}
tell = plain.tell


def dress(lab, folder, attempts):
    clothes.add_vlan(os.path.join(folder, "server", "capture.pcap"), 120)
