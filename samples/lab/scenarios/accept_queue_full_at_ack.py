"""The accept queue fills while a handshake is under way.

A burst of four connections meets a listener with a backlog of 1 and a path
with 400 ms of delay. All SYNs are answered; the first two final ACKs fill
the queue, the other two arrive at the server and are ignored. The server
repeats its SYN-ACKs; the client believes it is connected and reads nothing.
"""

STORY = "The server ignores the final ACK: its accept queue filled meanwhile."
CAUSE = "accept-queue-overflow"
EVIDENCE = {"server": "nstat ss-ltn", "client": "nstat"}


def tell(lab):
    lab.server.serve(80, behave="idle", backlog=1)
    lab.router.wan("server", delay=0.4)
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.05):
        lab.client.connect(80, "established", at=at, send=False, hold=5.0,
                           result="ok")
    for at in (0.25, 0.3):
        lab.client.connect(80, "ack-dropped-by-server", at=at, send=True,
                           read_timeout=4.0, result="read-timeout")
    lab.client.go()
    lab.pause(0.6)
    over = lab.server.counter("TcpExtListenOverflows")
    lab.prove(over >= 4, f"ListenOverflows on the server rose by {over}")
