"""IPv6: one of each. Answered, refused, prohibited by ICMPv6, dropped.

The router rejects port 8443 with administratively prohibited and drops port
443; nobody listens on 8080; port 80 answers, over IPv4 too.
"""

STORY = "IPv6: established, refused, prohibited by ICMPv6, and SYN lost."
CAUSE = "security-group-or-firewall-drop"
ALSO = ["icmp-rejected", "no-listener"]
EVIDENCE = {"server": "ss-ltn"}


def tell(lab):
    lab.server.serve(80, 443, 8443)
    lab.router.nft('tcp dport 443 counter drop comment "drop"')
    lab.router.nft("tcp dport 8443 counter reject with icmpx type "
                   'admin-prohibited comment "reject"')
    lab.record(lab.client, lab.server)
    to = "fd00:2::20"
    lab.client.connect(80, "established", to=to, result="ok")
    lab.client.connect(80, "established", at=0.1, result="ok")
    lab.client.connect(443, "syn-lost-in-network", to=to, at=0.2, timeout=2.5,
                       result="timeout")
    lab.client.connect(8080, "refused-by-server", to=to, at=0.3,
                       result="refused")
    lab.client.connect(8443, "rejected-in-network", to=to, at=0.4,
                       result="unreachable")
    lab.client.connect(80, "established", to=to, at=1.0, result="ok")
    lab.client.go()
    drops = lab.router.nft_packets("drop")
    lab.prove(drops == 3, f"the router's rule dropped {drops} SYNs")
