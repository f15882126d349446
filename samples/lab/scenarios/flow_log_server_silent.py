"""A client capture, and a flow log that shows the SYNs going in.

The server's interface accepted the SYNs to port 443 and saw no answer leave
(no egress record): they died on the server, whose INPUT chain drops them.
"""

import os
import shutil

from laboratory import capture, flow_log
from laboratory import dress as clothes

STORY = "The flow log shows SYNs accepted at the server and no answer leaving."
CAUSE = None


def tell(lab):
    lab.server.serve(80, 443)
    lab.server.nft('tcp dport 443 counter drop comment "input"', hook="input")
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.4, 1.5):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.server.nft_packets("input")
    lab.prove(drops == 6, f"the server's rule dropped {drops} SYNs to 443")


def dress(lab, folder, attempts):
    packets = capture.read(os.path.join(folder, "server", "capture.pcap"))
    records = flow_log.records(packets, "eni-05e47e4000000000b",
                               lambda f: "ACCEPT",
                               owner=attempts[0]["server"]["ip"])
    shutil.rmtree(os.path.join(folder, "server"))
    flow_log.write(folder, records)
    # Best effort delivery: a missing record is weak, so who abstains between
    # the two readings is not wrong.
    clothes.relabel(
        attempts, lambda a: a["server"]["port"] == 443,
        "syn-dropped-by-server", ["likely", "possible"],
        accept=["undetermined"])
