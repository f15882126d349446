"""Strict reverse path filtering on the server drops one client's SYNs.

The server's route back to 192.0.2.10 leads through another interface, so
rp_filter=1 drops what arrives from it on eth0 (IPReversePathFilter, and a
martian line, as log_martians is on). The neighbour 192.0.2.11 connects.
"""

STORY = "rp_filter on the server drops SYNs whose route back is elsewhere."
CAUSE = "rp-filter"
EVIDENCE = {"server": "nstat sysctl dmesg"}
KERNEL_LINES = (r"martian source 198\.51\.100\.20 from 192\.0\.2\.10"
                r"|ll header: .*02 00 00 00 02 20 02 00 00 00 02 01")


def tell(lab):
    lab.server.serve(80)
    lab.server.sh("""ip link add mgmt0 type veth peer name mgmt1
        ip link set mgmt0 up; ip link set mgmt1 up
        ip addr add 203.0.113.20/24 dev mgmt0
        ip route add 192.0.2.10/32 via 203.0.113.1 dev mgmt0""")
    lab.server.sysctl(net__ipv4__conf__all__rp_filter=1,
                      net__ipv4__conf__eth0__rp_filter=1,
                      net__ipv4__conf__all__log_martians=1)
    lab.record(lab.client, lab.server)
    for at in (0.0, 1.0):
        lab.client.connect(80, "established", at=at, source="192.0.2.11",
                           result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(80, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.server.counter("TcpExtIPReversePathFilter")
    lab.prove(drops == 6, f"IPReversePathFilter on the server rose by {drops}")
