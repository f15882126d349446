"""A router answers SYNs to port 443 with ICMP administratively prohibited.

connect() fails at once with "No route to host"; the server saw nothing.
"""

STORY = "The router rejects port 443 with ICMP admin-prohibited."
CAUSE = "icmp-rejected"


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft("tcp dport 443 counter reject with icmpx type "
                   'admin-prohibited comment "reject"')
    lab.record(lab.client, lab.server)
    lab.client.connect(80, "established", at=0.0, result="ok")
    for at in (0.1, 0.4):
        lab.client.connect(443, "rejected-in-network", at=at, timeout=2.5,
                           result="unreachable")
    lab.client.connect(80, "established", at=0.7, result="ok")
    lab.client.go()
    count = lab.router.nft_packets("reject")
    lab.prove(count == 2, f"the router's rule rejected {count} SYNs")
