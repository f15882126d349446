"""Labels: what the scenario says of each attempt, held against the captures.

A label that the two captures contradict stops the run: no case is written.
The rules below restate the contract's verdict table as facts of two views;
they check labels and are not used to make them.
"""

from . import capture
from .verdicts import SEGMENT

# What box_program.py multiplies by: two programs that share no import.
BOX_FACTOR = 2654435761

RESULT = {
    "established": "ok", "refused-by-server": "refused",
    "stalled-after-handshake": "read-timeout",
}
DONE = ("established", "stalled-after-handshake")
# truth -> what must hold of the client's view c and the server's view s
# (s has nothing where the server never saw the attempt).
FACTS = {
    "established": lambda c, s: c.synack and s.ack
    and (not s.server_rst or s.data),
    # Established before the server's capture began.
    "established-unseen": lambda c, s: c.synack and c.server_data
    and not s.syn,
    # Dropped by the server, whose filtered capture does not hold the SYN.
    "syn-dropped-by-server-unseen": lambda c, s: c.syn and not c.synack
    and not s.syn,
    "syn-lost-in-network": lambda c, s: c.syn and not s.syn
    and not c.synack and not c.server_rst and not c.icmp,
    "syn-dropped-by-server": lambda c, s: s.syn and not s.synack
    and not s.server_rst and not s.server_bare_ack,
    "synack-lost-in-network": lambda c, s: s.synack and not c.synack
    and not c.server_rst,
    "synack-dropped-by-client": lambda c, s: c.synack and not c.ack
    and not c.client_rst and s.synack > 1,
    "ack-lost-in-network": lambda c, s: c.ack and not s.ack
    and s.synack > 1,
    "ack-dropped-by-server": lambda c, s: s.ack
    and (s.synack > 1 or s.data > 1) and not s.server_data,
    "refused-by-server": lambda c, s: s.server_rst and not s.synack,
    "rejected-in-network": lambda c, s: (c.server_rst or c.icmp)
    and not s.server_rst and not s.icmp,
    "abandoned-by-client": lambda c, s: s.synack and c.synack
    and (c.client_rst or not c.ack),
    "answered-with-challenge-ack": lambda c, s: s.server_bare_ack
    and not s.synack,
    "stalled-after-handshake": lambda c, s: c.synack and s.ack and s.data
    and not s.server_data,
}


def settle(lab, planned):
    """Returns the attempts of the case, ordered by their first SYN."""
    world = {r.name: capture.read(r.path) for r in lab.recorders}
    tuples = {_tuple(a, lab) for a in planned}
    views = {name: capture.attempts(packets, tuples)
             for name, packets in world.items()}
    client, server = views["client"], views["server"]
    entries, used = [], {}
    for attempt in planned:
        key = _tuple(attempt, lab)
        nth = used[key] = used.get(key, 0) + 1
        seen = client.get(key, [])
        if len(seen) < nth:
            raise ValueError(f"the client capture lacks attempt {nth} {key}")
        entries.append(_entry(attempt, key, nth, seen[nth - 1], server))
    entries += _adopted(lab, client, server, used)
    for key, seen in client.items():
        if len(seen) != used.get(key, 0):
            raise ValueError(f"{key}: {len(seen)} attempts in the capture, "
                             f"{used.get(key, 0)} labelled")
    entries.sort(key=lambda e: e[0])
    return [e[1] for e in entries]


def _adopted(lab, client, server, used):
    """Entries for attempts whose ports a program chose: the scenario says
    how many of each truth there are (None: however many), and exactly one of
    its truths must fit."""
    entries = []
    for port, counts, label in lab.adopted:
        found = dict.fromkeys(counts, 0)
        for key, seen in client.items():
            first = used.get(key, 0)
            if key[3] != port:
                continue
            used[key] = len(seen)
            for nth, view in enumerate(seen[first:], first + 1):
                other = _counterpart(view, key, server)
                fits = [t for t in counts if FACTS[t](view, other)]
                if len(fits) != 1:
                    raise ValueError(f"{key} #{nth} fits {fits}")
                found[fits[0]] += 1
                entries.append(_entry({
                    "label": {"truth": fits[0], "verdict": fits[0], **label},
                    "result": {"result": RESULT.get(fits[0], "timeout")}},
                    key, nth, view, server))
        if any(n not in (None, found[t]) for t, n in counts.items()):
            raise ValueError(f"port {port}: {found}, told {counts}")
    return entries


def _checked(attempt, key, view, other):
    """The attempt's label, if the captures agree with it. Where the scenario
    left the outcome to the dice and named several truths, the first that
    both captures show."""
    label = attempt["label"]
    diced = not isinstance(label["truth"], str)
    truths = label["truth"] if diced else [label["truth"]]
    fits = [t for t in truths if FACTS[t](view, other)]
    if not fits:
        raise ValueError(f"{key}: not {label['truth']}: client {vars(view)}, "
                         f"server {vars(other)}")
    if not diced:
        return label
    if fits[0] == "established" and not view.server_data and \
            attempt["result"]["result"] == "read-timeout":
        # The question or its answer was lost until the client's patience was.
        fits[0] = "stalled-after-handshake"
    return {**label, **_last_copy(fits[0], view, other)}


def _last_copy(truth, view, other):
    """Of copies that fared differently the last one before the client gave
    up decides (contract, section 3); the reading that the other copies
    suggest is no error."""
    readings = [truth]
    if truth == "abandoned-by-client":
        # Every SYN-ACK sent before then was lost.
        readings.insert(0, "synack-lost-in-network")
    if truth not in DONE and 0 < other.syn < view.syn:
        last = other.syn_times[-1] < view.syn_times[-1]
        readings.insert(0 if last else len(readings), "syn-lost-in-network")
    return {"truth": readings[0], "verdict": readings[0],
            "accept": readings[1:],
            "confidence": ["certain", "likely", "possible"]}


def _tuple(attempt, lab):
    from . import world
    source = attempt["source"] or lab.plan.text(
        world.CLIENT_IP6 if ":" in attempt["to"] else world.CLIENT_IP)
    return source, attempt["sport"], attempt["to"], attempt["port"]


def _entry(attempt, key, nth, view, server):
    """One attempt of expected.json, with its first SYN for the order."""
    other = _counterpart(view, key, server)
    label = _checked(attempt, key, view, other)
    sure = ["certain", "likely"]
    if label["verdict"] == "syn-lost-in-network" and view.syn == 1:
        sure.append("possible")  # any capture may lack one packet
    entry = {
        "client": {"ip": key[0], "port": key[1]},
        "server": {"ip": key[2], "port": key[3]},
        "nth": nth,
        "result": attempt["result"]["result"],
        "truth": label["truth"].removesuffix("-unseen"),
        "verdict": label["verdict"],
        "confidence": label.get("confidence") or sure,
        "segment": SEGMENT.get(label["verdict"]),
        "syn_retransmits": view.syn - 1,
    }
    for optional in ("candidates", "accept"):
        if label.get(optional):
            entry[optional] = label[optional]
    if other.key and other.key != key:
        entry["seen_at_server_as"] = {
            "client": {"ip": other.key[0], "port": other.key[1]},
            "server": {"ip": other.key[2], "port": other.key[3]}}
    return view.first, entry


def box_isn(isn, port):
    """What box_program.py makes of the ISN of a client's port."""
    return isn + port * BOX_FACTOR & 0xffffffff


def _counterpart(view, key, server):
    """The server's view of the same ISN, under whatever addresses, or as the
    lab's own box rewrote it."""
    for seen in server.get(key, []):
        if seen.isn in (view.isn, box_isn(view.isn, key[1])):
            return seen
    for views in server.values():
        for seen in views:
            if seen.isn == view.isn:
                return seen
    return capture.View(None, view.isn)
