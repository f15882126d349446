"""The server's capture was taken behind a cloud's traffic mirror.

Each of its frames is wrapped in VXLAN (UDP 4789), outer addresses are those
of the mirror. The story is that of security-group."""

import os

from laboratory import mirror
from scenarios import security_group as plain

STORY = "The server's capture comes in VXLAN from a traffic mirror; SYNs lost."
CAUSE = plain.CAUSE
EVIDENCE = getattr(plain, "EVIDENCE", {})
EITHER_FAMILY = True
TAGS = "tunnel"
tell = plain.tell


def dress(lab, folder, attempts):
    mirror.vxlan(os.path.join(folder, "server", "capture.pcap"), 4711)
