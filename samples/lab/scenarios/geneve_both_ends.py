"""Both captures were taken on an overlay network's underlay.

Each frame is wrapped in Geneve (UDP 6081) with an option. The story is that
of synack-lost-stateful-router."""

import os

from laboratory import mirror
from scenarios import synack_lost_stateful_router as plain

STORY = "Both captures come in Geneve; a stateful router drops SYN-ACKs."
CAUSE = plain.CAUSE
EVIDENCE = getattr(plain, "EVIDENCE", {})
EITHER_FAMILY = True
TAGS = "tunnel"
tell = plain.tell


def dress(lab, folder, attempts):
    for side in ("client", "server"):
        mirror.geneve(os.path.join(folder, side, "capture.pcap"), 7)
