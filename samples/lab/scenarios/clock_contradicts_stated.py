"""case.yaml says that the server's clock is right; it is 41.5 s ahead.

Somebody asked "timedatectl" after the clock had been corrected. The packets
of both ends know better. The story is that of security-group.
"""

import os

from laboratory import dress as clothes
from scenarios import security_group as plain

STORY = "The server's clock is 41.5 s ahead; case.yaml says it is right."
CAUSE = plain.CAUSE
EITHER_FAMILY = True
tell = plain.tell


def dress(lab, folder, attempts):
    clothes.shift_clock(os.path.join(folder, "server", "capture.pcap"), 41.5)
    with open(os.path.join(folder, "case.yaml"), "w") as file:
        file.write("vantages:\n  - name: client\n  - name: server\n"
                   "    clock_ahead_s: 0\n    clock_uncertainty_s: 0.5\n")
