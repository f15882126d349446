"""Three captures, and SYNs that die before the router.

A switch between the client and the router loses the SYNs of port 443: they
are in the client's capture, and neither in the router's nor in the server's.
"""

from scenarios import sequence_rewritten as relay

STORY = "Three captures: SYNs to 443 die between the client and the router."
CAUSE = "security-group-or-firewall-drop"
EVIDENCE = {"server": "nstat"}


def tell(lab):
    switch = relay.switch_between(lab, "lose", "443")
    lab.server.serve(80, 443)
    lab.record(lab.client, lab.router, lab.server)
    for at in (0.0, 0.4, 3.0):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    switch.stdin.close()
    drops = int(switch.stdout.readline())
    lab.prove(drops == 6, f"the switch dropped {drops} SYNs")
