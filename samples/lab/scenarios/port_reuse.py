"""One 4-tuple, three attempts: works, is dropped, works.

The client uses the same source port again and again. Between the first and
the third attempt the network drops its SYNs. Each attempt has its own ISN.
"""

STORY = "The same 4-tuple three times: established, SYN lost, established."
CAUSE = "security-group-or-firewall-drop"
EITHER_FAMILY = True


def tell(lab):
    lab.server.serve(80)
    lab.record(lab.client, lab.server)
    port = lab.client.connect(80, "established", abort=True, result="ok")
    lab.client.go()
    lab.pause(0.3)
    lab.router.nft('tcp dport 80 counter drop comment "drop"')
    lab.client.connect(80, "syn-lost-in-network", sport=port, timeout=2.5,
                       result="timeout")
    lab.client.go()
    drops = lab.router.nft_packets("drop")
    lab.router.nft_clear()
    lab.client.connect(80, "established", sport=port, abort=True,
                       result="ok")
    lab.client.go()
    lab.prove(drops == 3, f"the router's rule dropped {drops} SYNs")
