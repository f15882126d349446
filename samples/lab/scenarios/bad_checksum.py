"""A box on the way writes a wrong TCP checksum into SYNs to port 443.

They arrive, the server's capture shows them, its TCP discards them
(TcpInCsumErrors). Port 80 is left alone.
"""

STORY = "SYNs to port 443 arrive with a wrong TCP checksum and are discarded."
CAUSE = "bad-checksum"
EITHER_FAMILY = True
EVIDENCE = {"server": "nstat ss-ltn"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft("tcp dport 443 tcp flags & (syn | ack) == syn counter "
                   '@th,128,16 set 0xbadc comment "spoil"')
    lab.record(lab.client, lab.server)
    for at in (0.0, 1.5):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.server.counter("TcpInCsumErrors")
    lab.prove(drops == 6, f"TcpInCsumErrors on the server rose by {drops}")
