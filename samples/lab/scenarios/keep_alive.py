"""Idle connections that probe each other, and are used again much later.

The client's kernel sends keep-alive probes every second: an old sequence
number, no data, an ACK in answer. They look like retransmissions and are
nobody's failure.
"""

STORY = "Keep-alive probes on idle connections; nothing is wrong."
CAUSE = None
TAGS = "innocent"
EITHER_FAMILY = True
EVIDENCE = {"server": "nstat"}


def tell(lab):
    lab.server.serve(80)
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.3):
        lab.client.connect(80, "established", at=at, keepalive=1, again=3.5,
                           result="ok")
    for at in (0.1, 2.0):
        lab.client.connect(80, "established", at=at, result="ok")
    lab.client.go()
