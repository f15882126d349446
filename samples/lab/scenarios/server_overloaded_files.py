"""nginx, as the server, has no file descriptor left and cannot accept.

Idle clients hold all it may open. It logs "accept4() failed (24: Too many
open files)"; the next connections wait in the accept queue (backlog 4, five
fit), and SYNs after those are dropped. Port 22 of the same host answers.
"""

from laboratory import programs

STORY = "The server's nginx has no file descriptors left; its queue overflows."
CAUSE = "server-overloaded"
SYMPTOM = ["accept-queue-overflow"]
EVIDENCE = {"server": "nstat"}
NEEDS = ("nginx",)
BACKLOG, FILES = 4, 24


def tell(lab):
    log = programs.nginx_server(lab.server, 80, BACKLOG, FILES)
    lab.server.serve(22)
    used = int(lab.server.sh("""pid=$(ss -ltnp 'sport = :80' |
        sed -n 's/.*pid=\\([0-9]*\\).*/\\1/p'); ls /proc/$pid/fd | wc -l"""))
    lab.record(lab.client, lab.server)
    fit = FILES - used + BACKLOG + 1
    for n in range(fit):
        lab.client.connect(80, "established", at=n * 0.05, send=False,
                           hold=6.0, result="ok")
    for at in (0.5, 0.9, 1.3):
        lab.client.connect(80, "syn-dropped-by-server", at=fit * 0.05 + at,
                           timeout=2.5, result="timeout")
    lab.client.connect(22, "established", at=fit * 0.05 + 2, result="ok")
    lab.client.go(wait=False)
    lab.pause(fit * 0.05 * lab.plan.stretch + 3.0)
    listening = lab.server.sh("ss -ltn 'sport = :80'").splitlines()[-1]
    lab.prove(listening.split()[1] == str(BACKLOG + 1),
              f"Recv-Q of port 80 is {BACKLOG + 1}, its limit {BACKLOG}")
    lab.keep(lab.server, "ss-ltn.txt", lab.server.sh("ss -ltn"))
    lab.client.wait()
    drops = lab.server.counter("TcpExtListenOverflows")
    lab.prove(drops == 9, f"ListenOverflows on the server rose by {drops}")
    programs.keep_log(lab.server, log, "nginx-error.log")
    with open(log) as file:
        lab.prove("(24: Too many open files)" in file.read(),
                  "its log says EMFILE")
