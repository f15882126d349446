"""The story of synack-lost-stateful-router, told over IPv6."""

from scenarios import synack_lost_stateful_router as plain

STORY = "Over IPv6: a stateful router drops SYN-ACKs as ct state invalid."
CAUSE = plain.CAUSE
EVIDENCE = getattr(plain, "EVIDENCE", {})
KERNEL_LINES = getattr(plain, "KERNEL_LINES", r"(?!)")
FAMILY = 6
tell = plain.tell
