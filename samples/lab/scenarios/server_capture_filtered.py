"""A trap: the server's capture was taken with the filter `port 80`.

The SYNs to port 443 reached the server and died in its INPUT chain, but the
file cannot hold them, and does not say that it was filtered. To the captures
this looks exactly like security-group; only the packet filter's counters
contradict. Whoever is certain here accuses the wrong team.
"""

STORY = "The server's tcpdump filtered by port 80; 443 died on the server."
CAUSE = "host-firewall-drop"
TAGS = "damaged"
EVIDENCE = {"server": "nft ss-ltn"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.server.nft('tcp dport 443 counter drop comment "input"', hook="input")
    lab.record(lab.client)
    lab.record(lab.server, filter="port 80")
    for at in (0.0, 0.4, 2.0):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "undetermined", at=at, timeout=2.5,
                           truth="syn-dropped-by-server-unseen",
                           candidates=["syn-lost-in-network",
                                       "synack-lost-in-network",
                                       "syn-dropped-by-server"],
                           accept=["syn-lost-in-network",
                                   "syn-dropped-by-server"],
                           confidence=["likely", "possible"],
                           result="timeout")
    lab.client.go()
    drops = lab.server.nft_packets("input")
    lab.prove(drops == 6, f"the server's rule dropped {drops} SYNs to 443")
