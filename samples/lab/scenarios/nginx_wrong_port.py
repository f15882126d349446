"""nginx asks its upstream on a port where it never listened.

The application moved from 8081 to 8080 and nginx was not told: every request
fails with "connect() failed (111: Connection refused) while connecting to
upstream". Another client asks port 8080 of the same server and is answered.
"""

from laboratory import programs

STORY = "nginx's upstream names port 8081, the application listens on 8080."
CAUSE = "no-listener"
ALSO = ["proxy-misconfigured"]
EVIDENCE = {"server": "ss-ltn nstat"}
NEEDS = ("nginx",)


def tell(lab):
    count = lab.plan.count(4, 2, 7)
    lab.server.serve(8080, behave="http")
    log = programs.nginx(lab.client, "198.51.100.20:8081", "2s")
    lab.record(lab.client, lab.server)
    lab.client.connect(8080, "established", result="ok")
    lab.client.go()
    statuses = programs.browse(lab.client, count, 0.2)
    lab.prove(statuses == {502: count}, f"nginx answered 502 {count} times")
    lab.client.connect(8080, "established", result="ok")
    lab.client.go()
    lab.adopt(8081, {"refused-by-server": count}, result="refused")
    programs.keep_log(lab.client, log, "nginx-error.log")
