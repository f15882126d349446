"""HAProxy's health checks flap: their timeout is shorter than some answers.

Every other check is answered after 600 ms, the check waits 300 ms and falls
at once. Between DOWN and UP, requests are answered 503 with the state SC and
<NOSRV>. Every handshake succeeds; nothing was lost, no filter is at fault.
"""

from laboratory import programs

STORY = "HAProxy's health check is too impatient: its server flaps."
CAUSE = "proxy-misconfigured"
EVIDENCE = {"server": "ss-ltn nstat"}
NEEDS = ("haproxy",)
TAGS = "no-packets"
BACKEND = """option httpchk GET /health
    timeout check 300ms"""


def tell(lab):
    lab.server.serve(8080, behave="moody", delay=0.6)
    log = programs.haproxy(
        lab.client, "198.51.100.20:8080", "1s", backend=BACKEND,
        check="check inter 400ms fall 1 rise 1")
    lab.record(lab.client, lab.server)
    statuses = programs.browse(lab.client, 14, 0.3)
    bad = statuses.get(503, 0)
    lab.prove(bad and statuses.get(200, 0),
              f"HAProxy answered 503 {bad} of 14 times")
    lab.pause(0.7)
    lab.adopt(8080, {"established": None},
              accept=["stalled-after-handshake"])
    programs.keep_log(lab.client, log, "haproxy.log")
    with open(log) as file:
        text = file.read()
    lab.prove("is DOWN" in text and "is UP" in text and "<NOSRV>" in text,
              "its log says DOWN, UP and <NOSRV>")
