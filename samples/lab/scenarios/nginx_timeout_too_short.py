"""nginx gives up after 300 ms, the road takes 450.

Every request to the distant server fails with "upstream timed out ... while
connecting to upstream"; each SYN-ACK arrives at a closed port. Nothing was
lost: the timeout is too short for this road.
"""

from laboratory import programs

STORY = "nginx's connect timeout of 300 ms is shorter than the round trip."
CAUSE = "client-timeout-too-short"
EVIDENCE = {"client": "nstat", "server": "nstat"}
NEEDS = ("nginx",)


def tell(lab):
    count = lab.plan.count(5, 3, 9)
    lab.server.serve(8080, 80)
    log = programs.nginx(lab.client, "198.51.100.20:8080", "300ms")
    lab.router.wan("client", delay=0.45)
    lab.record(lab.client, lab.server)
    lab.client.connect(80, "established", result="ok")
    lab.client.go()
    statuses = programs.browse(lab.client, count, 0.2)
    lab.prove(statuses == {504: count}, f"nginx answered 504 {count} times")
    lab.pause(1.0)
    lab.adopt(8080, {"abandoned-by-client": count})
    programs.keep_log(lab.client, log, "nginx-error.log")
