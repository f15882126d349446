"""The server logs in Kathmandu's time, five hours and 45 minutes ahead of UTC.

The lines "table full" stand in a syslog that names neither year nor zone;
case.yaml says which zone it is. The story is that of server-conntrack-full.
"""

import os

from laboratory import dress as clothes
from scenarios import server_conntrack_full as plain

STORY = "The server's syslog has local time; case.yaml names the zone."
CAUSE = plain.CAUSE
EVIDENCE = {"server": "conntrack-S sysctl dmesg"}
EITHER_FAMILY = True
tell = plain.tell


def dress(lab, folder, attempts):
    clothes.syslog(os.path.join(folder, "server"), 5.75, "web1")
    with open(os.path.join(folder, "case.yaml"), "w") as file:
        file.write("vantages:\n  - name: client\n  - name: server\n"
                   "    timezone: Asia/Kathmandu\n")
