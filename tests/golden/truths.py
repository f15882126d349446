"""What is true of an attempt once its captures were damaged.

A label speaks of whole captures. Where one stops, or goes on for minutes, what
became of an attempt until then is another thing: these are the allowances that
the property test makes, each with what the evidence then shows.
"""
import ipaddress

import analyze as a
import damage
import layers
import surroundings

# What came this shortly before a capture's end may have been answered behind it.
LAST_NS = damage.NS // 4
# That the server's capture lacks its answers, UDP and ICMP alone tell: a damage
# that takes them out leaves what a silent server looks like.
TOLD_BY_DATAGRAMS = ("every-answer-by-another-card",)


def also_right(right, kinds):
    """What a damage makes of the truth, whatever the attempt. Where the data is
    gone that no answer came to, the handshake that completed is all that is left
    to tell; and where captures stop early, a wait that would have ended has
    not."""
    more = set()
    if "stalled-after-handshake" in right:
        more.add("established")
    # The labels of stalls speak of answers that this one takes away.
    if "one-way" in kinds and right & {"established", "stalled-after-handshake"}:
        more |= {"established"}
    # Nor can anybody see that one capture's clock was set during a wait.
    if "established" in right and {"stops-early", "step"} & set(kinds):
        more.add("stalled-after-handshake")
    if "stops-early" in kinds and "ack-dropped-by-server" in right:
        more.add("established")
    return right | more


def endpoint(text):
    """("address", port) of "address:port" as packets have it."""
    address, _, port = text.rpartition(":")
    return ipaddress.ip_address(address.strip("[]")).packed, int(port)


def as_labelled(ends):
    """The 4-tuple by its addresses before the captures became IPv6's."""
    named = []
    for text in ends:
        address, port = endpoint(text)
        old = surroundings.former(layers.former(address))
        named.append(text if old == address else
                     f"{ipaddress.ip_address(old)}:{port}")
    return tuple(named)


def lost_so_far(case, captures, attempt):
    """The verdict that was true when the last damaged capture stopped, where
    that is before the first copy of a SYN, of a SYN-ACK or of an ACK arrived, or
    before the server answered the first SYN: those sent until then were lost, or
    not taken, whatever became of the later ones. None otherwise."""
    if not {"client", "server"} <= set(case.captures):
        return None
    last = max((c.span()[1] for c in captures.values()), default=0)
    client, server = (endpoint(x)
                      for x in as_labelled(a.tuple_of(attempt)))

    def first(role, ends, flags):
        mask = damage.SYN | damage.ACK
        return min((p.true_ns for p in case.captures[role].packets
                    if p.tcp and p.tcp[:2] == ends and p.tcp[2] & mask == flags),
                   default=None)

    def lost(here, there):
        return (here is not None and here + damage.NS // 4 < last
                and there is not None and there > last)
    there, back = (client, server), (server, client)
    if lost(first("client", there, damage.SYN),
            first("server", there, damage.SYN)):
        return "syn-lost-in-network"
    answer = damage.SYN | damage.ACK
    if lost(first("server", back, answer), first("client", back, answer)):
        return "synack-lost-in-network"
    if lost(first("client", there, damage.ACK),
            first("server", there, damage.ACK)):
        return "ack-lost-in-network"
    if lost(first("server", there, damage.SYN),
            first("server", back, answer)):
        return "syn-dropped-by-server"
    return None


def of_attempt(hit, isn, packets):
    """Those of one client's packets that are of this connection: ports are used
    again, and what comes behind another number's SYN is another's."""
    mine, found = True, []
    for p in packets:
        at = damage.tcp_at(hit.link, p.data) + 4
        if p.tcp[2] & (damage.SYN | damage.ACK) == damage.SYN:
            mine = int.from_bytes(p.data[at:at + 4], "big") == isn
        if mine:
            found.append(p)
    return found


def client_waits(captures, attempt):
    """Some capture shows the client's end a second or more after its last
    data, or none: whether it waited for an answer is open then."""
    names = [tuple(endpoint(x) for x in a.tuple_of(attempt))]
    seen = attempt.get("seen_at_server_as")
    if seen and seen.get("client") and seen.get("server"):
        names.append(tuple(endpoint(x) for x in a.tuple_of(seen)))
    for hit, ends in ((hit, ends) for hit in captures.values()
                      for ends in names):
        own = of_attempt(hit, attempt["isn"], [
            p for p in hit.packets if p.tcp and p.tcp[:2] == ends])
        data = [p.true_ns for p in own if not p.tcp[2] & damage.SYN
                and damage.payload_of(hit.link, p) > 0]
        ends = [p.true_ns for p in own
                if p.tcp[2] & (damage.FIN | damage.RST)]
        if data and (not ends or min(ends) - max(data) >= damage.NS):
            return True
    return False


def left_waiting(case, attempt):
    """The client repeated its last data and heard nothing more: a connection that
    had worked and that a wait of a second or two, where the captures end, does
    not call stalled. What comes minutes later shows that it was."""
    hit = case.captures.get("client")
    client, server = (endpoint(x)
                      for x in as_labelled(a.tuple_of(attempt)))
    copies = {}
    for p in hit.packets if hit else ():
        if p.tcp and p.tcp[:2] == (server, client):
            copies = {}
        elif p.tcp and p.tcp[:2] == (client, server) and not (
                p.tcp[2] & damage.SYN) and damage.payload_of(hit.link, p) > 0:
            at = damage.tcp_at(hit.link, p.data) + 4
            number = p.data[at:at + 4]
            copies[number] = copies.get(number, 0) + 1
    return any(count > 1 for count in copies.values())


def told_by_datagrams(captures, report):
    """The client got an answer to what the server's capture shows, well before
    that one's end, and it is not in it, nor may it lie between two files: where
    nothing comes back, the clocks are known to a second only, and where no
    segment is in both captures not at all."""
    if any(c["method"] == "assumed-equal" for c in report["clocks"]):
        return False
    ends = [captures.get(role) for role in ("client", "server")]
    if None in ends:
        return False
    client, server = ends
    asked = [p.true_ns for p in server.packets if not p.tcp]
    got = [p.true_ns for p in client.packets
           if damage.protocol_of(client.link, p.data) in (1, 58)]
    shown = [p.true_ns for p in server.packets]
    cut = server.cut_ns
    ended = max((t for t in shown if cut and t < cut), default=0)
    return any(asked and min(asked) <= t <= server.span()[1] - LAST_NS and
               not (cut and ended - damage.NS <= t < cut + damage.NS)
               for t in got)


def after(case, kinds, captures, report, attempt, right):
    """All verdicts that are right of an attempt, by its label's."""
    right = also_right(right, kinds)
    if "established" in right and (
            ("one-way" in kinds and client_waits(captures, attempt)) or
            ("late-reset" in kinds and left_waiting(case, attempt))):
        right = right | {"stalled-after-handshake"}
    if case.name in TOLD_BY_DATAGRAMS and not told_by_datagrams(
            captures, report):
        right = right | {"syn-dropped-by-server"}
    if "stops-early" in kinds:
        right = right | {lost_so_far(case, captures, attempt)}
    return right
