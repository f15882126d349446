"""The client's capture comes from a provider's trunk: two VLAN tags.

The story is that of ack-lost-in-network."""

import os

from laboratory import mirror
from scenarios import ack_lost_in_network as plain

STORY = "Two VLAN tags on the client's side only; the final ACK is lost."
CAUSE = plain.CAUSE
EVIDENCE = getattr(plain, "EVIDENCE", {})
EITHER_FAMILY = True
TAGS = "tunnel"
tell = plain.tell


def dress(lab, folder, attempts):
    mirror.qinq(os.path.join(folder, "client", "capture.pcap"), 300, 12)
