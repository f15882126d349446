"""--redact: no output holds an address, host name or path of the evidence.

A case is made whose names, logs, rules and snapshots carry secrets in every
spelling that we know of. Afterwards every byte of every output, the database
file's free space and standard output and error included, is searched for them.
"""
import argparse
import ipaddress
import os
import re
import shutil
import sqlite3
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import analyze as lost

HOST = "zephyr-db07"
DOMAIN = "payroll.quixotic.example"
LOG_CLIENT = f"""\
2026/11/21 01:36:53 [error] 23577#23577: *89 upstream timed out (110: Connection timed out) while connecting to upstream, client: 203.0.113.7, server: shop.{DOMAIN}, request: "GET /secretpath/of/kumquat?user=aubergine HTTP/1.1", upstream: "http://198.51.100.20:8080/secretpath/of/kumquat", host: "shop.{DOMAIN}"
2026/11/21 01:36:53 [error] 23577#23577: *91 upstream timed out (110: Connection timed out) while connecting to upstream, client: 203.0.113.9, server: {HOST}, request: "GET / HTTP/1.1", upstream: "http://[2001:db8:77::20]:8080/", host: "{HOST}"
2026/11/21 01:36:54 [crit] 23577#23577: *93 connect() to unix:/run/kumquat/app.sock failed (2: No such file or directory) while connecting to upstream, client: 203.0.113.7, server: _, request: "GET / HTTP/1.1", upstream: "http://unix:/run/kumquat/app.sock:/", host: "ip-198-51-100-20.{DOMAIN}"
"""
LOG_SERVER = f"""\
Nov 21 01:36:51 {HOST}.{DOMAIN} kernel: nf_conntrack: nf_conntrack: table full, dropping packet
Nov 21 01:36:52 {HOST}.{DOMAIN} kernel: [UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:ab:cd:ef:52:54:00:fe:dc:ba:08:00 SRC=203.0.113.7 DST=198.51.100.20 LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=1 DF PROTO=TCP SPT=40101 DPT=8080 WINDOW=64240 RES=0x00 SYN URGP=0
Nov 21 01:36:52 {HOST}.{DOMAIN} kernel: TCP: request_sock_TCP: Possible SYN flooding on port 198.51.100.20:8080. Dropping request.
"""
IPTABLES = """\
*filter
:INPUT ACCEPT [0:0]
:kumquat-chain - [0:0]
[5:300] -A INPUT -s 203.0.113.0/24 -p tcp -m tcp --dport 8080 -m comment --comment "aubergine office" -j DROP
[0:0] -A INPUT -d 198.51.100.20/32 -i eth0 -j kumquat-chain
COMMIT
"""
SS = """\
State    Recv-Q Send-Q Local Address:Port  Peer Address:Port Process
LISTEN   0      128    198.51.100.20:8080  0.0.0.0:*         users:(("aubergined",pid=1,fd=3))
ESTAB    0      0      198.51.100.20:8080  203.0.113.9:40444 users:(("aubergined",pid=1,fd=4))
"""
CONNTRACK = """\
tcp      6 52 SYN_SENT src=203.0.113.7 dst=198.51.100.20 sport=40101 dport=8080 [UNREPLIED] src=198.51.100.20 dst=203.0.113.7 sport=8080 dport=40101 mark=0 use=1
"""
SYSCTL = f"""\
kernel.hostname = {HOST}
kernel.domainname = {DOMAIN}
net.core.somaxconn = 4096
net.ipv4.ip_local_port_range = 32768	60999
"""
CASE_YAML = """\
vantages:
  - name: client
    timezone: UTC
    addresses: [203.0.113.7]
  - name: kumquat-lb
  - name: server
    timezone: UTC
    year: 2026
"""
# What must be nowhere, as it is written and as bytes.
SECRETS = ["203.0.113.", "198.51.100.", "198-51-100", "2001:db8:77", "zephyr",
           "quixotic", "payroll", "kumquat", "aubergine", "secretpath",
           "incident-marmalade", "52:54:00:ab:cd:ef", "fe:dc:ba", "outfolder"]


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def segment(src, dst, sport, dport, flags, seq, ack=0):
    """Ethernet, IPv4 and TCP headers."""
    a, b = (ipaddress.ip_address(x).packed for x in (src, dst))
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 40, 1, 0x4000, 64, 6, 0) + a + b
    ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
    tcp = struct.pack(">HHIIBBHHH", sport, dport, seq, ack, 0x50, flags,
                      64240, 0, 0)
    ethernet = bytes.fromhex("525400abcdef525400fedcba0800")
    return ethernet + ip + tcp


def pcap(packets):
    out = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1)
    for when, frame in packets:
        out += struct.pack("<IIII", int(when), round(when % 1 * 1e6),
                           len(frame), len(frame)) + frame
    return out


SERVER = "198.51.100.20"


def conversation(silent=True):
    """Two clients of one network; the server answers the second only."""
    t = 1795225010.0
    packets = []
    for n in range(3):
        at = t + (0, 1.0, 3.0)[n]
        packets.append((at, segment("203.0.113.7", SERVER, 40101, 8080, 2, 7)))
    a = ("203.0.113.9", SERVER, 40444, 8080)
    b = (SERVER, "203.0.113.9", 8080, 40444)
    packets += [(t + 0.1, segment(*a, 2, 100)),
                (t + 0.2, segment(*b, 0x12, 900, 101)),
                (t + 0.3, segment(*a, 0x10, 101, 901)),
                (t + 4.0, segment(*a, 0x11, 101, 901))]
    return sorted(packets, key=lambda p: p[0])


def make_case(folder):
    files = {
        "client/zephyr kumquat.pcap": pcap(conversation()),
        "server/zephyr.pcap": pcap(conversation())[:-7],  # cut: an anomaly
        "kumquat-lb/aubergine.pcap": pcap(conversation()),
        "client/nginx-kumquat-error.log": LOG_CLIENT.encode(),
        "server/zephyr.syslog": LOG_SERVER.encode(),
        "server/iptables-save-kumquat.txt": IPTABLES.encode(),
        "server/ss-kumquat.txt": SS.encode(),
        "server/conntrack-L-kumquat.txt": CONNTRACK.encode(),
        "server/sysctl-kumquat.txt": SYSCTL.encode(),
        "aubergine.bin": b"\x00\x01kumquat",
        "case.yaml": CASE_YAML.encode(),
    }
    for name, data in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)


def leaks(data):
    low = data.lower()
    return [s for s in SECRETS if s.lower().encode() in low]


def check_nowhere(failures, what, data):
    for secret in leaks(data):
        at = data.lower().index(secret.lower().encode())
        near = data[max(0, at - 60):at + 60]
        failures.append(f"{what}: {secret} in {near!r}")


def run(args, case, out, *more):
    done = lost.analyze(args.lostsyn, case, "-o", out, "--markdown",
                        os.path.join(out, "report.md"), "--all-attempts", *more)
    if done.returncode != 1:
        raise SystemExit(f"not analysed: {lost.said(done)}")
    return done


def outputs(folder):
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as f:
            yield name, f.read()


def community_ids(folder):
    """A hash of addresses that anybody can compute tells them."""
    with sqlite3.connect(os.path.join(folder, "evidence.sqlite")) as db:
        return {r[0] for r in db.execute("SELECT community_id FROM sighting")}


def hosts(folder):
    with sqlite3.connect(os.path.join(folder, "evidence.sqlite")) as db:
        return [r[0] for r in db.execute("SELECT ip FROM host ORDER BY id")]


def verdicts(report):
    return [(a["verdict"], a["confidence"], a["client"]["port"])
            for a in report["attempts"]]


def causes(report):
    return [(f["cause"], f["confidence"], f["attempts"],
             [(e.get("line"), e["weighs"]) for e in f["evidence"]])
            for f in report["findings"]]


def check_same_judgement(failures, plain, hidden):
    a, b = lost.read_report(plain), lost.read_report(hidden)
    if verdicts(a) != verdicts(b) or causes(a) != causes(b):
        failures.append("redacted: other verdicts or causes")
    if [i["sha256"] for i in a["inputs"]] != [i["sha256"] for i in b["inputs"]]:
        failures.append("redacted: other hashes of inputs")
    real, shown = hosts(plain), hosts(hidden)
    if len(set(shown)) != len(set(real)):
        failures.append(f"pseudonyms are not one to one: {real} {shown}")
    clients = [s for r, s in zip(real, shown) if r.startswith("203.0.113.")]
    nets = {ipaddress.ip_network(c + "/24", strict=False) for c in clients}
    if len(clients) != 2 or len(nets) != 1:
        failures.append(f"two hosts of one /24 are in {nets}")


def check_errors(failures, args, scratch):
    """What goes wrong is told without names, too."""
    case = os.path.join(scratch, "incident-marmalade-broken")
    os.makedirs(os.path.join(case, "client"))
    with open(os.path.join(case, "case.yaml"), "w", encoding="utf-8") as f:
        f.write("vantages:\n  - name: client\n    timezone: Kumquat/Zephyr\n"
                "    addresses: [203.0.113.7x]\n")
    tries = [
        ("case.yaml", [case]),
        ("no such folder", [os.path.join(scratch, "incident-marmalade-no")]),
        ("no such file", ["--client", os.path.join(scratch, "kumquat.pcap")]),
        ("no rules", [case, "--rules", os.path.join(scratch, "zephyr")]),
        ("bad key", [case, "--redact-key", os.path.join(scratch, "kumquat")]),
    ]
    for what, arguments in tries:
        out = os.path.join(scratch, "errors-outfolder")
        done = lost.analyze(args.lostsyn, "--redact", *arguments, "-o", out)
        if done.returncode not in (2, 3) or not done.stderr.strip():
            failures.append(f"{what}: {lost.said(done)}")
        check_nowhere(failures, what, (done.stdout + done.stderr).encode())


def check_batch(failures, args, scratch, case):
    archive = os.path.join(scratch, "archive")
    shutil.copytree(case, os.path.join(archive, "one"))
    results = os.path.join(scratch, "results")
    lost.subprocess.run([args.lostsyn, "batch", archive, "-o", results,
                         "--redact", "-q", "--jobs", "1"], check=False,
                        capture_output=True, timeout=lost.TIMEOUT_S)
    found = 0
    for folder, _, names in os.walk(os.path.join(results, "cases")):
        for name in lost.REPORT_FILES:
            if name in names:
                found += 1
                with open(os.path.join(folder, name), "rb") as f:
                    check_nowhere(failures, f"batch {name}", f.read())
    if found != len(lost.REPORT_FILES):
        failures.append(f"batch: {found} reports")


def check_default_folder(failures, args, scratch, case):
    """Without -o neither folder nor terminal names the case; judge and diff
    take what is there."""
    where = os.path.join(scratch, "cwd")
    os.makedirs(where)
    binary = os.path.abspath(args.lostsyn)
    said = b""
    for _ in range(2):
        done = lost.analyze(binary, "--redact", case, cwd=where)
        said += (done.stdout + done.stderr).encode()
    made = sorted(os.listdir(where))
    if made != ["redacted-2.lostsyn", "redacted.lostsyn"]:
        failures.append(f"default folders: {made}")
    if b" in redacted.lostsyn" not in said:
        failures.append("the default folder is not told")
    for command in (["judge", made[0]], ["diff", *made]):
        done = lost.subprocess.run(
            [binary, *command], cwd=where, capture_output=True, check=False,
            timeout=lost.TIMEOUT_S)
        if done.returncode > 1:
            failures.append(f"{command[0]}: status {done.returncode}")
        said += done.stdout + done.stderr
    check_nowhere(failures, "default folder", said)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    args = parser.parse_args()
    lost.need_analyze(args.lostsyn)
    failures = []
    with lost.Scratch() as scratch:
        case = os.path.join(scratch, "incident-marmalade")
        make_case(case)
        plain, hidden, again, keyed, keyed2 = (
            os.path.join(scratch, n + "-outfolder") for n in "abcde")
        run(args, case, plain)
        seen = {s for _, data in outputs(plain) for s in leaks(data)}
        # The test could not fail for what never was in any output.
        for secret in set(SECRETS) - seen - {"outfolder", "2001:db8:77"}:
            failures.append(f"{secret}: in no output even without --redact")
        done = run(args, case, hidden, "--redact")
        tuples = community_ids(plain)
        if len(tuples) < 2 or community_ids(hidden) != {None}:
            failures.append(f"Community IDs: {community_ids(hidden)}")
        for name, data in outputs(hidden):
            check_nowhere(failures, name, data)
            for name_of_tuple in tuples:
                if name_of_tuple.encode() in data:
                    failures.append(f"{name}: {name_of_tuple}")
        check_nowhere(failures, "terminal",
                      (done.stdout + done.stderr).encode())
        check_same_judgement(failures, plain, hidden)
        shutil.copytree(case, os.path.join(scratch, "elsewhere", "incident-marmalade"))
        run(args, os.path.join(scratch, "elsewhere", "incident-marmalade"),
            again, "--redact")
        if list(outputs(hidden)) != list(outputs(again)):
            failures.append("two redacted runs differ")
        check_default_folder(failures, args, scratch, case)
        key = os.path.join(scratch, "key")
        with open(key, "wb") as f:
            f.write(b"0123456789abcdef0123456789abcdef")
        run(args, case, keyed, "--redact-key", key)
        os.remove(os.path.join(case, "kumquat-lb", "aubergine.pcap"))
        run(args, case, keyed2, "--redact-key", key)
        if hosts(keyed) == hosts(hidden) or hosts(keyed) != hosts(keyed2):
            failures.append("a key file does not decide the pseudonyms")
        check_errors(failures, args, scratch)
        check_batch(failures, args, scratch, case)
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
