"""A flood of spoofed SYNs fills the queue, and SYN cookies do their work.

The kernel logs "Possible SYN flooding ... Sending cookies"; every honest
connection succeeds. The spoofed SYNs got their answer, which nobody waits
for.
"""

STORY = "SYN cookies hold against a flood: honest connections succeed."
CAUSE = None
MUST_NOT_CONFIRM = ["syn-queue-overflow", "accept-queue-overflow"]
TAGS = "innocent"
EVIDENCE = {"server": "nstat ss-ltn dmesg"}
KERNEL_LINES = r"SYN flooding on port (0\.0\.0\.0:)?8089"


def tell(lab):
    lab.server.serve(8089, backlog=4, address="0.0.0.0")
    lab.router.sh("ip route add blackhole 192.0.2.99/32")
    lab.record(lab.client, lab.server)
    lab.spoof("192.0.2.99", 8089, "synack-lost-in-network", count=6,
              verdict_in_folder="synack-lost-in-network",
              confidence=["certain", "likely", "possible"],
              accept=["undetermined"])
    for at in (0.1, 0.3, 0.5):
        lab.client.connect(8089, "established", at=at, result="ok")
    lab.client.go()
    sent = lab.server.counter("TcpExtSyncookiesRecv")
    lab.prove(sent >= 1, f"SyncookiesRecv on the server rose by {sent}")
