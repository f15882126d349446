"""The truth of every attempt, from the taps at both hosts' edges.

Matched by the first sequence number, which no router of ours rewrites; never
from an analyzer. WORLD names what may happen at the two edges; verdict() says
what a world is called (contract: the table of verdicts), for the truth here
and for every world that the evidence leaves open in oracle.py.
"""
from laboratory import capture

SYN, RST, ACK, FIN = capture.SYN, capture.RST, capture.ACK, capture.FIN
# Events at the client's edge (c_) and at the server's (s_).
# heard: the other end acknowledges data, acked: it says so; reset: by the client.
WORLD = ("c_synack", "c_ack", "c_data", "c_answer", "c_refusal", "c_reset",
         "c_heard", "s_syn", "s_synack", "s_again", "s_ack", "s_data",
         "s_answer", "s_refusal", "s_challenge", "s_reset", "s_heard",
         "s_acked")
DONE = ("established", "stalled-after-handshake")
STALLED = 1.0  # seconds without an answer (contract: stalled-after-handshake)
SOON = 0.15  # seconds: a copy that was on its way, no new one


def verdict(world, asks=True):
    """What a world is called. asks: the client's program waits for answers
    to what it sends."""
    if not world["c_synack"]:
        if world["s_refusal"] and not world["s_synack"]:
            return "refused-by-server"
        if world["c_refusal"]:
            return "rejected-in-network"
        if not world["s_syn"]:
            return "syn-lost-in-network"
        if world["s_synack"]:
            return "synack-lost-in-network"
        if world["s_challenge"]:
            return "answered-with-challenge-ack"
        return "syn-dropped-by-server"
    if not world["c_ack"]:
        return "abandoned-by-client" if world["c_reset"] else \
            "synack-dropped-by-client"
    if not world["s_ack"]:
        return "ack-lost-in-network"
    if world["s_again"] and not (world["s_answer"] or world["s_acked"]):
        return "ack-dropped-by-server"
    if asks and world["c_data"] and not world["c_answer"]:
        return "stalled-after-handshake"
    return "established"


def possible(world):
    """Nothing arrives that was not sent, or answers what did not arrive. A
    reset or an ICMP error may come from the network."""
    implies = (("c_synack", "s_synack"), ("s_synack", "s_syn"),
               ("s_challenge", "s_syn"), ("s_refusal", "s_syn"),
               ("c_ack", "c_synack"), ("c_data", "c_ack"),
               ("s_ack", "c_ack"), ("s_data", "c_data"), ("s_data", "s_ack"),
               ("s_answer", "s_ack"), ("c_answer", "s_answer"),
               ("s_again", "s_ack"), ("s_again", "s_synack"),
               ("c_reset", "c_synack"),
               ("s_heard", "c_answer"), ("s_heard", "s_ack"),
               ("c_heard", "s_acked"), ("s_acked", "s_ack"))
    if world["s_reset"] and world["c_ack"] and not world["s_ack"]:
        return False  # no ACK is lost alone
    if world["s_reset"] and not (world["c_reset"] or world["s_ack"]):
        return False  # a router that forgot a connection resets it, no sooner
    return all(world[b] or not world[a] for a, b in implies)


def read(told):
    """[(Seen, its packet or None)] of all that the taps saw."""
    return [(seen, seen.packet) for seen in told["seen"]]


class Edge:
    """What passed one host's edge for one attempt: {event: [Seen]}."""

    def __init__(self, side):
        self.side, self.tuple, self.events = side, None, {}
        self.syns, self.inner, self.sent_on = [], [], []
        self.number = None  # the server's first

    def add(self, event, seen):
        self.events.setdefault(f"{self.side}_{event}", []).append(seen)

    def take(self, seen, packet, isn):
        """Sorts one packet of the attempt."""
        forward = (packet.src, packet.sport) == self.tuple[:2]
        if packet.icmp:
            if not (packet.flags & ACK and packet.seq != isn):
                self.add("refusal", seen)
        elif forward:
            self._forward(seen, packet)
        else:
            self._backward(seen, packet, isn)

    def _forward(self, seen, packet):
        if packet.flags & SYN:
            self.syns.append(seen)
            self.add("syn", seen)
        elif packet.flags & RST:
            self.add("reset", seen)
        else:
            self.add("ack", seen)
            if packet.length:
                self.add("data", seen)
            if self.side == "s" and self.number is not None and \
                    1 < packet.ack - self.number & 0xffffffff < 1 << 31:
                self.add("heard", seen)

    def _backward(self, seen, packet, isn):
        if self.side == "c" and packet.flags & (ACK | RST) == ACK and \
                1 < packet.ack - isn & 0xffffffff < 1 << 31:
            self.add("heard", seen)
        if self.side == "s" and packet.flags & (ACK | RST) == ACK and \
                1 < packet.ack - isn & 0xffffffff < 1 << 31:
            self.add("acked", seen)
        if packet.flags & RST:
            self.add("cut" if f"{self.side}_synack" in self.events else
                     "refusal", seen)
        elif packet.flags & SYN:
            self.add("synack", seen)
            self.number = packet.seq
            acks = self.events.get(f"{self.side}_ack")
            if acks and seen.when > acks[0].when + SOON:
                self.add("again", seen)
        elif packet.length or packet.flags & FIN:
            self.add("answer", seen)
        elif f"{self.side}_synack" not in self.events:
            self.add("challenge", seen)


def edges_of(stage, packets, known, origin, edges):
    """(the client's Edge, the server's Edge, the serving host or None)
    known: the client's address and port and what it asks; origin: (its host, a
    card or None for any); edges: {host that may serve: its cards}."""
    client, server, isn, host = Edge("c"), Edge("s"), None, None
    client.tuple = known
    for seen, packet in packets:
        if packet is None or seen.host != origin[0] or \
                origin[1] not in (None, seen.device):
            continue
        ends = (packet.src, packet.sport, packet.dst, packet.dport)
        if known not in (ends, ends[2:] + ends[:2]):
            continue
        if packet.flags & SYN and not packet.flags & ACK and isn is None:
            isn = packet.seq
        client.take(seen, packet, isn)
    client.isn = isn
    if stage.box and isn is not None:
        isn = stage.box.behind(known[1], isn)
    for seen, packet in packets:
        if packet is None or seen.device not in edges.get(
                seen.host, ()) or (host and seen.host != host):
            continue
        ends = (packet.src, packet.sport, packet.dst, packet.dport)
        if server.tuple is None:
            if not packet.flags & SYN or packet.flags & ACK or \
                    packet.icmp or packet.seq != isn:
                continue
            server.tuple, host = ends, seen.host
        if server.tuple in (ends, ends[2:] + ends[:2]):
            server.take(seen, packet, isn)
    server.inner = inner_answers(packets, host, edges.get(host, ()), isn)
    server.sent_on = inner_syns(packets, host, edges.get(host, ()), isn)
    return client, server, host


def inner_answers(packets, host, edge, isn):
    """[Seen] of the SYN-ACKs that came to the serving host from inside, from a
    container: whatever becomes of them, that one refused nothing."""
    return [seen for seen, packet in packets
            if packet and seen.host == host and seen.device not in edge and
            not packet.icmp and packet.flags & (SYN | ACK) == SYN | ACK and
            packet.ack == isn + 1 & 0xffffffff]


def inner_syns(packets, host, edge, isn):
    """[Seen] of the SYNs that the serving host sent on, inside."""
    return [seen for seen, packet in packets
            if packet and seen.host == host and seen.device not in edge and
            not packet.icmp and packet.flags & (SYN | ACK) == SYN and
            packet.seq == isn]


def cut_short(client):
    """Did a RST end the client's waiting? That is no silence."""
    cut, data = client.events.get("c_cut"), client.events.get("c_data")
    return bool(cut and data) and cut[0].when < data[0].when + STALLED


class Fate:
    """One attempt: what happened, and what it may be called."""

    def __init__(self, planned, result, client, server, host, asks):
        self.planned, self.result = planned, result
        self.asks = asks and not cut_short(client)
        self.origin, self.relayed = "client", False
        self.masked = False  # under an address that is not the client's own
        self.client, self.server, self.host = client, server, host
        self.isn = client.isn
        self.events = {**client.events, **server.events}
        self.world = {name: name in self.events for name in WORLD}
        self.readings = self._readings()
        self.truth = self.readings[0]
        answered = self.events.get("c_synack")
        self.quiet = bool(answered) and \
            client.syns[-1].when < answered[0].when

    def _readings(self):
        """The truth first. Of copies that fared differently the last one
        decides; what the others suggest is no error."""
        first = verdict(self.world, self.asks)
        readings = [first]
        if first == "abandoned-by-client" and len(
                self.events.get("s_synack", ())) > len(
                self.events.get("c_synack", ())):
            readings.insert(0, "synack-lost-in-network")
        if first == "established" and \
                self.result["result"] == "read-timeout":
            # Some of its questions were answered.
            readings.append("stalled-after-handshake")
        sent, came = self.client.syns, self.server.syns
        if first not in DONE and 0 < len(came) < len(sent) and \
                not self.world["c_synack"]:
            lost = came[-1].when < sent[-1].when - SOON
            readings.insert(0 if lost else len(readings),
                            "syn-lost-in-network")
        return list(dict.fromkeys(readings))

    def span(self):
        """(first SYN, last packet) on the machine's clock."""
        return self.client.syns[0].when, max(
            seen.when for some in self.events.values() for seen in some)

    def agrees(self):
        """Does the client's program say the same as the taps?"""
        result, truth = self.result["result"], self.truth
        if self.relayed and result == "ok":
            # What came of it, the client's program knows, not the proxy.
            return truth in DONE or truth.startswith("ack-")
        if truth == "established":
            return result in ("ok", "reset", "closed") or \
                len(self.readings) > 1
        if truth == "abandoned-by-client" and result == "ok":
            # Its own host kept the ACK, and let the RST out.
            return "c_reset" in self.events
        if truth == "stalled-after-handshake":
            return result in ("read-timeout", "reset", "closed")
        if truth in ("ack-lost-in-network", "ack-dropped-by-server") or (
                truth == "synack-dropped-by-client" and
                result != "timeout"):
            # Its kernel had it that the connection stood.
            return result in ("ok", "read-timeout")
        if truth in ("refused-by-server", "rejected-in-network"):
            return result in ("refused", "unreachable", "timeout", "reset")
        return result in ("timeout", "unreachable")


def fates(stage, told):
    """The Fate of every attempt, in the order of the plan; behind them those of
    a proxy's own."""
    packets, found = read(told), []
    services = stage.plan["services"]
    edges = {"router": ("west",)} if stage.proxy else stage.edges
    for planned, result in zip(stage.plan["attempts"], told["results"]):
        service = services[planned["service"]]
        known = (stage.sources[planned["client"]], planned["sport"],
                 stage.address, service["port"])
        found.append(Fate(planned, result, *edges_of(
            stage, packets, known, ("client", None), edges),
            asks=waits(service)))
        found[-1].edges = list(edges)
        found[-1].masked = stage.translated and not stage.proxy
    return found + (relayed(stage, packets, found) if stage.proxy else [])


def waits(service):
    return service["traffic"] not in ("oneway", "bare", "scan")


def relayed(stage, packets, asked):
    """The proxy's own connections, of which it told when it was asked."""
    found = []
    for who, own, word in list(stage.proxy.asked):
        of = [one for one in asked if one.client.tuple[:2] == who]
        if not of:
            continue
        service = stage.plan["services"][of[0].planned["service"]]
        one = Fate({**of[0].planned, "sport": own[1]}, {"result": word},
                   *edges_of(stage, packets, (*own, stage.address,
                                              service["port"]),
                             ("router", "east"), stage.edges),
                   asks=waits(service))
        one.origin, one.relayed, one.masked = "router", True, True
        one.edges = list(stage.edges)
        found.append(one)
    return found
