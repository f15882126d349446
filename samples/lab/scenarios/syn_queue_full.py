"""Half-open connections of an address that does not exist fill the SYN queue.

The listener's backlog is 8 and syncookies are off. Spoofed SYNs are answered
into the void until nothing fits; then the server drops the SYNs of an honest
client, and says so once in its log.
"""

STORY = "Spoofed SYNs fill the server's SYN queue; honest SYNs are dropped."
CAUSE = "syn-queue-overflow"
EVIDENCE = {"server": "nstat ss-ltn ss-tan sysctl dmesg"}
KERNEL_LINES = r"SYN flooding on port (0\.0\.0\.0:|\[::\]:)?8088"


def tell(lab):
    lab.server.sysctl(net__ipv4__tcp_syncookies=0,
                      net__ipv4__tcp_max_syn_backlog=64)
    lab.server.serve(8088, backlog=8, address="0.0.0.0")
    lab.server.serve(22)
    lab.router.sh("ip route add blackhole 192.0.2.99/32")
    lab.record(lab.client, lab.server)
    lab.client.connect(8088, "established", result="ok")
    lab.client.go()
    # Nobody sent these SYNs from 192.0.2.99 and nobody answers there: the
    # router discards the SYN-ACKs.
    lab.spoof("192.0.2.99", 8088, "synack-lost-in-network", count=9,
              verdict_in_folder="synack-lost-in-network",
              confidence=["certain", "likely", "possible"],
              accept=["undetermined"])
    for at in (0.1, 0.3):
        lab.client.connect(8088, "syn-dropped-by-server", at=at,
                           timeout=2.5, result="timeout")
    lab.client.connect(22, "established", at=0.5, result="ok")
    lab.client.go()
    drops = lab.server.counter("TcpExtTCPReqQFullDrop")
    lab.prove(drops == 6, f"TCPReqQFullDrop on the server rose by {drops}")
