"""Builds the hosts of a plan, breaks what it says, has the attempts made.

tell() returns what the taps on every device saw and what the clients'
programs and the hosts' counters say; it draws no conclusions.
"""
import os
import re
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from laboratory import state  # noqa: E402

from . import space, talk  # noqa: E402
from .table import Table  # noqa: E402
from .hosts import Hosts  # noqa: E402

SYN = "tcp flags & (syn | ack) == syn"
SYNACK = "tcp flags & (syn | ack) == (syn | ack)"
LATER = "tcp flags & syn == 0x0"
SYSLOG = 514


class Stage(Hosts):
    """The hosts of one plan and what was heard on them."""

    def __init__(self, plan):
        super().__init__(plan)
        self.servers, self.timers = [], []
        self.table = None

    # --- what is broken --------------------------------------------------

    def _service_fault(self, number):
        fault = self.plan["fault"]
        return fault and fault["place"] == "server" and \
            fault["service"] == number and fault["mechanism"]

    def serve(self):
        """Servers on every serving host."""
        for host in self.serving:
            for number, service in enumerate(self.plan["services"]):
                broken = self._service_fault(number)
                if broken == "no-listener":
                    continue
                traffic = "silent" if broken == "silent" else \
                    service["traffic"]
                peers = self.sources + [f"{n}1"
                                        for n in self.plan["networks"]]
                self.servers.append(talk.Server(
                    host, service["port"] + self.moved, traffic,
                    service["delay"], accepts=broken != "backlog",
                    backlog=1 if broken == "backlog" else 128,
                    md5=peers if broken == "md5" else (),
                    family=self.family.socket))

    def _matches(self, forward, knows_clients):
        """Which packets of which attempts: an nft expression."""
        fault = self.plan["fault"]
        client, service = ("s", "d") if forward else ("d", "s")
        parts = []
        if knows_clients:
            chosen = self.sources if fault["which"] != "client" else \
                [self.sources[fault["client"]]]
            parts.append(f"{self.family.nft} {client}addr {{ {', '.join(chosen)} }}")
        ports = [s["port"] + self.moved for s in self.plan["services"]]
        if fault["which"] == "port":
            ports = [ports[fault["service"]]]
        parts.append(f"tcp {service}port {{ "
                     f"{', '.join(map(str, ports))} }}")
        if fault["which"] == "hash" or (fault["which"] == "client" and
                                        not knows_clients):
            parts.append(f"jhash {self.family.nft} {client}addr . tcp "
                         f"{client}port mod "
                         f"{fault['modulus']} 0")
        return " ".join(parts)

    def _chosen(self):
        """The part of the choice that looks at a packet's own make, or at
        the time: last, since a limit counts what reaches it."""
        fault = self.plan["fault"]
        return {"rate": f"limit rate over {fault['rate']}/second "
                        "burst 1 packets",
                "chance": f"numgen random mod 100 < {fault['percent']}",
                "limit": f"ct count over {fault['limit']}",
                "option": {"mptcp": "tcp option mptcp exists",
                           "dscp": f"{self.family.nft} dscp cs1",
                           "maxseg": "tcp option maxseg size 1000",
                           "fastopen": "tcp option fastopen exists",
                           }[fault["option"]]}.get(fault["which"], "")

    def _rule(self, host, hook, forward, packets, knows, answer):
        family = "bridge" if host.name == "switch" else self.family.nft
        rule = f"{self._matches(forward, knows)} {packets} " \
               f"{self._chosen()} counter {answer} comment \"blocked\""
        host.nft(f"{family} lab", hook,
                 f"type filter hook {hook} priority 0", rule)
        self.ruled.append((host, f"{family} lab {hook}"))

    def break_it(self):
        """What the plan says is broken, from now on."""
        fault = self.plan["fault"]
        self.ruled = []
        if not fault or fault["mechanism"] in ("no-listener", "silent",
                                               "backlog", "md5"):
            return
        if fault["mechanism"] in ("no-route-back", "rp-filter"):
            self._route_fault(fault)
            return
        if fault["mechanism"] == "table":
            self.table.shut()
            return
        host, back, hooks, knows = self._place(fault["place"])
        answer = {"reset": "reject with tcp reset",
                  "icmp": self._refusal(fault["icmp"]),
                  }.get(fault["mechanism"], "drop")
        if fault["mechanism"] == "synack":
            self._rule(back, hooks[1], False, SYNACK, knows, answer)
        elif fault["mechanism"] == "ack":
            self._rule(host, hooks[0], True, LATER, knows, answer)
        else:
            self._rule(host, hooks[0], True, "" if fault["mechanism"] ==
                       "both" else SYN, knows, answer)
            if fault["mechanism"] == "both":
                self._rule(back, hooks[1], False, "", knows, answer)

    def _refusal(self, kind):
        if self.family.version == 4:
            return f"reject with icmp type {kind}"
        return "reject with icmpv6 type " + {
            "host-unreachable": "addr-unreachable",
            "port-unreachable": "port-unreachable",
            "net-unreachable": "no-route"}.get(kind, "admin-prohibited")

    def _place(self, place):
        """(host, host of the way back, their hooks, clients are known)"""
        topology = self.plan["topology"]
        server = self.hosts["server"]
        if place == "network":
            return self.between, self.behind, ("forward", "forward"), True
        if place == "client":
            return self.client, self.client, ("output", "input"), True
        if topology == "balancer":
            server = self.serving[self.plan["fault"]["backend"]]
        inside = topology in ("container", "nodeport")
        return server, server, (("forward",) * 2 if inside else
                                ("input", "output")), \
            not self.translated

    def _route_fault(self, fault):
        server = self.hosts["server"]
        client = self.sources[fault["client"]]
        if fault["mechanism"] == "no-route-back":
            server.ip(f"route add blackhole {self._only(client)}"
                      if fault["modulus"] % 2 else "route del default via "
                      f"{self.plan['networks'][1]}1")
            return
        server.ip("link add br9 type bridge", "link set br9 up",
                  f"route add {self._only(client)} dev br9")
        server.sysctl("net.ipv4.conf.eth0.rp_filter", 1)

    def _comes_and_goes(self):
        fault = self.plan["fault"]
        return fault and fault["which"] == "time" and \
            fault["mechanism"] not in ("no-listener", "silent", "backlog",
                                       "md5", "rp-filter", "no-route-back")

    def _window(self):
        """A fault of a time window: its rules come and go."""
        if not self._comes_and_goes():
            self.break_it()
            return
        self.ruled, fault = [], self.plan["fault"]
        if fault["mechanism"] == "link":
            self._start(fault, lambda: self._link("down"),
                        lambda: self._link("up"))
            return

        if fault["mechanism"] == "table":
            self._start(fault, self.table.shut, self.table.open)
            return

        def away():
            for host, chain in self.ruled:
                self.blocked += self._count(host)
                host.sh(f"nft flush chain {chain}")
        self._start(fault, self.break_it, away)

    def _link(self, how):
        self.between.ip(f"link set east {how}")

    def _start(self, fault, come, go):
        """From a thread of its own, at the time that the plan says."""

        def come_and_go():
            time.sleep(fault["from"])
            come()
            time.sleep(fault["until"] - fault["from"])
            go()
        thread = threading.Thread(target=come_and_go)
        self.timers.append(thread)
        thread.start()

    # --- the telling -----------------------------------------------------

    def _count(self, host):
        text = host.sh("nft list ruleset")
        return sum(map(int, re.findall(
            r"counter packets (\d+).*comment \"blocked\"", text)))

    def snapshot(self, moment):
        """Host state as an operator would collect it."""
        given, found = self.plan["given"], {}
        for name in given["state_of"]:
            host = self.hosts.get(name)
            for kind in given["state"] if host else ():
                if kind == "ip-route" and self.family.version == 6:
                    kind = "ip-6-route"
                command, twice = state.KINDS[kind]
                if moment == "before" and not (twice and given["before"]):
                    continue
                file = f"{kind}-{moment}.txt" if twice and given["before"] \
                    else f"{kind}.txt"
                found[name, file] = host.sh(command)
        return found

    def distract(self):
        """Rules that look guilty and touch nobody of ours."""
        if not self.plan["given"]["distractor"]:
            return
        for name in ("server", "router"):
            if name in self.hosts:
                self.hosts[name].nft(
                    "ip other", "input", "type filter hook input priority 5",
                    "tcp dport 23 counter drop",
                    "tcp dport 9 counter drop")

    def _murmur(self):
        """What else machines say to each other (a syslog line), so that a
        capture goes on before and after the story."""
        for host, address in ((self.client, self.node),
                              (self.hosts["server"], self.sources[0])):
            end = host.socket(self.family.socket, socket.SOCK_DGRAM)
            try:
                end.sendto(b"<30>ok", (address, SYSLOG))
            except OSError:
                pass  # no route back: that is the story
            end.close()

    def _asks_again(self):
        fault = self.plan["fault"]
        return fault and fault["mechanism"] in ("ack", "backlog")

    def tell(self):
        """(frames seen, results of the attempts, files of host state)"""
        self.blocked = 0
        self.distract()
        self.serve()
        fault = self.plan["fault"]
        if not fault or fault["mechanism"] != "table":
            return self._tell()
        self.table = Table(self._place(fault["place"])[0], self.family)
        try:
            return self._tell()
        finally:
            self.table.open()

    def _tell(self):
        taps = space.Taps(self.wired)
        fresh = self.plan["given"]["new"] or self._comes_and_goes()
        states = self.snapshot("before") if fresh else {}
        self._murmur()
        began = time.time()
        self._window()
        if not fresh:
            states = self.snapshot("before")
        plan = self.plan
        services = plan["services"]
        results = talk.all_attempts(
            self.client, plan["attempts"],
            lambda a: self.sources[a["client"]],
            lambda a: (self.address, services[a["service"]]["port"]),
            lambda a: services[a["service"]]["traffic"])
        for thread in self.timers:
            thread.join()
        # A server that dropped the last ACK asks again after a second.
        time.sleep(1.4 if self._asks_again() else 0.5)
        self._murmur()
        time.sleep(0.1)
        states.update(self.snapshot("after"))
        for host in {id(h): h for h, _ in self.ruled}.values():
            self.blocked += self._count(host)
        return {"seen": taps.stop(), "results": results, "states": states,
                "began": began, "ended": time.time(),
                "blocked": self.blocked if self.ruled else None}
