"""The application accepts, reads the question and aborts: RST.

The handshake was complete at both ends. Whatever the client's log says
("connection reset by peer"), no connection attempt failed.
"""

STORY = "Handshakes succeed, then the application resets the connection."
CAUSE = None
TAGS = "innocent"
EITHER_FAMILY = True


def tell(lab):
    lab.server.serve(80)
    lab.server.serve(8080, behave="reset")
    lab.record(lab.client, lab.server)
    lab.client.connect(80, "established", result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(8080, "established", at=at, result="reset")
    lab.client.go()
