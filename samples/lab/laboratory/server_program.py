"""The server of a scenario. Prints `ready` once it listens, runs until killed.

argv[1] is JSON: ports, behave (answer | silent | idle | reset | hangup |
http, moody), backlog, address, options (fast_open, md5, defer), peer (of md5),
delay (seconds before each answer).
"""

import json
import socket
import struct
import sys
import threading
import time

plan = json.loads(sys.argv[1])
kept, checks = [], []


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


def patience(request):
    """Seconds before an HTTP answer; a moody server is slow for two of four
    health checks, and only for those."""
    if plan["behave"] == "http":
        return plan["delay"]
    if b"/health" not in request:
        return 0.0
    checks.append(1)
    return plan["delay"] if len(checks) % 4 in (2, 3) else 0.0


def talk(connection):
    """Answers until the client has enough, or has gone."""
    try:
        while answer(connection, connection.recv(4096)):
            pass
    except OSError:
        pass
    connection.close()


def answer(connection, data):
    """One answer; False when the conversation is over."""
    if not data:
        return False
    if plan["behave"] == "answer":
        time.sleep(plan["delay"])
        connection.sendall(b"pong " + data)
    elif plan["behave"] in ("http", "moody"):
        time.sleep(patience(data))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
                           b"\r\nok\n")
    elif plan["behave"] == "hangup":
        # The server closes first, and TIME-WAIT is the server's.
        connection.sendall(b"pong " + data)
        return False
    return True


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
