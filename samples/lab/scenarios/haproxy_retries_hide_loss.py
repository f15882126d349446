"""HAProxy's retries hide a loss: nobody complains, and half the SYNs vanish.

The road loses every other SYN. HAProxy gives up each such attempt after
700 ms and tries again, which succeeds: its users see 200, only slower, and
its log counts one retry each.
"""

from laboratory import programs

STORY = "Every other SYN is lost; HAProxy's retries hide it from its users."
CAUSE = "packet-loss"
EVIDENCE = {"client": "nstat", "server": "ss-ltn nstat"}
NEEDS = ("haproxy",)


def tell(lab):
    count = lab.plan.count(5, 3, 8)
    lab.server.serve(8080, behave="http")
    log = programs.haproxy(lab.client, "198.51.100.20:8080", "700ms",
                           retries=3)
    lab.router.nft("tcp dport 8080 tcp flags & (syn | ack) == syn numgen inc "
                   'mod 2 0 counter drop comment "blind"')
    lab.record(lab.client, lab.server)
    statuses = programs.browse(lab.client, count, 2.0)
    lab.prove(statuses == {200: count}, f"HAProxy answered 200 {count} times")
    lab.adopt(8080, {"established": count, "syn-lost-in-network": count})
    drops = lab.router.nft_packets("blind")
    lab.prove(drops == count, f"the router lost {drops} SYNs, every other one")
    programs.keep_log(lab.client, log, "haproxy.log")
