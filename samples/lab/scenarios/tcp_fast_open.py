"""TCP Fast Open: a cookie request, data in the SYN, and a SYN+data lost.

The first connection asks for a cookie, the second carries its question in
the SYN. Then a middlebox drops SYNs that carry data; the kernel's next copy
goes without and gets through.
"""

STORY = "Fast Open works until a middlebox drops SYNs with data; repaired."
CAUSE = "packet-loss"
ALSO = ["security-group-or-firewall-drop"]


def tell(lab):
    lab.client.sysctl(net__ipv4__tcp_fastopen=1,
                      net__ipv4__tcp_fastopen_blackhole_timeout_sec=0)
    lab.server.sysctl(net__ipv4__tcp_fastopen=2)
    lab.server.serve(80, options=["fast_open"])
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.4):
        lab.client.connect(80, "established", at=at, fast_open=True,
                           result="ok")
    lab.client.go()
    lab.router.nft("tcp flags & (syn | ack) == syn ip length > 64 "
                   'meta length > 68 counter drop comment "tfo"')
    lab.client.connect(80, "established", fast_open=True, timeout=5,
                       result="ok")
    lab.client.go()
    drops = lab.router.nft_packets("tfo")
    lab.prove(drops >= 1, f"the router's rule dropped {drops} SYN with data")
