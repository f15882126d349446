"""The hosts of a plan, and the cables between them.

    client -- switch -- server                               direct
    client -- router -- server                 router, snat, dnat, both
    client -- router == server         tunnel (VXLAN from here to there)
    client -- router -- server 1 … k                         balancer
    client -- router -- server -- bridge -- pod    container, nodeport
    client -- switch -- router -- server -- second -- switch   return
    client -- router, which answers -- server                  proxy

On the client's cable may stand a box (box.py).
"""
from . import box, space
from .proxy import Proxy

TRANSLATED = ("snat", "both", "proxy")
REAL = 7000  # what a translated port is moved by


class Hosts:
    """They live as long as this object."""

    def __init__(self, plan):
        self.plan, self.hosts, self.wired = plan, {}, []
        self.family = space.FAMILIES[plan["family"]]
        self.box = self.proxy = None
        self.translated = plan["topology"] in TRANSLATED
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
            self.hosts[name].sysctl(f"net.ipv6.conf.{key}.disable_ipv6",
                                    int(self.family.version == 4))
            self.hosts[name].sysctl(f"net.ipv6.conf.{key}.accept_dad", 0)
        return self.hosts[name]

    def cable(self, left, left_device, right, right_device):
        space.wire(left, left_device, right, right_device)
        self.wired += [(left, left_device), (right, right_device)]

    def _client_cable(self, host):
        """From the client's card to the host's west side."""
        wanted = self.plan["box"]
        if not wanted:
            self.cable(self.client, "eth0", host, "west")
            return
        between = self.host("box")
        space.wire(self.client, "eth0", between, "south")
        space.wire(between, "north", host, "west")
        self.wired += [(self.client, "eth0"), (host, "west")]
        self.box = box.Box(between, "south", "north", **wanted)

    def _net(self, address):
        return address + self.family.net

    def _only(self, address):
        return address + self.family.whole

    # --- topologies ------------------------------------------------------

    def _client_side(self, nets):
        self.client.ip(*(f"addr add {self._net(a)} dev eth0"
                         for a in self.sources),
                       f"route add default via {nets[0]}1")

    def _switch(self, name, *devices):
        host = self.hosts[name]
        host.ip("link add br0 type bridge", "link set br0 up",
                *(f"link set {device} master br0" for device in devices))

    def _direct(self, nets):
        switch, server = self.host("switch"), self.host("server")
        self._client_cable(switch)
        self.cable(server, "eth0", switch, "east")
        self._switch("switch", "west", "east")
        self.real = [f"{nets[0]}200"]
        self.node = self.real[0]
        self._client_side(nets)
        server.ip(f"addr add {self._net(self.real[0])} dev eth0")
        self.between = self.behind = switch
        self._service(self.real[0], server, 0)

    def _service(self, address, host, moved):
        """Where clients ask, which hosts serve, and at which port."""
        self.address, self.moved = address, moved
        self.serving = [host]
        self.edges = {"server": ("eth0",)}

    def _routed(self, nets):
        router, server = self.host("router"), self.host("server")
        self._client_cable(router)
        self._behind_router(nets, router, server, "east", 0)
        topology = self.plan["topology"]
        self._service(self.real[0], server, 0)
        if topology in ("dnat", "both"):
            self._service(f"{nets[2]}9", server,
                          REAL if self.plan["number"] % 2 else 0)
            self._dnat(router, [self.real[0]])
        if topology == "proxy":
            self.proxy = Proxy(router, self.family, nets[1] + "1",
                               self.real[0], [s["port"] for s in
                                              self.plan["services"]])
        elif self.translated:
            router.nft(f"{self.family.nft} nat", "post",
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
            to = spread
            if self.moved and len(backends) == 1:
                to = self.family.with_port(spread,
                                           service["port"] + self.moved)
            rules.append(f"{self.family.nft} daddr {self.address} tcp dport "
                         f"{service['port']} dnat to {to}")
        router.nft(f"{self.family.nft} nat", "pre",
                   "type nat hook prerouting priority -100", *rules)

    def _behind_router(self, nets, router, server, device, number):
        self.cable(server, "eth0", router, device)
        if number == 0:
            router.ip(f"addr add {self._net(nets[0] + '1')} dev west")
            self._client_side(nets)
        router.sysctl(self.family.forward, 1)
        here, card = device, "eth0"
        if self.plan["topology"] == "tunnel":
            here = card = "vx0"
            self._tunnel(nets, router, device, "1", "2")
            self._tunnel(nets, server, "eth0", "2", "1")
            self.wired.append((server, card))
        real, gate = self.real[number], nets[1] + "1"
        if number == 0:
            router.ip(f"addr add {self._net(gate)} dev {here}")
        if len(self.real) > 1:
            # A cable each: the backends are not each other's neighbours.
            router.ip(f"route add {self._only(real)} dev {here}")
            server.ip(f"addr add {self._only(real)} dev {card}",
                      f"route add {self._only(gate)} dev {card}",
                      f"route add default via {gate}")
        else:
            server.ip(f"addr add {self._net(real)} dev {card}",
                      f"route add default via {gate}")
        self.between = self.behind = router

    def _tunnel(self, nets, host, device, own, other):
        """One end of a VXLAN between the router and the server."""
        host.ip(f"addr add {self._net(nets[3] + own)} dev {device}",
                f"link add vx0 type vxlan id 42 dev {device} "
                f"local {nets[3]}{own} remote {nets[3]}{other} "
                f"dstport {space.VXLAN}", "link set vx0 up")
        host.whole_sums("vx0")

    def _balancer(self, nets):
        router = self.host("router")
        self._client_cable(router)
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
        self._client_cable(router)
        self._behind_router(nets, router, server, "east", 0)
        pod = self.host("pod")
        self.cable(pod, "eth0", server, "veth1")
        self._switch("server", "veth1")
        self.wired.append((server, "br0"))
        server.whole_sums("br0")
        server.ip(f"addr add {self._net(nets[3] + '1')} dev br0")
        server.sysctl(self.family.forward, 1)
        pod.ip(f"addr add {self._net(nets[3] + '2')} dev eth0",
               f"route add default via {nets[3]}1")
        node_port = self.plan["topology"] == "nodeport"
        self._service(self.real[0], pod, 0)
        self._dnat(server, [f"{nets[3]}2"])
        if node_port:
            server.nft(f"{self.family.nft} nat", "post",
                       "type nat hook postrouting priority 100",
                       "oifname br0 masquerade")
        self.real = [f"{nets[3]}2"]

    def _return(self, nets):
        """Requests come through one router, answers go by another."""
        switch, router = self.host("switch"), self.host("router")
        second, server = self.host("second"), self.host("server")
        self._client_cable(switch)
        self.cable(router, "west", switch, "east")
        self.cable(second, "west", switch, "east2")
        self._switch("switch", "west", "east", "east2")
        self._behind_router(nets, router, server, "east", 0)
        self.cable(server, "eth1", second, "east")
        second.ip(f"addr add {self._net(nets[0] + '2')} dev west",
                  f"addr add {self._net(nets[2] + '1')} dev east")
        second.sysctl(self.family.forward, 1)
        server.ip(f"addr add {self._net(nets[2] + '20')} dev eth1",
                  f"route replace default via {nets[2]}1")
        self._service(self.real[0], server, 0)
        self.edges = {"server": ("eth0", "eth1")}
        self.behind = second
