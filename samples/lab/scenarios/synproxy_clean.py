"""A SYN proxy in front of the server, and all is well.

The router answers every SYN in the server's name and opens the server's side
only afterwards. Nothing fails, and nobody may be accused.
"""

STORY = "Connections through a SYN proxy; nothing is wrong."
CAUSE = None
TAGS = "innocent"
EVIDENCE = {"server": "nstat"}


def proxy(lab, port):
    """SYNs to the port are answered by the router."""
    lab.router.sh(f"""sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
        iptables-legacy -t raw -A PREROUTING -p tcp --dport {port} --syn \
            -j CT --notrack
        iptables-legacy -A FORWARD -p tcp --dport {port} -m conntrack \
            --ctstate INVALID,UNTRACKED -j SYNPROXY --sack-perm \
            --timestamp --wscale 7 --mss 1460
        iptables-legacy -A FORWARD -m conntrack --ctstate INVALID -j DROP""")


def tell(lab):
    lab.server.serve(80)
    proxy(lab, 80)
    lab.record(lab.client, lab.server)
    for n in range(lab.plan.count(4, 2, 8)):
        lab.client.connect(80, "established", at=n * 0.3, result="ok")
    lab.client.go()
    kept = lab.router.sh("conntrack -L 2>/dev/null | grep -c ASSURED")
    lab.prove(int(kept) > 0, "the SYN proxy on the router tracks them")
