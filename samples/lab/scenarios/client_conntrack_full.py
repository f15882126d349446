"""The proxy host's own conntrack table is full: its SYNs never leave.

nginx logs "upstream timed out ... while connecting"; no capture holds those
SYNs, and `conntrack -S` of the client counts them as dropped. Connections
that were there before go on.
"""

from laboratory import programs

STORY = "The client's own conntrack table is full: its SYNs never leave."
CAUSE = "conntrack-table-full"
EVIDENCE = {"client": "conntrack-S conntrack-C sysctl nstat dmesg",
            "server": "nstat ss-ltn"}
NEEDS = ("nginx",)
TAGS = "no-packets"


def tell(lab):
    lab.server.serve(8080, 80)
    lab.client.nft('oifname "eth0" ct state established counter accept '
                   'comment "track"', hook="output")
    # What stays on the host is not tracked.
    lab.client.nft('oifname "lo" notrack', hook="output", priority=-300)
    lab.client.nft('iifname "lo" notrack', hook="prerouting", priority=-300)
    log = programs.nginx(lab.client, "198.51.100.20:8080", "2s")
    lab.record(lab.client, lab.server)
    lab.machine("net.netfilter.nf_conntrack_max", 6)
    for n in range(6):
        lab.client.connect(80, "established", at=n * 0.05, hold=5.0,
                           result="ok")
    lab.client.go(wait=False)
    lab.pause(1.0)
    statuses = programs.browse(lab.client, 3, 0.2)
    lab.prove(statuses == {504: 3}, "nginx answered 504 three times")
    lab.client.wait()
    drops = lab.client.conntrack_stat("drop")
    lab.prove(drops >= 3, f"conntrack -S on the client counts drop={drops}")
    programs.keep_log(lab.client, log, "nginx-error.log")
