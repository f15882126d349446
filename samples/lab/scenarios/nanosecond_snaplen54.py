"""A nanosecond capture at the client, one cut to 54 bytes at the server.

The server's frames end after the bare TCP header: no options, no data. The
story is that of host-firewall-drop with a packet filter that says nothing.
"""

STORY = "Nanoseconds here, snaplen 54 there; the server drops SYNs to 443."
CAUSE = "host-firewall-drop"
TAGS = "damaged"
EVIDENCE = {"server": "nft"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.server.nft('tcp dport 443 counter drop comment "input"', hook="input")
    lab.record(lab.client, options=["--time-stamp-precision=nano"])
    lab.record(lab.server, options=["-s", "54"])
    for at in (0.0, 0.4, 1.5):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.server.nft_packets("input")
    lab.prove(drops == 6, f"the server's rule dropped {drops} SYNs")
