"""The server's clock is 137.25 seconds ahead.

The story is that of security-group; by the clocks as captured, the two files
do not overlap. The attempts on port 80 align them.
"""

import os

from laboratory import dress as clothes
from scenarios import security_group as plain

STORY = "The server's clock is 137.25 s ahead; SYNs to port 443 are lost."
CAUSE = plain.CAUSE
EITHER_FAMILY = True
tell = plain.tell


def dress(lab, folder, attempts):
    clothes.shift_clock(os.path.join(folder, "server", "capture.pcap"),
                        137.25)
