"""The server still has a connection that the client no longer knows.

The client aborts a connection; its RST is dropped by the router, so the
server stays ESTABLISHED. The client uses the same port again: the server
answers the SYN with an ACK of the old connection (RFC 5961 challenge ACK),
the client's RST is dropped again, and so on until the timeout.
"""

STORY = "A stale connection answers the SYN with a challenge ACK, RSTs are lost."
CAUSE = "stale-connection"
EVIDENCE = {"server": "nstat ss-tan", "client": "nstat"}


def tell(lab):
    lab.server.serve(80)
    lab.router.nft("ip saddr 192.0.2.10 tcp flags & rst == rst "
                   'counter drop comment "rst"')
    lab.record(lab.client, lab.server)
    port = lab.client.connect(80, "established", hold=0.3, abort=True,
                              result="ok")
    lab.client.connect(80, "answered-with-challenge-ack", at=1.5, sport=port,
                       timeout=2.5, result="timeout")
    lab.client.connect(80, "established", at=2.0, result="ok")
    lab.client.go()
    count = lab.router.nft_packets("rst")
    lab.prove(count >= 3, f"the router's rule dropped {count} RSTs")
