"""Ordinary IPv6 connections, some of them kept open and used again.

Nothing is wrong. One connection is silent for a second before it asks, one
asks twice.
"""

STORY = "Ordinary IPv6 connections, some slow to speak; nothing is wrong."
CAUSE = None
FAMILY = 6
TAGS = "innocent"


def tell(lab):
    lab.server.serve(80, 443)
    lab.record(lab.client, lab.server)
    for n in range(lab.plan.count(3, 2, 8)):
        lab.client.connect(80, "established", at=n * 0.15, result="ok")
    lab.client.connect(443, "established", at=0.1, wait=1.0, result="ok")
    lab.client.connect(443, "established", at=0.2, again=1.0, result="ok")
    lab.client.go()
