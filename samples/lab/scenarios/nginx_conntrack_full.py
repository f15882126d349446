"""A web tier: nginx, and behind it a server whose conntrack table fills up.

nginx asks the server fifty times; six requests, 12 %, fail with "upstream
timed out (110: Connection timed out) while connecting to upstream". The
server's conntrack table reached nf_conntrack_max: `conntrack -S` counts
drops, the kernel logs them. Next to it something else looks bad and is not:
the queue of port 9000 stands at its limit, and never overflowed.
"""

import os

from laboratory import dress as clothes
from laboratory import programs

STORY = "12 % of nginx's requests time out: the server's conntrack is full."
CAUSE = "conntrack-table-full"
MUST_NOT_CONFIRM = ["accept-queue-overflow", "syn-queue-overflow",
                    "security-group-or-firewall-drop"]
EVIDENCE = {"server": "nstat conntrack-S conntrack-C ss-ltn sysctl dmesg"}
NEEDS = ("nginx",)


def tell(lab):
    good = lab.plan.count(44, 20, 50)
    bad = lab.plan.count(6, 3, 9)
    lab.server.serve(8080, behave="http")
    lab.server.serve(9000, behave="idle", backlog=7)
    lab.server.nft('ct state established counter accept comment "track"',
                   hook="input")
    log = programs.nginx(lab.client, "198.51.100.20:8080", "2s")
    lab.record(lab.client, lab.server, options=["-s", "96"])
    lab.machine("net.netfilter.nf_conntrack_max", good + 8)
    for n in range(8):
        lab.client.connect(9000, "established", at=n * 0.02, send=False,
                           hold=10.0, result="ok")
    lab.client.go(wait=False)
    lab.pause(0.5)
    statuses = programs.browse(lab.client, good + bad, 0.1)
    lab.client.wait()
    lab.prove(statuses == {200: good, 504: bad},
              f"nginx answered {good} requests with 200 and {bad} with 504")
    lab.adopt(8080, {"established": good, "syn-dropped-by-server": bad})
    drops = lab.server.conntrack_stat("drop")
    lab.prove(drops == 2 * bad, f"conntrack -S on the server counts "
              f"drop={drops}, one for each SYN of theirs")
    over = lab.server.counter("TcpExtListenOverflows")
    lab.prove(over == 0, "ListenOverflows on the server did not move")
    programs.keep_log(lab.client, log, "nginx-error.log")


def dress(lab, folder, attempts):
    for side in ("client", "server"):
        clothes.pcapng_gz(os.path.join(folder, side, "capture.pcap"))
