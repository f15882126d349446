"""IPv6, and nobody captured at the server. The story is that of client-only."""

from scenarios import client_only as plain

STORY = "Over IPv6, a client-side capture alone."
CAUSE = None
FAMILY = 6
tell, dress = plain.tell, plain.dress
