"""The client's host has lost its route to the server's network.

An interface was reconfigured and the default route did not come back:
connect() fails at once, nginx logs "(101: Network is unreachable)", and no
packet is sent. Before that, and after, connections succeed.
"""

from laboratory import programs

STORY = "The client has no route to the server: no SYN is sent."
CAUSE = "syn-never-left-client"
EVIDENCE = {"client": "ip-route nstat", "server": "ss-ltn nstat"}
NEEDS = ("nginx",)
TAGS = "no-packets"


def tell(lab):
    lab.server.serve(8080, behave="http")
    log = programs.nginx(lab.client, "198.51.100.20:8080", "2s")
    lab.record(lab.client, lab.server)
    good = programs.browse(lab.client, 3, 0.2)
    lab.client.sh("ip route del default")
    bad = programs.browse(lab.client, 4, 0.2)
    lab.prove(good == {200: 3} and bad == {502: 4},
              "nginx answered 200 three times, then 502 four times")
    lab.adopt(8080, {"established": 3})
    refused = lab.client.counter("IpOutNoRoutes")
    lab.prove(refused >= 4, f"IpOutNoRoutes on the client rose by {refused}")
    programs.keep_log(lab.client, log, "nginx-error.log")
    with open(log) as file:
        lab.prove(file.read().count("(101: ") == 4, "its log says ENETUNREACH")
