"""A trap: the server's capture lost packets, and its pcapng says so.

The SYNs to port 443 reached the server and died in its INPUT chain; just
these frames are among the 41 that the interface statistics count as dropped
by the kernel. What is missing from such a file is no proof.
"""

import os

from laboratory import dress as clothes

STORY = "The server's capture dropped 41 packets; what it lacks is no proof."
CAUSE = "host-firewall-drop"
TAGS = "damaged"
EITHER_FAMILY = True
EVIDENCE = {"server": "nft"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.server.nft('tcp dport 443 counter drop comment "input"', hook="input")
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.4, 2.0):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.server.nft_packets("input")
    lab.prove(drops == 6, f"the server's rule dropped {drops} SYNs to 443")


def dress(lab, folder, attempts):
    path = os.path.join(folder, "server", "capture.pcap")
    clothes.leave_out(path,
                      lambda f: 443 in (clothes.tcp_ports(f) or ()))
    clothes.pcapng_with_drops(path, 41)
    clothes.relabel(attempts,
                    lambda a: a["truth"] == "syn-dropped-by-server",
                    "undetermined", ["likely", "possible"],
                    ["syn-lost-in-network", "syn-dropped-by-server",
                     "synack-lost-in-network"],
                    ["syn-lost-in-network", "syn-dropped-by-server"])
