"""The server's link goes down for three seconds; its kernel says so.

eth0 is a port of br0; the bridge logs that the port is disabled and enabled
again. SYNs sent meanwhile are lost before the server; earlier and later ones
succeed.
"""

STORY = "The server's link is down for 3 s: SYNs of that time are lost."
CAUSE = "link-down"
EVIDENCE = {"server": "ip-s-link dmesg"}
KERNEL_LINES = r"br0: port 1\(eth0\)"


def tell(lab):
    lab.server.sh("""ip link add br0 type bridge; ip link set br0 up
        ip link set br0 address 02:00:00:00:02:20
        ip addr flush dev eth0; ip link set eth0 master br0
        ip addr add 198.51.100.20/24 dev br0
        ip route add default via 198.51.100.1
        ip neigh replace 198.51.100.1 dev br0 lladdr 02:00:00:00:02:01 \
            nud permanent""")
    lab.server.serve(80)
    lab.record(lab.client)
    lab.record(lab.server, interface="br0")
    lab.client.connect(80, "established", result="ok")
    lab.client.go()
    lab.server.sh("ip link set eth0 down")
    for at in (0.0, 0.3):
        lab.client.connect(80, "syn-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    lab.server.sh("ip link set eth0 up")
    lab.pause(0.5)
    lab.client.connect(80, "established", result="ok")
    lab.client.go()
    lines = lab.server.sh("ip -s link show dev eth0")
    lab.prove("state UP" in lines, "the link is up again at the end")
