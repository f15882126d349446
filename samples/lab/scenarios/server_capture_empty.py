"""The server's capture holds no packet at all.

The router drops everything from the client. The file is valid and empty: it
was running, but nothing in it shows that it would have seen this traffic
(right host, right interface?), so no verdict that rests on it is certain.
"""

STORY = "All SYNs are dropped in the network; the server's file is empty."
CAUSE = "security-group-or-firewall-drop"
TAGS = "damaged"

from laboratory import dress as clothes
import os


def tell(lab):
    lab.server.serve(80)
    lab.router.nft('ip saddr 192.0.2.10 counter drop comment "drop"')
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.3, 0.6):
        lab.client.connect(80, "syn-lost-in-network", at=at, timeout=2.5,
                           result="timeout", confidence=["likely", "possible"],
                           accept=["undetermined"],
                           candidates=["syn-lost-in-network",
                                       "syn-dropped-by-server",
                                       "synack-lost-in-network"])
    lab.client.go()
    drops = lab.router.nft_packets("drop")
    lab.prove(drops == 9, f"the router's rule dropped {drops} SYNs")


def dress(lab, folder, attempts):
    clothes.empty(os.path.join(folder, "server", "capture.pcap"))
