"""A half-open port scan (nmap -sS): SYN, and RST to every SYN-ACK.

Open ports answer, closed ones refuse; the scanner breaks off each time. Real
clients are served meanwhile. Nobody lost anything.
"""

STORY = "A half-open port scan beside healthy connections."
CAUSE = None
TAGS = "innocent"
EVIDENCE = {"server": "nstat ss-ltn"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.4):
        lab.client.connect(80, "established", at=at, result="ok")
    lab.client.go()
    for port in (80, 443):
        lab.spoof("192.0.2.10", port, "abandoned-by-client",
                  verdict_in_folder="abandoned-by-client")
    for port in (21, 23, 25, 110, 3306):
        lab.spoof("192.0.2.10", port, "refused-by-server",
                  verdict_in_folder="refused-by-server")
    lab.client.connect(80, "established", result="ok")
    lab.client.go()
