"""HAProxy logs `SC`: the server refused.

Nobody listens on port 8080 of the server; HAProxy tries each request twice.
A deployment that is down, not a network that loses.
"""

from laboratory import programs

STORY = "HAProxy logs SC: nobody listens on its server's port 8080."
CAUSE = "no-listener"
EVIDENCE = {"server": "ss-ltn"}
NEEDS = ("haproxy",)


def tell(lab):
    count = lab.plan.count(3, 2, 5)
    lab.server.serve(80)
    log = programs.haproxy(lab.client, "198.51.100.20:8080", "1s", retries=1,
                           mode="tcp")
    lab.record(lab.client, lab.server)
    lab.client.connect(80, "established", result="ok")
    lab.client.go()
    statuses = programs.browse(lab.client, count, 0.3)
    lab.prove(statuses == {0: count}, f"HAProxy closed {count} connections")
    lab.adopt(8080, {"refused-by-server": 2 * count}, result="refused")
    programs.keep_log(lab.client, log, "haproxy.log")
    with open(log) as file:
        lab.prove(file.read().count(" SC ") == count, "its log says SC as often")
