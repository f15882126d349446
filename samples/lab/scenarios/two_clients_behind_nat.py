"""Two clients share one NAT address; the server drops only port 443.

Both clients' SYNs come from 198.51.100.1 by random ports. The server's INPUT
chain drops what goes to 443, whoever sent it.
"""

STORY = "Two clients behind one NAT address; the server's INPUT drops 443."
CAUSE = "host-firewall-drop"
EVIDENCE = {"server": "nft nstat"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft('oifname "east" masquerade random', hook="postrouting")
    lab.server.nft('tcp dport 443 counter drop comment "input"', hook="input")
    lab.record(lab.client, lab.server)
    for n, source in enumerate(("192.0.2.10", "192.0.2.11")):
        lab.client.connect(80, "established", at=n * 0.2, source=source,
                           result="ok")
        lab.client.connect(443, "syn-dropped-by-server", at=0.1 + n * 0.3,
                           timeout=2.5, source=source, result="timeout")
        lab.client.connect(80, "established", at=1.5 + n * 0.1, source=source,
                           result="ok")
    lab.client.go()
    drops = lab.server.nft_packets("input")
    lab.prove(drops == 6, f"the server's rule dropped {drops} SYNs")
