"""The server's capture was taken with `-i any` on a host with a bridge.

Every packet is in it twice or more: once on eth0, once on br0 (Linux cooked
capture v2 tells by the interface index). The copies are not retransmissions.
Port 443 is dropped by the server's INPUT chain; port 80 works.
"""

STORY = "-i any shows each packet twice; the server's INPUT drops port 443."
CAUSE = "host-firewall-drop"
TAGS = "tunnel"
EVIDENCE = {"server": "nft nstat"}


def tell(lab):
    lab.server.sh("""ip link add br0 type bridge; ip link set br0 up
        ip link set br0 address 02:00:00:00:02:20
        ip addr flush dev eth0; ip link set eth0 master br0
        ip addr add 198.51.100.20/24 dev br0
        ip route add default via 198.51.100.1
        ip neigh replace 198.51.100.1 dev br0 lladdr 02:00:00:00:02:01 \
            nud permanent""")
    lab.server.serve(80, 443)
    lab.server.nft('tcp dport 443 counter drop comment "input"', hook="input")
    lab.record(lab.client)
    lab.record(lab.server, interface="any", options=["-y", "LINUX_SLL2"])
    for at in (0.0, 0.6, 2.0):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.server.nft_packets("input")
    lab.prove(drops == 6, f"the server's rule dropped {drops} SYNs")
