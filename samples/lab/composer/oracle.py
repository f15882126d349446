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


def facts(one, client, server):
    """{event: True or False} as far as shown, and the events that the
    evidence covers in part."""
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
            if covers:
                known[event] = False
            elif covers is None:
                partly.add(event)
    return known, partly


def _odd(world):
    """Refused on the way, and delivered: nobody thinks of it unasked."""
    return world["c_refusal"] and world["s_syn"] and not world["s_refusal"]


def open_verdicts(one, captured):
    """(the verdicts that remain, whether some coverage was in part)"""
    client = captured.get("client")
    if one.host:
        servers = [captured.get(one.host)]
    else:
        # Nobody received it; only captures of every server show that.
        servers = [captured.get(name) for name in one.edges]
    answers = []
    partial = False
    for server in servers:
        known, partly = facts(one, client, server)
        partial = partial or bool(partly)
        answers.append({fate.verdict(world, one.asks) for world in WORLDS
                        if all(world[k] == v for k, v in known.items()) and
                        not (_odd(world) and "c_refusal" not in known)})
    return set().union(*answers), partial
