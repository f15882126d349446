"""An xz-compressed capture at the client, a zstd-compressed one at the server.

The story is that of accept-queue-full.
"""

import os

from laboratory import dress as clothes
from scenarios import accept_queue_full as plain

STORY = "capture.pcap.xz here, capture.pcap.zst there; the accept queue is full."
CAUSE = plain.CAUSE
EVIDENCE = plain.EVIDENCE
EITHER_FAMILY = True
NEEDS = ("xz", "zstd")
tell = plain.tell


def dress(lab, folder, attempts):
    clothes.compress(os.path.join(folder, "client", "capture.pcap"), "xz")
    clothes.compress(os.path.join(folder, "server", "capture.pcap"), "zstd")
