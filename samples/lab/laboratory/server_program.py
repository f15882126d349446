"""The server of a scenario. Prints `ready` once it listens, runs until killed.

argv[1] is JSON: ports, behave (answer | silent | idle), backlog, address,
options (defer_accept, fast_open, md5 are not implied by any default).
"""

import json
import socket
import sys
import threading

plan = json.loads(sys.argv[1])
kept = []


def serve(listener):
    while True:
        connection, _ = listener.accept()
        kept.append(connection)
        threading.Thread(target=talk, args=(connection,), daemon=True).start()


def talk(connection):
    while True:
        try:
            data = connection.recv(4096)
        except OSError:
            return
        if not data:
            break
        if plan["behave"] == "answer":
            connection.sendall(b"pong " + data)
    connection.close()


threads = []
for port in plan["ports"]:
    family = socket.AF_INET6 if ":" in plan["address"] else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if "fast_open" in plan["options"]:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 16)
    listener.bind((plan["address"], port))
    listener.listen(plan["backlog"])
    kept.append(listener)
    if plan["behave"] != "idle":
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        threads.append(thread)
print("ready", flush=True)
threading.Event().wait()
