"""The server's capture started when the trouble was half over.

Port 443 is dropped in the network all the time. The attempts of the first
seconds lie before the server's capture and cannot be judged by it; those
after its start can.
"""

STORY = "The server capture starts late: earlier attempts are undetermined."
CAUSE = "security-group-or-firewall-drop"
TAGS = "damaged"
EITHER_FAMILY = True


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft('tcp dport 443 counter drop comment "sg"')
    lab.record(lab.client)
    before = {"confidence": ["certain", "likely", "possible"],
              "truth": "syn-lost-in-network",
              "candidates": ["syn-lost-in-network", "syn-dropped-by-server",
                             "synack-lost-in-network"]}
    # With one SYN each, no retransmission reaches into the capture.
    for at in (0.0, 0.2, 0.4):
        lab.client.connect(443, "undetermined", at=at, timeout=0.8,
                           result="timeout", **before)
    lab.client.connect(80, "established", at=0.3, result="ok",
                       truth="established-unseen")
    lab.client.go()
    lab.pause(2.0)
    lab.record(lab.server)
    for at in (0.0, 0.5, 1.8):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.2, 0.4):
        lab.client.connect(443, "syn-lost-in-network", at=at, timeout=2.5,
                           accept=["undetermined"], result="timeout")
    lab.client.go()
    dropped = lab.router.nft_packets("sg")
    lab.prove(dropped == 9, f"the router's rule dropped {dropped} SYNs to 443")
