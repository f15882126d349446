"""nginx cannot resolve its upstream's name: no connection is even tried.

Its resolver's answers are lost on the way (the router drops what comes from
port 53). nginx answers 502 and logs "could not be resolved (110: Operation
timed out)"; the capture has the queries and no SYN. Clients that know the
address connect as always.
"""

from laboratory import programs

STORY = "The name of nginx's upstream cannot be resolved: DNS times out."
CAUSE = "dns-failure"
EVIDENCE = {"client": "nstat", "server": "ss-ltn nstat"}
NEEDS = ("nginx",)
TAGS = "no-packets"
RESOLVER = """set $upstream app.example.com;
            resolver 198.51.100.20 ipv6=off; resolver_timeout 2s;"""


def tell(lab):
    lab.server.serve(8080, behave="http")
    programs.name_server(lab.server, "198.51.100.20")
    log = programs.nginx(lab.client, "$upstream:8080", "2s",
                         location=RESOLVER)
    lab.router.nft('udp sport 53 counter drop comment "dns"')
    lab.record(lab.client, lab.server)
    lab.client.connect(8080, "established", result="ok")
    lab.client.go()
    statuses = programs.browse(lab.client, 3, 0.2)
    lab.prove(statuses == {502: 3}, "nginx answered 502 three times")
    lab.client.connect(8080, "established", result="ok")
    lab.client.go()
    lost = lab.router.nft_packets("dns")
    lab.prove(lost >= 1, f"the router dropped {lost} answers of the resolver")
    programs.keep_log(lab.client, log, "nginx-error.log")
