"""A web tier: nginx, and behind it a server whose conntrack table fills up.

nginx asks the server fifty times; six requests, 12 %, fail with "upstream
timed out (110: Connection timed out) while connecting to upstream". Idle
connections fill most of the server's conntrack table, nginx's the rest: it
reaches nf_conntrack_max, `conntrack -S` counts drops, the kernel logs them.
(The lines of a namespace carry "in netns"; those of a host of its own do not.)

Two things beside it look bad and stop no connection: 511 of the 512 places in
port 9000's accept queue are taken, and none overflowed; an agent's datagrams,
which SNAT maps to one port, raise insert_failed by one each.
"""

import os
import subprocess
import sys

from laboratory import dress as clothes
from laboratory import programs

STORY = "12 % of nginx's requests time out: the server's conntrack is full."
CAUSE = "conntrack-table-full"
MUST_NOT_CONFIRM = ["accept-queue-overflow", "syn-queue-overflow",
                    "security-group-or-firewall-drop", "nat-port-exhaustion"]
EVIDENCE = {"client": "nstat ss-s",
            "server": "nstat conntrack-S conntrack-C ss-ltn sysctl dmesg"}
NEEDS = ("nginx",)
IDLE = 511
DATAGRAMS = """import socket
for _ in range(4):
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(
            b"load:1|g", ("198.51.100.1", 8125))
    except PermissionError:
        pass
"""


def idle_connections(lab):
    """They are there before the recorders start, and stay."""
    lab.server.serve(9000, behave="idle", backlog=512)
    holder = lab.client.spawn(
        [sys.executable, os.path.join(programs.HERE, "hold_program.py"),
         "198.51.100.20", "9000", str(IDLE)], stdout=subprocess.PIPE,
        text=True)
    lab.prove(holder.stdout.readline().strip() == "ready",
              f"{IDLE} connections wait in port 9000's queue of 512")


def tell(lab):
    good = lab.plan.count(44, 20, 50)
    bad = lab.plan.count(6, 3, 9)
    lab.server.serve(8080, behave="http")
    lab.server.nft('ct state established counter accept comment "track"',
                   hook="input")
    lab.server.nft("udp dport 8125 ip daddr 198.51.100.1 snat ip to "
                   "198.51.100.20:8125", hook="postrouting")
    lab.router.nft("udp dport 8125 drop", hook="input")
    idle_connections(lab)
    log = programs.nginx(lab.client, "198.51.100.20:8080", "2s")
    lab.record(lab.client, lab.server, options=["-s", "96"])
    lab.server.sh(f"{sys.executable} -c '{DATAGRAMS}'")
    held = int(lab.server.sh("conntrack -C"))
    lab.machine("net.netfilter.nf_conntrack_max", held + good)
    statuses = programs.browse(lab.client, good + bad, 0.1)
    lab.prove(statuses == {200: good, 504: bad},
              f"nginx answered {good} requests with 200 and {bad} with 504")
    lab.adopt(8080, {"established": good, "syn-dropped-by-server": bad})
    drops = lab.server.conntrack_stat("drop")
    failed = lab.server.conntrack_stat("insert_failed")
    lab.prove(drops - failed == 2 * bad and failed,
              f"conntrack -S on the server counts drop={drops}: {2 * bad} "
              f"SYNs and the {failed} datagrams of insert_failed")
    over = lab.server.counter("TcpExtListenOverflows")
    lab.prove(over == 0, "ListenOverflows on the server did not move")
    programs.keep_log(lab.client, log, "nginx-error.log")


def dress(lab, folder, attempts):
    for side in ("client", "server"):
        clothes.pcapng_gz(os.path.join(folder, side, "capture.pcap"))
