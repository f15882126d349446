"""A security group between the hosts allows port 80 and drops port 443.

The router drops every SYN to 443 in its forward chain. Port 80 of the same
server works all the time, so the server's capture is known to see this pair
of hosts; of port 443 it holds nothing.
"""

STORY = "A filter in the network drops SYNs to port 443; port 80 works."
CAUSE = "security-group-or-firewall-drop"
EITHER_FAMILY = True
EVIDENCE = {"server": "ss-ltn nstat", "client": "nstat"}


def tell(lab):
    lab.server.serve(80, 443)
    lab.router.nft('tcp dport 443 counter drop comment "sg"')
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.4, 3.0):
        lab.client.connect(80, "established", at=at, result="ok")
    for at in (0.1, 0.3, 0.6):
        lab.client.connect(443, "syn-lost-in-network", at=at, timeout=2.5,
                           result="timeout")
    lab.client.go()
    dropped = lab.router.nft_packets("sg")
    lab.prove(dropped == 9, f"the router's rule dropped {dropped} SYNs to 443")
