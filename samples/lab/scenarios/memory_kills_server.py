"""The server's program grows until its container's memory is used up.

Every request costs it 8 MB for good; at the limit of its control group the
kernel kills it and says so. From then on its port refuses; port 22 of the
same host goes on.
"""

from laboratory import memory, programs

STORY = "The kernel kills the server's program for its memory: port 80 refuses."
CAUSE = "memory-pressure"
SYMPTOM = ["no-listener"]
EVIDENCE = {"server": "dmesg ss-ltnp nstat"}
KERNEL_LINES = r"oom-kill:.*task_memcg=/lostsyn-|\(orderd\)|orderd invoked oom"
LIMIT, LEAK = 40 << 20, 8 << 20


def tell(lab):
    lab.server.serve(22)
    memory.leaking_server(lab, lab.server, 80, LIMIT, LEAK)
    programs.listening(lab.server, 80)
    lab.record(lab.client, lab.server)
    for at in (0.0, 0.3):
        lab.client.connect(80, "established", at=at, result="ok")
    lab.client.go()
    # Requests until one of them kills it: no label but a count of what fell.
    for n in range(12):
        lab.client.connect(80, "established", result=None)
        lab.client.go()
        if lab.client.attempts[-1]["result"]["result"] != "ok":
            break
    lab.prove(n < 11, f"request {n + 3} of {LEAK >> 20} MB each met the limit "
              f"of {LIMIT >> 20} MB")
    for at in (0.3, 0.8, 1.3):
        lab.client.connect(80, "refused-by-server", at=at, result="refused")
    lab.client.connect(22, "established", at=1.0, result="ok")
    lab.client.go()
    lab.prove(":80 " not in lab.server.sh("ss -ltn"), "nobody listens any more")
