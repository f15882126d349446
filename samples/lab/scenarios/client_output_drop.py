"""The client host's own OUTPUT chain drops SYNs to port 8080.

They never leave: no capture holds one, not even the client's. nginx's log
says that it tried and timed out. Port 80 works.
"""

from laboratory import programs

STORY = "nginx's SYNs never leave its host: the OUTPUT chain drops them."
CAUSE = "syn-never-left-client"
EVIDENCE = {"client": "nft nstat", "server": "ss-ltn nstat"}
NEEDS = ("nginx",)
TAGS = "no-packets"


def tell(lab):
    lab.server.serve(8080, 80)
    lab.client.nft('tcp dport 8080 counter drop comment "output"',
                   hook="output")
    log = programs.nginx(lab.client, "198.51.100.20:8080", "2s")
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.5):
        lab.client.connect(80, "established", at=at, result="ok")
    lab.client.go()
    statuses = programs.browse(lab.client, 3, 0.2)
    lab.prove(statuses == {504: 3}, "nginx answered 504 three times")
    lab.client.connect(80, "established", result="ok")
    lab.client.go()
    drops = lab.client.nft_packets("output")
    lab.prove(drops >= 3, f"the client's rule dropped {drops} SYNs")
    programs.keep_log(lab.client, log, "nginx-error.log")
