#!/usr/bin/env python3
"""Every fate of a handshake, told to the analyzer.

	fates.py --lostsyn PROGRAM [--batch N] [--limit N] [--seldom N]
		[--seed S] [--jobs J] [--verbose] [--keep FOLDER]

A handshake is played out with up to three copies of each segment. Every copy is
lost, ignored by the host that it reached, taken, or answered with a RST (by the
server, by the client, by a device on the way); each choice leads to another
fate, and all of them are tried, with a silent client and with one that asks at
once. Each fate is shown to the analyzer by both ends, by the client alone and by
the server alone, whole and with any one packet missing from one capture.

Thousands of attempts stand in one pair of captures, each on a port of its own.
They vouch for each other, so the company changes: all fates mixed; one verdict
to a file, without a connection that works; the same hosts for all or others
for each; captures that miss a packet of every attempt, or one in a hundred.
--limit takes so many fates at random, --seldom so many of the last kind.

The verdict must be the truth, or "undetermined" with the truth among its
candidates. It must not be certain where another fate, of another verdict, shows
the same packets. A SYN-ACK that nobody is seen to have asked for makes no attempt:
where the client's capture lacks the SYN and shows nothing that follows the answer
but a RST, the truth is what the packets show, and the report has to count it as
"answers-unasked" (decision 0190). Prints a table; status 1 when something is wrong.
"""
import argparse
import collections
import functools
import heapq
import json
import multiprocessing
import os
import random
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import analyze as a  # noqa: E402

S, A, R, P = 2, 16, 4, 8
START_US = 1_795_132_800 * 1_000_000
DELAY_US = 10_000
COPIES = 3
SYN_AT = (0, 1_000_000, 3_000_000)      # after the first SYN
# Linux: tcp_synack_retries 5, the first after 1 s, doubled each time.
SYNACK_AFTER = (1_000_000, 2_000_000, 4_000_000, 8_000_000, 16_000_000)
DATA_AFTER = (40_000, 300_000, 600_000, 1_200_000, 2_400_000, 4_800_000)
CLIENT_ISN, SERVER_ISN = 1000, 5000

NAMES = {"syn-lost": "syn-lost-in-network",
         "syn-ignored": "syn-dropped-by-server",
         "synack-lost": "synack-lost-in-network",
         "synack-ignored": "synack-dropped-by-client",
         "ack-lost": "ack-lost-in-network",
         "ack-ignored": "ack-dropped-by-server"}


class Choices:
    """Leads a run down one path of decisions and knows the next path."""

    def __init__(self):
        self.path = []      # [taken, of how many]
        self.at = 0

    def pick(self, options):
        if self.at == len(self.path):
            self.path.append([0, len(options)])
        taken, _ = self.path[self.at]
        self.at += 1
        return options[taken]

    def advance(self):
        self.at = 0
        while self.path and self.path[-1][0] + 1 == self.path[-1][1]:
            self.path.pop()
        if not self.path:
            return False
        self.path[-1][0] += 1
        return True


class Fate:
    """One play: what left and reached the two hosts, and what it comes to."""

    def __init__(self, choices, asks):
        self.pick = choices.pick
        self.asks = asks
        self.events = []
        self.seen = {"client": [], "server": []}  # (us, to server?, segment)
        self.count = collections.Counter()
        self.last = {}
        self.fates = collections.defaultdict(set)
        self.order = 0
        self.half_open = self.open = self.done = False
        self.client_open = False
        self.due = self.asked = 0
        self.lost_reset = False
        self.acks = set()
        self.end = None

    def later(self, us, what, *args):
        self.order += 1
        heapq.heappush(self.events, (us, self.order, what, args))

    def run(self):
        self.later(0, self.send_syn)
        while self.events and not self.done:
            us, _, what, args = heapq.heappop(self.events)
            what(us, *args)
        return self

    def leaves(self, us, to_server, segment):
        self.seen["client" if to_server else "server"].append(
            (us, to_server, segment))

    def arrives(self, us, to_server, segment):
        self.seen["server" if to_server else "client"].append(
            (us, to_server, segment))

    def send(self, us, to_server, kind, segment, fates):
        """Send a copy and say what became of it: (fate, when it arrived).
        From the fourth on copies fare as the third did."""
        self.count[kind] += 1
        fate = (self.pick(fates) if self.count[kind] <= COPIES
                else self.last[kind])
        self.leaves(us, to_server, segment)
        there = us + DELAY_US + self.count[kind]
        if fate not in ("lost", "reset-by-device"):
            self.arrives(there, to_server, segment)
        self.last[kind] = fate
        self.fates[kind].add(fate)
        return fate, there

    def reset(self, us, by):
        """A RST to the client, or by it to the server, ends the attempt."""
        if by == "client":
            self.leaves(us, True, (R, 1, 0))
            self.lost_reset = self.pick(("arrives", "lost")) == "lost"
            if not self.lost_reset:
                self.arrives(us + DELAY_US, True, (R, 1, 0))
        elif by == "device":
            self.arrives(us + DELAY_US, False, (R | A, 0, 1))
        else:
            self.leaves(us, False, (R | A, 0, 1))
            self.lost_reset = self.pick(("arrives", "lost")) == "lost"
            if not self.lost_reset:
                self.arrives(us + DELAY_US, False, (R | A, 0, 1))
        self.end = by
        self.done = True

    def send_syn(self, us):
        if self.client_open:
            return
        number = self.count["syn"]
        fate, there = self.send(us, True, "syn", (S, 0, 0), (
            "lost", "ignored", "taken", "refused", "reset-by-device")
            if not self.half_open else ("lost", "ignored", "taken"))
        if fate == "taken" and not self.half_open:
            self.half_open = True
            self.later(there + 50, self.send_synack)
        elif fate == "refused":
            self.reset(there + 50, "server")
        elif fate == "reset-by-device":
            self.reset(us + DELAY_US // 2, "device")
        if number + 1 < COPIES and not self.done and self.pick(
                ("again", "no more")) == "again":
            self.later(SYN_AT[number + 1], self.send_syn)

    def send_synack(self, us):
        if self.open:
            return
        number = self.count["synack"]
        fate, there = self.send(us, False, "synack", (S | A, 0, 1), (
            "lost", "ignored", "taken", "reset")
            if not self.client_open else ("lost", "ignored", "taken"))
        if fate == "taken":
            self.client_open = True
            self.later(there + 20, self.send_ack, False)
        elif fate == "reset":
            self.reset(there + 20, "client")
        if number < len(SYNACK_AFTER) and not self.done:
            self.later(us + SYNACK_AFTER[number], self.send_synack)

    def send_ack(self, us, with_data):
        length = 18 if with_data else 0
        fate, there = self.send(us, True, "ack", (A | (P if length else 0),
                                                  1, 1, length),
                                ("lost", "ignored", "taken", "refused")
                                if not self.open else ("taken",))
        self.acks.add(fate)
        if fate == "taken":
            self.open = True
            if with_data:
                self.leaves(there + 50, False, (A | P, 1, 19, 30))
                self.arrives(there + 50 + DELAY_US, False, (A | P, 1, 19, 30))
        elif fate == "refused":
            self.reset(there + 50, "server")
        self.ask(us, with_data and fate == "taken")

    def ask(self, us, answered):
        """The client asks once, and repeats that until it is answered."""
        if answered:
            self.asked = len(DATA_AFTER)
        elif self.asks and not self.done and self.due <= us and (
                self.asked < len(DATA_AFTER)):
            self.due = us + DATA_AFTER[self.asked]
            self.asked += 1
            self.later(self.due, self.send_ack, True)

    def truth(self):
        """The verdict of the last copy before the end. Of ACKs that fared
        differently, and of a SYN-ACK that fared worse behind one that was
        taken, either tells the truth. So do a RST that ended what was begun and
        the segment that was lost before."""
        if self.end:
            return {{"client": "abandoned-by-client",
                     "device": "rejected-in-network",
                     "server": "refused-by-server"}[self.end]} | self.before()
        if self.open:
            return {"established"}
        right = {f"ack-{fate}" for fate in self.acks}
        if not self.client_open or self.last["synack"] != "taken":
            kind = "synack" if self.half_open else "syn"
            right.add(f"{kind}-{self.last[kind]}")
        return {NAMES[x] for x in right}

    def before(self):
        """What had gone wrong before a RST of the server's behind its SYN-ACK,
        or of the client's that no earlier answer had reached."""
        if self.end == "server" and self.half_open:
            return {NAMES[f"ack-{x}"] for x in self.acks - {"refused"}}
        if self.end != "client" or "ignored" in self.fates["synack"]:
            return set()
        return {NAMES[f"{kind}-lost"] for kind in ("syn", "synack")
                if "lost" in self.fates[kind]}

    def truth_in_part(self):
        """What is true of any of the copies: one end, or a capture that missed
        a packet, may not show the others."""
        fates = ({("syn", x) for x in self.fates["syn"]} |
                 {("synack", x) for x in self.fates["synack"]})
        kinds = {"syn"} if not self.half_open else {"synack"}
        more = {NAMES[f"{kind}-{fate}"] for kind, fate in fates
                if f"{kind}-{fate}" in NAMES and (
                    kind in kinds or fate == "ignored")}
        if self.client_open or self.open or self.end in ("client", "server"):
            more -= {"synack-lost-in-network", "syn-lost-in-network"}
        return self.truth() | more

    def two_faults(self, ends):
        """A RST that is lost as well shows only where it left."""
        return self.lost_reset and (
            "client" if self.end == "client" else "server") not in ends


def all_fates():
    for asks in (False, True):
        choices = Choices()
        while True:
            yield Fate(choices, asks).run()
            if not choices.advance():
                break


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~((total & 0xffff) + (total >> 16)) & 0xffff


def frame(src, dst, sport, dport, segment, ident, ttl):
    flags, seq, ack, length = (*segment, 0)[:4]
    to_server = dport < sport  # services have lower numbers than clients
    # A number of its own for each attempt, as clients have.
    isn = CLIENT_ISN + 104729 * (sport if to_server else dport)
    seq += isn if to_server else SERVER_ISN
    if flags & R and not to_server:
        seq = 0
    ack = 0 if not flags & A else ack + (SERVER_ISN if to_server else isn)
    options = b"\x02\x04\x05\xb4" if flags & S else b""
    head = struct.pack(">HHIIBBHHH", sport, dport, seq, ack,
                       (20 + len(options)) * 4, flags, 64240, 0, 0)
    body = options + b"x" * length
    pseudo = src + dst + struct.pack(">BBH", 0, 6, len(head) + len(body))
    total = checksum(pseudo + head + body)
    head = head[:16] + struct.pack(">H", total) + head[18:]
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(head) + len(body), ident,
                     0x4000, ttl, 6, 0) + src + dst
    ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
    return b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + head + body


def write(path, packets):
    packets.sort(key=lambda p: p[0])
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for us, data in packets:
            us += START_US
            file.write(struct.pack("<IIII", us // 1_000_000, us % 1_000_000,
                                   len(data), len(data)) + data)


class Item:
    """A fate, and the packet that one end's capture missed of it."""
    __slots__ = ("fate", "missing")

    def __init__(self, fate, missing=None):
        self.fate = fate
        self.missing = missing  # (end, which of its packets) or None

    def seen(self, end):
        packets = self.fate.seen[end]
        if self.missing is None or self.missing[0] != end:
            return packets
        which = self.missing[1]
        return packets[:which] + packets[which + 1:]

    def looks(self, ends):
        """All that an analyzer can know of it: the packets, at which ends."""
        return tuple((end, tuple(sorted(self.seen(end)))) for end in ends)

    def truth(self, ends):
        return (self.fate.truth_in_part() if self.missing or len(ends) < 2
                else self.fate.truth())

    def is_unasked(self, ends):
        """Of the connect the captures hold answers alone, refused or ignored."""
        flags = [(to_server, segment[0]) for end in ends
                 for _, to_server, segment in self.seen(end)]
        return "client" in ends and all(
            flag == (R if to_server else S | A) for to_server, flag in flags)

    def is_shown(self, ends):
        return (not self.fate.two_faults(ends) and
                any(p[2][0] & S for end in ends for p in self.seen(end)))


VIEWS = (("client", "server"), ("client",), ("server",))


class Batch:
    """Attempts that stand in the same captures."""

    def __init__(self, name, ends, items, same_hosts=True, spacing_us=50_000):
        self.name = name
        self.ends = ends
        self.items = items
        self.same_hosts = same_hosts
        self.spacing_us = spacing_us

    def hosts(self, number):
        host = 1 if self.same_hosts else 1 + number % 250
        return (bytes((192, 0, 2 + number // 50000, host)),
                bytes((198, 51, 100, host)), 10000 + number % 50000)

    def by_key(self):
        """Items by what the report calls their attempts."""
        found = {}
        for number, item in enumerate(self.items):
            client, _, port = self.hosts(number)
            found[".".join(map(str, client)), port] = item
        return found

    def packets(self):
        files = {end: [] for end in self.ends}
        for number, item in enumerate(self.items):
            client, server, port = self.hosts(number)
            for end in self.ends:
                for us, to_server, segment in item.seen(end):
                    here = to_server == (end == "client")
                    ends = ((client, server, port, 80) if to_server else
                            (server, client, 80, port))
                    sent = us if here else us - DELAY_US
                    ident = (sent // 1000 * 31 + number * 7) % 65535 + 1
                    files[end].append((
                        number * self.spacing_us + us,
                        frame(*ends, segment, ident, 64 if here else 62)))
        last = len(self.items) * self.spacing_us + 60_000_000
        for end in files:
            files[end] += [(-2_000_000, TICK), (last, TICK)]
        return files


def tick():
    """Something that goes on before and after."""
    udp = struct.pack(">HHHH", 4000, 4001, 12, 0) + b"tick"
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 7, 0, 64, 17, 0)
    ip += bytes((192, 0, 2, 1, 198, 51, 100, 1))
    ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
    return b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + udp


TICK = tick()


def wrong_about(attempt, truth, others):
    """What is wrong with a verdict, or None. others: the verdicts of all fates
    that look the same."""
    verdict, sure = attempt["verdict"], attempt["confidence"]
    if verdict == "undetermined":
        return (None if truth & set(attempt["candidates"]) else
                f"rules out {min(truth)}, of {attempt['candidates']}")
    alike = sorted({min(x) for x in others if verdict not in x})
    if sure == "certain" and alike:
        return f"{verdict} certain; {alike} looks the same"
    if verdict not in truth and not (sure == "possible" and any(verdict in x for x in others)):
        return f"{verdict} {sure}, not {min(truth)}"
    return None


# Set before the workers are forked: batches, and the verdicts of each look.
BATCHES, TABLE = [], collections.defaultdict(set)


def judge(number, binary, keep):
    """(the batch's name, what is wrong, counts)."""
    batch = BATCHES[number]
    with a.Scratch() as scratch:
        folder = keep or scratch
        arguments = []
        for end, packets in batch.packets().items():
            path = os.path.join(folder, f"{end}.pcap")
            write(path, packets)
            arguments += [f"--{end}", path]
        done = subprocess.run(
            [binary, "analyze", *arguments, "--json", "-", "--all-attempts",
             "-q"], capture_output=True, cwd=folder, timeout=900)
    tally = collections.Counter()
    if not done.stdout:
        why = done.stderr.decode()[-300:]
        return batch.name, [("no report", why, None)], tally
    wrong = []
    items = batch.by_key()
    found = set()
    report = json.loads(done.stdout)
    for attempt in report["attempts"]:
        key = attempt["client"]["ip"], attempt["client"]["port"]
        item = items[key]
        look = item.looks(batch.ends)
        problem = wrong_about(attempt, item.truth(batch.ends),
                              TABLE[hash(look)])
        if key in found:
            problem = "told twice"
        found.add(key)
        tally["attempts"] += 1
        tally["undetermined" if attempt["verdict"] == "undetermined" else
              attempt["confidence"]] += 1
        if problem:
            wrong.append((problem, attempt["why"], look))
    absent = items.keys() - found
    unasked = {key for key in absent if items[key].is_unasked(batch.ends)}
    tally["unasked"] = report["summary"]["anomalies"].get("answers-unasked", 0)
    if tally["unasked"] != len(unasked):
        wrong.append((f"{tally['unasked']} told as unasked",
                      f"{len(unasked)} are", None))
    for key in absent - unasked:
        wrong.append(("not told", str(key), items[key].looks(batch.ends)))
    return batch.name, wrong, tally


def spelled(packet):
    us, to_server, segment = packet
    letters = "".join(c for bit, c in ((S, "S"), (R, "R"), (P, "P"), (A, "."))
                      if segment[0] & bit)
    return f"{us / 1e6:.2f}{'>' if to_server else '<'}{letters}"


def plan(options):
    """Fill BATCHES and TABLE."""
    fates = [Item(f) for f in all_fates()]
    missed = [Item(item.fate, (end, i)) for item in fates
              if not item.fate.lost_reset
              for end, packets in item.fate.seen.items()
              for i in range(len(packets))]
    for item in fates + missed:
        for ends in VIEWS:
            if not item.fate.two_faults(ends):
                TABLE[hash(item.looks(ends))].add(
                    frozenset(item.truth(ends)))
    rng = random.Random(options.seed)
    rng.shuffle(fates)
    rng.shuffle(missed)
    seldom = missed[:options.seldom]
    if options.limit:
        fates, missed = fates[:options.limit], missed[:options.limit]

    def add(name, items, size, **how):
        for ends in VIEWS:
            shown = [x for x in items if x.is_shown(ends)]
            for i in range(0, len(shown), size):
                BATCHES.append(Batch(f"{name}, {' and '.join(ends)}", ends,
                                     shown[i:i + size], **how))
    add("all fates together", fates, options.batch)
    add("hosts of their own", fates, options.batch, same_hosts=False)
    by_truth = collections.defaultdict(list)
    for item in fates:
        by_truth[min(item.fate.truth())].append(item)
    for items in by_truth.values():
        add("one verdict to a file", items, options.batch)
    add("a packet missing", missed, options.batch)
    good = [x for x in fates if x.fate.truth() == {"established"}]
    for i in range(0, len(seldom), 40):
        mixed = [x for item in seldom[i:i + 40]
                 for x in (item, *rng.choices(good, k=2))]
        add("one packet in a hundred missing", mixed, len(mixed),
            spacing_us=7_000_000)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--batch", type=int, default=4000)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--seldom", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    began = time.monotonic()
    plan(options)
    binary = os.path.abspath(options.lostsyn)
    total = collections.defaultdict(collections.Counter)
    problems = []
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        results = pool.imap(functools.partial(
            judge, binary=binary, keep=options.keep), range(len(BATCHES)))
        for name, wrong, tally in results:
            total[name].update(tally)
            total[name]["wrong"] += len(wrong)
            problems += [(name, *w) for w in wrong]
    show(total, problems, options.verbose)
    print(f"\n{sum(t['attempts'] + t['unasked'] for t in total.values())} "
          f"fates judged, "
          f"{len(problems)} wrong, {time.monotonic() - began:.0f} s")
    return 1 if problems else 0


def show(total, problems, verbose):
    words = ("attempts", "certain", "likely", "possible", "undetermined",
             "unasked", "wrong")
    print(f"{'':50}" + "".join(f"{w:>13}" for w in words))
    for name, tally in total.items():
        print(f"{name:50}" + "".join(f"{tally[w]:13}" for w in words))
    first = {}
    counted = collections.Counter()
    for name, problem, why, look in problems:
        key = name.partition(", ")[2], problem
        counted[key] += 1
        first.setdefault(key, (why, look))
    for key, times in counted.most_common(None if verbose else 12):
        why, look = first[key]
        print(f"\n{times} times, {key[0]}: {key[1]}\n  {why}")
        for end, packets in look or ():
            print(f"  {end}: " + ", ".join(spelled(p) for p in packets))


if __name__ == "__main__":
    sys.exit(main())
