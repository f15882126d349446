"""The server's clock is 137.25 seconds behind, its kernel log with it.

The story is that of server-conntrack-full. The lines "table full" belong to
the dropped SYNs only after the clocks are aligned; by the clocks as written
they are two minutes older than any attempt.
"""

import datetime
import os
import re

from laboratory import dress as clothes
from scenarios import server_conntrack_full as plain

STORY = "As server-conntrack-full, with the server's clock 137.25 s behind."
CAUSE = plain.CAUSE
EITHER_FAMILY = True
EVIDENCE = {"server": "conntrack-S sysctl dmesg"}
tell = plain.tell


def dress(lab, folder, attempts):
    server = os.path.join(folder, "server")
    clothes.shift_clock(os.path.join(server, "capture.pcap"), -137.25)
    path = os.path.join(server, "dmesg.txt")
    with open(path) as file:
        lines = file.read().splitlines()
    with open(path, "w") as file:
        for line in lines:
            stamp, rest = re.match(r"(\S+)\+00:00 (.*)", line).groups()
            when = datetime.datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S,%f")
            when -= datetime.timedelta(seconds=137.25)
            file.write(when.strftime("%Y-%m-%dT%H:%M:%S,%f") +
                       f"+00:00 {rest}\n")
