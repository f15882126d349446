"""The client's capture was taken with `-i any` in the old cooked format.

Linux cooked v1 names no interface. The network drops the SYNs to port 443;
port 80 works.
"""

STORY = "-i any, cooked v1, at the client; SYNs to 443 die in the network."
CAUSE = "security-group-or-firewall-drop"
EITHER_FAMILY = True


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft('tcp dport 443 counter drop comment "sg"')
    lab.record(lab.client, interface="any", options=["-y", "LINUX_SLL"])
    lab.record(lab.server)
    for at in (0.0, 0.4, 2.0):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.router.nft_packets("sg")
    lab.prove(drops == 6, f"the router's rule dropped {drops} SYNs")
