"""The router's connection tracking table is full.

As server-conntrack-full, one hop earlier: sixteen open connections fill the
router's table, further SYNs never reach the server. The router's kernel says
so; the server is innocent.
"""

STORY = "The router's conntrack table is full: new SYNs die in the network."
CAUSE = "conntrack-table-full"
EITHER_FAMILY = True
EVIDENCE = {"router": "conntrack-S conntrack-C sysctl dmesg",
            "server": "nstat ss-ltn"}


def tell(lab):
    lab.server.serve(80)
    lab.router.nft("ct state established counter accept")
    lab.record(lab.client, lab.server)
    lab.state_of(lab.router)
    lab.machine("net.netfilter.nf_conntrack_max", 16)
    for n in range(16):
        lab.client.connect(80, "established", at=n * 0.05, hold=5.0,
                           result="ok")
    for n in range(4):
        lab.client.connect(80, "syn-lost-in-network", at=1.5 + n * 0.3,
                           timeout=2.5, result="timeout")
    lab.client.go()
    drops = lab.router.conntrack_stat("drop")
    lab.prove(drops == 12, f"conntrack -S on the router counts drop={drops}")
