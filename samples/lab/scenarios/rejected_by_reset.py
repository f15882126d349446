"""A router answers SYNs to port 443 with a RST in the server's name.

To the client it looks refused; the server never saw the SYN and never sent
the RST. Its TTL is one hop too high.
"""

STORY = "The router forges RSTs for port 443; the server sent none."
CAUSE = "middlebox-reset"
EITHER_FAMILY = True


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft("tcp dport 443 counter reject with tcp reset "
                   'comment "reject"')
    lab.record(lab.client, lab.server)
    lab.client.connect(80, "established", at=0.0, result="ok")
    for at in (0.1, 0.4):
        lab.client.connect(443, "rejected-in-network", at=at, timeout=2.5,
                           result="refused")
    lab.client.connect(80, "established", at=0.7, result="ok")
    lab.client.go()
    count = lab.router.nft_packets("reject")
    lab.prove(count == 2, f"the router's rule rejected {count} SYNs")
