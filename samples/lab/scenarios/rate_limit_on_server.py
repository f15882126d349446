"""The server's own packet filter limits new connections to port 80.

`limit rate over 2/minute burst 4` in its INPUT chain: four connections pass,
the next ones die on the server. Port 22 is not limited.
"""

STORY = "The server's INPUT chain limits SYNs to port 80; further ones die."
CAUSE = "rate-limit"
EITHER_FAMILY = True
EVIDENCE = {"server": "nft nstat ss-ltn"}


def tell(lab):
    lab.server.serve(80, 22)
    lab.server.nft("tcp dport 80 tcp flags & (syn | ack) == syn limit rate "
                   'over 2/minute burst 4 packets counter drop '
                   'comment "limit"', hook="input")
    lab.record(lab.client, lab.server)
    for n in range(4):
        lab.client.connect(80, "established", at=n * 0.1, result="ok")
    for at in (0.6, 0.8, 1.0):
        lab.client.connect(80, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.connect(22, "established", at=1.5, result="ok")
    lab.client.go()
    drops = lab.server.nft_packets("limit")
    lab.prove(drops == 9, f"the server's limit dropped {drops} SYNs")
