"""Nobody captured at the server.

The story is that of security-group with a refusal added. The client's own
packets prove what worked; of what stayed silent they cannot say where it
died, and of the RST not who sent it.
"""

import os
import shutil

from laboratory import dress as clothes

STORY = "A client-side capture alone: silence has three explanations."
CAUSE = None
EITHER_FAMILY = True
EVIDENCE = {"client": "nstat"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft('tcp dport 443 counter drop comment "sg"')
    lab.record(lab.client, lab.server)
    for at in (0.0, 1.0):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.connect(8080, "refused-by-server", at=0.5, result="refused")
    lab.client.go()
    dropped = lab.router.nft_packets("sg")
    lab.prove(dropped == 6, f"the router's rule dropped {dropped} SYNs to 443")


def dress(lab, folder, attempts):
    shutil.rmtree(os.path.join(folder, "server"))
    anything = ["certain", "likely", "possible"]
    clothes.relabel(
        attempts, lambda a: a["truth"] == "syn-lost-in-network",
        "undetermined", anything,
        ["syn-lost-in-network", "syn-dropped-by-server",
         "synack-lost-in-network"])
    clothes.relabel(
        attempts, lambda a: a["truth"] == "refused-by-server",
        "undetermined", anything,
        ["refused-by-server", "rejected-in-network"])
