"""The client keeps no TIME-WAIT, and meets its own old connection again.

tcp_max_tw_buckets is 2 and full: a connection that the client closes first is
forgotten at once (TCPTimeWaitOverflow). Its last ACK is lost, so the server
still waits for it; the client, whose port is free, uses it again: the server
answers the SYN with an ACK of the old connection, and the client's RSTs are
lost like its ACK.
"""

STORY = "Forgotten TIME-WAIT: a port is reused while the server still waits."
CAUSE = "time-wait-overflow"
SYMPTOM = ["stale-connection"]
EVIDENCE = {"client": "nstat ss-tan", "server": "nstat ss-tan"}


def tell(lab):
    lab.client.sysctl(net__ipv4__tcp_max_tw_buckets=2)
    lab.server.serve(80)
    lab.record(lab.client, lab.server)
    for n in range(4):
        lab.client.connect(80, "established", at=n * 0.1, result="ok")
    port = lab.client.connect(80, "established", at=0.6, hold=0.6, result="ok")
    lab.client.go(wait=False)
    lab.pause(0.6 * lab.plan.stretch + 0.35)
    # What the client sends to end a connection, and nothing that begins one.
    lab.router.nft(f"ip saddr 192.0.2.10 tcp sport {port} tcp flags & "
                   "(syn | fin) == 0 counter drop comment \"last\"")
    lab.client.wait()
    lab.pause(0.3)
    lab.client.connect(80, "answered-with-challenge-ack", sport=port,
                       timeout=2.5, result="timeout")
    lab.client.connect(80, "established", at=0.5, result="ok")
    lab.client.go()
    lost = lab.router.nft_packets("last")
    over = lab.client.counter("TcpExtTCPTimeWaitOverflow")
    lab.prove(over >= 1 and lost >= 3, "TCPTimeWaitOverflow on the client rose "
              f"by {over}; the router dropped {lost} of its last ACKs and RSTs")
