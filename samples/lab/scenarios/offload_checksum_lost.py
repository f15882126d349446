"""Checksum offload that is promised and not done.

The client sits behind a virtual switch that forwards bytes and forgets which
checksums the sender left unfinished. With tx-checksumming off all is well;
somebody switches it on, and from then on every SYN arrives with the half
checksum of its pseudo header, seen so in both captures, and the server's TCP
discards it (TcpInCsumErrors).
"""

import os
import subprocess
import sys

from laboratory import world

STORY = "The client's checksum offload does nothing: its SYNs are discarded."
CAUSE = "offload-fault"
SYMPTOM = ["bad-checksum"]
EVIDENCE = {"client": "ethtool-k nstat ip-s-link", "server": "nstat ss-ltn"}


def switch_between(lab):
    """The client's cable now ends at a switch, and a new one goes on."""
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
    relay = switch.spawn(
        [sys.executable, os.path.join(world.HERE, "relay_program.py"),
         "west", "north"], stdout=subprocess.PIPE, text=True)
    lab.prove(relay.stdout.readline().strip() == "ready",
              "the switch forwards bytes only")


def tell(lab):
    switch_between(lab)
    lab.server.serve(80, 443)
    lab.record(lab.client, lab.server)
    for at, port in ((0.0, 80), (0.2, 443), (0.4, 80)):
        lab.client.connect(port, "established", at=at, result="ok")
    lab.client.go()
    lab.pause(0.3)
    lab.client.sh("ethtool -K eth0 tx on >/dev/null 2>&1")
    for at, port in ((0.0, 80), (0.2, 443)):
        lab.client.connect(port, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.server.counter("TcpInCsumErrors")
    lab.prove(drops >= 6, f"TcpInCsumErrors on the server rose by {drops}")
