"""A full connection tracking table of one host.

How many entries a table may have is the machine's setting, not a namespace's: it
is set to a number that no other composed host comes near, and this host alone
has so many open connections, to itself, which no tap sees.
"""
import fcntl
import socket

LIMIT = 300
MAX = "/proc/sys/net/netfilter/nf_conntrack_max"
LOCK = "/run/lostsyn-lab.lock"  # laboratory/world.py's, for the same setting


class Table:
    """From here on the host tracks, and has more entries than LIMIT."""

    def __init__(self, host, family):
        self.before = self.lock = None
        # A rule that asks for the state makes a namespace track.
        for hook in ("prerouting", "output"):
            host.nft("inet track", hook,
                     f"type filter hook {hook} priority 0",
                     "ct state invalid counter")
        local = "::1" if family.version == 6 else "127.0.0.1"
        listener = host.socket(family.socket, socket.SOCK_STREAM)
        listener.bind((local, 0))
        listener.listen(LIMIT)
        self.kept = [listener]
        for _ in range(LIMIT + 20):
            end = host.socket(family.socket, socket.SOCK_STREAM)
            end.connect(listener.getsockname()[:2])
            self.kept += [end, listener.accept()[0]]

    def shut(self):
        """Nothing new is tracked, and what is not tracked is dropped."""
        self.lock = open(LOCK, "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        with open(MAX) as file:
            self.before = file.read()
        with open(MAX, "w") as file:
            file.write(str(LIMIT))

    def open(self):
        if self.before is None:
            return
        with open(MAX, "w") as file:
            file.write(self.before)
        self.before = None
        self.lock.close()
