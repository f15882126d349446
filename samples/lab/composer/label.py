"""expected.json of a composed incident: what is true, what can be shown."""
from laboratory.verdicts import SEGMENT

from . import fate, given as given_of, logs, oracle

NETWORK_DROP = {"rate": "rate-limit", "chance": "packet-loss",
                "limit": "connection-limit", "option": "syn-option-dropped",
                "hash": "one-path-dead", "time": "outage"}
DROPS = ("syn", "synack", "ack", "both")
HOST_CAUSES = {"no-listener": "no-listener", "silent": "read-timeout",
               "backlog": "accept-queue-overflow",
               "no-route-back": "no-route-back", "rp-filter": "rp-filter",
               "md5": "tcp-md5-missing"}


def entry(one, captured, fates):
    """One attempt's label, or None when no capture shows it begin."""
    shown = None
    for capture, edge in ((captured.get(one.origin), one.client),
                          (captured.get(one.host), one.server)):
        if shown is None and capture is not None and any(
                id(seen) in capture.has for seen in edge.syns):
            shown = edge.tuple
    if shown is None:
        return None
    left, partial = oracle.open_verdicts(one, captured, fates)
    if "stalled-after-handshake" in left and brief(one, captured):
        left.add("established")
    # Of copies that fared differently the evidence may show the last alone.
    decided = left == {one.truth}
    label = {
        "client": {"ip": shown[0], "port": shown[1]},
        "server": {"ip": shown[2], "port": shown[3]}, "nth": 1,
        "isn": one.isn,
        "result": one.result["result"], "truth": one.truth,
        "verdict": one.truth if decided else "undetermined",
        "accept": [v for v in one.readings if not decided or
                   v != one.truth]}
    if not decided:
        label["candidates"] = sorted(left | {one.truth})
        empty = any(not end.kept for end in captured.values())
        if not (partial or empty or len(one.readings) > 1) and \
                one.truth != "established":
            label["accept"] = []
    if one.truth == "synack-dropped-by-client" and one.quiet:
        # No SYN after the SYN-ACK, no RST: it may have lost interest.
        label["accept"].append("undetermined")
    if one.truth == "stalled-after-handshake" and one.mute:
        # Nobody on this port was ever answered: some protocols only send.
        label["accept"].append("established")
    if lone_and_unnamed(one, captured) or alike(one, captured):
        # Whose end it is, the folder does not say.
        label["accept"].append("undetermined")
    if passed_on(one, captured) and one.truth in ("syn-dropped-by-server",
                                                  "synack-lost-in-network"):
        # Whether what it was passed on to is of this host, nothing says.
        label["accept"].append("undetermined")
    if sorted(left) == ["refused-by-server", "rejected-in-network"] and \
            one.host is None and one.truth not in label["accept"]:
        # How far the RST has come may tell it from the server's own answers.
        label["accept"].append(one.truth)
    if left == {"established", "stalled-after-handshake"}:
        # The handshake is complete by both, and nothing waited long enough.
        label["accept"].append("established")
    if not left:
        # Frames that overtook each other: no world is told like that.
        label["accept"] = ["undetermined", *one.readings]
    label["segment"] = SEGMENT.get(label["verdict"])
    if one.server.tuple and shown == one.client.tuple and \
            one.server.tuple != shown:
        seen = one.server.tuple
        label["seen_at_server_as"] = {
            "client": {"ip": seen[0], "port": seen[1]},
            "server": {"ip": seen[2], "port": seen[3]}}
    return label


def _logged(plan, one):
    """{event: True or False} as a cloud's flow log tells of the attempt."""
    if not (plan["given"]["flows"] and logs.cloud_logs(plan)):
        return {}
    if logs.rejected(plan, one):
        return {"s_syn": False}
    return {event: True for event in ("s_syn", "s_synack")
            if event in one.events}


def located(label):
    """A failure of which the evidence shows where: without one, nobody can be
    asked why."""
    return label["truth"] != "established" and \
        label["verdict"] == label["truth"] and \
        not {"undetermined", "established"} & set(label["accept"])


def brief(one, captured):
    """Do all captures end before the client's wait is called a silence?"""
    asked = one.client.events.get("c_data")
    ends = [end.kept[-1].when for end in captured.values() if end.kept]
    return bool(asked and ends) and max(ends) < asked[0].when + fate.STALLED


def passed_on(one, captured):
    """The server's host is seen to send the SYN on, inside or elsewhere."""
    server = captured.get(one.host)
    return server is not None and any(id(seen) in server.has
                                      for seen in one.server.sent_on)


def alike(one, captured):
    """Two machines without a word of which is whose, no router between them that
    lowers a TTL, and nothing that went there and back; none between them that
    shares attempts with both."""
    ends = [captured.get(name) for name in ("client", "server")]
    return one.layout in ("hosts", "flat") and one.bare and \
        None not in ends and "router" not in captured and \
        not given_of.both_ways(*ends)


def lone_and_unnamed(one, captured):
    """At one end alone, which may be a balancer's several servers."""
    return one.layout in ("hosts", "flat") and (
        len(captured) == 1 or "client" not in captured)


def causes(stage, told, hit):
    """(cause or None, further true causes). A cause is asked for where the
    evidence holds what shows it; what is true is never an error."""
    fault, given = stage.plan["fault"], stage.plan["given"]
    if not fault or not hit:
        return None, []
    place, mechanism, which = (fault[k] for k in ("place", "mechanism",
                                                  "which"))
    special = NETWORK_DROP.get(which)
    if mechanism in HOST_CAUSES:
        return _host_cause(HOST_CAUSES[mechanism], given,
                           stage.plan["topology"])
    if mechanism == "table":
        return _table_cause(place, given)
    if place == "network":
        if mechanism == "link":
            return None, ["link-down", "outage", "packet-loss", "icmp-rejected",
                          "host-down", "security-group-or-firewall-drop",
                          "asymmetric-route", "no-route-back"]
        if mechanism == "reset":
            return "middlebox-reset", []
        if mechanism == "icmp":
            return "icmp-rejected", ["host-down"]
        also = ["security-group-or-firewall-drop", "packet-loss"] + \
            [special] * bool(special)
        if mechanism in ("synack", "both"):
            also += ["asymmetric-route"]
        both = given["ends"] in ("both", "three") or given["flows"]
        return (also[0] if both and which in ("all", "port", "client")
                else None), also
    # The rules of a time window are gone when somebody looks.
    shown = "nft" in given["state"] and place in given["state_of"] and \
        which != "time" and \
        stage.plan["topology"] not in ("balancer", "container", "nodeport")
    shown |= bool(given["kernel"] and logs.firewall_logs(stage.plan))
    if place == "client":
        return ("client-firewall-drop" if shown else None), \
            ["client-firewall-drop"] + [special] * bool(special)
    if mechanism in ("reset", "icmp"):
        return ("host-firewall-reject" if shown else None), \
            ["host-firewall-reject"] + ["rate-limit"] * (which == "rate")
    return ("host-firewall-drop" if shown else None), \
        ["host-firewall-drop"] + [special] * bool(special)


SHOWS = {"no-listener": (), "read-timeout": ("server-capture",),
         "accept-queue-overflow": ("nstat",), "no-route-back": ("ip-route",),
         "rp-filter": ("nstat",), "tcp-md5-missing": ("nstat",)}


def _table_cause(place, given):
    """Counted by the host itself: what came between two looks, or the kernel's
    words."""
    host = "router" if place == "network" else "server"
    counted = "conntrack-S" in given["state"] and given["before"] and \
        host in given["state_of"]
    also = ["conntrack-table-full"]
    if place == "network":
        also += ["security-group-or-firewall-drop", "packet-loss", "outage"]
    return (also[0] if counted or given["kernel"] else None), also


def _host_cause(cause, given, topology):
    kinds = SHOWS[cause]
    shown = given["ends"] in ("both", "three", "server") and all(
        kind in given["state"] and "server" in given["state_of"]
        for kind in kinds if kind != "server-capture")
    # What listens in a container counts there, and the host's nstat is its own
    # (cite: Linux net/ipv4/proc.c, netstat_seq_show: one network namespace's).
    shown &= not (cause in ("accept-queue-overflow", "tcp-md5-missing") and
                  topology in ("container", "nodeport"))
    # Who does not accept does not answer those either that fit into the queue.
    also = ["read-timeout"] * (cause == "accept-queue-overflow")
    return (cause if shown else None), [cause, *also]


def expected(stage, told, fates, captured):
    """The whole of expected.json."""
    for one in fates:
        one.balanced = stage.plan["topology"] in ("dnat", "both", "balancer")
        one.layout = stage.plan["given"]["layout"]
        # A proxy takes and makes connections: no TTL has passed a router.
        one.bare = stage.plan["topology"] in ("direct", "proxy")
        one.mute = not any("s_answer" in other.events for other in fates
                           if other.planned["service"] ==
                           one.planned["service"])
        one.logged = _logged(stage.plan, one)
    # What a proxy asked in vain is an attempt of its own; what it got may be
    # counted with its client's, as behind a device that rewrites everything.
    labelled = [(one, entry(one, captured, fates)) for one in fates
                if not one.relayed or one.truth != "established"]
    labels = [label for _, label in labelled if label]
    # What a SYN's first copies suffered is true, though a later one passed.
    hurt = [one for one in fates if one.truth != "established" or
            len(one.client.syns) > 1]
    cause, also = causes(stage, told, hurt)
    # Behind a proxy only its own attempts show what the server did.
    behind = stage.proxy and stage.plan["fault"] and \
        stage.plan["fault"]["place"] == "server"
    if not any(located(label) for one, label in labelled
               if label and one.relayed >= bool(behind)):
        cause, also = None, also + ([cause] if cause else [])
    fault = stage.plan["fault"] or {}
    return {
        "story": "composed", "cause": cause, "also": sorted(set(also)),
        "attempts": labels,
        "composed": {
            "topology": stage.plan["topology"],
            "place": fault.get("place"), "mechanism":
                fault.get("mechanism"), "which": fault.get("which"),
            "conditions": conditions(stage.plan, captured),
            "layout": given_of.layout_of(stage.plan["given"], captured),
            "blocked": told["blocked"]}}


def conditions(plan, captured):
    """The words for what is not plain about the evidence."""
    given = plan["given"]
    words = [] if given["ends"] == "both" else [f"ends: {given['ends']}"]
    words += ["IPv6"] if plan["family"] == 6 else []
    if given["flows"] and logs.cloud_logs(plan):
        words.append("flow log")
    if given["kernel"] and logs.firewall_logs(plan):
        words.append("firewall log")
    if given["kernel"] and logs.table_host(plan):
        words.append("kernel log")
    if plan["box"]:
        words.append("numbers rewritten" if plan["box"].get("rewrite")
                     else "slow way")
    layout = given_of.layout_of(given, captured)
    if layout != "folders":
        words.append(layout)
    if given["archive"]:
        words.append("archive")
    for name in captured:
        how = captured[name].how
        if how["device"] != "eth0":
            words.append("any")
        if how["snaplen"] < 100:
            words.append("short records")
        if how["filter"]:
            words.append(f"filter: {how['filter']}")
        words += [word for word, key in (
            ("late", "late"), ("early end", "early"), ("lost packets",
                                                       "loss"),
            ("disorder", "disorder"), ("clock offset", "offset"),
            ("clock drift", "drift"), ("clock step", "step")) if how[key]]
        if captured[name].gaps:
            words.append("rotation gap")
    return sorted(set(words))
