"""The client's own packet filter drops the SYN-ACK.

SYN-ACKs of port 443 reach the client's interface and die in its INPUT chain;
the client retransmits its SYN, the server its SYN-ACK. Port 80 works.
"""

STORY = "The client's INPUT chain drops the SYN-ACKs of port 443."
CAUSE = "client-firewall-drop"
EITHER_FAMILY = True
EVIDENCE = {"client": "nft nstat", "server": "nstat"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.client.nft("tcp sport 443 tcp flags & (syn | ack) == (syn | ack) "
                   'counter drop comment "input"', hook="input")
    lab.record(lab.client, lab.server)
    for at in (0.0, 1.5):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.4):
        lab.client.connect(443, "synack-dropped-by-client", at=at,
                           timeout=2.5, result="timeout")
    lab.client.go()
    drops = lab.client.nft_packets("input")
    lab.prove(drops >= 6, f"the client's rule dropped {drops} SYN-ACKs")
