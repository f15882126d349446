"""The stage: three hosts in network namespaces and the links between them.

        client                    router                     server
    eth0 192.0.2.10/24 ---- west 192.0.2.1/24
         fd00:1::10/64           fd00:1::1/64
                            east 198.51.100.1/24 ---- eth0 198.51.100.20/24
                                 fd00:2::1/64              fd00:2::20/64

Promises: names are unique per process, so runs may overlap; MAC addresses
are fixed; segmentation and checksum offloads are off; nothing outside our
own namespaces changes except what machine() sets and puts back; close()
ends every process that was started here and deletes the namespaces, however
the scenario ended.

A scenario says what the hosts do and labels every connection attempt with
what must happen (label.py checks it against both captures before a case is
written). Hosts never look at the analyzer.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

from . import capture, label, state
from .plan import Plan

HERE = os.path.dirname(os.path.abspath(__file__))

CLIENT_IP, SERVER_IP = "192.0.2.10", "198.51.100.20"
CLIENT_IP6, SERVER_IP6 = "fd00:1::10", "fd00:2::20"
SECOND_CLIENT_IP = "192.0.2.11"
CLIENT_MAC, SERVER_MAC = "02:00:00:00:01:10", "02:00:00:00:02:20"
ROUTER_WEST_MAC, ROUTER_EAST_MAC = "02:00:00:00:01:01", "02:00:00:00:02:01"
ROUTER_WEST_IP, ROUTER_EAST_IP = "192.0.2.1", "198.51.100.1"


class ScenarioError(Exception):
    """The story did not happen as told; no case may be written from it."""


class Host:
    """One namespace: shell commands, packet filter, servers, recorder."""

    def __init__(self, lab, name):
        self.lab, self.name = lab, name
        self.ns = f"lostsyn-{os.getpid():x}-{name}"
        self.attempts = []
        self.results = []
        self.client_process = None
        lab.hosts.append(self)
        subprocess.run(["ip", "netns", "add", self.ns], check=True)
        self.sh("""ip link set lo up
            sysctl -qw net.ipv6.conf.all.accept_dad=0 \
                net.ipv6.conf.default.accept_dad=0 \
                net.ipv6.conf.default.router_solicitations=0""")

    def sh(self, script):
        """Runs a shell script inside the host; returns what it printed."""
        script = self.lab.plan.text(script)
        done = subprocess.run(
            ["ip", "netns", "exec", self.ns, "sh", "-ec", script],
            capture_output=True, text=True)
        if done.returncode:
            raise ScenarioError(
                f"{self.name}: {script.strip()}: {done.stderr.strip()}")
        return done.stdout

    def spawn(self, argv, **kwargs):
        """Starts a process inside the host; close() ends it."""
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.ns] +
            [self.lab.plan.text(word) for word in argv],
            start_new_session=True, **kwargs)
        self.lab.processes.append(process)
        return process

    def sysctl(self, **keys):
        """Sets sysctls; `__` stands for the dot."""
        for key, value in keys.items():
            self.sh(f"sysctl -qw '{key.replace('__', '.')}={value}'")

    def nft(self, rule, hook="forward", priority=0):
        """Adds one rule with a counter to the hook's chain.

        Write the word `counter` into the rule to have it counted.
        """
        kind = "nat" if "nat " in rule or "masquerade" in rule else "filter"
        chain = f"{hook}{'' if not priority else f'_{abs(priority)}'}"
        self.sh(f"""nft add table inet lab
            nft 'add chain inet lab {chain} {{ type {kind} hook {hook} \
                priority {priority if kind == 'filter' else
                           (100 if hook == 'postrouting' else -100)}; }}'
            nft 'add rule inet lab {chain} {rule}'""")

    def nft_clear(self):
        """Removes every rule of ours."""
        self.sh("nft delete table inet lab")

    def nft_packets(self, comment):
        """Packets counted by the rule that carries this comment."""
        rules = json.loads(self.sh("nft -j list ruleset"))["nftables"]
        for entry in rules:
            rule = entry.get("rule", {})
            if rule.get("comment") != comment:
                continue
            for part in rule["expr"]:
                if "counter" in part:
                    return part["counter"]["packets"]
        raise ScenarioError(f"{self.name}: no counted rule {comment!r}")

    def counter(self, name):
        """A SNMP counter of the host since its birth."""
        for line in self.sh("nstat -asz").splitlines():
            if line.split()[:1] == [name]:
                return int(line.split()[1])
        raise ScenarioError(f"{self.name}: no counter {name}")

    def conntrack_stat(self, key):
        """The sum over the CPUs of one column of `conntrack -S`."""
        words = self.sh("conntrack -S").replace("\t", " ").split()
        return sum(int(word.split("=")[1]) for word in words
                   if word.startswith(key + "="))

    def serve(self, *ports, behave="answer", backlog=128, address="::",
              options=(), delay=0.0):
        """Listens. behave: answer, silent (accepts, never replies),
        idle (never accepts), reset (accepts and aborts), hangup (answers
        and closes), http (answers in HTTP)."""
        process = self.spawn(
            [sys.executable, os.path.join(HERE, "server_program.py"),
             json.dumps({"ports": ports, "behave": behave,
                         "backlog": backlog, "address": address,
                         "options": list(options), "delay": delay,
                         "peer": CLIENT_IP})],
            stdout=subprocess.PIPE, text=True)
        if process.stdout.readline().strip() != "ready":
            raise ScenarioError(f"{self.name}: cannot listen on {ports}")
        return process

    def wan(self, towards, delay=0.0, loss=0.0):
        """Router only: what goes towards `client` or `server` now crosses
        a stretch of road with this delay (s) and loss probability."""
        device = f"to-{towards}"
        process = self.spawn(
            [sys.executable, os.path.join(HERE, "wan_program.py"), device,
             str(delay), str(loss), str(self.lab.seed)],
            stdout=subprocess.PIPE, text=True)
        if process.stdout.readline().strip() != "ready":
            raise ScenarioError("no wan")
        came_by = "west" if towards == "server" else "east"
        table = 101 if towards == "server" else 102
        for ip in ("ip", "ip -6"):
            self.sh(f"""{ip} route add default dev {device} table {table}
                {ip} rule add iif {came_by} lookup {table}""")

    def connect(self, port, verdict, *, truth=None, at=0.0, timeout=3.0,
                to=None, source=None, sport=None, send=True, hold=0.0,
                read_timeout=2.0, confidence=None, candidates=None,
                result=None, fast_open=False, abort=False,
                accept=None, again=0.0, keepalive=0, wait=0.0):
        """Plans one attempt and its label; go() carries the plan out.

        at, timeout, hold and read_timeout are seconds; the connection is
        closed `hold` seconds after its answer, by a RST if abort is set;
        `again` asks once more so many seconds after the first answer;
        `wait` is the silence before the first question; `keepalive` has
        the kernel probe an idle connection every so many seconds.
        """
        if sport is None:
            sport = self.lab.next_port()
        plan = self.lab.plan
        to = plan.text(to or (SERVER_IP6 if plan.family == 6 else SERVER_IP))
        source = source and plan.text(source)
        at, hold = at * plan.stretch, hold * plan.stretch
        self.attempts.append({
            "port": port, "to": to, "sport": sport, "at": at,
            "source": source, "timeout": timeout, "send": send,
            "hold": hold, "read_timeout": read_timeout,
            "fast_open": fast_open, "abort": abort,
            "again": again, "keepalive": keepalive, "wait": wait,
            "label": {"verdict": verdict, "truth": truth or verdict,
                      "confidence": confidence, "candidates": candidates,
                      "accept": accept, "result": result}})
        return sport

    def go(self, wait=True):
        """Carries out the planned attempts."""
        plan = [{k: v for k, v in a.items() if k != "label"}
                for a in self.attempts if "result" not in a]
        self.pending = [a for a in self.attempts if "result" not in a]
        self.client_process = self.spawn(
            [sys.executable, os.path.join(HERE, "client_program.py"),
             json.dumps(plan)], stdout=subprocess.PIPE, text=True)
        if wait:
            self.wait()

    def wait(self):
        """Waits for the attempts to end and keeps what the client saw."""
        out, _ = self.client_process.communicate(timeout=60)
        for attempt, result in zip(self.pending, json.loads(out)):
            attempt["result"] = result
            wanted = attempt["label"]["result"]
            if wanted and result["result"] != wanted:
                raise ScenarioError(
                    f"client saw {result} where the story says {wanted}")
        if any("result" not in a for a in self.pending):
            raise ScenarioError("an attempt has no result")


class Lab:
    """One run of one scenario."""

    def __init__(self, scenario, seed):
        self.scenario, self.seed = scenario, seed
        self.plan = Plan(scenario, seed)
        self.adopted = []
        self.processes, self.recorders, self.proofs = [], [], []
        self.spoofed, self.observed, self.folders = [], [], []
        self.work = tempfile.mkdtemp(prefix="lostsyn-lab-")
        self.kernel_mark = state.kernel_mark()
        self.port = 40000 + (seed * 97) % 9000
        self.machine_values, self.machine_lock = {}, None
        self.hosts = []
        try:
            for name in ("client", "router", "server"):
                setattr(self, name, Host(self, name))
            self._cable()
        except BaseException:
            self.close()
            raise

    def another_host(self, name):
        """One more host, without links."""
        return Host(self, name)

    def link(self, left, left_name, left_ip, right, right_name, right_ip):
        """One more cable; MAC addresses follow from the addresses."""
        left_ip, right_ip = map(self.plan.text, (left_ip, right_ip))
        for host, address in ((left, left_ip), (right, right_ip)):
            host.mac = "02:" + ":".join(
                f"{int(n):02x}" for n in address.split("/")[0].split("."))\
                + ":00"
        subprocess.run(
            ["ip", "link", "add", left_name, "netns", left.ns, "address",
             left.mac, "type", "veth", "peer", "name", right_name, "netns",
             right.ns, "address", right.mac], check=True)
        for host, name, address in ((left, left_name, left_ip),
                                    (right, right_name, right_ip)):
            host.sh(f"""ethtool -K {name} tx off rx off tso off gso off \
                    gro off >/dev/null 2>&1 || true
                ip link set {name} up; ip addr add {address} dev {name}""")

    def next_port(self):
        """Source ports count upwards from a base that the seed chooses."""
        self.port += 2
        return self.port

    def _cable(self):
        c, r, s = self.client.ns, self.router.ns, self.server.ns
        for left, name, mac, right, peer, peer_mac in (
                (c, "eth0", CLIENT_MAC, r, "west", ROUTER_WEST_MAC),
                (s, "eth0", SERVER_MAC, r, "east", ROUTER_EAST_MAC)):
            subprocess.run(
                ["ip", "link", "add", name, "netns", left, "address", mac,
                 "type", "veth", "peer", "name", peer, "netns", right,
                 "address", peer_mac], check=True)
        off = ("ethtool -K $i tx off rx off tso off gso off gro off "
               ">/dev/null 2>&1 || true")
        self.client.sh(f"""i=eth0; {off}; ip link set eth0 up
            ip addr add {CLIENT_IP}/24 dev eth0
            ip addr add {SECOND_CLIENT_IP}/24 dev eth0
            ip addr add {CLIENT_IP6}/64 dev eth0 nodad
            ip route add default via 192.0.2.1
            ip -6 route add default via fd00:1::1""")
        self.server.sh(f"""i=eth0; {off}; ip link set eth0 up
            ip addr add {SERVER_IP}/24 dev eth0
            ip addr add {SERVER_IP6}/64 dev eth0 nodad
            ip route add default via 198.51.100.1
            ip -6 route add default via fd00:2::1""")
        self.router.sh(f"""for i in west east; do {off}; ip link set $i up; done
            ip addr add 192.0.2.1/24 dev west
            ip addr add fd00:1::1/64 dev west nodad
            ip addr add 198.51.100.1/24 dev east
            ip addr add fd00:2::1/64 dev east nodad
            sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1""")
        # Neighbours are known before the recorders start, so that a capture
        # holds the story and no address resolution.
        for host, entries in (
                (self.client, (("192.0.2.1", "eth0", ROUTER_WEST_MAC),
                               ("fd00:1::1", "eth0", ROUTER_WEST_MAC))),
                (self.server, (("198.51.100.1", "eth0", ROUTER_EAST_MAC),
                               ("fd00:2::1", "eth0", ROUTER_EAST_MAC))),
                (self.router, ((CLIENT_IP, "west", CLIENT_MAC),
                               (SECOND_CLIENT_IP, "west", CLIENT_MAC),
                               (CLIENT_IP6, "west", CLIENT_MAC),
                               (SERVER_IP, "east", SERVER_MAC),
                               (SERVER_IP6, "east", SERVER_MAC)))):
            host.sh("\n".join(
                f"ip neigh replace {ip} dev {dev} lladdr {mac} nud permanent"
                for ip, dev, mac in entries))

    def machine(self, key, value):
        """Sets a sysctl that no namespace has of its own; close() puts it
        back. Runs that need one wait for each other."""
        if self.machine_lock is None:
            self.machine_lock = open("/run/lostsyn-lab.lock", "w")
            fcntl.flock(self.machine_lock, fcntl.LOCK_EX)
        path = "/proc/sys/" + key.replace(".", "/")
        with open(path) as file:
            self.machine_values.setdefault(path, file.read())
        with open(path, "w") as file:
            file.write(f"{value}\n")

    def machine_restore(self):
        """Puts machine-wide values back."""
        for path, value in self.machine_values.items():
            with open(path, "w") as file:
                file.write(value)
        self.machine_values = {}
        if self.machine_lock:
            self.machine_lock.close()
            self.machine_lock = None

    def record(self, *hosts, interface="eth0", options=(), filter=None,
               settle=0.25):
        """Starts tcpdump on each host and takes the state before."""
        for host in hosts:
            device = interface
            if host is self.router and interface == "eth0":
                device = "west"
            self.recorders.append(capture.Recorder(
                host, device, self.work, list(options), filter))
        for recorder in self.recorders:
            recorder.wait_ready()
        for host in hosts:
            state.take(self, host, "before")
            self._announce(host)
        time.sleep(settle)

    def _announce(self, host):
        """One ARP announcement of the client or the server on its link."""
        own = {"client": (CLIENT_MAC, CLIENT_IP),
               "server": (SERVER_MAC, SERVER_IP)}.get(host.name)
        if own:
            host.sh(f"{sys.executable} {HERE}/arp_program.py eth0 "
                    f"{own[0]} {own[1]}")

    def state_of(self, host):
        """Takes a host's state before, and later after, without a capture
        of it."""
        self.observed.append(host)
        state.take(self, host, "before")

    def pause(self, seconds):
        """Lets the story take its time."""
        time.sleep(seconds)

    def spoof(self, source, port, truth, *, verdict_in_folder, count=1,
              gap=0.01, confidence=None, candidates=None, accept=None,
              ports=None, copies=1, stamp=-1, result="none"):
        """The client sends bare SYNs in the name of another address, each
        `copies` times; stamp is their TCP time stamp."""
        ports = ports or [self.next_port() for _ in range(count)]
        self.client.sh(f"{sys.executable} {HERE}/spoof_program.py {source} "
                       f"{SERVER_IP} {port} {gap} {stamp} " +
                       " ".join(map(str, ports * copies)))
        for sport in ports:
            self.spoofed.append({
                "to": self.plan.text(SERVER_IP),
                "source": self.plan.text(source), "port": port,
                "sport": sport, "result": {"result": result},
                "label": {"verdict": verdict_in_folder, "truth": truth,
                          "confidence": confidence, "accept": accept,
                          "candidates": candidates}})

    def adopt(self, port, counts, **label):
        """Labels the attempts that a program of its own choice of ports
        made: so many of each truth, told apart by label.py's facts."""
        self.adopted.append((port, counts, label))

    def keep(self, host, name, text):
        """A log that the operator of this host would hand in."""
        folder = os.path.join(self.work, "state", host.name)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)

    def prove(self, claim, text):
        """A fact read from a router or server counter; the label rests on
        it and the case's README quotes it."""
        if not claim:
            raise ScenarioError(f"not so: {text}")
        self.proofs.append(text)

    def stop(self):
        """Takes the state after, stops the recorders."""
        seen = [r.host for r in self.recorders] + self.observed
        for host in dict.fromkeys(seen):
            state.take(self, host, "after")
        time.sleep(0.3)
        for recorder in self.recorders:
            recorder.stop()

    def labels(self):
        """Every attempt with its label, checked against both captures."""
        planned = self.client.attempts + self.server.attempts + self.spoofed
        return label.settle(self, planned)

    def close(self):
        """Ends our processes and deletes our namespaces."""
        for process in self.processes:
            if process.poll() is None:
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            process.wait()
        for host in self.hosts:
            subprocess.run(["ip", "netns", "del", host.ns],
                           stderr=subprocess.DEVNULL)
        for folder in self.folders:
            if os.path.isdir(folder):
                os.rmdir(folder)
        self.machine_restore()
        if not os.environ.get("LAB_KEEP"):
            subprocess.run(["rm", "-rf", self.work])
