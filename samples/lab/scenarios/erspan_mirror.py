"""The server's capture was taken at the collector of a switch's ERSPAN session.

Each of its frames is wrapped in GRE and ERSPAN type II. The story is that of
host-firewall-drop."""

import os

from laboratory import mirror
from scenarios import host_firewall_drop as plain

STORY = "The server's capture comes in ERSPAN II from a switch; its INPUT drops."
CAUSE = plain.CAUSE
EVIDENCE = getattr(plain, "EVIDENCE", {})
KERNEL_LINES = plain.KERNEL_LINES
EITHER_FAMILY = False
TAGS = "tunnel"
tell = plain.tell


def dress(lab, folder, attempts):
    mirror.erspan2(os.path.join(folder, "server", "capture.pcap"), 42)
