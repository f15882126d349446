"""The client's link goes down for three seconds; its kernel says so.

eth0 is a port of lan0; the bridge logs that the port is disabled and enabled
again. What nginx sends meanwhile is seen on lan0 and goes no further; its log
says "upstream timed out (110 ...) while connecting to upstream". Earlier and
later requests succeed.
"""

from laboratory import programs

STORY = "The client's link is down for 3 s: nginx's SYNs go nowhere."
CAUSE = "link-down"
EVIDENCE = {"client": "ip-s-link dmesg nstat", "server": "ss-ltn nstat"}
KERNEL_LINES = r"lan0: port 1\(eth0\)"
NEEDS = ("nginx",)


def tell(lab):
    lab.client.sh("""ip link add lan0 type bridge; ip link set lan0 up
        ip link set lan0 address 02:00:00:00:01:10
        ip addr flush dev eth0; ip link set eth0 master lan0
        ip addr add 192.0.2.10/24 dev lan0
        ip route add default via 192.0.2.1
        ip neigh replace 192.0.2.1 dev lan0 lladdr 02:00:00:00:01:01 \\
            nud permanent""")
    lab.server.serve(8080, behave="http")
    log = programs.nginx(lab.client, "198.51.100.20:8080", "1s")
    lab.record(lab.client, interface="lan0")
    lab.record(lab.server)
    good = programs.browse(lab.client, 3, 0.2)
    lab.router.sh("ip link set west down")
    lab.pause(0.3)
    bad = programs.browse(lab.client, 3, 0.3)
    lab.pause(1.0)
    lab.router.sh("ip link set west up")
    lab.pause(0.5)
    later = programs.browse(lab.client, 2, 0.2)
    lab.prove((good, bad, later) == ({200: 3}, {504: 3}, {200: 2}),
              "nginx answered 200 before and after, 504 three times between")
    lab.adopt(8080, {"established": 5, "syn-lost-in-network": 3})
    programs.keep_log(lab.client, log, "nginx-error.log")
