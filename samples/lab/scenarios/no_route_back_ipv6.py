"""The server lost its IPv6 default route; over IPv4 it is well.

SYNs arrive over IPv6 and cannot be answered. The same client's connections
over IPv4 succeed.
"""

STORY = "The server has no IPv6 route back; over IPv4 it answers."
CAUSE = "no-route-back"
EVIDENCE = {"server": "nstat ip-6-route ss-ltn"}


def tell(lab):
    lab.server.serve(80)
    lab.server.sh("ip -6 route del default")
    lab.record(lab.client, lab.server)
    for at in (0.0, 1.5):
        lab.client.connect(80, "established", at=at, to="198.51.100.20",
                           result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(80, "syn-dropped-by-server", at=at, timeout=2.5,
                           to="fd00:2::20", result="timeout")
    lab.client.go()
    lost = lab.server.counter("Ip6OutNoRoutes")
    lab.prove(lost >= 6, f"Ip6OutNoRoutes on the server rose by {lost}")
