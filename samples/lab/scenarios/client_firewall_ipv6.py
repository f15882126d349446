"""The story of synack-dropped-by-client, told over IPv6."""

from scenarios import synack_dropped_by_client as plain

STORY = "Over IPv6: the client's INPUT chain drops the SYN-ACKs of port 443."
CAUSE = plain.CAUSE
EVIDENCE = getattr(plain, "EVIDENCE", {})
KERNEL_LINES = getattr(plain, "KERNEL_LINES", r"(?!)")
FAMILY = 6
tell = plain.tell
