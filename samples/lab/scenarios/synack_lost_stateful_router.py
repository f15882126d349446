"""A stateful router drops SYN-ACKs whose SYN it did not track.

The router sees the SYN to port 443 untracked, as it would on an asymmetric
path; the SYN-ACK is then `ct state invalid` and is dropped on its way back.
The server repeats it; the client never sees one. Port 80 works.
"""

STORY = "The router drops SYN-ACKs of port 443 as ct state invalid."
CAUSE = "asymmetric-route"
EITHER_FAMILY = True
EVIDENCE = {"server": "nstat", "client": "nstat", "router": "nft conntrack-S"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft("tcp dport 443 tcp flags & (syn | ack) == syn notrack",
                   hook="prerouting", priority=-300)
    lab.router.nft('ct state invalid counter drop comment "invalid"')
    lab.record(lab.client, lab.server)
    lab.state_of(lab.router)
    for at in (0.0, 1.5):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.4):
        lab.client.connect(443, "synack-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.router.nft_packets("invalid")
    lab.prove(drops >= 6, f"the router's rule dropped {drops} SYN-ACKs")
