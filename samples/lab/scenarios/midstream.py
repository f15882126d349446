"""Two connections are older than the captures and go on talking in them.

Their SYNs are in no file: they are no attempts, and nothing about them is
wrong. One of them is closed while the captures run. Two new connections are
ordinary ones.
"""

STORY = "Old connections without a SYN in the captures, and two new ones."
CAUSE = None
TAGS = "innocent"
EITHER_FAMILY = True


def tell(lab):
    lab.server.serve(80)
    lab.client.connect(80, "older", again=1.5, result="ok")
    lab.client.connect(80, "older", again=2.0, hold=9.0, result="ok")
    lab.client.go(wait=False)
    lab.pause(0.8)
    older = lab.client.client_process
    lab.client.attempts.clear()
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.4):
        lab.client.connect(80, "established", at=at, result="ok")
    lab.client.go()
    lab.pause(1.5)
    lab.prove(older.poll() is None, "one old connection outlives the captures")
