"""Both captures, and flow logs of both network interfaces (version 5).

The client's interface passed the SYNs to port 443 on their way out, the
server's rejected them on their way in: the security group of the server.
"""

import os

from laboratory import capture, flow_log

STORY = "ACCEPT at the client's interface, REJECT at the server's: port 443."
CAUSE = "security-group-or-firewall-drop"
EVIDENCE = {"server": "ss-ltn"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft('tcp dport 443 counter drop comment "sg"')
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.4, 1.5):
        lab.client.connect(80, "established", at=at, result="ok")
    failing = lab.plan.count(2, 1, 5)
    for n in range(failing):
        lab.client.connect(443, "syn-lost-in-network", at=0.1 + n * 0.2,
                           timeout=2.5, result="timeout")
    lab.client.go()
    drops = lab.router.nft_packets("sg")
    lab.prove(drops == 3 * failing, f"the router's rule dropped {drops} SYNs")


def dress(lab, folder, attempts):
    records = []
    for side, eni in (("client", "eni-0c11e27000000000a"),
                      ("server", "eni-05e47e4000000000b")):
        # The flow log of the server's interface sits before its filter: it
        # knows what the router dropped, which the server's capture does not.
        packets = capture.read(os.path.join(folder, "client", "capture.pcap"))
        records += flow_log.records(
            packets, eni, lambda f: "REJECT" if side == "server" and
            443 in f else "ACCEPT", owner=attempts[0][side]["ip"])
    flow_log.write(folder, records)
