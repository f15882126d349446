"""What programs, kernels and clouds wrote of an incident.

Each line is by its host's clock, the same as its capture's, and in its host's
zone. What a rule dropped is known from the taps, and only that is written.
"""
import ipaddress
import struct
import time

from laboratory import flow_log

SYN, ACK = 2, 16
SAYS = {"timeout": "i/o timeout", "refused": "connect: connection refused",
        "unreachable": "connect: no route to host",
        "reset": "read: connection reset by peer",
        "read-timeout": "read: i/o timeout"}
UPSTREAM = {
    "timeout": "upstream timed out (110: Connection timed out) while "
               "connecting to upstream",
    "refused": "connect() failed (111: Connection refused) while connecting "
               "to upstream",
    "unreachable": "connect() failed (113: No route to host) while connecting "
                   "to upstream",
    "reset": "recv() failed (104: Connection reset by peer) while reading "
             "response header from upstream",
    "read-timeout": "upstream timed out (110: Connection timed out) while "
                    "reading response header from upstream"}
BURST = 10  # lines that ufw's rule lets through at a time (ufw 0.36, "-m limit")
PLAIN = ("direct", "router", "snat", "dnat", "both")


def host_clock(how, began, when):
    """The clock of a host whose capture was made so."""
    since = when - began
    return when + how["offset"] + since * how["drift"] + \
        (how["step"] if since > how["step_at"] else 0.0)


def written(stage, told, fates):
    """{(host, file): text} as the plan says."""
    given, found = stage.plan["given"], {}
    if given["log"]:
        name = "error.log" if given["log"] == "nginx" else "app.log"
        found["client", name] = _program(stage, told)
    if given["kernel"] and firewall_logs(stage.plan):
        found["server", "kern.log"] = _kernel(stage, told, fates)
    host = table_host(stage.plan)
    if given["kernel"] and host:
        found[host, "kern.log"] = _table_full(stage, told, fates, host)
    if given["flows"] and cloud_logs(stage.plan):
        found["network", "vpc-flow-logs.log"] = _cloud(stage, fates)
    return {key: text for key, text in found.items() if text}


def _stamp(plan, host, began, when, form):
    there = host_clock(plan["given"][host], began, when) + \
        plan["given"]["zone"] * 3600
    return time.strftime(form, time.gmtime(there))


def _program(stage, told):
    """The client's, as Go's net and log packages or as nginx words it.
    cite: pkg.go.dev/net, OpError.Error; pkg.go.dev/log, LstdFlags;
    nginx 1.24 src/http/ngx_http_upstream.c"""
    lines, plan = [], stage.plan
    for planned, result in zip(plan["attempts"], told["results"]):
        if result["result"] not in SAYS:
            continue
        port = plan["services"][planned["service"]]["port"]
        target = stage.family.with_port(stage.address, port)
        stamp = _stamp(plan, "client", told["began"], result["ended"],
                       "%Y/%m/%d %H:%M:%S")
        if plan["given"]["log"] == "nginx":
            said = f"[error] 311#311: *{planned['sport'] % 997} " \
                f"{UPSTREAM[result['result']]}, client: 203.0.113.9, server: " \
                f"shop, request: \"GET / HTTP/1.1\", upstream: " \
                f"\"http://{target}/\", host: \"shop\""
        else:
            said = f"dial tcp {target}: {SAYS[result['result']]}"
        lines.append(f"{stamp} {said}")
    return "".join(line + "\n" for line in sorted(lines))


def firewall_logs(plan):
    """Does a rule of the server's drop SYNs, which its kernel may note?"""
    fault = plan["fault"]
    return fault and (fault["place"], fault["mechanism"]) == (
        "server", "syn") and plan["topology"] in PLAIN


def table_host(plan):
    """Of which host is the connection tracking table full? Or None."""
    fault = plan["fault"]
    if not fault or fault["mechanism"] != "table":
        return None
    return "router" if fault["place"] == "network" else "server"


def _table_full(stage, told, fates, host):
    """Of SYNs that nothing came of, ten in five seconds as the kernel limits it.
    cite: Linux net/netfilter/nf_conntrack_core.c, __nf_conntrack_alloc, and
    include/linux/ratelimit_types.h, DEFAULT_RATELIMIT_BURST (6.12)"""
    name = "gw-1" if host == "router" else "db-02"
    seen = sorted((seen for one in fates for seen in (
        one.client.syns if host == "router" else one.server.syns)
                   if not one.world["s_synack"]), key=lambda s: s.when)
    return "".join(
        f"{_stamp(stage.plan, host, told['began'], one.when, '%b %e %H:%M:%S')}"
        f" {name} kernel: nf_conntrack: nf_conntrack: table full, dropping "
        "packet\n" for one in seen[:BURST])


def dropped(fates):
    """[Seen] of the SYNs that came to the server and were not answered."""
    return sorted((seen for one in fates if one.truth == "syn-dropped-by-server"
                   for seen in one.server.syns), key=lambda seen: seen.when)


def _numbers(packet):
    """(identification or flow label, window) of an IP packet with a SYN.
    spec: RFC 791, section 3.1; RFC 8200, section 3; RFC 9293, section 3.1"""
    if packet[0] >> 4 == 4:
        head, = struct.unpack_from(">H", packet, 4)
        tcp = (packet[0] & 15) * 4
    else:
        head, tcp = struct.unpack_from(">I", packet)[0] & 0xfffff, 40
    return head, struct.unpack_from(">H", packet, tcp + 14)[0]


def _kernel(stage, told, fates):
    """cite: Linux net/netfilter/nf_log_syslog.c (6.12); rsyslog's format"""
    lines = []
    for seen in dropped(fates)[:BURST]:
        p = seen.packet
        src, dst = (ipaddress.ip_address(a).exploded for a in (p.src, p.dst))
        head, window = _numbers(seen.frame[14:])
        middle = f"LEN=60 TOS=0x00 PREC=0x00 TTL={p.ttl} ID={head} DF" \
            if stage.family.version == 4 else \
            f"LEN=80 TC=0 HOPLIMIT={p.ttl} FLOWLBL={head}"
        stamp = _stamp(stage.plan, "server", told["began"], seen.when,
                       "%b %e %H:%M:%S")
        lines.append(
            f"{stamp} db-02 kernel: [UFW BLOCK] IN=eth0 OUT= "
            f"MAC=52:54:00:12:34:56:52:54:00:65:43:21:08:00 SRC={src} "
            f"DST={dst} {middle} PROTO=TCP SPT={p.sport} DPT={p.dport} "
            f"WINDOW={window} RES=0x00 SYN URGP=0 ")
    return "".join(line + "\n" for line in lines)


def cloud_logs(plan):
    """Addresses stay what they are, and nothing rejects on the way."""
    fault = plan["fault"] or {}
    return plan["topology"] == "router" and not plan["box"] and not (
        fault.get("place") == "network" and
        fault["mechanism"] in ("reset", "icmp", "link"))


def rejected(plan, one):
    """Did a rule in front of the server's card take all of its SYNs?"""
    fault = plan["fault"] or {}
    return fault.get("place") == "network" and \
        fault["mechanism"] in ("syn", "both") and not one.server.syns


def _cloud(stage, fates):
    """Of the server's network interface: what passed it, and what the rule in
    front of it took."""
    lines = []
    for one in fates:
        packets = [seen.packet for some in (
            one.server.syns, *(v for k, v in one.events.items()
                               if k[0] == "s" and k != "s_syn"))
                   for seen in some]
        packets = list({id(p): p for p in packets if not p.icmp}.values())
        action = "ACCEPT"
        if rejected(stage.plan, one):
            packets, action = [s.packet for s in one.client.syns], "REJECT"
        packets.sort(key=lambda p: p.time)
        lines += flow_log.records(packets, "eni-0a1b2c3d4e5f60718",
                                  lambda flow, said=action: said,
                                  stage.node)
    return "\n".join([flow_log.FIELDS] + lines) + "\n" if lines else ""
