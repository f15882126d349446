"""A third capture, taken on the router's side of the client, narrows it.

The SYNs to port 443 are in the client's capture and in the router's, not in
the server's: they died between the router's interface and the server. The
router's kernel log says which rule did it.
"""

STORY = "A router capture in between: SYNs to 443 die behind it."
CAUSE = "security-group-or-firewall-drop"
EITHER_FAMILY = True
EVIDENCE = {"router": "nft dmesg"}
KERNEL_LINES = r"policy-drop: .*SRC=192\.0\.2\.10"


def tell(lab):
    lab.server.serve(80, 443)
    lab.machine("net.netfilter.nf_log_all_netns", 1)
    lab.router.nft('tcp dport 443 log prefix "policy-drop: " counter drop '
                   'comment "policy"')
    lab.record(lab.client, lab.router, lab.server)
    for at in (0.0, 0.4, 1.5):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3):
        lab.client.connect(443, "syn-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    drops = lab.router.nft_packets("policy")
    lab.prove(drops == 6, f"the router's rule dropped {drops} SYNs")
