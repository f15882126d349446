"""Checksum offload at work: both captures show wrong checksums, all is well.

Client, router and server leave checksums to their (virtual) cards, so no
packet has a finished one where it is captured; TCP is told that they need no
check (TcpInCsumErrors stays 0). A wrong checksum in a sender's own capture
accuses nobody.
"""

STORY = "Unfinished checksums in both captures; every handshake succeeds."
CAUSE = None
TAGS = "innocent"
MUST_NOT_CONFIRM = ["bad-checksum", "offload-fault"]
EITHER_FAMILY = True
EVIDENCE = {"client": "ethtool-k nstat", "server": "nstat ss-ltn"}


def tell(lab):
    for host, names in ((lab.client, "eth0"), (lab.router, "west east"),
                        (lab.server, "eth0")):
        host.sh(f"""for i in {names}; do
            ethtool -K $i tx on rx on tso on gso on gro on >/dev/null 2>&1
            done""")
    lab.server.serve(80, 443)
    lab.record(lab.client, lab.server)
    for n, port in enumerate((80, 443, 80, 443, 80)):
        lab.client.connect(port, "established", at=n * 0.2, result="ok")
    lab.client.go()
    errors = lab.server.counter("TcpInCsumErrors")
    lab.prove(errors == 0, "TcpInCsumErrors on the server did not move")
