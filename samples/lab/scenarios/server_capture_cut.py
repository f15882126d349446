"""The server's disk was full: its capture ends inside a record.

Port 443 is dropped in the network all the time. What happened before the cut
can be judged; the attempts behind it cannot.
"""

import os

from laboratory import capture
from laboratory import dress as clothes

STORY = "The server's file is cut after 4 s; later attempts are undetermined."
CAUSE = "security-group-or-firewall-drop"
TAGS = "damaged"
EITHER_FAMILY = True


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft('tcp dport 443 counter drop comment "sg"')
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.3, 3.2, 5.0):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.2):
        lab.client.connect(443, "syn-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    for at in (5.5, 5.7):
        lab.client.connect(443, "undetermined", at=at, timeout=2.5,
                           truth="syn-lost-in-network",
                           candidates=["syn-lost-in-network",
                                       "syn-dropped-by-server",
                                       "synack-lost-in-network"],
                           confidence=["certain", "likely", "possible"],
                           result="timeout")
    lab.client.go()
    drops = lab.router.nft_packets("sg")
    lab.prove(drops == 12, f"the router's rule dropped {drops} SYNs to 443")


def dress(lab, folder, attempts):
    """The file ends between the third and the fourth connection to 80."""
    path = os.path.join(folder, "server", "capture.pcap")
    begun = [p.time for p in capture.read(path)
             if p.dport == 80 and p.flags & 0x12 == 0x02]
    clothes.cut(path, (begun[2] + begun[3]) / 2 - clothes.first_time(path))
