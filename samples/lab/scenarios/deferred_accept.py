"""The listener defers accept() until data comes (TCP_DEFER_ACCEPT).

The server ignores the bare final ACK on purpose; the client speaks a second
and a half later, and all is well. Two clients speak at once.
"""

STORY = "TCP_DEFER_ACCEPT ignores bare ACKs; nothing is wrong."
CAUSE = None
TAGS = "innocent"
EITHER_FAMILY = True
EVIDENCE = {"server": "nstat"}


def tell(lab):
    lab.server.serve(80, options=["defer"])
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.2):
        lab.client.connect(80, "established", at=at, wait=1.5, result="ok")
    for at in (0.1, 0.4):
        lab.client.connect(80, "established", at=at, result="ok")
    lab.client.go()
    seen = lab.server.counter("TcpExtTCPDeferAcceptDrop")
    lab.prove(seen >= 2, f"TCPDeferAcceptDrop on the server rose by {seen}")
