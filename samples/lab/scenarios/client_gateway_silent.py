"""The client's gateway does not answer ARP.

Its neighbour entry is gone and cannot be made again: the SYNs wait in the
client for an address that nobody tells. After three requests for it, connect()
fails with EHOSTUNREACH, nginx logs "(113: No route to host)". The capture
has the ARP requests and no SYN.
"""

from laboratory import programs

STORY = "The gateway answers no ARP: the client's SYNs never leave."
CAUSE = "syn-never-left-client"
EVIDENCE = {"client": "ip-neigh nstat", "server": "ss-ltn nstat"}
NEEDS = ("nginx",)
TAGS = "no-packets"


def tell(lab):
    lab.server.serve(8080, behave="http")
    log = programs.nginx(lab.client, "198.51.100.20:8080", "6s")
    lab.record(lab.client, lab.server)
    good = programs.browse(lab.client, 3, 0.2)
    lab.router.sh("ip link set west arp off")
    lab.client.sh("ip neigh del 192.0.2.1 dev eth0")
    bad = programs.browse(lab.client, 3, 0.1)
    lab.prove(good == {200: 3} and bad == {502: 3},
              "nginx answered 200 three times, then 502 three times")
    lab.adopt(8080, {"established": 3})
    entry = lab.client.sh("ip neigh show 192.0.2.1")
    lab.prove("FAILED" in entry or "INCOMPLETE" in entry,
              "the client's neighbour entry of its gateway has no address")
    programs.keep_log(lab.client, log, "nginx-error.log")
    with open(log) as file:
        lab.prove(file.read().count("(113: ") == 3, "its log says EHOSTUNREACH")
