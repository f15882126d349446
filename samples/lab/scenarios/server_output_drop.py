"""The server's OUTPUT chain drops its own SYN-ACKs to port 443's clients.

The capture at the server sits behind OUTPUT: it shows the SYN and nothing
else, as if the listener were silent. Port 80 answers.
"""

STORY = "The server's OUTPUT chain drops the SYN-ACKs of port 443."
CAUSE = "host-firewall-drop"
EITHER_FAMILY = True
EVIDENCE = {"server": "nft nstat ss-ltn"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.server.nft("tcp sport 443 tcp flags & (syn | ack) == (syn | ack) "
                   'counter drop comment "output"', hook="output")
    lab.record(lab.client, lab.server)
    for at in (0.0, 1.0):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.4):
        lab.client.connect(443, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.server.nft_packets("output")
    lab.prove(drops >= 6, f"the server's rule dropped {drops} SYN-ACKs")
