"""The story of ack-lost-in-network, told over IPv6."""

from scenarios import ack_lost_in_network as plain

STORY = "Over IPv6: the final ACK and the data towards port 443 are lost."
CAUSE = plain.CAUSE
EVIDENCE = getattr(plain, "EVIDENCE", {})
KERNEL_LINES = getattr(plain, "KERNEL_LINES", r"(?!)")
FAMILY = 6
tell = plain.tell
