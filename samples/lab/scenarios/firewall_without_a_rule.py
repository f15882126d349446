"""The server's packet filter drops what no rule accepts, and none accepts 5432.

Nothing counts or logs: only the list of the rules tells. Port 22 is open.
"""

STORY = ("The server's INPUT chain drops by policy, and no rule of the listing "
         "accepts port 5432.")
CAUSE = "host-firewall-drop"
EVIDENCE = {"server": "iptables-S ss-ltn"}


def tell(lab):
    lab.server.serve(22, 5432)
    lab.server.sh("""iptables-legacy -N open
        iptables-legacy -A open -p tcp -m tcp --dport 22 -j ACCEPT
        iptables-legacy -A open -j RETURN
        iptables-legacy -A INPUT -i lo -j ACCEPT
        iptables-legacy -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        iptables-legacy -A INPUT -p icmp -j ACCEPT
        iptables-legacy -A INPUT -s 203.0.113.0/24 -p tcp -m tcp --dport 5432 -j ACCEPT
        iptables-legacy -A INPUT -j open
        iptables-legacy -P INPUT DROP""")
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.8):
        lab.client.connect(22, "established", at=at, result="ok")
    for at in (0.1, 0.5, 0.9):
        lab.client.connect(5432, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    rules = lab.server.sh("iptables-legacy -L INPUT -n -v -x")
    drops = int(rules.splitlines()[0].split("policy DROP ")[1].split()[0])
    lab.prove(drops == 9, f"the server's policy dropped {drops} packets")
