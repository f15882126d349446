"""The server's own packet filter drops SYNs to port 443.

The SYN reaches the server's interface, where the capture sees it, and dies in
the INPUT chain, which logs it. Port 80 is open.
"""

STORY = "The server's INPUT chain drops SYNs to port 443, port 80 is open."
CAUSE = "host-firewall-drop"
EVIDENCE = {"server": "iptables nstat ss-ltn dmesg"}
KERNEL_LINES = r"fw-drop: .*SRC=192\.0\.2\.10"


def tell(lab):
    lab.server.serve(80, 443)
    match = "iptables-legacy -A INPUT -p tcp --dport 443 --syn"
    lab.server.sh(f"""{match} -j LOG --log-prefix 'fw-drop: '
        {match} -j DROP""")
    lab.machine("net.netfilter.nf_log_all_netns", 1)
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.8):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.5):
        lab.client.connect(443, "syn-dropped-by-server", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    rules = lab.server.sh("iptables-legacy -L INPUT -n -v -x")
    drops = next(int(line.split()[0]) for line in rules.splitlines()
                 if " DROP " in line and "tcp" in line)
    lab.prove(drops == 6, f"the INPUT rule on the server dropped {drops} SYNs")
