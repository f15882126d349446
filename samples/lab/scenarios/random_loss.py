"""A lossy road: a third of all packets vanish, in both directions.

Whatever happens is repaired by retransmission within the timeout, or the
scenario is not written. The seed chooses the losses.
"""

STORY = "A third of the packets is lost at random; all handshakes succeed late."
CAUSE = "packet-loss"
EITHER_FAMILY = True
EVIDENCE = {"client": "nstat", "server": "nstat"}


def tell(lab):
    lab.server.serve(80)
    lab.router.wan("server", loss=0.33, delay=0.005)
    lab.router.wan("client", loss=0.33, delay=0.005)
    lab.record(lab.client, lab.server)
    for n in range(8):
        lab.client.connect(80, "established", at=n * 0.2, timeout=12,
                           read_timeout=12)
    lab.client.go()
