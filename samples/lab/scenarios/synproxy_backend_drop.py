"""Behind a SYN proxy the server drops the SYNs to port 443.

The router answers the client, which believes to be connected and waits; the
proxy's own SYN reaches the server and dies in its INPUT chain. What the
client got as SYN-ACK is not the server's.
"""

from scenarios import synproxy_clean as plain

STORY = "A SYN proxy answers the client; the server drops the proxy's SYNs."
CAUSE = "host-firewall-drop"
EVIDENCE = {"server": "nft nstat"}


def tell(lab):
    lab.server.serve(80, 443)
    plain.proxy(lab, 443)
    lab.server.nft('tcp dport 443 counter drop comment "input"', hook="input")
    lab.record(lab.client, lab.server)
    for at in (0.0, 1.5):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.4):
        lab.client.connect(443, "syn-dropped-by-server", at=at,
                           accept=["undetermined"], read_timeout=3.0,
                           confidence=["certain", "likely", "possible"],
                           result="read-timeout")
    lab.client.go()
    drops = lab.server.nft_packets("input")
    lab.prove(drops >= 2, f"the server's rule dropped {drops} SYNs")
