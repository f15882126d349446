"""A far and slow server: 350 ms each way, a second to answer.

No SYN is repeated, no connection fails. Slow is not lost.
"""

STORY = "A distant, slow server: every handshake succeeds."
CAUSE = None
TAGS = "innocent"
EITHER_FAMILY = True
EVIDENCE = {"server": "nstat ss-ltn"}


def tell(lab):
    lab.server.serve(80, delay=1.0)
    lab.router.wan("server", delay=0.35)
    lab.router.wan("client", delay=0.35)
    lab.record(lab.client, lab.server)
    for n in range(lab.plan.count(5, 3, 9)):
        lab.client.connect(80, "established", at=n * 0.2, read_timeout=5.0,
                           result="ok")
    lab.client.go()
