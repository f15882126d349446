"""A box on the client's cable, in a thread: it delays, or rewrites numbers.

Frames wait for a time of their own, so that later ones may overtake; rewriting
is laboratory/box_program.py's. It has no address and answers nobody.
"""
import heapq
import random
import select
import threading
import time

from laboratory import box_program


class Box(threading.Thread):
    """Forwards between two devices of its host until the process ends.
    delay, jitter: seconds; rewrite: the client's sequence numbers."""

    def __init__(self, host, south, north, delay=0.0, jitter=0.0,
                 rewrite=False, salt=0):
        super().__init__(daemon=True)
        self.delay, self.jitter, self.rewrite = delay, jitter, rewrite
        self.dice = random.Random(salt)
        host.ip(f"link set {south} up", f"link set {north} up")
        with host.inside():
            self.ends = [box_program.opened(south), box_program.opened(north)]
        self.waiting, self.count = [], 0
        self.start()

    def behind(self, port, isn):
        """The ISN behind the box of a connection from this client's port."""
        return isn + port * box_program.FACTOR & 0xffffffff \
            if self.rewrite else isn

    def run(self):
        while True:
            pause = max(0.0, self.waiting[0][0] - time.monotonic()) \
                if self.waiting else 1.0
            for end in select.select(self.ends, [], [], pause)[0]:
                self._take(end)
            while self.waiting and self.waiting[0][0] <= time.monotonic():
                _, _, end, frame = heapq.heappop(self.waiting)
                end.send(frame)

    def _take(self, end):
        frame, who = end.recvfrom(65536)
        if who[2] == box_program.PACKET_OUTGOING:
            return
        from_client = end is self.ends[0]
        at = box_program.tcp_at(frame)
        if self.rewrite and at is not None:
            frame = box_program.rewritten(frame, at, from_client)
        self.count += 1
        due = time.monotonic() + self.delay + \
            self.dice.uniform(0, self.jitter)
        heapq.heappush(self.waiting, (due, self.count,
                                      self.ends[from_client], frame))
