#!/usr/bin/env python3
"""lostsyn-collect --at: both ends in one command, and one archive to analyse.

	collect_at.py --lostsyn PROGRAM --collect SCRIPT

As root: two network namespaces, once by `ip netns exec`, once with a shell from
a real sshd on loopback at one end, once with a root at one end that has BusyBox
and nothing else. A place that cannot be reached, and one that goes away, are
said and cost the others nothing. What a program or a right lacks is skipped
visibly.
"""
import argparse
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import analyze as lost

CLIENT, SERVER, PORT = "10.91.7.1", "10.91.7.2", 8080
NS = {"client": f"lostsynat-c{os.getpid()}", "server": f"lostsynat-s{os.getpid()}"}
SERVE = """
import socket
s = socket.socket()
s.bind(("%s", %d))
s.listen(50)
print("ready", flush=True)
while True:
    s.accept()[0].close()
""" % (SERVER, PORT)
PROBE = """
import socket, sys
s = socket.socket()
s.settimeout(2)
try:
    s.connect(("%s", %d))
except OSError:
    sys.exit(1)
""" % (SERVER, PORT)


def run(*command, check=True):
    done = subprocess.run(command, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, timeout=lost.TIMEOUT_S)
    if check and done.returncode != 0:
        raise OSError(f"{command}: {done.stderr.strip()}")
    return done


class Network:
    """Two namespaces, a server, and a rule that drops after a while."""

    def __init__(self):
        self.server = None

    def __enter__(self):
        c, s = NS["client"], NS["server"]
        run("ip", "netns", "add", c)
        run("ip", "netns", "add", s)
        run("ip", "link", "add", "at0", "netns", c, "type", "veth", "peer",
            "name", "at1", "netns", s)
        for ns, card, address in (c, "at0", CLIENT), (s, "at1", SERVER):
            run("ip", "-n", ns, "addr", "add", f"{address}/24", "dev", card)
            run("ip", "-n", ns, "link", "set", card, "up")
            run("ip", "-n", ns, "link", "set", "lo", "up")
        self.server = subprocess.Popen(
            ["ip", "netns", "exec", s, sys.executable, "-c", SERVE],
            stdout=subprocess.PIPE, text=True)
        self.server.stdout.readline()
        return self

    def __exit__(self, *_):
        if self.server:
            self.server.kill()
            self.server.wait()
            self.server.stdout.close()
        for ns in NS.values():
            run("ip", "netns", "del", ns, check=False)

    @staticmethod
    def drop(yes):
        run("ip", "netns", "exec", NS["server"], "iptables", "-A" if yes else "-D",
            "INPUT", "-p", "tcp", "--dport", str(PORT), "-j", "DROP")


def netns(where):
    return f"ip netns exec {NS[where]}"


def leftovers(before):
    """Folders and processes of a collection that has ended."""
    where = [d for d in (os.environ.get("TMPDIR", "/tmp"), "/dev/shm")
             if os.path.isdir(d)]
    return {os.path.join(d, n) for d in where for n in os.listdir(d)
            if n.startswith("lostsyn-") and n.count("-") == 2
            and n.split("-")[1].isdigit()} - before


def collect(args, out, *words, drop_at=None):
    """Run it; the rule drops when it has captured for drop_at seconds."""
    process = subprocess.Popen(
        ["sh", args.collect, "--port", str(PORT), "-o", out, *words],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True)
    said = []
    for line in process.stderr:
        said.append(line)
        if "make the trouble happen" in line and drop_at is not None:
            threading.Timer(drop_at, Network.drop, [True]).start()
    return process.wait(timeout=lost.TIMEOUT_S), "".join(said)


def probe():
    quoted = PROBE.strip().replace("\n", "\\n")
    return f"{netns('client')} {sys.executable} -c \"exec('{quoted}')\"".replace(
        '("', "(\\\"").replace('",', "\\\",")


def check_report(what, args, out, scratch):
    folder = os.path.join(scratch, "report")
    done = lost.analyze(args.lostsyn, out, "-q", "--force", "-o", folder)
    if done.returncode != 1:
        yield f"{what}: analyze: {lost.said(done)}"
        return
    report = lost.read_report(folder)
    failed = {(a["verdict"], a["confidence"]) for a in report["attempts"]}
    # Certain only where the captures went on for a second behind the last SYN.
    if not failed or not failed <= {("syn-dropped-by-server", "certain"),
                                    ("syn-dropped-by-server", "likely")}:
        yield f"{what}: {failed}"
    if [c["vantage"] for c in report["clocks"]] != ["client", "server"]:
        yield f"{what}: {report['clocks']}"


def check_archive(what, out, places):
    with tarfile.open(out) as t:
        names = t.getnames()
        case = t.extractfile("incident/case.yaml").read().decode()
    wanted = {f"incident/{p}.tar" for p in places}
    if not wanted <= set(names):
        yield f"{what}: {names}"
    # One machine: its clocks are ahead of each other by nothing.
    ahead = [float(line.split(":")[1]) for line in case.splitlines()
             if "clock_ahead_s" in line]
    unsure = [float(line.split(":")[1]) for line in case.splitlines()
              if "clock_uncertainty_s" in line]
    if len(ahead) != len(places) or not all(
            abs(a) <= u <= 5 for a, u in zip(ahead, unsure)):
        yield f"{what}: clocks: {case}"


def check_run(what, args, scratch, client, server):
    """A probe that fails after a while ends it; the failure is in both."""
    before = leftovers(set())
    out = os.path.join(scratch, f"{what}.tar")
    try:
        status, said = collect(args, out, "--at", f"client={client}", "--at",
                               f"server={server}", "--until", probe(), drop_at=2)
    finally:
        run("ip", "netns", "exec", NS["server"], "iptables", "-F", check=False)
    if status != 0 or "it has failed" not in said:
        yield f"{what}: status {status}: {said}"
        return
    yield from check_archive(what, out, ["client", "server"])
    if what == "busybox":
        # Without tcpdump the server's half is host state; it says so.
        with tarfile.open(out) as t:
            inner = tarfile.open(fileobj=t.extractfile("incident/server.tar"))
            notes = inner.extractfile("server/collect.txt").read().decode()
            names = inner.getnames()
        if "tcpdump is not installed" not in notes or \
                "server/case.yaml" not in names:
            yield f"{what}: {notes} {names}"
    else:
        yield from check_report(what, args, out, scratch)
    if leftovers(before):
        yield f"{what}: left behind: {leftovers(before)}"


def check_missing(args, scratch):
    """One place cannot be reached, one goes away: the other half is kept."""
    out = os.path.join(scratch, "half.tar")
    status, said = collect(args, out, "--at", f"client={netns('client')}", "--at",
                           "server=ip netns exec no-such-namespace",
                           "--seconds", "2")
    if status != 1 or "nothing came from server" not in said:
        yield f"missing: status {status}: {said}"
    yield from check_archive("missing", out, ["client"])
    out = os.path.join(scratch, "none.tar")
    status, said = collect(args, out, "--at", "a=false", "--at", "b=exit 3 #",
                           "--seconds", "2")
    if status != 3 or os.path.exists(out) or os.path.exists(out + ".part"):
        yield f"none: status {status}: {said}"
    out = os.path.join(scratch, "gone.tar")
    before = leftovers(set())
    # As a connection that breaks: the far shell's input and output end.
    relay = os.path.join(scratch, "relay")
    with open(relay, "w", encoding="utf-8") as f:
        f.write("(sleep 4; kill -9 0) &\n"
                f"cat | setsid {netns('server')} sh | cat\n")
    status, said = collect(args, out, "--at", f"client={netns('client')}", "--at",
                           f"server=setsid sh {relay}", "--seconds", "8")
    if status != 1 or "nothing came from server" not in said:
        yield f"gone: status {status}: {said}"
    time.sleep(2)
    if leftovers(before):
        yield f"gone: left behind: {leftovers(before)}"


def check_usage(args, scratch):
    for words in (["--at", "client"], ["--at", "=sh"], ["--at", "../x=sh"],
                  ["--at", "a=sh", "--at", "a=sh"], ["--until", "true"],
                  ["-o", "x.tar"], ["--at"]):
        out = os.path.join(scratch, "usage.tar")
        done = run("sh", args.collect, *(words if "-o" in words else
                   [*words, *(["-o", out] if "--at" in words and
                              len(words) > 1 else [])]), check=False)
        if done.returncode != 2 or not done.stderr or os.path.exists(out):
            yield f"usage: {words}: {lost.said(done)}"


class Sshd:
    """A server of its own keys on a port of its own, for root alone."""

    def __init__(self, folder):
        self.folder = folder
        self.process = None

    def __enter__(self):
        for name in "host", "user":
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                os.path.join(self.folder, name))
        shutil.copy(os.path.join(self.folder, "user.pub"),
                    os.path.join(self.folder, "authorized"))
        config = os.path.join(self.folder, "config")
        with open(config, "w", encoding="utf-8") as f:
            f.write(f"HostKey {self.folder}/host\nPidFile none\nUsePAM no\n"
                    f"AuthorizedKeysFile {self.folder}/authorized\n"
                    "StrictModes no\nPermitRootLogin yes\nListenAddress "
                    f"{SERVER}:2222\nPasswordAuthentication no\n")
        os.makedirs("/run/sshd", exist_ok=True)
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", NS["server"], "/usr/sbin/sshd", "-D", "-e",
             "-f", config], stderr=subprocess.DEVNULL)
        for _ in range(50):
            if run("ip", "netns", "exec", NS["server"], "ss", "-ltn",
                   check=False).stdout.find(":2222") > 0:
                break
            time.sleep(0.1)
        return (f"ip netns exec {NS['client']} ssh -q -p 2222 -i "
                f"{self.folder}/user -o StrictHostKeyChecking=no -o "
                f"UserKnownHostsFile=/dev/null root@{SERVER}")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def busybox_root(scratch):
    """A root folder with BusyBox alone; the command that is in it."""
    root = os.path.join(scratch, "root")
    for name in "bin", "tmp", "proc", "dev":
        os.makedirs(os.path.join(root, name))
    os.mknod(os.path.join(root, "dev", "null"), 0o666 | stat.S_IFCHR,
             os.makedev(1, 3))
    binary = shutil.which("busybox")
    shutil.copy(binary, os.path.join(root, "bin", "busybox"))
    run("chroot", root, "/bin/busybox", "--install", "-s", "/bin")
    return f"ip netns exec {NS['server']} chroot {root} /bin/busybox"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--collect", required=True)
    args = parser.parse_args()
    failures = []
    with lost.Scratch() as scratch:
        failures += check_usage(args, scratch)
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "tcpdump", "iptables"))):
        for failure in failures:
            print(failure)
        if failures:
            return 1
        lost.skip("no root, ip, tcpdump or iptables: no namespaces were made")
    try:
        with Network(), lost.Scratch() as scratch:
            failures += check_run("netns", args, scratch, netns("client"),
                                  netns("server"))
            failures += check_missing(args, scratch)
            if os.path.exists("/usr/sbin/sshd"):
                keys = os.path.join(scratch, "keys")
                os.makedirs(keys)
                with Sshd(keys) as ssh:
                    failures += check_run("sshd", args, scratch,
                                          netns("client"), ssh)
            else:
                print("skipped: sshd is not installed")
            if shutil.which("busybox"):
                failures += check_run("busybox", args, scratch, netns("client"),
                                      busybox_root(scratch))
            else:
                print("skipped: busybox is not installed")
    except OSError as trouble:
        lost.skip(f"no network namespaces: {trouble}")
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
