"""The router's source NAT has four ports for this destination.

Four connections stay open and use them; further SYNs find none and are
dropped by the router (conntrack -S: insert_failed). No log line says so.
"""

STORY = "The NAT router runs out of ports: further SYNs die there."
CAUSE = "nat-port-exhaustion"
EVIDENCE = {"router": "conntrack-S conntrack-L nft"}


def tell(lab):
    lab.server.serve(80)
    lab.router.nft('oifname "east" meta l4proto tcp snat ip to '
                   "198.51.100.1:60000-60003", hook="postrouting")
    lab.record(lab.client, lab.server)
    lab.state_of(lab.router)
    for at in (0.0, 0.1, 0.2, 0.3):
        lab.client.connect(80, "established", at=at, hold=4.0, result="ok")
    for at in (0.6, 0.9):
        lab.client.connect(80, "syn-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    failed = lab.router.conntrack_stat("insert_failed")
    lab.prove(failed == 6, "conntrack -S on the router counts "
              f"insert_failed={failed}")
