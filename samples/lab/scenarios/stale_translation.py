"""A connection's entry is older than the rule that translates its service.

The service has an address of its own, which the router translates; while the rule
was away the SYN of one client went on untranslated, to nobody. The client repeats
it from the same port, and each copy follows what is remembered of the first, also
after the rule is back: connections from other ports work at once, this one never
does.
"""

STORY = "One entry of conntrack is untranslated, made before the rule."
CAUSE = "stale-translation"
EVIDENCE = {"router": "conntrack-L", "server": "nstat ss-ltn"}
VIP = "203.0.113.80"


def tell(lab):
    lab.server.serve(8080)
    lab.router.sh("""ip link add sink type veth peer name drain
        ip link set sink up
        ip link set drain up
        ip route add 203.0.113.0/24 dev sink
        ip neigh add 203.0.113.80 dev sink lladdr 02:00:00:00:03:50""")
    lab.router.nft('ct state new counter comment "new"')
    lab.record(lab.client, lab.server)
    lab.state_of(lab.router)
    for at in (0.0, 1.2, 4.0):
        lab.client.connect(8080, "established", at=at, result="ok")
    # No capture shows what the router did with it; only its table does.
    lab.client.connect(80, "undetermined", truth="syn-lost-in-network", to=VIP,
                       at=0.1, timeout=9, result="timeout",
                       accept=["syn-lost-in-network"],
                       confidence=["certain", "likely", "possible"],
                       candidates=["syn-lost-in-network",
                                   "syn-dropped-by-server",
                                   "synack-lost-in-network"])
    for at in (3.0, 3.4, 3.8, 5.0):
        lab.client.connect(80, "established", to=VIP, at=at, result="ok",
                           hold=5.0)
    lab.client.go(wait=False)
    lab.pause(1.8)
    lab.router.nft(f"ip daddr {VIP} tcp dport 80 dnat ip to 198.51.100.20:8080",
                   hook="prerouting")
    lab.client.wait()
    entries = lab.router.sh("conntrack -L -p tcp 2>/dev/null")
    plain = [line for line in entries.splitlines() if "UNREPLIED" in line]
    lab.prove(len(plain) == 1 and f"src={VIP}" in plain[0],
              "one entry of the router's is not translated")
