"""A transparent proxy: it answers clients in the server's name, and asks the
server in its own.

A program in a thread, on the router; netfilter hands it what goes to the services'
ports. Each connection of a client becomes two, which share no number.
"""
import socket
import threading

from . import talk

BESIDE = 20000  # the proxy's port, beside the service's
PATIENCE = 2.0  # seconds until it gives up connecting


class Proxy:
    """asked: [(the client's end, its own end towards the server or None, the word
    of connecting)], ends as (address, port)."""

    def __init__(self, router, family, own, server, ports):
        self.router, self.family, self.own = router, family, own
        self.server, self.asked = server, []
        rules = []
        for port in ports:
            listener = router.socket(family.socket, socket.SOCK_STREAM)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("", port + BESIDE))
            listener.listen(128)
            rules.append(f"{family.nft} daddr {server} tcp dport {port} "
                         f"redirect to :{port + BESIDE}")
            threading.Thread(target=self._accept, args=(listener, port),
                             daemon=True).start()
        router.nft(f"{family.nft} nat", "pre",
                   "type nat hook prerouting priority -100", *rules)

    def _accept(self, listener, port):
        while True:
            end, who = listener.accept()
            threading.Thread(target=self._serve, args=(end, who[:2], port),
                             daemon=True).start()

    def _serve(self, end, who, port):
        back = self.router.socket(self.family.socket, socket.SOCK_STREAM)
        back.bind((self.own, 0))
        back.settimeout(PATIENCE)
        asked = [who, back.getsockname()[:2], "timeout"]
        self.asked.append(asked)
        try:
            back.connect((self.server, port))
            asked[2] = "ok"
        except OSError as error:
            asked[2] = talk.WORDS.get(error.errno, "timeout")
            back.close()
            end.close()
            return
        back.settimeout(None)
        pair = [threading.Thread(target=relay, args=ends, daemon=True)
                for ends in ((end, back), (back, end))]
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join()
        end.close()
        back.close()


def relay(source, sink):
    """Until the source ends; then the sink gets its end."""
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
