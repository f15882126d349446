"""Resources that are visibly in trouble and innocent.

Each distractor is a function of a Scene (a copy of a labelled case) that adds
evidence about another port, another machine, another time or another network
card, or of a level that is near its limit and not at it. Its cause is what a
hasty reader would blame for it: a case whose label names that cause is left
alone by it, for there it would be no distraction.
"""
import datetime
import os

HOUR = datetime.timedelta(hours=1)
# Of documentation networks that no case uses. cite: RFC 5737, RFC 3849
STRANGER, OTHER_SERVER, NEIGHBOUR = "203.0.113.209", "203.0.113.77", "203.0.113.5"
# One of its own for each kind of trouble: two on one port would be a story.
FLOODED, FULL, FORBIDDEN, FILTERED, REJECTED = 9443, 9444, 9445, 9446, 9447
ALL = []


def distractor(*causes):
    """Registers a function; causes: what a hasty reader would name."""
    def keep(function):
        function.causes = frozenset(causes)
        ALL.append(function)
        return function
    return keep


class Scene:
    """A copy of a case to which evidence may be added.

    roles: the machines whose evidence the case holds apart, in a folder each or
    in files that begin with their names (hosts). spans: {role: (first, last)} of
    its captures, by its own clock; of a case without captures, of what it
    reports, and nothing of another hour is added: no packet tells there which
    zone its logs mean.
    """

    def __init__(self, folder, spans, attempt, hosts=()):
        self.folder, self.spans, self.hosts = folder, spans, hosts
        self.server, self.client = attempt["server"], attempt["client"]
        there = attempt.get("seen_at_server_as") or attempt
        self.addresses = {} if hosts else {
            "client": self.client["ip"], "server": there["server"]["ip"]}
        # Without captures nobody knows the client's address.
        self.captured = bool(spans)
        if not self.captured:
            self.addresses.pop("client", None)
        self.roles = sorted(hosts) or [
            name for name in sorted(os.listdir(folder))
            if os.path.isdir(os.path.join(folder, name))]

    def has(self, role, *beginnings):
        if role in self.hosts:
            return any(beginning in name for beginning in beginnings
                       for name in os.listdir(self.folder) if role in name)
        return any(name.startswith(beginnings) for name in
                   os.listdir(os.path.join(self.folder, role)))

    def path(self, role, name):
        if role in self.hosts:
            return os.path.join(self.folder, f"{role}-{name}")
        os.makedirs(os.path.join(self.folder, role), exist_ok=True)
        return os.path.join(self.folder, role, name)

    def add(self, role, name, text):
        """Adds a file of a kind that the machine's folder lacks, or lines."""
        with open(self.path(role, name), "a", encoding="utf-8") as f:
            f.write(text)

    def times(self, role):
        """Three moments of the machine's capture, by its own clock."""
        first, last = self.spans[role]
        return [first + (last - first) * share for share in (0.2, 0.5, 0.8)]

    def kernel(self, role, *words, shift=datetime.timedelta(0)):
        """Kernel lines as journalctl -k -o short-iso prints them, one set at
        each moment."""
        # Without captures a second log of a machine may say which zone its
        # other logs mean: that is no distraction but evidence.
        if role not in self.spans or not self.captured:
            return
        name = role if role in self.hosts else f"{role}-host"
        self.add(role, "distraction-kern.log", "".join(
            f"{(when + shift).isoformat(timespec='microseconds')}"
            f" {name} kernel: {line}\n"
            for when in self.times(role) for line in words))

    def rise(self, role, **counters):
        """Counters of nstat that rise between two snapshots, beside what the
        machine's own snapshots show."""
        for moment in ("before", "after"):
            path = self.path(role, f"nstat-{moment}.txt")
            lines = []
            if os.path.exists(path):
                with open(path, encoding="utf-8") as f:
                    lines = f.read().splitlines()
            for name, by in counters.items():
                lines = _raised(lines, name, 700 + by * (moment == "after"))
            with open(path, "w", encoding="utf-8") as f:
                f.write("\n".join(lines) + "\n")


def _raised(lines, name, by):
    out, found = [], False
    for line in lines or ["#kernel"]:
        words = line.split()
        if words and words[0] == name:
            found = True
            line = f"{name:<31} {int(words[1]) + by:<18} 0.0"
        out.append(line)
    return out if found else out + [f"{name:<31} {by:<18} 0.0"]


def twice(scene, role, kind, before, after):
    scene.add(role, f"{kind}-before.txt", before)
    scene.add(role, f"{kind}-after.txt", after)


@distractor("conntrack-table-full")
def conntrack_nearly_full(scene):
    for role in scene.roles:
        if not scene.has(role, "sysctl", "conntrack"):
            scene.add(role, "sysctl-tracking.txt",
                      "net.netfilter.nf_conntrack_count = 63569\n"
                      "net.netfilter.nf_conntrack_max = 65536\n")


@distractor("conntrack-table-full")
def conntrack_dropped_long_ago(scene):
    line = ("cpu=0   \tfound=0 invalid=912 insert=0 insert_failed=41 drop=90211"
            " early_drop=311 error=7 search_restart=12 \n")
    for role in scene.roles:
        if not scene.has(role, "conntrack-S"):
            twice(scene, role, "conntrack-S", line, line)


@distractor("conntrack-table-full")
def conntrack_full_an_hour_ago(scene):
    if not scene.captured:
        return
    for role in scene.roles:
        scene.kernel(role, "nf_conntrack: nf_conntrack: table full, dropping "
                     "packet", shift=-HOUR)


@distractor("syn-queue-overflow")
def flood_of_another_port(scene):
    scene.kernel("server", "TCP: request_sock_TCP: Possible SYN flooding on "
                 f"port {FLOODED}. Sending cookies.")


@distractor("syn-queue-overflow")
def flood_an_hour_ago(scene):
    if not scene.captured:
        return
    scene.kernel("server", "TCP: request_sock_TCP: Possible SYN flooding on "
                 f"port {scene.server['port']}. Sending cookies.", shift=-HOUR)


@distractor("accept-queue-overflow")
def queue_of_another_port_full(scene):
    if "server" not in scene.roles or scene.has("server", "ss"):
        return
    scene.rise("server", TcpExtListenOverflows=52, TcpExtListenDrops=52)
    scene.add("server", "ss-ltn.txt",
              "State  Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
              f"LISTEN 129    128    *:{FULL} *:*\n"
              f"LISTEN 0      128    *:{scene.server['port']} *:*\n")


@distractor("accept-queue-overflow", "syn-queue-overflow", "no-route-back",
            "packet-loss", "rp-filter", "memory-pressure")
def counters_high_and_still(scene):
    names = ("TcpExtListenOverflows", "TcpExtListenDrops",
             "TcpExtTCPReqQFullDrop", "TcpExtTCPReqQFullDoCookies",
             "TcpExtTCPBacklogDrop", "TcpExtIPReversePathFilter",
             "IpOutNoRoutes", "IpInDiscards", "IpInAddrErrors", "TcpInCsumErrors",
             "TcpExtPAWSPassive", "TcpExtTCPMD5NotFound", "TcpExtPruneCalled",
             "TcpExtTCPTimeWaitOverflow", "TcpExtTCPAbortOnMemory")
    for role in scene.roles:
        scene.rise(role, **{name: 0 for name in names})


LINK = """1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    RX:  bytes packets errors dropped  missed   mcast
         81234     934      0       0       0       0
    TX:  bytes packets errors dropped carrier collsns
         81234     934      0       0       0       0
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP mode DEFAULT group default qlen 1000
    link/ether 02:00:00:00:77:02 brd ff:ff:ff:ff:ff:ff
    RX:  bytes packets errors dropped  missed   mcast
      99123456 1234567      0       4       0       0
    TX:  bytes packets errors dropped carrier collsns
      88123456  234567      0       0       0       0
9: eth7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP mode DEFAULT group default qlen 1000
    link/ether 02:00:00:00:77:07 brd ff:ff:ff:ff:ff:ff
    RX:  bytes packets errors dropped  missed   mcast
      99123456 1234567      0 {drops:>7}       0       0
    TX:  bytes packets errors dropped carrier collsns
      88123456  234567      0       0       0       0
"""
ADDRESSES = """1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether 02:00:00:00:77:02 brd ff:ff:ff:ff:ff:ff
    {family} {address} scope global eth0
9: eth7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether 02:00:00:00:77:07 brd ff:ff:ff:ff:ff:ff
    inet {neighbour}/24 brd 203.0.113.255 scope global eth7
"""


def show_addresses(scene, role):
    """Which card holds the address of the attempts: eth0, not eth7."""
    if scene.has(role, "ip-addr", "distraction-ip-addr"):
        return
    ip = scene.addresses[role]
    scene.add(role, "distraction-ip-addr.txt", ADDRESSES.format(
        family="inet6" if ":" in ip else "inet", neighbour=NEIGHBOUR,
        address=ip + ("/64" if ":" in ip else "/24")))


def ends(scene):
    """The machines whose address the labels tell."""
    return [role for role in scene.roles if role in scene.addresses]


@distractor("packet-loss", "driver-drop")
def drops_on_another_card(scene):
    for role in ends(scene):
        if not scene.has(role, "ip-", "ip_", "ethtool"):
            twice(scene, role, "ip-s-link", LINK.format(drops=4),
                  LINK.format(drops=9817))
            show_addresses(scene, role)


@distractor("link-down")
def another_card_down(scene):
    for role in ends(scene):
        if not scene.has(role, "ip-addr", "ip_addr"):
            show_addresses(scene, role)
            scene.kernel(role, "igb 0000:07:00.0 eth7: igb: eth7 NIC Link is Down")


@distractor("link-down")
def another_card_flaps(scene):
    for role in ends(scene):
        if not scene.has(role, "ip-addr", "ip_addr"):
            show_addresses(scene, role)
            scene.kernel(role, "igb 0000:07:00.0 eth7: igb: eth7 NIC Link is Down",
                         "igb 0000:07:00.0 eth7: igb: eth7 NIC Link is Up 1000 Mbps "
                         "Full Duplex, Flow Control: RX/TX")


@distractor("link-down", "server-overloaded")
def troubles_an_hour_ago(scene):
    if not scene.captured:
        return
    for role in scene.roles:
        scene.kernel(role, "igb 0000:01:00.0 eth0: igb: eth0 NIC Link is Down",
                     "neighbour: arp_cache: neighbor table overflow!",
                     "TCP: out of memory -- consider tuning tcp_mem",
                     "TCP: too many orphaned sockets", shift=-HOUR)


@distractor("memory-pressure", "server-overloaded", "no-listener")
def another_program_killed(scene):
    for role in scene.roles:
        scene.kernel(role, "Memory cgroup out of memory: Killed process 4242 "
                     "(report-batch) total-vm:8123456kB, anon-rss:7123456kB, "
                     "file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:15000kB "
                     "oom_score_adj:0")


@distractor("host-down", "no-route-back", "link-down")
def another_neighbour_silent(scene):
    for role in scene.roles:
        if not scene.has(role, "ip-neigh", "ip_neigh", "arp"):
            scene.add(role, "ip-neigh.txt",
                      f"{NEIGHBOUR} dev eth0 FAILED\n"
                      "203.0.113.6 dev eth0 INCOMPLETE\n")


@distractor("security-group-or-firewall-drop", "host-firewall-drop",
            "client-firewall-drop")
def firewall_denies_a_stranger(scene):
    server = scene.server["ip"]
    # Where nothing was captured, who is denied may be whom the programs mean.
    if not scene.captured or ":" in server:
        return
    deny = ("[UFW BLOCK] IN=eth0 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:02:"
            "08:00 SRC={} DST={} LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=4711 DF "
            "PROTO=TCP SPT=58034 DPT={} WINDOW=64240 RES=0x00 SYN URGP=0")
    # What came in was meant for the machine itself: OUT= is empty.
    for role in ends(scene):
        own, other = scene.addresses[role], scene.client["ip"]
        if own == other:
            scene.kernel(role, deny.format(STRANGER, own, FORBIDDEN))
        else:
            scene.kernel(role, deny.format(STRANGER, own, scene.server["port"]),
                         deny.format(other, own, FORBIDDEN))


@distractor("host-firewall-drop", "security-group-or-firewall-drop",
            "host-firewall-reject")
def rule_of_another_port_drops(scene):
    table = ("table inet filter {{\n\tchain input {{\n\t\ttype filter hook input "
             "priority filter; policy accept;\n\t\ttcp dport {} counter packets {} "
             "bytes {} drop\n\t\tip saddr {} counter packets {} bytes {} drop\n"
             "\t}}\n}}\n")
    if "server" in scene.roles and not scene.has("server", "nft", "iptables"):
        twice(scene, "server", "nft",
              table.format(FILTERED, 3, 180, STRANGER, 2, 120),
              table.format(FILTERED, 4711, 282660, STRANGER, 99, 5940))


@distractor("security-group-or-firewall-drop")
def flow_log_rejects_a_stranger(scene):
    server, spans = scene.server["ip"], sorted(scene.spans.values())
    if not scene.captured or not spans or ":" in server:
        return
    first, last = (int(t.timestamp()) for t in spans[0])
    row = "2 123456789010 eni-0a1b2c3d4e5f60718 {} {} 51234 {} 6 5 300 {} {} REJECT OK\n"
    os.makedirs(os.path.join(scene.folder, "network"), exist_ok=True)
    scene.add("network", "distraction-vpc-flow-logs.log",
              "version account-id interface-id srcaddr dstaddr srcport dstport "
              "protocol packets bytes start end action log-status\n"
              + row.format(STRANGER, server, scene.server["port"], first, last + 60)
              + row.format(scene.client["ip"], server, REJECTED, first, last + 60))


@distractor("server-overloaded", "accept-queue-overflow", "client-timeout-too-short",
            "proxy-misconfigured", "no-listener")
def proxy_fails_elsewhere(scene):
    if "client" not in scene.spans:
        return
    scene.add("client", "distraction-error.log", "".join(
        f"{when.strftime('%Y/%m/%d %H:%M:%S')} [error] 4711#4711: *{i} connect() "
        f"failed (111: Connection refused) while connecting to upstream, client: "
        f"{STRANGER}, server: other.example, request: \"GET / HTTP/1.1\", upstream: "
        f"\"http://{OTHER_SERVER}:8080/\", host: \"other.example\"\n"
        f"{when.strftime('%Y/%m/%d %H:%M:%S')} [error] 4711#4711: *{i + 50} upstream "
        f"timed out (110: Connection timed out) while connecting to upstream, "
        f"client: {STRANGER}, server: other.example, request: \"GET / HTTP/1.1\", "
        f"upstream: \"http://{OTHER_SERVER}:8081/\", host: \"other.example\"\n"
        for i, when in enumerate(scene.times("client"))))


@distractor("server-overloaded", "accept-queue-overflow", "no-listener")
def balancer_fails_elsewhere(scene):
    if not scene.captured:
        return
    spans = sorted(scene.spans.values())
    if not spans:
        return
    os.makedirs(os.path.join(scene.folder, "network"), exist_ok=True)
    scene.add("network", "distraction-alb.log", "".join(
        f"http {when.strftime('%Y-%m-%dT%H:%M:%S.%fZ')} app/other/50dc6c495c0c9188 "
        f"{STRANGER}:{2817 + i} {OTHER_SERVER}:8080 -1 -1 -1 504 - 34 366 \"GET "
        f"http://other.example:80/ HTTP/1.1\" \"curl/7.46.0\" - - "
        f"arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/o/73e2d6bc24d8a067 "
        f"\"Root=1-58337262-36d228ad5d99923122bbe35{i}\" \"-\" \"-\" 0 "
        f"{when.strftime('%Y-%m-%dT%H:%M:%S.%fZ')} \"forward\" \"-\" \"-\" "
        f"\"{OTHER_SERVER}:8080\" \"-\" \"-\" \"-\"\n"
        for i, when in enumerate(scene.spans[sorted(scene.spans)[0]])))


@distractor("ephemeral-ports-exhausted", "time-wait-overflow",
            "nat-port-exhaustion")
def many_in_time_wait(scene):
    for role in scene.roles:
        if not scene.has(role, "ss"):
            scene.add(role, "ss-s.txt", "Total: 30412\nTCP:   30100 (estab 400, "
                      "closed 27200, orphaned 12, timewait 27180)\n\n")


@distractor("tcp-md5-missing")
def unsigned_from_a_stranger(scene):
    scene.kernel("server", f"TCP: MD5 Hash not found for ({STRANGER}, 179)->"
                 f"({NEIGHBOUR}, 34211)")


@distractor("rp-filter", "client-rp-filter", "asymmetric-route")
def strangers_are_martians(scene):
    for role in scene.roles:
        scene.kernel(role, f"IPv4: martian source {NEIGHBOUR} from {STRANGER}, on "
                     "dev eth7")


@distractor("rp-filter", "client-rp-filter")
def strict_filter_set(scene):
    for role in scene.roles:
        if not scene.has(role, "sysctl"):
            scene.add(role, "sysctl-filter.txt",
                      "net.ipv4.conf.all.rp_filter = 1\n"
                      "net.ipv4.conf.eth0.rp_filter = 1\n"
                      "net.ipv4.tcp_syncookies = 1\n"
                      "net.core.somaxconn = 128\n")


@distractor("server-overloaded")
def half_busy(scene):
    for role in scene.roles:
        line = "0001f4a1 00000000 00000912 " + "00000000 " * 9 + "00000000\n"
        if not scene.has(role, "softnet"):
            twice(scene, role, "softnet_stat", line, line)


@distractor("neighbour-table-full")
def neighbours_discarded_elsewhere(scene):
    head = ("entries  allocs destroys hash_grows  lookups hits  res_failed  "
            "rcv_probes_mcast rcv_probes_ucast  periodic_gc_runs forced_gc_runs "
            "unresolved_discards table_fulls\n")
    row = "0000000c  000000{} 00000009 00000000  00000a91 00000611  00000003  " \
          "00000000 00000000  00000133 00000000 00000002 00000000\n"
    for role in scene.roles:
        if not scene.has(role, "arp", "proc"):
            twice(scene, role, "arp_cache", head + row.format("15"),
                  head + row.format("1a"))
