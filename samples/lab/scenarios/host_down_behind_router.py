"""The address exists no more: the router's ARP stays unanswered.

After three seconds the router says ICMP host unreachable; connect() fails
with "No route to host". The server next to it is fine.
"""

STORY = "The host is down: its router says host unreachable after 3 s."
CAUSE = "icmp-rejected"
# The server's neighbour hears the router ask for the address, again and again.
ALSO = ["host-down"]


def tell(lab):
    lab.server.serve(80)
    lab.record(lab.client, lab.server)
    lab.client.connect(80, "established", result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(80, "rejected-in-network", at=at, timeout=6,
                           to="198.51.100.77", result="unreachable")
    lab.client.connect(80, "established", at=4.0, result="ok")
    lab.client.go()
