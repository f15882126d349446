"""What the seed chooses: addresses, the family, the pace, the clocks.

Seed 1 is the shipped tree: documentation addresses (RFC 5737, RFC 3849's
private sister fd00::/8), IPv4 unless the scenario says otherwise, the
timings as written. Any other seed renumbers every network, tells a scenario
that may be told over either family over one of them, stretches the times
between attempts and sets the server's clock wrong where nothing in the
folder but its capture carries a time. A scenario never notices: hosts pass
every text with an address through Plan.text().
"""

import random
import re

SHIPPED = 1
PREFIXES = ("192.0.2.", "198.51.100.", "203.0.113.", "203.0.114.")
PREFIXES6 = ("fd00:1::", "fd00:2::")


class Plan:
    """The choices of one run; the same seed and scenario give the same."""

    def __init__(self, scenario, seed):
        self.fresh = seed != SHIPPED
        self.chance = random.Random(f"{seed} {scenario.__name__}")
        self.family = getattr(scenario, "FAMILY", 4)
        self.stretch, self.clock_error, self.table = 1.0, 0.0, {}
        if not self.fresh:
            return
        if getattr(scenario, "EITHER_FAMILY", False):
            self.family = self.chance.choice((4, 6))
        self.stretch = self.chance.uniform(1.0, 1.25)
        self.clock_error = self.chance.choice(
            (0.0, self.chance.uniform(-45.0, 45.0)))
        seconds = self.chance.sample(range(1, 250), len(PREFIXES))
        for prefix, second in zip(PREFIXES, seconds):
            self.table[prefix] = f"10.{second}.{self.chance.randint(0, 250)}."
        thirds = self.chance.sample(range(0x100, 0xffff), len(PREFIXES6))
        for prefix, third in zip(PREFIXES6, thirds):
            self.table[prefix] = f"fd{self.chance.randint(16, 255):x}:" \
                                 f"{third:x}::"

    def text(self, text):
        """The text with this run's addresses, in regexes as well."""
        for old, new in self.table.items():
            text = text.replace(old, new)
            text = text.replace(re.escape(old), re.escape(new))
        return text

    def count(self, shipped, low, high):
        """How many of something: as shipped, or between low and high."""
        return self.chance.randint(low, high) if self.fresh else shipped
