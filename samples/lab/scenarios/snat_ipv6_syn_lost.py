"""IPv6 behind a masquerading router; SYNs to port 443 die after it.

The router rewrites the client's address and port, then drops port 443 on its
way out. Port 80 works through the same translation.
"""

STORY = "NAT66 with random ports; SYNs to port 443 are lost behind it."
CAUSE = "security-group-or-firewall-drop"
FAMILY = 6
EVIDENCE = {"router": "conntrack-L nft"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft('oifname "east" masquerade random', hook="postrouting")
    lab.router.nft('tcp dport 443 counter drop comment "sg"')
    lab.record(lab.client, lab.server)
    lab.state_of(lab.router)
    for at in (0.0, 0.4, 1.5):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.router.nft_packets("sg")
    lab.prove(drops == 6, f"the router's rule dropped {drops} SYNs")
