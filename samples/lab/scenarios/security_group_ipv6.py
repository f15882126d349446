"""The story of security-group, told over IPv6."""

from scenarios import security_group as plain

STORY = "Over IPv6: a filter in the network drops SYNs to port 443."
CAUSE = plain.CAUSE
EVIDENCE = getattr(plain, "EVIDENCE", {})
KERNEL_LINES = getattr(plain, "KERNEL_LINES", r"(?!)")
FAMILY = 6
tell = plain.tell
