"""Who talks in a composed incident: clients and servers, in threads.

What a client returns is what its program would have logged: ok, timeout,
refused, unreachable, reset, read-timeout, closed.
"""
import errno
import select
import socket
import struct
import threading
import time

WORDS = {
    errno.ECONNREFUSED: "refused", errno.ETIMEDOUT: "timeout",
    errno.EHOSTUNREACH: "unreachable", errno.ENETUNREACH: "unreachable",
    errno.EACCES: "unreachable", errno.ECONNRESET: "reset",
}
IPPROTO_MPTCP = 262  # cite: Linux include/uapi/linux/in.h (6.12)
DSCP_CS1 = 0x20  # cite: RFC 2474, section 4.2.2: class selectors
TCP_MD5SIG = 14  # cite: Linux include/uapi/linux/tcp.h (6.12)
READ_TIMEOUT = 1.2
ABORT = struct.pack("ii", 1, 0)


class Server:
    """Serves one port of one host until the incident ends."""

    def __init__(self, host, port, traffic, delay=0.0, backlog=128,
                 accepts=True, md5=(), family=socket.AF_INET):
        self.traffic, self.delay = traffic, delay
        self.kept = []
        listener = host.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for address in md5:
            # cite: Linux include/uapi/linux/tcp.h (6.12), tcp_md5sig
            listener.setsockopt(
                socket.IPPROTO_TCP, TCP_MD5SIG,
                struct.pack("=HH4s120x", socket.AF_INET, 0,
                            socket.inet_aton(address)) +
                struct.pack("=BBHi80s", 0, 0, 6, 0, b"secret"))
        listener.bind(("", port))
        listener.listen(backlog)
        self.kept.append(listener)
        if accepts:
            threading.Thread(target=self._accept, args=(listener,),
                             daemon=True).start()

    def _accept(self, listener):
        while True:
            end, _ = listener.accept()
            self.kept.append(end)
            threading.Thread(target=self._talk, args=(end,),
                             daemon=True).start()

    def _talk(self, end):
        try:
            if self.traffic == "banner":
                end.sendall(b"220 ready\r\n")
            while data := end.recv(65536):
                if self.traffic in ("silent", "oneway"):
                    continue
                if self.traffic == "slow":
                    time.sleep(self.delay)
                end.sendall(b"pong " + data)
            if self.traffic != "silent":
                end.close()
        except OSError:
            end.close()


def _socket(host, options, family):
    if "mptcp" in options:
        return host.socket(family, socket.SOCK_STREAM, IPPROTO_MPTCP)
    end = host.socket(family, socket.SOCK_STREAM)
    if "dscp" in options:
        where = (socket.IPPROTO_IP, socket.IP_TOS)
        if family == socket.AF_INET6:
            where = (socket.IPPROTO_IPV6, socket.IPV6_TCLASS)
        end.setsockopt(*where, DSCP_CS1)
    if "maxseg" in options:
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1000)
    return end


def _connect(end, attempt, target):
    """None when connected, else the word."""
    try:
        if "fastopen" in attempt["options"]:
            # Without a cookie this asks for one and sends no data.
            end.sendto(b"ping fast\n", socket.MSG_FASTOPEN, target)
        else:
            end.connect(target)
    except BlockingIOError:
        pass
    except OSError as error:
        return WORDS.get(error.errno, "error")
    _, writable, _ = select.select([], [end], [], attempt["timeout"])
    if not writable:
        return "timeout"
    code = end.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return WORDS.get(code, "error") if code else None


def _ask(end, word):
    end.sendall(word)
    return _hear(end)


def _hear(end):
    readable, _, _ = select.select([end], [], [], READ_TIMEOUT)
    if not readable:
        return "read-timeout"
    return None if end.recv(65536) else "closed"


def _converse(end, traffic, word):
    """None when all was as the program wants it, else the word."""
    try:
        if traffic == "scan":
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
            return None
        if traffic == "bare":
            return None
        if traffic == "oneway":
            end.sendall(word)
            return None
        if traffic == "banner":
            return _hear(end) or _ask(end, word)
        if traffic == "pause":
            time.sleep(0.3)
        failed = _ask(end, word)
        for _ in range(2 if traffic == "keep" else 0):
            time.sleep(0.25)
            failed = failed or _ask(end, word)
        return failed
    except OSError:
        return "reset"


def attempt(host, planned, source, target, traffic, start):
    """Carries out one attempt; returns its result."""
    time.sleep(max(0.0, start + planned["at"] - time.monotonic()))
    end = _socket(host, planned["options"], socket.AF_INET6
                  if ":" in source else socket.AF_INET)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    end.bind((source, planned["sport"]))
    end.setblocking(False)
    began = time.time()
    failed = _connect(end, planned, target)
    took = time.time() - began
    if failed is None:
        failed = _converse(end, traffic,
                           b"ping %d\n" % planned["sport"])
    ended = time.time()
    end.close()
    return {"result": failed or "ok", "began": began, "took": took,
            "ended": ended}


def all_attempts(host, attempts, source_of, target_of, traffic_of):
    """Carries out the attempts side by side; results in their order."""
    results = [None] * len(attempts)
    start = time.monotonic() + 0.05

    def run(number, planned):
        results[number] = attempt(host, planned, source_of(planned),
                                  target_of(planned), traffic_of(planned),
                                  start)
    threads = [threading.Thread(target=run, args=item)
               for item in enumerate(attempts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
