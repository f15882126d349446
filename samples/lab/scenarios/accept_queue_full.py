"""The application does not accept: its queue is full, SYNs are dropped.

The listener on port 80 has a backlog of 1 and never calls accept(). Two
connections fill the queue; every further SYN arrives and is dropped without
a trace in any log (ListenOverflows and ListenDrops rise). Port 22 of the
same host answers.
"""

STORY = "The accept queue of port 80 is full: the server drops its SYNs."
CAUSE = "accept-queue-overflow"
EITHER_FAMILY = True
EVIDENCE = {"server": "nstat ss-ltn", "client": "nstat"}


def tell(lab):
    lab.server.serve(80, behave="idle", backlog=1)
    lab.server.serve(22)
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.05):
        lab.client.connect(80, "established", at=at, send=False, hold=6.0,
                           result="ok")
    for at in (0.5, 0.9, 1.3):
        lab.client.connect(80, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.connect(22, "established", at=2.0, result="ok")
    lab.client.go()
    drops = lab.server.counter("TcpExtListenDrops")
    lab.prove(drops == 9, f"ListenDrops on the server rose by {drops}")
