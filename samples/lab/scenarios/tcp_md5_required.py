"""The listener on port 179 requires TCP-MD5 (RFC 2385) of this peer.

The client's SYNs carry no signature and are dropped in silence
(TCPMD5NotFound). Port 80 works.
"""

STORY = "SYNs without the TCP-MD5 signature that the listener requires."
CAUSE = "tcp-md5-missing"
EVIDENCE = {"server": "nstat ss-ltn"}


def tell(lab):
    lab.server.serve(80)
    lab.server.serve(179, options=["md5"], address="0.0.0.0")
    lab.record(lab.client, lab.server)
    for at in (0.0, 1.5):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(179, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.server.counter("TcpExtTCPMD5NotFound")
    lab.prove(drops == 6, f"TCPMD5NotFound on the server rose by {drops}")
