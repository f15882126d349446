"""Both ends' addresses and ports change on the way, and segments are lost.

The client knows the router's 192.0.2.1, port 80 and 443; the server has ports
8080 and 8443 and knows the client as 198.51.100.1. SYN-ACKs of 8443 are lost
on their way back. No address and no port of the two captures is the same.
"""

STORY = "SNAT and DNAT at once: SYN-ACKs of one port are lost behind them."
CAUSE = "security-group-or-firewall-drop"
EVIDENCE = {"router": "conntrack-L", "server": "nstat"}


def tell(lab):
    lab.server.serve(8080, 8443)
    for port, real in ((80, 8080), (443, 8443)):
        lab.router.nft(f"tcp dport {port} dnat ip to 198.51.100.20:{real}",
                       hook="prerouting")
    lab.router.nft('oifname "east" masquerade random', hook="postrouting")
    lab.router.nft("tcp sport 8443 tcp flags & (syn | ack) == (syn | ack) "
                   'counter drop comment "synack"')
    lab.record(lab.client, lab.server)
    lab.state_of(lab.router)
    to = "192.0.2.1"
    for at in (0.0, 0.2, 3.0):
        lab.client.connect(80, "established", to=to, at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "synack-lost-in-network", to=to, at=at,
                           timeout=2.5, result="timeout")
    lab.client.go()
    drops = lab.router.nft_packets("synack")
    lab.prove(drops >= 6, f"the router's rule dropped {drops} SYN-ACKs")
