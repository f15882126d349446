"""nginx's host has no local port left for this server.

ip_local_port_range leaves four ports, and four connections in TIME-WAIT hold
them. connect() fails at once with EADDRNOTAVAIL: nginx logs "(99: Cannot
assign requested address)", and no packet is sent.
"""

from laboratory import programs

STORY = "The client runs out of local ports: EADDRNOTAVAIL, no SYN is sent."
CAUSE = "ephemeral-ports-exhausted"
EVIDENCE = {"client": "ss-tan ss-s nstat", "server": "nstat"}
NEEDS = ("nginx",)
TAGS = "no-packets"


def tell(lab):
    lab.server.serve(8080, behave="http")
    lab.server.serve(80)
    lab.client.sh("""sysctl -qw net.ipv4.ip_local_port_range='50000 50003' \
        net.ipv4.tcp_tw_reuse=0""")
    log = programs.nginx(lab.client, "198.51.100.20:8080", "2s")
    lab.record(lab.client, lab.server)
    lab.client.connect(80, "established", result="ok")
    lab.client.go()
    good = programs.browse(lab.client, 4, 0.3)
    bad = programs.browse(lab.client, 3, 0.3)
    lab.prove(good == {200: 4} and bad == {502: 3},
              "nginx answered 200 four times, then 502 three times")
    lab.adopt(8080, {"established": 4})
    programs.keep_log(lab.client, log, "nginx-error.log")
    with open(log) as file:
        lab.prove(file.read().count("(99: ") == 3, "its log says EADDRNOTAVAIL")
