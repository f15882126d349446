"""The server accepts and never answers: a read timeout, no connect timeout.

Port 8080 takes the connection and the question and stays silent; port 80
answers.
"""

STORY = "Connections to port 8080 succeed, the application never answers."
CAUSE = "read-timeout"
EITHER_FAMILY = True
EVIDENCE = {"server": "ss-tan nstat"}


def tell(lab):
    lab.server.serve(80)
    lab.server.serve(8080, behave="silent")
    lab.record(lab.client, lab.server)
    lab.client.connect(80, "established", result="ok")
    for at in (0.1, 0.4):
        lab.client.connect(8080, "stalled-after-handshake", at=at,
                           read_timeout=3.0, result="read-timeout")
    lab.client.go()
