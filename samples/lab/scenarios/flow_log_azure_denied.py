"""A client capture and an Azure NSG flow log (version 2) of the server's side.

The rule DenyAllInBound denied port 443 and AllowHttp allowed port 80.
"""

import os
import shutil

from laboratory import capture, flow_log
from laboratory import dress as clothes

STORY = "A client capture and an NSG flow log with denied flows to port 443."
CAUSE = "security-group-or-firewall-drop"


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft('tcp dport 443 counter drop comment "nsg"')
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.4, 1.5):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.router.nft_packets("nsg")
    lab.prove(drops == 6, f"the router's rule dropped {drops} SYNs to 443")


def dress(lab, folder, attempts):
    packets = capture.read(os.path.join(folder, "client", "capture.pcap"))
    shutil.rmtree(os.path.join(folder, "server"))
    flow_log.write_nsg(folder, packets, denied={443})
    clothes.relabel(attempts, lambda a: a["server"]["port"] == 443,
                    "syn-lost-in-network", ["certain", "likely"])
