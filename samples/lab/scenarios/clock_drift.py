"""The server's clock runs 0.2 % too fast and started 61 seconds behind.

Over the eight seconds of the story the offset between the two files changes
by 16 ms, many round trips. The story is that of security-group.
"""

import os

from laboratory import dress as clothes
from scenarios import security_group as plain

STORY = "The server's clock is 61 s behind and runs 0.2 % fast; SYNs lost."
CAUSE = plain.CAUSE
EITHER_FAMILY = True
tell = plain.tell


def dress(lab, folder, attempts):
    path = os.path.join(folder, "server", "capture.pcap")
    clothes.drift_clock(path, 0.002)
    clothes.shift_clock(path, -61.0)
