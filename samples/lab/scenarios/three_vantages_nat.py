"""A third capture before the NAT, and the server silent behind it.

The router rewrites the clients' addresses. Port 443's SYNs are in all three
captures, in the server's under another name, and die in its INPUT chain.
"""

STORY = "Three captures across a NAT: the SYNs to 443 die on the server."
CAUSE = "host-firewall-drop"
EITHER_FAMILY = True
EVIDENCE = {"server": "nft"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft('oifname "east" masquerade random', hook="postrouting")
    lab.server.nft('tcp dport 443 counter drop comment "input"', hook="input")
    lab.record(lab.client, lab.router, lab.server)
    for at in (0.0, 0.4, 1.5):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.server.nft_packets("input")
    lab.prove(drops == 6, f"the server's rule dropped {drops} SYNs")
