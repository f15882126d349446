"""A firewall changes sequence numbers and leaves the 4-tuple as it is.

A box between the client and the router adds a number of its own to every
connection's sequence numbers, as firewalls do that "randomise" them; the
router then drops the SYN-ACKs of port 443. Addresses, ports, timestamps and
options are what the client sent; the ISN is not.
"""

import os
import subprocess
import sys

from laboratory import world

STORY = "A firewall rewrites sequence numbers; SYN-ACKs of 443 are lost."
CAUSE = "security-group-or-firewall-drop"
EVIDENCE = {"server": "nstat"}


def switch_between(lab, job, port):
    """The client's cable now ends at a box that does this job."""
    switch = lab.another_host("switch")
    lab.router.sh(f"ip link set west netns {switch.ns}")
    subprocess.run(
        ["ip", "link", "add", "west", "netns", lab.router.ns, "address",
         world.ROUTER_WEST_MAC, "type", "veth", "peer", "name", "north",
         "netns", switch.ns], check=True)
    lab.router.sh(f"""ethtool -K west tx off rx off tso off gso off gro off \
            >/dev/null 2>&1 || true
        ip link set west up; ip addr add 192.0.2.1/24 dev west
        for i in 10 11; do ip neigh replace 192.0.2.$i dev west \
            lladdr {world.CLIENT_MAC} nud permanent; done""")
    switch.sh("ip link set west up; ip link set north up")
    box = switch.spawn(
        [sys.executable, os.path.join(world.HERE, "box_program.py"),
         "west", "north", job, port],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    lab.prove(box.stdout.readline().strip() == "ready",
              "a box stands between the client and the router")
    return box


def tell(lab):
    box = switch_between(lab, "rewrite", "0")
    lab.server.serve(80, 443)
    lab.router.nft("tcp sport 443 tcp flags & (syn | ack) == (syn | ack) "
                   'counter drop comment "synack"')
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.4, 3.0):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "synack-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.router.nft_packets("synack")
    lab.prove(drops >= 6, f"the router's rule dropped {drops} SYN-ACKs")
    box.stdin.close()
    changed = int(box.stdout.readline())
    lab.prove(changed > 0, f"the box changed {changed} segments")
