"""Five ordinary connections to two ports: question, answer, close.

Nothing is wrong. An analyzer that accuses anybody here is broken.
"""

STORY = "Five ordinary connections; nothing is wrong."
CAUSE = None
TAGS = "innocent"
EITHER_FAMILY = True


def tell(lab):
    lab.server.serve(80, 443)
    lab.record(lab.client, lab.server)
    for n, port in enumerate((80, 443, 80, 443, 80)):
        lab.client.connect(port, "established", at=n * 0.15, result="ok")
    lab.client.go()
