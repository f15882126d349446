"""HAProxy logs `sC`: its connect timeout fired.

A filter in the network drops the SYNs to the application's port 8080; port
80 of the same server works. HAProxy's syslog lines have Tc = -1 and the state
sC; they carry no year and no zone.
"""

from laboratory import programs

STORY = "HAProxy logs sC: SYNs to its server's port 8080 are dropped."
CAUSE = "security-group-or-firewall-drop"
EVIDENCE = {"server": "ss-ltn nstat"}
NEEDS = ("haproxy",)


def tell(lab):
    count = lab.plan.count(4, 2, 7)
    lab.server.serve(8080, 80)
    lab.router.nft('tcp dport 8080 counter drop comment "sg"')
    log = programs.haproxy(lab.client, "198.51.100.20:8080", "2500ms")
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.4):
        lab.client.connect(80, "established", at=at, result="ok")
    lab.client.go()
    statuses = programs.browse(lab.client, count, 0.2)
    lab.prove(statuses == {503: count}, f"HAProxy answered 503 {count} times")
    lab.client.connect(80, "established", result="ok")
    lab.client.go()
    lab.adopt(8080, {"syn-lost-in-network": count})
    drops = lab.router.nft_packets("sg")
    lab.prove(drops == 3 * count, f"the router's rule dropped {drops} SYNs")
    programs.keep_log(lab.client, log, "haproxy.log")
    with open(log) as file:
        lab.prove(file.read().count(" sC") == count, "its log says sC as often")
