"""A very lossy road and impatient clients: some handshakes are never done.

Half of the packets are lost on the way to the server and a third on the way
back, blindly. Clients give up after two and a half seconds: most succeed, some
after a repeated SYN, and the others fail where the dice fell: the captures
say where, and the label of each attempt is read from them.
"""

STORY = "Blind loss: most handshakes succeed late, some not in time."
CAUSE = "packet-loss"
EITHER_FAMILY = True
EVIDENCE = {"client": "nstat", "server": "nstat"}
OUTCOMES = ("established", "syn-lost-in-network", "synack-lost-in-network",
            "ack-lost-in-network", "abandoned-by-client")


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.wan("server", loss=0.5, delay=0.005)
    lab.router.wan("client", loss=0.33, delay=0.005)
    lab.record(lab.client, lab.server)
    for n in range(18):
        lab.client.connect(80 if n % 2 else 443, OUTCOMES, at=n * 0.15,
                           timeout=2.5, read_timeout=12)
    lab.client.go()
    results = [a["result"]["result"] for a in lab.client.attempts]
    failed = sum(r != "ok" for r in results)
    lab.prove(0 < failed < len(results),
              f"{failed} of {len(results)} clients gave up")
