"""Which verdicts the given captures leave open: slow, plain, exhaustive.

Every world of fate.WORLD that could be is tried: it stays when it shows what
the captures show and nothing that they would have shown. It knows what each
capture covers (given.Given.covers) and nothing of the analyzer.
"""
import itertools

from . import fate

_worlds = [dict(zip(fate.WORLD, values)) for values in
           itertools.product((False, True), repeat=len(fate.WORLD))]
WORLDS = [world for world in _worlds if fate.possible(world)]


SETTLED = 0.2  # seconds away from a step of a clock


def datable(one, capture, captured, fates):
    """May a reader date the attempt in a capture that lacks it? Clocks are
    compared by what two captures share; where one was set, on that side."""
    if capture.holds(one):
        return True
    first, last = one.span()
    shared = [other for other in fates if capture.holds(other) and any(
        end is not capture and end.holds(other)
        for end in captured.values())]
    for end in captured.values():
        if not end.how["step"]:
            continue
        at = end.began + end.how["step_at"]
        if first - SETTLED < at < last + SETTLED:
            return False
        shared = [other for other in shared
                  if (other.span()[0] < at) == (first < at)]
    return bool(shared)


def facts(one, client, server, dated):
    """{event: True or False} as far as shown, and the events that the
    evidence covers in part. dated: of a capture, may its silence be dated?"""
    known, partly = {}, set()
    for event in fate.WORLD:
        capture = client if event[0] == "c" else server
        if capture is None:
            continue
        happened = one.events.get(event, ())
        if any(id(seen) in capture.has for seen in happened):
            known[event] = True
        elif happened:
            partly.add(event)
        else:
            covers = capture.covers(event, one)
            if covers and not dated(capture):
                covers = None
            if covers:
                known[event] = False
            elif covers is None:
                partly.add(event)
    if server and any(id(seen) in server.has for seen in one.server.inner):
        # What its container answers, the host neither refuses nor challenges.
        for event in ("s_refusal", "s_challenge"):
            known.setdefault(event, False)
    return known, partly


def _odd(world):
    """Refused on the way, and delivered: nobody thinks of it unasked."""
    return world["c_refusal"] and world["s_syn"] and not world["s_refusal"]


def open_verdicts(one, captured, fates):
    """(the verdicts that remain, whether some coverage was in part). fates: of
    all attempts, which compare the clocks."""
    def dated(capture):
        return datable(one, capture, captured, fates) and not (
            astray and capture is not client)
    # Behind a device that translates the service's address may be others that
    # it sends to: what never came to these servers may have come to those.
    astray = one.balanced and one.host is None
    client = captured.get(one.origin)
    if client and one.relayed and "east" not in client.cards:
        client = None
    if one.host:
        servers = [captured.get(one.host)]
    else:
        # Nobody received it; only captures of every server show that.
        servers = [captured.get(name) for name in one.edges]
    answers = []
    partial = False
    for server in servers:
        known, partly = facts(one, client, server, dated)
        known.update(one.logged)
        partial = partial or bool(partly)
        answers.append({fate.verdict(world, one.asks) for world in WORLDS
                        if all(world[k] == v for k, v in known.items()) and
                        not (_odd(world) and "c_refusal" not in known)})
    return set().union(*answers), partial
