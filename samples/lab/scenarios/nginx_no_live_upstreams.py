"""nginx shuts out both of its healthy upstreams for ten seconds.

A server restarts and refuses for less than a second; with max_fails=1 and
fail_timeout=10s nginx takes both ports out. The server is back at once, but
request after request fails with "no live upstreams while connecting to
upstream", and no packet is sent for them.
"""

from laboratory import programs

STORY = "A restart of a second, and nginx has no live upstreams for ten."
CAUSE = "proxy-misconfigured"
ALSO = ["no-listener"]
EVIDENCE = {"server": "ss-ltn nstat"}
NEEDS = ("nginx",)
GROUP = """upstream app {
        server 198.51.100.20:8080 max_fails=1 fail_timeout=10s;
        server 198.51.100.20:8081 max_fails=1 fail_timeout=10s;
    }"""


def tell(lab):
    program = lab.server.serve(8080, 8081, behave="http")
    log = programs.nginx(lab.client, "app", "2s", http=GROUP)
    lab.record(lab.client, lab.server)
    good = programs.browse(lab.client, 4, 0.2)
    program.kill()
    program.wait()
    refused = programs.browse(lab.client, 2, 0.1)
    lab.server.serve(8080, 8081, behave="http")
    dead = programs.browse(lab.client, 6, 0.3)
    for port in (8080, 8081):
        lab.client.connect(port, "established", result="ok")
    lab.client.go()
    lab.prove(good == {200: 4} and refused == {502: 2} and dead == {502: 6},
              "nginx answered 200 four times, 502 twice during the restart "
              "and six times after it")
    for port in (8080, 8081):
        lab.adopt(port, {"established": 2, "refused-by-server": 1})
    programs.keep_log(lab.client, log, "nginx-error.log")
    with open(log) as file:
        said = file.read().count("no live upstreams")
    lab.prove(said == 6, f"its log says \"no live upstreams\" {said} times")
