"""A limit on the server drops first copies of SYNs; later copies pass.

Every client waits long enough: nobody sees an error, and six of ten connections
take a second or more.
"""

STORY = "All succeed; the server's limit made six of ten a second late or more."
CAUSE = "rate-limit"
EVIDENCE = {"server": "nft nstat ss-ltn"}


def tell(lab):
    lab.server.serve(80)
    lab.server.nft("tcp dport 80 tcp flags & (syn | ack) == syn "
                   'limit rate over 2/second burst 4 packets counter drop '
                   'comment "limit"', hook="input")
    lab.record(lab.client, lab.server)
    for n in range(10):
        lab.client.connect(80, "established", at=n * 0.02, timeout=20,
                           result="ok")
    lab.client.go()
    drops = lab.server.nft_packets("limit")
    lab.prove(drops >= 6, f"the limit's rule dropped {drops} SYNs")
