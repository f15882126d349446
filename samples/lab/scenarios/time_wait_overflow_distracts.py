"""TIME-WAIT sockets overflow on the server, and have nothing to do with it.

tcp_max_tw_buckets is 2: TCPTimeWaitOverflow rises with every connection that
the server closes. Meanwhile the network drops the SYNs to port 443.
"""

STORY = "SYNs to 443 are lost; rising TCPTimeWaitOverflow misleads."
CAUSE = "security-group-or-firewall-drop"
MUST_NOT_CONFIRM = ["time-wait-overflow", "accept-queue-overflow"]
EITHER_FAMILY = True
EVIDENCE = {"server": "nstat ss-s"}


def tell(lab):
    lab.server.sysctl(net__ipv4__tcp_max_tw_buckets=2)
    lab.server.serve(80, behave="hangup")
    lab.server.serve(443)
    lab.router.nft('tcp dport 443 counter drop comment "sg"')
    lab.record(lab.client, lab.server)
    for n in range(7):
        lab.client.connect(80, "established", at=n * 0.2, hold=0.1,
                           result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    over = lab.server.counter("TcpExtTCPTimeWaitOverflow")
    drops = lab.router.nft_packets("sg")
    lab.prove(over > 0 and drops == 6, "TCPTimeWaitOverflow on the server rose "
              f"by {over}, the router's rule dropped {drops} SYNs")
