"""A SYN with an old time stamp meets a TIME-WAIT socket (PAWS, RFC 7323).

The server closed a connection first. A SYN from the same port with a smaller
time stamp, as another host behind a NAT would send, is answered by a bare
ACK of the old connection; the RST that would clear it is lost on the way.
"""

STORY = "A SYN with an old time stamp meets TIME-WAIT: bare ACKs, no SYN-ACK."
CAUSE = "stale-connection"
EVIDENCE = {"server": "nstat ss-tan"}


def tell(lab):
    # Without the random offset the client's clock is small: 1 is older.
    lab.client.sysctl(net__ipv4__tcp_timestamps=2)
    lab.server.serve(80)
    lab.server.serve(8081, behave="hangup")
    lab.router.nft("ip saddr 192.0.2.10 tcp flags & rst == rst "
                   'counter drop comment "rst"')
    lab.record(lab.client, lab.server)
    port = lab.client.connect(8081, "established", hold=0.3, result="ok")
    lab.client.connect(80, "established", result="ok")
    lab.client.go()
    lab.pause(0.3)
    lab.spoof("192.0.2.10", 8081, "answered-with-challenge-ack", gap=1.0,
              verdict_in_folder="answered-with-challenge-ack", ports=[port],
              copies=3, stamp=1, result="timeout")
    lab.client.connect(80, "established", result="ok")
    lab.client.go()
    lost = lab.router.nft_packets("rst")
    lab.prove(lost >= 1, f"the router's rule dropped {lost} RSTs")
