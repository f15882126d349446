"""The client of a scenario: carries out the planned attempts in parallel.

argv[1] is a JSON list of attempts; the answer on standard output is a JSON
list in the same order: result, errno, seconds. What it reports is what an
application would have logged, which is not always what happened.
"""

import errno
import json
import select
import socket
import struct
import sys
import threading
import time

WORDS = {
    errno.ECONNREFUSED: "refused", errno.ETIMEDOUT: "timeout",
    errno.EHOSTUNREACH: "unreachable", errno.ENETUNREACH: "unreachable",
    errno.EACCES: "unreachable", errno.ECONNRESET: "reset",
}
START = time.monotonic() + 0.05


def connect(sock, attempt):
    """Returns None when connected, else (word, errno)."""
    target = (attempt["to"], attempt["port"])
    try:
        if attempt["fast_open"]:
            # Without a cookie this raises and sends no data.
            sock.sendto(b"ping\n", socket.MSG_FASTOPEN, target)
            attempt["asked"] = True
        else:
            sock.connect(target)
    except BlockingIOError:
        pass
    except OSError as error:
        return WORDS.get(error.errno, "error"), error.errno
    _, writable, _ = select.select([], [sock], [], attempt["timeout"])
    if not writable:
        return "timeout", None
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return (WORDS.get(code, "error"), code) if code else None


def converse(sock, attempt):
    """One question, one answer."""
    time.sleep(attempt.pop("wait", 0))
    try:
        if not attempt.pop("asked", False):
            sock.sendall(b"ping\n")
        readable, _, _ = select.select([sock], [], [],
                                       attempt["read_timeout"])
        if not readable:
            return "read-timeout", None
        if not sock.recv(4096):
            return "closed", None
    except OSError as error:
        return "reset", error.errno
    return None


def run(attempt, results, index):
    time.sleep(max(0, START + attempt["at"] - time.monotonic()))
    family = socket.AF_INET6 if ":" in attempt["to"] else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if attempt["keepalive"]:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL):
            sock.setsockopt(socket.IPPROTO_TCP, option, attempt["keepalive"])
    sock.bind((attempt["source"] or "", attempt["sport"]))
    sock.setblocking(False)
    began = time.monotonic()
    failure = connect(sock, attempt)
    took = time.monotonic() - began
    if failure is None and attempt["send"]:
        failure = converse(sock, attempt)
    if failure is None and attempt["again"]:
        time.sleep(attempt["again"])
        failure = converse(sock, attempt)
    word, code = failure or ("ok", None)
    results[index] = {"result": word, "errno": code and errno.errorcode[code],
                      "seconds": round(took, 3)}
    time.sleep(attempt["hold"])
    if attempt.get("abort"):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("ii", 1, 0))
    sock.close()


def main():
    attempts = json.loads(sys.argv[1])
    results = [None] * len(attempts)
    threads = [threading.Thread(target=run, args=(a, results, i))
               for i, a in enumerate(attempts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(results))


main()
