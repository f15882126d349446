"""The server's connection tracking table is full.

nf_conntrack_max is 16 and sixteen open connections fill the table. Further
SYNs reach the server's interface (its capture shows them) and die in
conntrack, before the socket. The listener is healthy, its queue empty.
"""

STORY = "The server's conntrack table is full: new SYNs die on the server."
CAUSE = "conntrack-table-full"
EITHER_FAMILY = True
EVIDENCE = {"server": "nstat conntrack-S conntrack-C ss-ltn sysctl dmesg"}


def tell(lab):
    lab.server.serve(80)
    # A rule that asks for the state makes the namespace track connections.
    lab.server.nft('ct state established counter accept comment "track"',
                   hook="input")
    lab.record(lab.client, lab.server)
    lab.machine("net.netfilter.nf_conntrack_max", 16)
    for n in range(16):
        lab.client.connect(80, "established", at=n * 0.05, hold=6.0,
                           result="ok")
    for n in range(4):
        lab.client.connect(80, "syn-dropped-by-server", at=1.5 + n * 0.3,
                           timeout=2.5, result="timeout")
    lab.client.go()
    lab.client.wait()
    drops = lab.server.conntrack_stat("drop")
    lab.prove(drops == 12, f"conntrack -S on the server counts drop={drops}, "
              "one for each of the 12 SYNs")
