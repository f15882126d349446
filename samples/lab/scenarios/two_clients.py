"""Two clients on one wire; the network lets only one of them through.

192.0.2.10 is blocked, 192.0.2.11 is not; same server, same port. The capture
on the clients' side sees both.
"""

STORY = "A filter in the network drops one client's SYNs, not the other's."
CAUSE = "security-group-or-firewall-drop"


def tell(lab):
    lab.server.serve(80)
    lab.router.nft('ip saddr 192.0.2.10 counter drop comment "drop"')
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.4, 2.0):
        lab.client.connect(80, "established", at=at, source="192.0.2.11",
                           result="ok")
    for at in (0.1, 0.3):
        # No packet of this very pair of hosts ever reached the server's
        # capture, so there is no witness for the pair.
        lab.client.connect(80, "syn-lost-in-network", at=at, timeout=2.5,
                           result="timeout", confidence=["likely"])
    lab.client.go()
    drops = lab.router.nft_packets("drop")
    lab.prove(drops == 6, f"the router's rule dropped {drops} SYNs")
