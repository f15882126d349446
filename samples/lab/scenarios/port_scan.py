"""A scan of twelve closed ports. The server refuses each, as it should.

Nobody lost anything: a burst of RSTs from a healthy server convicts neither
a filter nor the server of dropping.
"""

STORY = "A port scan: twelve closed ports refuse, port 80 answers."
CAUSE = None
TAGS = "innocent"
EVIDENCE = {"server": "ss-ltn"}


def tell(lab):
    lab.server.serve(80)
    lab.record(lab.client, lab.server)
    lab.client.connect(80, "established", result="ok")
    for n in range(12):
        lab.client.connect(1000 + 7 * n, "refused-by-server",
                           at=0.1 + n * 0.02, result="refused")
    lab.client.go()
