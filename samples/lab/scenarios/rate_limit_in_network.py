"""A filter in the network lets only so many new connections a second pass.

The router drops SYNs above 2 a minute beyond a burst of five; the first
connections succeed, later ones of the same kind do not, whatever the port.
"""

STORY = "The router passes five SYNs and drops those above its rate limit."
CAUSE = "rate-limit"
EITHER_FAMILY = True
EVIDENCE = {"router": "nft"}


def tell(lab):
    lab.server.serve(80)
    lab.router.nft("tcp flags & (syn | ack) == syn limit rate over "
                   '2/minute burst 5 packets counter drop comment "limit"')
    lab.record(lab.client, lab.server)
    lab.state_of(lab.router)
    # One of them speaks again at the end: the server's capture was running.
    for n, again in enumerate((0.0, 0.0, 0.0, 0.0, 4.0)):
        lab.client.connect(80, "established", at=n * 0.1, again=again,
                           result="ok")
    failing = lab.plan.count(3, 2, 6)
    for n in range(failing):
        lab.client.connect(80, "syn-lost-in-network", at=0.7 + n * 0.2,
                           timeout=2.5, result="timeout")
    lab.client.go()
    drops = lab.router.nft_packets("limit")
    lab.prove(drops == 3 * failing, f"the router's limit dropped {drops} SYNs")
