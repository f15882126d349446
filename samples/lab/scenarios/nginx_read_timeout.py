"""nginx logs "upstream timed out (110 ...)", and it was no connect timeout.

The application accepts and then says nothing: "while reading response header
from upstream". Every handshake is complete, nothing was lost. The same number
and the same words as of a lost SYN.
"""

from laboratory import programs

STORY = "nginx's upstream is silent after the handshake: a read timeout."
CAUSE = "read-timeout"
MUST_NOT_CONFIRM = ["client-timeout-too-short", "host-firewall-drop"]
EVIDENCE = {"server": "ss-ltn nstat"}
NEEDS = ("nginx",)


def tell(lab):
    count = lab.plan.count(3, 2, 5)
    lab.server.serve(8080, behave="silent")
    lab.server.serve(80)
    log = programs.nginx(lab.client, "198.51.100.20:8080", "1s",
                         patience="1500ms")
    lab.record(lab.client, lab.server)
    lab.client.connect(80, "established", result="ok")
    lab.client.go()
    statuses = programs.browse(lab.client, count, 0.2)
    lab.prove(statuses == {504: count}, f"nginx answered 504 {count} times")
    lab.adopt(8080, {"stalled-after-handshake": count})
    programs.keep_log(lab.client, log, "nginx-error.log")
    with open(log) as file:
        said = file.read().count("while reading response header")
    lab.prove(said == count, "its log says that it was reading each time")
