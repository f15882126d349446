"""Old troubles in the logs and counters, and a new one that they don't explain.

Hours ago the server's conntrack table was full, a kernel line says so; its
ListenDrops counter is far from zero, and there is no snapshot from before.
Today the network drops port 443. Neither the old line nor a cumulative
counter confirms anything.
"""

import datetime
import os

STORY = "SYNs to 443 are lost; an old log line and an old counter mislead."
CAUSE = "security-group-or-firewall-drop"
MUST_NOT_CONFIRM = ["conntrack-table-full", "accept-queue-overflow",
                    "syn-queue-overflow"]
EVIDENCE = {"server": "nstat ss-ltn"}


def tell(lab):
    lab.server.serve(80, 443)
    idle = lab.server.serve(8081, behave="idle", backlog=1)
    for n in range(5):
        lab.client.connect(8081, "before", at=n * 0.02, timeout=1.5,
                           send=False, hold=1.5)
    lab.client.go()
    lab.client.attempts.clear()
    old = lab.server.counter("TcpExtListenDrops")
    lab.prove(old > 0, f"ListenDrops stood at {old} before the recorders began")
    idle.kill()
    lab.pause(0.5)
    lab.router.nft('tcp dport 443 counter drop comment "sg"')
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.4, 1.5):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-lost-in-network", at=at, timeout=2.5,
                           accept=["undetermined"], result="timeout")
    lab.client.go()
    lab.prove(lab.server.counter("TcpExtListenDrops") == old,
              "and did not move afterwards")
    drops = lab.router.nft_packets("sg")
    lab.prove(drops == 6, f"the router's rule dropped {drops} SYNs to 443")


def dress(lab, folder, attempts):
    server = os.path.join(folder, "server")
    os.unlink(os.path.join(server, "nstat-before.txt"))
    os.rename(os.path.join(server, "nstat-after.txt"),
              os.path.join(server, "nstat.txt"))
    then = datetime.datetime.now(datetime.timezone.utc) - \
        datetime.timedelta(hours=5, minutes=12)
    with open(os.path.join(server, "dmesg.txt"), "w") as file:
        for n in range(3):
            stamp = (then + datetime.timedelta(milliseconds=37 * n)).strftime(
                "%Y-%m-%dT%H:%M:%S,%f+00:00")
            file.write(f"{stamp} nf_conntrack: nf_conntrack: table full, "
                       "dropping packet\n")
