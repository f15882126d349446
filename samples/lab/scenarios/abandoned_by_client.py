"""The client's timeout is shorter than the round trip.

Answers take 3 seconds; the client waits 0.9 and closes. The SYN-ACK arrives
at a kernel that has forgotten the port and answers RST. Nothing was lost.
"""

STORY = "SYN-ACKs arrive 3 s late, after the client gave up at 0.9 s."
CAUSE = "client-timeout-too-short"
EITHER_FAMILY = True
EVIDENCE = {"client": "nstat", "server": "nstat"}


def tell(lab):
    lab.server.serve(80)
    lab.record(lab.client, lab.server)
    lab.client.connect(80, "established", result="ok")
    lab.client.go()
    lab.router.wan("client", delay=3.0)
    for at in (0.0, 0.3):
        lab.client.connect(80, "abandoned-by-client", at=at, timeout=0.9,
                           result="timeout")
    lab.client.go()
    lab.pause(4.5)
