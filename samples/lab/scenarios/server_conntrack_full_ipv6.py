"""The story of server-conntrack-full, told over IPv6."""

from scenarios import server_conntrack_full as plain

STORY = "Over IPv6: the server's conntrack table is full."
CAUSE = plain.CAUSE
EVIDENCE = getattr(plain, "EVIDENCE", {})
KERNEL_LINES = getattr(plain, "KERNEL_LINES", r"(?!)")
FAMILY = 6
tell = plain.tell
