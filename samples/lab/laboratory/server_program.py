"""The server of a scenario. Prints `ready` once it listens, runs until killed.

argv[1] is JSON: ports, behave (answer | silent | idle | reset | hangup |
http), backlog, address, options (fast_open, md5, defer), peer (of md5),
delay (seconds before each answer).
"""

import json
import socket
import struct
import sys
import threading
import time

plan = json.loads(sys.argv[1])
kept = []


def serve(listener):
    while True:
        connection, _ = listener.accept()
        if plan["behave"] == "reset":
            # Zero linger makes close() send RST instead of FIN.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                  struct.pack("ii", 1, 0))
            connection.recv(4096)
            connection.close()
            continue
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
            time.sleep(plan["delay"])
            connection.sendall(b"pong " + data)
        elif plan["behave"] == "http":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
                               b"\r\nok\n")
        elif plan["behave"] == "hangup":
            # The server closes first, and TIME-WAIT is the server's.
            connection.sendall(b"pong " + data)
            break
    connection.close()


threads = []
for port in plan["ports"]:
    family = socket.AF_INET6 if ":" in plan["address"] else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if "fast_open" in plan["options"]:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 16)
    if "defer" in plan["options"]:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 3)
    if "md5" in plan["options"]:
        # cite: Linux include/uapi/linux/tcp.h (6.12), struct tcp_md5sig:
        # sockaddr_storage, flags, prefixlen, keylen, ifindex, key[80]
        peer = struct.pack("=HH4s120x", socket.AF_INET, 0,
                           socket.inet_aton(plan["peer"]))
        listener.setsockopt(socket.IPPROTO_TCP, 14, peer + struct.pack(
            "=BBHi80s", 0, 0, 6, 0, b"secret"))
    listener.bind((plan["address"], port))
    listener.listen(plan["backlog"])
    kept.append(listener)
    if plan["behave"] != "idle":
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        threads.append(thread)
print("ready", flush=True)
threading.Event().wait()
