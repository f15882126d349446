"""The way back leads over another router, which is stateful.

The server's SYN-ACKs leave through eth1 towards a second router that never
saw the SYN; its `ct state invalid` rule drops them. The server captured with
`-i any`, else its file would not even hold them. The client's other address
is routed back the way it came, and works.
"""

STORY = "SYN-ACKs go back over a second, stateful router, which drops them."
CAUSE = "asymmetric-route"
EVIDENCE = {"server": "nstat ip-route", "second": "nft conntrack-S"}


def tell(lab):
    second = lab.another_host("second")
    lab.link(lab.server, "eth1", "203.0.113.20/24",
             second, "south", "203.0.113.1/24")
    lab.link(second, "north", "203.0.114.1/24",
             lab.router, "cross", "203.0.114.2/24")
    second.sh("""sysctl -qw net.ipv4.ip_forward=1
        ip route add default via 203.0.114.2""")
    second.nft('ct state invalid counter drop comment "invalid"')
    lab.server.sh("""ip route add 192.0.2.10/32 via 203.0.113.1 dev eth1
        ip route get 192.0.2.10""")
    lab.server.serve(80)
    lab.record(lab.client)
    lab.record(lab.server, interface="any", options=["-y", "LINUX_SLL2"])
    lab.state_of(second)
    for at in (0.0, 1.5):
        lab.client.connect(80, "established", at=at, source="192.0.2.11",
                           result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(80, "synack-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = second.nft_packets("invalid")
    lab.prove(drops >= 6, f"the second router dropped {drops} SYN-ACKs")
