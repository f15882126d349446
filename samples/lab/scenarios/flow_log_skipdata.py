"""A client capture, and a flow log with a hole in it.

The server's interface reported SKIPDATA for the minutes in question: that
the flow log holds nothing of port 443 proves nothing.
"""

import os
import shutil

from laboratory import dress as clothes
from laboratory import flow_log

STORY = "A client capture and a flow log that skipped the moment."
CAUSE = None
MUST_NOT_CONFIRM = ["security-group-or-firewall-drop"]


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft('tcp dport 443 counter drop comment "sg"')
    lab.record(lab.client, lab.server)
    for at in (0.0, 1.0):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.router.nft_packets("sg")
    lab.prove(drops == 6, f"the router's rule dropped {drops} SYNs to 443")


def dress(lab, folder, attempts):
    begin = int(clothes.first_time(os.path.join(
        folder, "client", "capture.pcap"))) // 60 * 60
    shutil.rmtree(os.path.join(folder, "server"))
    flow_log.write(folder, [flow_log.hole("SKIPDATA", begin, begin + 59)])
    clothes.relabel(
        attempts, lambda a: a["server"]["port"] == 443, "undetermined",
        ["certain", "likely", "possible"],
        ["syn-lost-in-network", "syn-dropped-by-server",
         "synack-lost-in-network"])
