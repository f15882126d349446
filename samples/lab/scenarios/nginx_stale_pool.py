"""nginx keeps connections to its upstream, a firewall forgets them.

The stateful router's entries expire after two idle seconds, and it drops what
belongs to none. The next request goes out on a kept connection and into the
void: "upstream timed out (110 ...) while reading response header". Every
handshake succeeded, and new connections work.
"""

from laboratory import programs

STORY = "A pooled connection outlives the firewall's memory of it."
CAUSE = "stale-connection"
EVIDENCE = {"client": "ss-tan nstat", "server": "ss-tan nstat",
            "router": "nft conntrack-S"}
NEEDS = ("nginx",)
TAGS = "no-packets"
GROUP = "upstream app { server 198.51.100.20:8080; keepalive 4; }"


def tell(lab):
    lab.server.serve(8080, behave="http")
    lab.router.nft("ct state established counter accept")
    lab.router.nft("tcp flags & (syn | ack | rst) == syn counter accept")
    lab.router.nft('counter drop comment "unknown"')
    lab.router.sysctl(net__netfilter__nf_conntrack_tcp_loose=0,
                      net__netfilter__nf_conntrack_tcp_timeout_established=2)
    log = programs.nginx(
        lab.client, "app", "1s", patience="1500ms", http=GROUP,
        location='proxy_http_version 1.1; proxy_set_header Connection "";')
    lab.record(lab.client, lab.server)
    lab.state_of(lab.router)
    good = programs.browse(lab.client, 3, 0.2)
    lab.pause(3.5)
    bad = programs.browse(lab.client, 1, 0.1)
    lab.client.connect(8080, "established", result="ok")
    lab.client.go()
    lab.prove(good == {200: 3} and bad == {504: 1},
              "nginx answered 200 three times, and 504 after a pause of 3.5 s")
    lab.adopt(8080, {"established": 1})
    lost = lab.router.nft_packets("unknown")
    lab.prove(lost >= 3, f"the router dropped {lost} packets that belonged "
              "to no entry of its table")
    programs.keep_log(lab.client, log, "nginx-error.log")
