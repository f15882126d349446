"""Builds the hosts of a plan, breaks what it says, has the attempts made.

    client -- switch -- server                               direct
    client -- router -- server                 router, snat, dnat, both
    client -- router -- server 1 … k                         balancer
    client -- router -- server -- bridge -- pod    container, nodeport
    client -- switch -- router -- server -- second -- switch   return

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

SYN = "tcp flags & (syn | ack) == syn"
SYNACK = "tcp flags & (syn | ack) == (syn | ack)"
LATER = "tcp flags & syn == 0x0"
TRANSLATED = ("snat", "both")
SYSLOG = 514
REAL = 7000  # what a translated port is moved by


class Stage:
    """The hosts of one plan and what was heard on them."""

    def __init__(self, plan):
        self.plan, self.hosts, self.wired = plan, {}, []
        self.servers, self.timers = [], []
        nets = plan["networks"]
        self.sources = [f"{nets[0]}{10 + n}" for n in range(plan["clients"])]
        self.client = self.host("client")
        self.real = [f"{nets[1]}{20 + n}" for n in range(plan["backends"])]
        self.node = self.real[0]
        getattr(self, {"direct": "_direct", "balancer": "_balancer",
                       "container": "_container", "nodeport": "_container",
                       "return": "_return"}.get(plan["topology"],
                                                "_routed"))(nets)

    def host(self, name):
        self.hosts[name] = space.Space(name)
        for key in ("all", "default"):
            self.hosts[name].sysctl(f"net.ipv4.conf.{key}.rp_filter", 0)
            self.hosts[name].sysctl(f"net.ipv6.conf.{key}.disable_ipv6", 1)
        return self.hosts[name]

    def cable(self, left, left_device, right, right_device):
        space.wire(left, left_device, right, right_device)
        self.wired += [(left, left_device), (right, right_device)]

    # --- topologies ------------------------------------------------------

    def _client_side(self, nets):
        self.client.ip(*(f"addr add {a}/24 dev eth0" for a in self.sources),
                       f"route add default via {nets[0]}1")

    def _switch(self, name, *devices):
        host = self.hosts[name]
        host.ip("link add br0 type bridge", "link set br0 up",
                *(f"link set {device} master br0" for device in devices))

    def _direct(self, nets):
        switch, server = self.host("switch"), self.host("server")
        self.cable(self.client, "eth0", switch, "west")
        self.cable(server, "eth0", switch, "east")
        self._switch("switch", "west", "east")
        self.real = [f"{nets[0]}200"]
        self.node = self.real[0]
        self._client_side(nets)
        server.ip(f"addr add {self.real[0]}/24 dev eth0")
        self.between = self.behind = switch
        self._service(self.real[0], server, 0)

    def _service(self, address, host, moved):
        """Where clients ask, which hosts serve, and at which port."""
        self.address, self.moved = address, moved
        self.serving = [host]
        self.edges = {"server": ("eth0",)}

    def _routed(self, nets):
        router, server = self.host("router"), self.host("server")
        self.cable(self.client, "eth0", router, "west")
        self._behind_router(nets, router, server, "east", 0)
        topology = self.plan["topology"]
        self._service(self.real[0], server, 0)
        if topology in ("dnat", "both"):
            self._service(f"{nets[2]}9", server,
                          REAL if self.plan["number"] % 2 else 0)
            self._dnat(router, [self.real[0]])
        if topology in TRANSLATED:
            router.nft("ip nat", "post",
                       "type nat hook postrouting priority 100",
                       f"oifname east {self._source_nat(nets)}")

    def _source_nat(self, nets):
        return ("masquerade", "masquerade random",
                f"snat to {nets[1]}1")[self.plan["number"] % 3]

    def _dnat(self, router, backends):
        """From the address that clients know to the real ones."""
        spread = backends[0]
        if len(backends) > 1:
            spread = f"numgen inc mod {len(backends)} map {{ " + ", ".join(
                f"{n} : {a}" for n, a in enumerate(backends)) + " }"
        rules = []
        for service in self.plan["services"]:
            to = f":{service['port'] + self.moved}" if self.moved and \
                len(backends) == 1 else ""
            rules.append(f"ip daddr {self.address} tcp dport "
                         f"{service['port']} dnat to {spread}{to}")
        router.nft("ip nat", "pre",
                   "type nat hook prerouting priority -100", *rules)

    def _behind_router(self, nets, router, server, device, number):
        self.cable(server, "eth0", router, device)
        if number == 0:
            router.ip(f"addr add {nets[0]}1/24 dev west")
            self._client_side(nets)
        router.ip(f"addr add {nets[1]}1/24 dev {device}" if number == 0 else
                  f"route add {self.real[number]}/32 dev {device}")
        router.sysctl("net.ipv4.ip_forward", 1)
        if len(self.real) > 1:
            # A cable each: the backends are not each other's neighbours.
            if number == 0:
                router.ip(f"route add {self.real[0]}/32 dev {device}")
            server.ip(f"addr add {self.real[number]}/32 dev eth0",
                      f"route add {nets[1]}1/32 dev eth0",
                      f"route add default via {nets[1]}1")
        else:
            server.ip(f"addr add {self.real[0]}/24 dev eth0",
                      f"route add default via {nets[1]}1")
        self.between = self.behind = router

    def _balancer(self, nets):
        router = self.host("router")
        self.cable(self.client, "eth0", router, "west")
        names = ["server"] + [f"server{n + 1}"
                              for n in range(1, len(self.real))]
        for number, name in enumerate(names):
            self._behind_router(nets, router, self.host(name),
                                f"east{number}", number)
        self._service(f"{nets[2]}9", self.hosts["server"], 0)
        self.serving = [self.hosts[name] for name in names]
        self.edges = {name: ("eth0",) for name in names}
        self._dnat(router, self.real)

    def _container(self, nets):
        router, server = self.host("router"), self.host("server")
        self.cable(self.client, "eth0", router, "west")
        self._behind_router(nets, router, server, "east", 0)
        pod = self.host("pod")
        self.cable(pod, "eth0", server, "veth1")
        self._switch("server", "veth1")
        self.wired.append((server, "br0"))
        server.whole_sums("br0")
        server.ip(f"addr add {nets[3]}1/24 dev br0")
        server.sysctl("net.ipv4.ip_forward", 1)
        pod.ip(f"addr add {nets[3]}2/24 dev eth0",
               f"route add default via {nets[3]}1")
        node_port = self.plan["topology"] == "nodeport"
        self._service(self.real[0], pod, 0)
        self._dnat(server, [f"{nets[3]}2"])
        if node_port:
            server.nft("ip nat", "post",
                       "type nat hook postrouting priority 100",
                       "oifname br0 masquerade")
        self.real = [f"{nets[3]}2"]

    def _return(self, nets):
        """Requests come through one router, answers go by another."""
        switch, router = self.host("switch"), self.host("router")
        second, server = self.host("second"), self.host("server")
        self.cable(self.client, "eth0", switch, "west")
        self.cable(router, "west", switch, "east")
        self.cable(second, "west", switch, "east2")
        self._switch("switch", "west", "east", "east2")
        self._behind_router(nets, router, server, "east", 0)
        self.cable(server, "eth1", second, "east")
        second.ip(f"addr add {nets[0]}2/24 dev west",
                  f"addr add {nets[2]}1/24 dev east")
        second.sysctl("net.ipv4.ip_forward", 1)
        server.ip(f"addr add {nets[2]}20/24 dev eth1",
                  f"route replace default via {nets[2]}1")
        self._service(self.real[0], server, 0)
        self.edges = {"server": ("eth0", "eth1")}
        self.behind = second

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
                    md5=peers if broken == "md5" else ()))

    def _matches(self, forward, knows_clients):
        """Which packets of which attempts: an nft expression."""
        fault = self.plan["fault"]
        client, service = ("s", "d") if forward else ("d", "s")
        parts = []
        if knows_clients:
            chosen = self.sources if fault["which"] != "client" else \
                [self.sources[fault["client"]]]
            parts.append(f"ip {client}addr {{ {', '.join(chosen)} }}")
        ports = [s["port"] + self.moved for s in self.plan["services"]]
        if fault["which"] == "port":
            ports = [ports[fault["service"]]]
        parts.append(f"tcp {service}port {{ "
                     f"{', '.join(map(str, ports))} }}")
        if fault["which"] == "hash" or (fault["which"] == "client" and
                                        not knows_clients):
            parts.append(f"jhash ip {client}addr . tcp {client}port mod "
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
                           "dscp": "ip dscp cs1",
                           "maxseg": "tcp option maxseg size 1000",
                           "fastopen": "tcp option fastopen exists",
                           }[fault["option"]]}.get(fault["which"], "")

    def _rule(self, host, hook, forward, packets, knows, answer):
        family = "bridge" if host.name == "switch" else "ip"
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
        host, back, hooks, knows = self._place(fault["place"])
        answer = {"reset": "reject with tcp reset",
                  "icmp": f"reject with icmp type {fault['icmp']}",
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
            topology not in TRANSLATED

    def _route_fault(self, fault):
        server = self.hosts["server"]
        client = self.sources[fault["client"]]
        if fault["mechanism"] == "no-route-back":
            server.ip(f"route add blackhole {client}/32"
                      if fault["modulus"] % 2 else "route del default")
            return
        server.ip("link add br9 type bridge", "link set br9 up",
                  f"route add {client}/32 dev br9")
        server.sysctl("net.ipv4.conf.eth0.rp_filter", 1)

    def _window(self):
        """A fault of a time window: its rules come and go."""
        fault = self.plan["fault"]
        if not fault or fault["which"] != "time" or fault["mechanism"] in (
                "no-listener", "silent", "backlog", "md5", "rp-filter",
                "no-route-back"):
            self.break_it()
            return
        self.ruled = []

        def come_and_go():
            time.sleep(fault["from"])
            self.break_it()
            time.sleep(fault["until"] - fault["from"])
            for host, chain in self.ruled:
                self.blocked += self._count(host)
                host.sh(f"nft flush chain {chain}")
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
            end = host.socket(socket.AF_INET, socket.SOCK_DGRAM)
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
        taps = space.Taps(self.wired)
        states = self.snapshot("before")
        self._murmur()
        began = time.time()
        self._window()
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
