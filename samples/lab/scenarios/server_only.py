"""Nobody captured at the client.

Port 443: the SYN-ACKs never reach the client; seen from the server alone,
the SYN-ACK, the client or its ACK may have gone missing. Port 8443: the SYN
arrives and the server stays silent, which its own capture proves. Ports 80
and 8080: answered and refused, proven too.
"""

import os
import shutil

from laboratory import dress as clothes

STORY = "A server-side capture alone: a repeated SYN-ACK has explanations."
CAUSE = None
ALSO = ["host-firewall-drop", "no-listener"]
EITHER_FAMILY = True
EVIDENCE = {"server": "nstat ss-ltn nft"}


def tell(lab):
    lab.server.serve(80, 443, 8443)
    lab.router.nft("tcp sport 443 tcp flags & (syn | ack) == (syn | ack) "
                   'counter drop comment "synack"')
    lab.server.nft('tcp dport 8443 counter drop comment "input"',
                   hook="input")
    lab.record(lab.client, lab.server)
    lab.client.connect(80, "established", result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "synack-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.connect(8443, "syn-dropped-by-server", at=0.4, timeout=2.5,
                       result="timeout")
    lab.client.connect(8080, "refused-by-server", at=0.5, result="refused")
    lab.client.go()
    lab.pause(1.5)
    drops = lab.server.nft_packets("input")
    lost = lab.router.nft_packets("synack")
    lab.prove(drops == 3 and lost >= 4, f"the server's rule dropped {drops} "
              f"SYNs, the router's {lost} SYN-ACKs")


def dress(lab, folder, attempts):
    shutil.rmtree(os.path.join(folder, "client"))
    clothes.relabel(
        attempts, lambda a: a["truth"] == "synack-lost-in-network",
        "undetermined", ["certain", "likely", "possible"],
        ["synack-lost-in-network", "synack-dropped-by-client",
         "ack-lost-in-network"])
