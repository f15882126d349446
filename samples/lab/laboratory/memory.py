"""A limit on a program's memory: a control group of its own, v1 or v2.

The group is the machine's and not a namespace's; the lab removes it when it
ends, however it ends.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = "/sys/fs/cgroup"
# (folder, file of the limit, file of the limit with swap)
V1 = (ROOT + "/memory", "memory.limit_in_bytes",
      "memory.memsw.limit_in_bytes")
V2 = (ROOT, "memory.max", "memory.swap.max")


def group(lab, limit_bytes):
    """Makes the group; returns the path of its list of processes."""
    root, limit, swap = V1 if os.path.isdir(V1[0]) else V2
    folder = os.path.join(root, f"lostsyn-{os.getpid():x}")
    lab.folders.append(folder)
    os.mkdir(folder)
    for name, value in ((limit, limit_bytes),
                        (swap, limit_bytes if root == V1[0] else 0)):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            with open(path, "w") as file:
                file.write(str(value))
    return os.path.join(folder, "cgroup.procs")


def leaking_server(lab, host, port, limit_bytes, leak_bytes):
    """Starts a server that keeps so much memory for each request, and may
    have no more than the limit."""
    process = host.spawn([sys.executable, f"{HERE}/leak_program.py",
                          str(port), str(leak_bytes)])
    # From here: inside the host another /sys is mounted.
    with open(group(lab, limit_bytes), "w") as file:
        file.write(str(process.pid))
    return process
