"""The server's own firewall drops IPv6 SYNs to port 443 and says so.

Its lines carry the prefix `[UFW BLOCK] ` and are those of a kernel log;
port 80 is open.
"""

STORY = "Over IPv6 the server's INPUT chain drops port 443 and logs it."
CAUSE = "host-firewall-drop"
FAMILY = 6
EVIDENCE = {"server": "nft ss-ltn dmesg"}
KERNEL_LINES = r"\[UFW BLOCK\] IN=eth0 .*DPT=4443"


def tell(lab):
    lab.server.serve(80, 4443)
    lab.machine("net.netfilter.nf_log_all_netns", 1)
    lab.server.nft('tcp dport 4443 log prefix "[UFW BLOCK] " counter drop '
                   'comment "input"', hook="input")
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.8):
        lab.client.connect(80, "established", at=at, result="ok")
    failing = lab.plan.count(2, 1, 4)
    for n in range(failing):
        lab.client.connect(4443, "syn-dropped-by-server", at=0.1 + n * 0.3,
                           timeout=2.5, result="timeout")
    lab.client.go()
    drops = lab.server.nft_packets("input")
    lab.prove(drops == 3 * failing, f"the server's rule dropped {drops} SYNs")
