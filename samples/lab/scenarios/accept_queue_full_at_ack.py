"""The accept queue fills while a handshake is under way.

The listener has a backlog of 4 (five fit), never accepts, and the path has
400 ms of delay. Three connections are queued; then four arrive in a burst.
All their SYNs are answered; two final ACKs fill the queue, the other two
arrive at the server and are ignored. The server repeats its SYN-ACKs; the
client believes it is connected and reads nothing.
"""

STORY = "The server ignores the final ACK: its accept queue filled meanwhile."
CAUSE = "accept-queue-overflow"
EVIDENCE = {"server": "nstat ss-ltn", "client": "nstat"}


def tell(lab):
    lab.server.serve(80, behave="idle", backlog=4, address="0.0.0.0")
    lab.router.wan("server", delay=0.4)
    lab.record(lab.client, lab.server)
    # Never as many half-open requests as the backlog: beyond it the kernel
    # would answer with SYN cookies, and those are not repeated.
    for at in (0.0, 0.05, 0.5, 1.0, 1.05):
        lab.client.connect(80, "established", at=at, send=False, hold=5.5,
                           result="ok")
    for at in (1.25, 1.3):
        lab.client.connect(80, "ack-dropped-by-server", at=at, send=True,
                           read_timeout=4.0, result="read-timeout")
    lab.client.go()
    lab.pause(0.6)
    over = lab.server.counter("TcpExtListenOverflows")
    lab.prove(over >= 4, f"ListenOverflows on the server rose by {over}")
