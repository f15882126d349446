"""Both ends connect to each other at the same moment (RFC 9293, 3.5).

The SYNs cross on a road with 300 ms of delay each way; each end answers with
a SYN-ACK that carries its first sequence number. One connection, no failure,
and no SYN was left unanswered. The attempt is counted once, for the sender
of the first SYN.
"""

STORY = "Two SYNs cross: one connection by simultaneous open."
CAUSE = None
TAGS = "innocent"


def tell(lab):
    lab.server.serve(80)
    lab.router.wan("server", delay=0.3)
    lab.router.wan("client", delay=0.3)
    lab.record(lab.client, lab.server)
    lab.client.connect(7001, "established", sport=7000, at=0.0,
                       read_timeout=3, result="ok")
    lab.client.connect(80, "established", at=0.6, result="ok")
    lab.server.connect(7000, "established", sport=7001, at=0.1, to="192.0.2.10",
                       source="198.51.100.20", read_timeout=3, result="ok")
    lab.client.go(wait=False)
    lab.server.go()
    lab.client.wait()
    lab.server.attempts.clear()
