"""The story of accept-queue-full, told over IPv6.

The listener is `[::]:80` in `ss`; the counters are the same TcpExt ones as
for IPv4."""

from scenarios import accept_queue_full as plain

STORY = "Over IPv6: the accept queue of port 80 is full, SYNs are dropped."
CAUSE = plain.CAUSE
EVIDENCE = getattr(plain, "EVIDENCE", {})
KERNEL_LINES = getattr(plain, "KERNEL_LINES", r"(?!)")
FAMILY = 6
tell = plain.tell
