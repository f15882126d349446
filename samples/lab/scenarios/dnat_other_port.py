"""The client knows an address of the router; DNAT leads to the server.

192.0.2.1:443 is the server's port 8443, which answers; 192.0.2.1:25 is its
port 2525, where nobody listens: the RST came from the server, whatever
address it wears at the client.
"""

STORY = "DNAT to other ports: one answers, one refuses."
CAUSE = "no-listener"
EVIDENCE = {"server": "ss-ltn"}


def tell(lab):
    lab.server.serve(8443)
    lab.router.nft("tcp dport 443 dnat ip to 198.51.100.20:8443",
                   hook="prerouting")
    lab.router.nft("tcp dport 25 dnat ip to 198.51.100.20:2525",
                   hook="prerouting")
    lab.record(lab.client, lab.server)
    to = "192.0.2.1"
    for at in (0.0, 0.4):
        lab.client.connect(443, "established", to=to, at=at, result="ok")
    for at in (0.1, 0.5):
        lab.client.connect(25, "refused-by-server", to=to, at=at,
                           result="refused")
    lab.client.go()
