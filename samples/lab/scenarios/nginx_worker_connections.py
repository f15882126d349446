"""nginx, a proxy, may have eight connections, and that is too few.

Four slow requests take two each. The next ones fail with "worker_connections
are not enough while connecting to upstream"; no packet is sent for them, and
the server is idle.
"""

from laboratory import programs

STORY = "nginx's worker_connections are too few: it sends no SYN."
CAUSE = "proxy-misconfigured"
EVIDENCE = {"client": "nstat ss-s", "server": "ss-ltn nstat"}
NEEDS = ("nginx",)
TAGS = "no-packets"


def tell(lab):
    lab.server.serve(8080, behave="http", delay=1.5)
    log = programs.nginx(lab.client, "198.51.100.20:8080", "2s",
                         connections=10)
    lab.record(lab.client, lab.server)
    statuses = programs.browse(lab.client, 8, 0.05)
    good, bad = statuses.get(200, 0), 8 - statuses.get(200, 0)
    lab.prove(good and bad, f"nginx answered {good} requests, and {bad} not")
    lab.adopt(8080, {"established": good})
    programs.keep_log(lab.client, log, "nginx-error.log")
    with open(log) as file:
        lab.prove("worker_connections are not enough" in file.read(),
                  "its log says that worker_connections are not enough")
