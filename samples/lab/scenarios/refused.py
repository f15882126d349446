"""Nothing listens on port 8080: the server answers with RST.

Port 80 works. The RST carries the TTL of the server's other packets.
"""

STORY = "Nobody listens on port 8080; the server refuses."
CAUSE = "no-listener"
EITHER_FAMILY = True
EVIDENCE = {"server": "ss-ltn nstat"}


def tell(lab):
    lab.server.serve(80)
    lab.record(lab.client, lab.server)
    lab.client.connect(80, "established", at=0.0, result="ok")
    for at in (0.1, 0.3, 0.5):
        lab.client.connect(8080, "refused-by-server", at=at, result="refused")
    lab.client.connect(80, "established", at=0.7, result="ok")
    lab.client.go()
