"""No capture at the server, but a flow log of its network interface.

The network drops port 443. The client's capture alone could not say where;
the flow log's REJECT records (AWS VPC format, version 2) do. They were
written from what the router's rule dropped and what it passed.
"""

import os
import shutil

from laboratory import capture
from laboratory import dress as clothes

STORY = "A client capture and a flow log with REJECT for port 443."
CAUSE = "security-group-or-firewall-drop"


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft('tcp dport 443 counter drop comment "sg"')
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.4, 1.5):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.router.nft_packets("sg")
    lab.prove(drops == 6, f"the router's rule dropped {drops} SYNs to 443")


def dress(lab, folder, attempts):
    packets = capture.read(os.path.join(folder, "client", "capture.pcap"))
    flows = {}
    for p in packets:
        flows.setdefault((p.src, p.dst, p.sport, p.dport), []).append(p)
    shutil.rmtree(os.path.join(folder, "server"))
    network = os.path.join(folder, "network")
    os.makedirs(network)
    with open(os.path.join(network, "vpc-flow-logs.log"), "w") as file:
        file.write("version account-id interface-id srcaddr dstaddr srcport "
                   "dstport protocol packets bytes start end action "
                   "log-status\n")
        for (src, dst, sport, dport), seen in flows.items():
            begin = int(seen[0].time) // 60 * 60
            size = sum(p.length + 52 for p in seen)
            action = "REJECT" if 443 in (sport, dport) else "ACCEPT"
            file.write(f"2 123456789012 eni-0a1b2c3d4e5f60718 {src} {dst} "
                       f"{sport} {dport} 6 {len(seen)} {size} {begin} "
                       f"{begin + 59} {action} OK\n")
    clothes.relabel(attempts, lambda a: a["server"]["port"] == 443,
                    "syn-lost-in-network", ["certain", "likely"])
