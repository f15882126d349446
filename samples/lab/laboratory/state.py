"""Host state before and after, as an operator would have collected it.

A scenario names what its case keeps: EVIDENCE = {"server": "nstat ss-ltn
dmesg"}. Kinds with a before and an after make a delta.
"""

import os
import re
import subprocess
import time

# kind -> (command, taken before as well)
KINDS = {
    "nstat": ("nstat -as", True),
    "nstat-az": ("nstat -asz", True),
    "netstat-s": ("netstat -s", True),
    "conntrack-S": ("conntrack -S", True),
    "conntrack-C": ("conntrack -C", True),
    "conntrack-L": ("conntrack -L 2>/dev/null", False),
    "ip-s-link": ("ip -s link show dev $(ls /sys/class/net | grep -v lo | "
                  "head -1)", True),
    "ethtool-k": ("ethtool -k eth0", False),
    "softnet": ("cat /proc/net/softnet_stat", True),
    "nft": ("nft list ruleset", True),
    "iptables": ("iptables-legacy -L -n -v -x", True),
    "iptables-S": ("iptables-legacy -S", False),
    "ip-route": ("ip route show", False),
    "ip-6-route": ("ip -6 route show", False),
    "ip-neigh": ("ip neigh show", False),
    "ss-s": ("ss -s", False),
    "ss-ltn": ("ss -ltn", False),
    "ss-ltnp": ("ss -ltnp", True),
    "ss-peaonmi": ("ss -peaonmi 2>/dev/null", False),
    "ss-tan": ("ss -tan -o", False),
    "sysctl": ("sysctl net.ipv4.tcp_syn_retries net.ipv4.tcp_synack_retries "
               "net.ipv4.tcp_max_syn_backlog net.ipv4.tcp_syncookies "
               "net.ipv4.tcp_abort_on_overflow net.core.somaxconn "
               "net.ipv4.conf.all.rp_filter net.ipv4.conf.eth0.rp_filter "
               "net.netfilter.nf_conntrack_max "
               "net.netfilter.nf_conntrack_count 2>/dev/null || true", False),
}


def take(lab, host, moment):
    """Takes what EVIDENCE names for the host."""
    folder = os.path.join(lab.work, "state", host.name)
    os.makedirs(folder, exist_ok=True)
    for kind in lab.scenario.EVIDENCE.get(host.name, "").split():
        if kind.startswith("dmesg") or kind == "attempts":
            if moment == "after" and kind != "attempts":
                with open(os.path.join(folder, "dmesg.txt"), "w") as file:
                    file.write(kernel_log(lab, host, kind))
            continue
        command, twice = KINDS[kind]
        if moment == "before" and not twice:
            continue
        name = kind.replace("nstat-az", "nstat")
        name = f"{name}-{moment}.txt" if twice else f"{name}.txt"
        with open(os.path.join(folder, name), "w") as file:
            file.write(host.sh(command))


def kernel_log(lab, host, kind):
    """The kernel's lines since the scenario began that speak of this host.

    The kernel log is the machine's, not the namespace's: lines that name
    another network namespace are left out, and so are those of recorders
    starting and stopping. kind `dmesg` prints ISO times, `dmesg-boot`
    seconds since boot, `dmesg-T` the human form.
    """
    style = {"dmesg": ["--time-format", "iso"], "dmesg-boot": [],
             "dmesg-T": ["-T"]}[kind]
    plain = subprocess.run(["dmesg"], capture_output=True, text=True)
    styled = subprocess.run(["dmesg"] + style, capture_output=True, text=True)
    inode = os.stat(f"/run/netns/{host.ns}").st_ino
    kept = []
    for line, out in zip(plain.stdout.splitlines(),
                         styled.stdout.splitlines()):
        stamp = re.match(r"\[\s*(\d+\.\d+)\]", line)
        if not stamp or float(stamp.group(1)) <= lab.kernel_mark:
            continue
        netns = re.search(r"in netns (\d+)", line)
        if netns and int(netns.group(1)) != inode:
            continue
        if netns or re.search(
                lab.plan.text(lab.scenario.KERNEL_LINES), line):
            kept.append(out)
    return "".join(line + "\n" for line in kept)


def kernel_mark():
    """The stamp of the kernel log's last line, in its own clock.

    A mark and not a time: that clock and CLOCK_BOOTTIME drift apart.
    """
    lines = subprocess.run(["dmesg"], capture_output=True,
                           text=True).stdout.splitlines()
    stamp = re.match(r"\[\s*(\d+\.\d+)\]", lines[-1]) if lines else None
    return float(stamp.group(1)) if stamp else 0.0


def describe():
    """Kernel and date, for a README."""
    kernel = ".".join(os.uname().release.split("-")[0].split("."))
    return f"Linux {kernel}, {time.strftime('%Y-%m-%d', time.gmtime())}"
