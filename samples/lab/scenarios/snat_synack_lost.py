"""Source NAT with random ports, and SYN-ACKs of port 443 lost behind it.

The server knows the client as 198.51.100.1 and by other ports. The router
drops SYN-ACKs of port 443 on their way back; port 80 works through the same
NAT. Attempts pair by initial sequence number, not by address.
"""

STORY = "Behind a masquerading router the SYN-ACKs of port 443 are lost."
CAUSE = "security-group-or-firewall-drop"
EVIDENCE = {"router": "conntrack-L", "server": "nstat"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft('oifname "east" masquerade random', hook="postrouting")
    lab.router.nft("tcp sport 443 tcp flags & (syn | ack) == (syn | ack) "
                   'counter drop comment "synack"')
    lab.record(lab.client, lab.server)
    lab.state_of(lab.router)
    for at in (0.0, 0.2, 2.0):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "synack-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.router.nft_packets("synack")
    lab.prove(drops >= 6, f"the router's rule dropped {drops} SYN-ACKs")
