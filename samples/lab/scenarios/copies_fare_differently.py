"""The copies of one SYN meet different fates.

For 1.5 seconds the network drops every SYN to port 443; after that the
copies reach the server, whose INPUT chain drops them. The verdict is that of
the last copy; the first two copies died in the network. Port 80 works.
"""

STORY = "First copies of the SYN die in the network, later ones on the server."
CAUSE = "host-firewall-drop"
EITHER_FAMILY = True
EVIDENCE = {"server": "nft nstat"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft('tcp dport 443 counter drop comment "net"')
    lab.server.nft('tcp dport 443 counter drop comment "input"', hook="input")
    lab.record(lab.client, lab.server)
    for at in (0.0, 2.0):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-dropped-by-server", at=at, timeout=4.5,
                           result="timeout")
    lab.client.go(wait=False)
    lab.pause(1.6)
    lost = lab.router.nft_packets("net")
    lab.router.nft_clear()
    lab.client.wait()
    drops = lab.server.nft_packets("input")
    lab.prove(lost == 4 and drops >= 4,
              f"the router dropped {lost} SYNs, then the server {drops}")
