"""The server's state is a sosreport: its own folder names, no "before".

The accept queue of port 8443 is full: `ss` shows more waiting than the
backlog allows, the counters are cumulative. SYNs arrive and are dropped.
"""

import os

STORY = "The server's state is a sosreport; the accept queue of 8443 is full."
CAUSE = "accept-queue-overflow"
EVIDENCE = {"server": "nstat-az netstat-s ss-peaonmi ss-s conntrack-S softnet"}


def tell(lab):
    lab.server.serve(8443, behave="idle", backlog=2)
    lab.server.serve(22)
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.05, 0.1):
        lab.client.connect(8443, "established", at=at, send=False, hold=5.0,
                           result="ok")
    for at in (0.5, 0.9):
        lab.client.connect(8443, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.connect(22, "established", at=2.0, result="ok")
    lab.client.go(wait=False)
    lab.pause(4.0)
    from laboratory import state
    state.take(lab, lab.server, "during")
    lab.client.wait()
    drops = lab.server.counter("TcpExtListenDrops")
    lab.prove(drops == 6, f"ListenDrops on the server rose by {drops}")


def dress(lab, folder, attempts):
    server = os.path.join(folder, "server")
    report = os.path.join(server, "sosreport-web1-2026-11-21-abcdefg")
    places = {
        "nstat-during.txt": "sos_commands/networking/nstat_-zas",
        "netstat-s-during.txt": "sos_commands/networking/netstat_-s",
        "ss-peaonmi-during.txt": "sos_commands/networking/ss_-peaonmi",
        "ss-s-during.txt": "sos_commands/networking/ss_-s",
        "conntrack-S-during.txt": "sos_commands/firewall_tables/conntrack_-S",
        "softnet-during.txt": "proc/net/softnet_stat"}
    for name, place in places.items():
        source = os.path.join(server, name)
        if not os.path.exists(source):
            source = os.path.join(server, name.replace("-during", ""))
        target = os.path.join(report, place)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.rename(source, target)
    for name in os.listdir(server):
        if name.endswith(".txt"):
            os.unlink(os.path.join(server, name))
