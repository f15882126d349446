"""The accept queue fills during a handshake that used a SYN cookie.

As accept-queue-full-at-ack, with a backlog of 1: a third half-open request
is answered with a SYN cookie, of which the server keeps nothing. Its final
ACK and its data arrive, are dropped (ListenOverflows), and no SYN-ACK is ever
repeated. In the captures alone this looks like an application that is slow
to answer; the counters tell. The data is not even acknowledged.
"""

STORY = "A cookie's final ACK is dropped: the accept queue is full, no repeats."
CAUSE = "accept-queue-overflow"
EVIDENCE = {"server": "nstat ss-ltn dmesg", "client": "nstat"}
KERNEL_LINES = r"SYN flooding"


def tell(lab):
    lab.server.serve(80, behave="idle", backlog=1, address="0.0.0.0")
    lab.router.wan("server", delay=0.4)
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.05):
        lab.client.connect(80, "established", at=at, send=False, hold=4.0,
                           result="ok")
    for at in (0.25, 0.3):
        # Nothing is repeated and no data is acknowledged: who does not
        # think of cookies may leave it undetermined.
        lab.client.connect(80, "ack-dropped-by-server", at=at,
                           confidence=["likely", "possible"],
                           accept=["undetermined"],
                           read_timeout=3.0, result="read-timeout")
    lab.client.go()
    lab.pause(0.6)
    sent = lab.server.counter("TcpExtTCPReqQFullDoCookies")
    lab.prove(sent == 2, f"the server sent {sent} SYN cookies")
    over = lab.server.counter("TcpExtListenOverflows")
    lab.prove(over >= 4, f"ListenOverflows on the server rose by {over}")
