"""A client capture alone, and a router that says what it does.

Port 8443 is answered by ICMP "administratively prohibited" from the router:
one end is enough to tell. Silence on port 443 still is not.
"""

import os
import shutil

from laboratory import dress as clothes

STORY = "A client capture alone: ICMP names the router, silence names nobody."
CAUSE = "icmp-rejected"
EITHER_FAMILY = True


def tell(lab):
    lab.server.serve(80, 443, 8443)
    lab.router.nft('tcp dport 443 counter drop comment "drop"')
    lab.router.nft("tcp dport 8443 counter reject with icmpx type "
                   'admin-prohibited comment "reject"')
    lab.record(lab.client, lab.server)
    for at in (0.0, 1.0):
        lab.client.connect(80, "established", at=at, result="ok")
    lab.client.connect(443, "syn-lost-in-network", at=0.1, timeout=2.5,
                       result="timeout")
    for at in (0.2, 0.4):
        lab.client.connect(8443, "rejected-in-network", at=at,
                           result="unreachable")
    lab.client.go()
    count = lab.router.nft_packets("reject")
    lab.prove(count >= 2, f"the router rejected {count} SYNs")


def dress(lab, folder, attempts):
    shutil.rmtree(os.path.join(folder, "server"))
    clothes.relabel(
        attempts, lambda a: a["truth"] == "syn-lost-in-network",
        "undetermined", ["certain", "likely", "possible"],
        ["syn-lost-in-network", "syn-dropped-by-server",
         "synack-lost-in-network"])
