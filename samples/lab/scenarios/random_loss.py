"""A lossy road: a third of all packets vanish, in both directions.

What is lost is repaired by retransmission, and clients wait long enough for
it. The seed chooses the losses; should an attempt run out of copies all the
same, its label says so, read from the captures.
"""

STORY = "A third of the packets is lost at random; handshakes succeed late."
CAUSE = "packet-loss"
EITHER_FAMILY = True
EVIDENCE = {"client": "nstat", "server": "nstat"}
OUTCOMES = ("established", "syn-lost-in-network", "synack-lost-in-network",
            "ack-lost-in-network", "abandoned-by-client")


def tell(lab):
    lab.server.serve(80)
    lab.router.wan("server", loss=0.33, delay=0.005)
    lab.router.wan("client", loss=0.33, delay=0.005)
    lab.record(lab.client, lab.server)
    for n in range(8):
        lab.client.connect(80, OUTCOMES, at=n * 0.2, timeout=12,
                           read_timeout=12)
    lab.client.go()
