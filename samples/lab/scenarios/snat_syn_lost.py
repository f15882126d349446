"""Source NAT with random ports, and SYNs of port 443 lost behind it.

The router rewrites the client's address and port, then drops port 443 on its
way out. Port 80 works through the same translation.
"""

STORY = "Behind a masquerading router the SYNs of port 443 are lost."
CAUSE = "security-group-or-firewall-drop"
EVIDENCE = {"router": "conntrack-L nft"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft('oifname "east" masquerade random', hook="postrouting")
    lab.router.nft('tcp dport 443 counter drop comment "sg"')
    lab.record(lab.client, lab.server)
    lab.state_of(lab.router)
    for at in (0.0, 0.4, 3.0):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.router.nft_packets("sg")
    lab.prove(drops == 6, f"the router's rule dropped {drops} SYNs")
