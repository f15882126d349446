"""The final ACK and everything after it is lost on the way to the server.

The router drops every segment to port 443 that is not a SYN. The client has
its SYN-ACK and believes it is connected; one connection then sends a question,
the other waits in silence. The server repeats its SYN-ACK. Port 80 works.
"""

STORY = "The router drops the final ACK and the data towards port 443."
CAUSE = "security-group-or-firewall-drop"
EITHER_FAMILY = True
EVIDENCE = {"client": "nstat", "server": "nstat ss-tan"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft("tcp dport 443 tcp flags & syn == 0 "
                   'counter drop comment "acks"')
    lab.record(lab.client, lab.server)
    for at in (0.0, 2.0):
        lab.client.connect(80, "established", at=at, result="ok")
    lab.client.connect(443, "ack-lost-in-network", at=0.1, read_timeout=3.6,
                       result="read-timeout")
    lab.client.connect(443, "ack-lost-in-network", at=0.2, send=False,
                       hold=3.6, result="ok")
    lab.client.go()
    drops = lab.router.nft_packets("acks")
    lab.prove(drops >= 6, f"the router's rule dropped {drops} segments")
