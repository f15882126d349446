"""Whether the offsets of clocks that a report states hold.

A capture's packets have the time that they show and the time that was true
(damage.py): what is stated of a clock must be their difference, within the
uncertainty that is stated with it.
"""
import time

import damage

# Cases whose clocks were wrong when they were made: their truth is not ours.
OWN_CLOCKS = ("clock-", "idle-forgotten", "loss-an-hour-before",
              "nat64-syn-lost", "nodes-translate", "reset-by-a-piece",
              "routes-by-", "translated-by-a-node")
# Captures of two machines that shared one kernel's clock, read to 1 us.
TOLERANCE_NS = 1000


def time_ns(text):
    """RFC 3339 to ns."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    seconds = int(time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S"))
                  - time.timezone)
    return seconds * damage.NS + int((fraction + "0" * 9)[:9])


def pieces_at(clock, ns):
    """The pieces of a clock that was set, or not, which hold for a moment of
    the vantage's own clock."""
    return [piece for piece in [clock, *clock["steps"]] if piece["measured"]
            and time_ns(piece["measured"]["from"]) <= ns
            <= time_ns(piece["measured"]["to"])]


def offset_at(piece, ns):
    """(offset, uncertainty) in ns that the report states."""
    offset = piece["offset_s"] * 1e9
    if piece["drift_ppm"] is not None:
        offset += (ns - time_ns(piece["drift_from"])) * piece["drift_ppm"] / 1e6
    return offset, piece["uncertainty_s"] * 1e9


def shown_once(packets):
    """The packets at times that their clock, which may have been set back, did
    not show twice."""
    ahead = len(packets) * [0]
    later = None
    for i in range(len(packets) - 1, -1, -1):
        ahead[i] = later
        later = packets[i].ns if later is None else min(later, packets[i].ns)
    found, before = [], None
    for p, after in zip(packets, ahead):
        if ((before is None or before <= p.ns) and
                (after is None or after >= p.ns)):
            found.append(p)
        before = p.ns if before is None else max(before, p.ns)
    return found


def around(packets, true_ns, within):
    """The packets around a moment, which is known within the uncertainty that
    was stated, the last one before it and the first one after it: between any
    two the reference may have been set."""
    before = [p for p in packets if p.true_ns <= true_ns - within]
    after = [p for p in packets if p.true_ns >= true_ns + within]
    return [p for p in packets if abs(p.true_ns - true_ns) < within] + (
        [max(before, key=lambda p: p.true_ns)] if before else []) + (
        [min(after, key=lambda p: p.true_ns)] if after else [])


def apart(stated, own_error, reference_errors):
    """How far a stated offset is from what may be true: the reference's error
    lies between those of its packets around the moment."""
    true = [own_error - e for e in reference_errors] or [stated]
    return max(0, stated - max(true), min(true) - stated)


def clock_holds(clock, reference, capture, tolerance_ns):
    """None when there is nothing to compare. What is stated holds between the
    segments that bound it; elsewhere nobody can see a clock."""
    if clock["method"] not in ("bounds", "one-direction"):
        return None
    compared = 0
    once = shown_once(capture.packets)
    for p in once[::max(1, len(once) // 50)]:
        pieces = pieces_at(clock, p.ns)
        if len(pieces) != 1:
            continue
        stated, within = offset_at(pieces[0], p.ns)
        compared += 1
        errors = [q.ns - q.true_ns
                  for q in around(reference.packets, p.true_ns, within)]
        if apart(stated, p.ns - p.true_ns, errors) > within + tolerance_ns:
            return False
    return True if compared else None


def check(case, kinds, captures, report, tally, wrong):
    # What is stamped late has no other true time than its stamp.
    tolerance = damage.LATE_NS if {"reorder", "shuffled"} & set(kinds) else TOLERANCE_NS
    if case.name.startswith(OWN_CLOCKS) or not report["clocks"]:
        return
    names = list(captures)
    for clock in report["clocks"]:
        name, base = clock["vantage"], clock["reference"]
        if name == base or name not in captures or base not in captures:
            continue
        holds = clock_holds(clock, captures[base], captures[name], tolerance)
        if holds is None:
            continue
        tally["clocks"] += 1
        if not holds:
            tally["clocks wrong"] += 1
            wrong.append((case.name, names, "clock", clock))
