"""The server's neighbour table is full: it cannot address its gateway.

Hundreds of fresh entries fill the table (gc_thresh3); the gateway's entry is
gone and cannot be made again. SYNs arrive, SYN-ACKs are discarded, the kernel
logs the overflow. Before that, the server answered.
"""

STORY = "The server's neighbour table overflows: SYN-ACKs cannot be sent."
CAUSE = "neighbour-table-full"
EVIDENCE = {"server": "dmesg nstat ss-ltn"}
KERNEL_LINES = r"neighbo(u?)r table overflow"


def fill(lab):
    """Fresh entries until the kernel refuses one."""
    lab.server.sh("""for n in $(seq 1 60); do
        ip neigh replace 198.51.100.$((n + 100)) dev eth0 \
            lladdr 02:00:00:00:77:$(printf %02x $n) nud reachable \
            2>/dev/null || true; done""")


def tell(lab):
    lab.server.serve(80)
    lab.record(lab.client, lab.server)
    lab.client.connect(80, "established", result="ok")
    lab.client.go()
    for key in ("gc_thresh1", "gc_thresh2", "gc_thresh3"):
        lab.machine(f"net.ipv4.neigh.default.{key}", 30)
    fill(lab)
    lab.server.sh("ip neigh del 198.51.100.1 dev eth0")
    for at in (0.0, 0.2):
        lab.client.connect(80, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go(wait=False)
    for _ in range(3):
        lab.pause(0.9)
        fill(lab)
    lab.client.wait()
    fill(lab)
