"""The server logs in local time and nobody wrote down which.

The syslog's lines "table full" stand three hours before the attempts, if
read as UTC. In no zone named by the folder do they fit, and the counters
have no earlier snapshot: likely, but not confirmed. The story is that of
server-conntrack-full.
"""

import os

from laboratory import dress as clothes
from scenarios import server_conntrack_full as plain

STORY = "The server's syslog has local time and nobody knows the zone."
CAUSE = plain.CAUSE
EVIDENCE = {"server": "conntrack-S dmesg"}
MUST_NOT_CONFIRM = [plain.CAUSE]
tell = plain.tell


def dress(lab, folder, attempts):
    server = os.path.join(folder, "server")
    clothes.syslog(server, -3, "web1")
    os.unlink(os.path.join(server, "conntrack-S-before.txt"))
