"""Both captures lost packets, the network lost none.

A tenth of the frames is missing from either file, SYNs among them; every
connection was quick and fine. What a file lacks is no proof of a failure.
"""

import os

from laboratory import dress as clothes

STORY = "Frames are missing from both files; no connection failed."
CAUSE = None
TAGS = "innocent damaged"
EITHER_FAMILY = True


def tell(lab):
    lab.server.serve(80)
    lab.record(lab.client, lab.server)
    for n in range(8):
        lab.client.connect(80, "established", at=n * 0.1, result="ok")
    lab.client.go()


def dress(lab, folder, attempts):
    """The server's file lacks the first two connections' SYNs and each
    tenth frame, the client's each eleventh that is no SYN."""
    ports = [a["client"]["port"] for a in attempts[:2]]
    for side, every in (("server", 10), ("client", 11)):
        count = [0]

        def unwanted(frame):
            count[0] += 1
            flags = clothes.tcp_flags(frame)
            if side == "server" and flags == 2 and \
                    set(ports) & set(clothes.tcp_ports(frame) or ()):
                return True
            return count[0] % every == 0 and not flags & 2
        path = os.path.join(folder, side, "capture.pcap")
        lost = clothes.leave_out(path, unwanted)
        clothes.pcapng_with_drops(path, lost)
    # Where a deciding frame is gone, a careful reader may abstain.
    for attempt in attempts:
        attempt["accept"] = ["undetermined"]
        attempt["confidence"] = ["certain", "likely", "possible"]
        attempt["syn_retransmits"] = 0
