"""What a seed draws: an incident as data, before anything is told.

The same seed and number give the same plan, on any machine. A plan says who
stands where (topology), what is broken (place, mechanism, which attempts),
what is asked (traffic), and what of it all is handed in (given). stage.py
tells it, given.py hands it in; neither rolls dice of its own.
"""
import random

TOPOLOGIES = ("direct", "router", "snat", "dnat", "both", "balancer",
              "container", "nodeport", "return", "tunnel", "proxy")
WEIGHTS = (3, 4, 3, 3, 3, 2, 2, 2, 2, 2, 2)
ROUTED = ("router", "snat", "dnat", "both")
NETWORKS = ("10.{}.{}.", "172.20.{}.", "192.168.{}.", "100.64.{}.")
TRAFFIC = ("ask", "ask", "ask", "oneway", "bare", "scan", "keep", "slow",
           "banner", "pause")
# mechanism -> the traffic that shows it at all; None: any.
MECHANISMS = {
    "network": ("syn", "syn", "synack", "synack", "ack", "reset", "icmp",
                "both", "link", "table"),
    "server": ("syn", "syn", "synack", "ack", "reset", "icmp", "no-listener",
               "silent", "backlog", "no-route-back", "rp-filter", "md5",
               "table"),
    "client": ("synack", "ack"),
}
SELECTORS = ("all", "port", "port", "port", "client", "client", "hash",
             "time", "rate", "chance", "option", "limit")
# These are true of a whole service: no rule chooses among its attempts.
SERVICE_FAULTS = ("no-listener", "silent", "backlog", "md5")
OPTIONS = ("mptcp", "dscp", "maxseg", "fastopen")


def prefix(dice, taken, family):
    """A network that this incident has not used yet: what stands in front of
    a host's number."""
    while True:
        found = dice.choice(NETWORKS).format(dice.randint(1, 250),
                                             dice.randint(0, 250))
        if family == 6:
            found = f"2001:db8:{dice.randrange(1 << 16):x}:" \
                f"{dice.randrange(1 << 16):x}::"
        if (family == 6 or found.count(".") == 3) and found not in taken:
            taken.append(found)
            return found


def draw(seed, number):
    """The plan of one incident."""
    dice = random.Random(f"{seed}/{number}")
    taken = []
    topology = dice.choices(TOPOLOGIES, WEIGHTS)[0]
    family = dice.choices((4, 6), (5, 1))[0]
    plan = {"name": f"c{seed}-{number:05d}", "seed": seed, "number": number,
            "topology": topology, "family": family,
            "networks": [prefix(dice, taken, family) for _ in range(5)],
            "box": box(dice, topology, family),
            "clients": dice.choice((1, 2, 2, 3)),
            "backends": dice.randint(2, 3) if topology == "balancer" else 1,
            "hops": dice.randint(0, 3)}
    plan["services"] = services(dice)
    plan["fault"] = fault(dice, plan)
    plan["attempts"] = attempts(dice, plan)
    plan["given"] = given(dice, plan)
    return plan


def box(dice, topology, family):
    """What stands on the client's cable, or None: delays, with frames that
    overtake each other; a firewall that rewrites sequence numbers."""
    kind = dice.choices((None, "delay", "rewrite"), (8, 1, 1))[0]
    if kind == "rewrite" and family == 4 and topology in ROUTED:
        return {"rewrite": True}
    if kind == "delay":
        return {"delay": round(dice.uniform(0.005, 0.05), 4),
                "jitter": round(dice.choice((0.0, dice.uniform(0, 0.03))), 4),
                "salt": dice.randrange(1 << 30)}
    return None


def services(dice):
    ports = dice.sample((22, 80, 443, 3306, 5432, 6379, 8080, 8443, 9200,
                         27017), dice.randint(1, 3))
    return [{"port": port, "traffic": dice.choice(TRAFFIC),
             "delay": round(dice.uniform(0.2, 0.7), 2)} for port in ports]


def fault(dice, plan):
    """One thing broken, or nothing."""
    if dice.random() < 0.1:
        return None
    place = dice.choices(("network", "server", "client"), (6, 6, 2))[0]
    if plan["topology"] == "proxy" and place == "network":
        place = "server"  # its own connections are forwarded by nobody
    mechanism = dice.choice(MECHANISMS[place])
    if plan["topology"] == "direct" and place == "network" and \
            mechanism in ("reset", "icmp"):
        mechanism = "syn"  # a switch answers nobody
    if mechanism in ("no-route-back", "rp-filter") and \
            plan["topology"] not in ("router", "dnat"):
        mechanism = "syn"  # the client is a neighbour, or unknown
    if mechanism == "table" and place == "network" and \
            plan["topology"] not in ROUTED:
        mechanism = "syn"  # a switch tracks nothing
    if plan["family"] == 6 and mechanism in ("rp-filter", "md5"):
        mechanism = "syn"  # IPv6 has no such filter; the keys are IPv4's
    if plan["box"] and plan["box"].get("rewrite") and mechanism == "icmp":
        mechanism = "reset"  # the box leaves what an error quotes
    if mechanism == "link" and plan["topology"] != "direct" and (
            plan["family"] == 6 or plan["topology"] not in ROUTED):
        mechanism = "syn"  # routes of the card would not come back with it
    which = dice.choice(SELECTORS)
    if plan["topology"] == "proxy" and which in ("option", "client"):
        which = "hash"  # its SYNs are all alike, and all its own
    if plan["topology"] == "direct" and place == "network" and \
            which == "limit":
        which = "rate"  # a bridge counts no connections
    if mechanism in SERVICE_FAULTS:
        which = "port"
    elif mechanism == "link":
        which = "time"
    elif mechanism == "table":
        which = "time" if which == "time" else "all"
    elif mechanism in ("no-route-back", "rp-filter"):
        which = "all"
    elif mechanism != "syn" and which in ("option", "limit"):
        which = "port"
    elif mechanism == "ack" and which in ("rate", "chance"):
        which = "hash"
    if plan["topology"] == "balancer" and place == "server" and \
            which in ("all", "client") and mechanism != "table":
        which = "port"
    chosen = {"place": place, "mechanism": mechanism, "which": which,
              "service": dice.randrange(len(plan["services"])),
              "client": dice.randrange(plan["clients"]),
              "backend": dice.randrange(plan["backends"]),
              "option": dice.choice(OPTIONS),
              "icmp": dice.choice(("admin-prohibited", "host-unreachable",
                                   "port-unreachable", "net-unreachable",
                                   "host-prohibited")),
              "modulus": dice.randint(2, 5), "percent": dice.randint(20, 90),
              "rate": dice.randint(1, 3), "limit": dice.randint(1, 3),
              "from": round(dice.uniform(0.2, 0.7), 2),
              "until": round(dice.uniform(1.2, 2.5), 2)}
    chosen["stateful"] = dice.random() < 0.2
    return chosen


def attempts(dice, plan):
    """Who asks what, when: seconds after the start."""
    found, ports = [], dice.sample(range(32768, 60999), 60)
    count = dice.choice((3, 6, 10, 16, 24))
    broken = plan["fault"]
    for number in range(count):
        service = dice.randrange(len(plan["services"]))
        options = []
        if broken and broken["which"] == "option" and dice.random() < 0.4:
            options = [broken["option"]]
        found.append({
            "at": round(dice.uniform(0.0, 1.2), 3),
            "client": dice.randrange(plan["clients"]),
            "service": service, "sport": ports[number],
            "options": options,
            "timeout": round(dice.uniform(1.3, 3.3), 2)})
    found.sort(key=lambda attempt: attempt["at"])
    return found


FORMATS = ("pcap", "pcap", "pcap", "nanosecond", "pcapng", "gz", "zst", "xz")


PLAIN_END = {"device": "eth0", "snaplen": 262144, "filter": None, "late": 0.0,
             "early": 0.0, "pieces": 1, "gap": 0.0, "loss": 0,
             "disorder": 0.0, "offset": 0.0, "drift": 0.0, "step": 0.0}


def end_given(dice, calm):
    """How one end was captured. calm: no more than one thing is amiss, so that
    each has incidents in which it is alone."""
    chosen = {
        "device": dice.choices(("eth0", "any", "any-v1"), (6, 2, 1))[0],
        "snaplen": dice.choices((262144, 256, 96, 68, 54),
                                (8, 1, 2, 1, 1))[0],
        "filter": dice.choices((None, "port", "host", "towards", "syn"),
                               (14, 2, 2, 1, 1))[0],
        "late": dice.choices((0.0, round(dice.uniform(0.1, 1.2), 2)),
                             (8, 1))[0],
        "early": dice.choices((0.0, round(dice.uniform(0.3, 1.8), 2)),
                              (8, 1))[0],
        "pieces": dice.choices((1, 2, 3), (8, 1, 1))[0],
        "gap": dice.choices((0.0, round(dice.uniform(0.1, 0.8), 2)),
                            (3, 1))[0],
        "loss": dice.choices((0, dice.randint(3, 40)), (9, 1))[0],
        "disorder": dice.choices((0.0, round(dice.uniform(0.0002, 0.005), 4)),
                                 (8, 1))[0],
        "offset": dice.choices((0.0, round(dice.uniform(-90, 90), 3),
                                round(dice.uniform(-7200, 7200), 3)),
                               (5, 2, 1))[0],
        "drift": dice.choices((0.0, round(dice.uniform(-3e-4, 3e-4), 6)),
                              (6, 1))[0],
        "step": dice.choices((0.0, round(dice.uniform(-3, 3), 3)),
                             (14, 1))[0],
        "step_at": round(dice.uniform(0.3, 2.0), 2),
        "format": dice.choice(FORMATS),
        "salt": dice.randrange(1 << 30)}
    if calm:
        kept = dice.choice(sorted(PLAIN_END))
        chosen.update((k, v) for k, v in PLAIN_END.items() if k != kept)
    if chosen["device"] != "eth0":
        # A cooked header is six bytes longer; no TCP header is cut in half.
        chosen["snaplen"] = max(chosen["snaplen"], 60)
    return chosen


def given(dice, plan):
    """What is handed in."""
    ends = dice.choices(("both", "client", "server", "three"),
                        (12, 2, 2, 3))[0]
    if ends == "three" and plan["topology"] in ("direct", "return"):
        ends = "both"
    calm = dice.random() < 0.4
    server = end_given(dice, calm)
    if plan["topology"] == "tunnel":
        server["filter"] = None  # the ports are inside
    return {
        "ends": ends,
        "layout": dice.choices(("folders", "swapped", "hosts", "flat"),
                               (10, 1, 3, 2))[0],
        "archive": dice.choices((None, "tar.gz", "tar.xz", "zip"),
                                (8, 1, 1, 1))[0],
        "client": end_given(dice, calm), "server": server,
        "router": end_given(dice, calm),
        "state": sorted(dice.sample(
            ("nft", "nstat", "ss-ltn", "conntrack-S", "sysctl", "ip-route",
             "ss-s", "softnet"), dice.randint(0, 5))),
        "state_of": sorted(dice.sample(("client", "router", "server"),
                                       dice.randint(1, 3))),
        "before": dice.random() < 0.7,
        # What is broken may have come after the first snapshot.
        "new": dice.random() < 0.25,
        "log": dice.choices((None, "go", "nginx"), (6, 1, 1))[0],
        "kernel": dice.random() < 0.4, "flows": dice.random() < 0.25,
        "zone": dice.choice((0, 0, 0, 1, 2, -5, 5.5)),
        "distractor": dice.random() < 0.3}
