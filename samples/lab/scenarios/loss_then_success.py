"""Packets are lost, retransmissions repair it: slow, but established.

For a while the network loses the SYNs of one connection and the SYN-ACKs of
another; both get through at a later try. A third connection is quick.
"""

STORY = "Lost SYNs and SYN-ACKs are repaired by retransmission."
CAUSE = "packet-loss"
EITHER_FAMILY = True
EVIDENCE = {"client": "nstat", "server": "nstat"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft("tcp dport 80 tcp flags & (syn | ack) == syn "
                   'counter drop comment "syn"')
    lab.router.nft("tcp sport 443 tcp flags & (syn | ack) == (syn | ack) "
                   'counter drop comment "synack"')
    lab.record(lab.client, lab.server)
    lab.client.connect(80, "established", at=0.0, timeout=6, result="ok")
    lab.client.connect(443, "established", at=0.1, timeout=6, result="ok")
    lab.client.connect(443, "established", at=3.0, result="ok")
    lab.client.go(wait=False)
    lab.pause(1.6)
    syns = lab.router.nft_packets("syn")
    synacks = lab.router.nft_packets("synack")
    lab.router.nft_clear()
    lab.client.wait()
    lab.prove(syns == 2 and synacks >= 2,
              f"the router lost {syns} SYNs and {synacks} SYN-ACKs")
