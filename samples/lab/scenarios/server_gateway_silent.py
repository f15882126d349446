"""The server's gateway stops answering ARP: the SYN-ACKs wait and die.

Connections work; then the gateway goes deaf to ARP and the server's entry for it
is gone. SYNs still arrive, for the gateway knows the server. Each SYN-ACK waits
in the server for a hardware address that nobody tells, in front of the point
where captures are taken, and is thrown away. The server's capture has its ARP
requests.
"""

STORY = "The server asks for its gateway in vain and cannot answer."
CAUSE = "no-route-back"
EVIDENCE = {"server": "nstat ip-route ss-ltn"}


def tell(lab):
    lab.server.serve(80)
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.2, 0.4):
        lab.client.connect(80, "established", at=at, result="ok")
    lab.client.go()
    lab.router.sh("ip link set east arp off")
    lab.server.sh("ip neigh del 198.51.100.1 dev eth0")
    # Nothing is taken for granted of what the router still knows.
    lab.router.sh("ip neigh replace 198.51.100.20 dev east nud permanent "
                  "lladdr 02:00:00:00:02:20")
    for at in (0.1, 0.3):
        lab.client.connect(80, "syn-dropped-by-server", at=at, timeout=4.5,
                           result="timeout")
    lab.client.go()
    entry = lab.server.sh("ip neigh show 198.51.100.1")
    lab.prove("FAILED" in entry or "INCOMPLETE" in entry,
              "the server's neighbour entry of its gateway has no address")
