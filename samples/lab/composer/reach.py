"""What a capture shows of its own reach.

Whether a filter was set, a reader cannot know; that none was shows by what the
capture holds. Silence proves something only as far as that goes: a capture of
nothing but port 80 says nothing of port 443.
"""
from laboratory import capture

SYN = capture.SYN


class Reach:
    """Of the frames of one capture, whose services are at these ports."""

    def __init__(self, kept, services):
        self.services = services
        self.others = False  # something that is no TCP and no error about it
        self.tcp = self.beyond_syn = False
        self.forward = self.backward = False
        self.ports, self.clients = set(), set()
        for seen in kept:
            if seen.packet is None:
                self.others = True
            elif not seen.packet.icmp:
                self._segment(seen.packet)

    def _segment(self, packet):
        self.tcp = True
        self.beyond_syn |= not packet.flags & SYN
        forward = packet.dport in self.services
        self.forward |= forward
        self.backward |= not forward
        self.ports.add(packet.dport if forward else packet.sport)
        self.clients.add(packet.src if forward else packet.dst)

    def allows(self, forward, flags, port, client):
        """May its silence about such a segment count? client: None where all
        come by one address."""
        if not self.tcp:
            return False  # made elsewhere, for all that it shows
        if client is not None and client not in self.clients and \
                len(self.clients) < 2:
            return False  # a filter by host leaves the same
        if self.others:
            return True  # no filter by port, flags or direction was set
        if port not in self.ports and len(self.ports) < 2:
            return False
        if not (self.forward if forward else self.backward):
            return False
        return bool(flags & SYN) or self.beyond_syn
