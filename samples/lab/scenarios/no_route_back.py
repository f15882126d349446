"""The server has no route back to the client.

Its default route is gone and the route to 192.0.2.10 is `unreachable`; the
SYN arrives, the SYN-ACK cannot be sent. The neighbour 192.0.2.11 has a route
and connects.
"""

STORY = "The server has no route back to the client and cannot answer."
CAUSE = "no-route-back"
EVIDENCE = {"server": "nstat ip-route ss-ltn"}


def tell(lab):
    lab.server.serve(80)
    lab.server.sh("""ip route add 192.0.2.11/32 via 198.51.100.1
        ip route add unreachable 192.0.2.10/32""")
    lab.record(lab.client, lab.server)
    for at in (0.0, 1.5):
        lab.client.connect(80, "established", at=at, source="192.0.2.11",
                           result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(80, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    lost = lab.server.counter("IpOutNoRoutes")
    lab.prove(lost == 6, f"IpOutNoRoutes on the server rose by {lost}")
