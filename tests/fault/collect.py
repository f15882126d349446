#!/usr/bin/env python3
"""Does lostsyn-collect take what lostsyn analyze can read?

	collect.py --lostsyn PROGRAM --collect SCRIPT

Usage errors, and what it may take without privilege, are tried everywhere. As
root, two network namespaces are made: the script runs at both ends while
connections succeed and one vanishes, and the folder is analysed as it is.
"""
import argparse
import glob
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402

SECONDS = 4
SILENT_PORT = 81
OPEN_PORT = 80
SERVER = "192.0.2.2"
CLIENT = "192.0.2.1"

# Runs in the client's namespace: some connections, and one that nobody answers.
CONNECTS = """
import socket, time
for port, pause in ((%d, 0), (%d, 2.3), (%d, 0)):
    s = socket.socket()
    s.settimeout(0.3)
    try:
        s.connect(("%s", port))
        time.sleep(0.05)
    except OSError:
        pass
    s.close()
    time.sleep(pause)
names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
names.settimeout(1)
names.sendto(bytes.fromhex("1a2b01000001000000000000") +
             b"\\3app\\7example\\3com\\0\\0\\1\\0\\1", ("%s", 53))
names.recv(512)
""" % (OPEN_PORT, SILENT_PORT, OPEN_PORT, SERVER, SERVER)

# ... and a name server that always fails (RFC 1035: RCODE 2).
LISTENS = """
import socket, sys, threading
def fail():
    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    names.bind(("%s", 53))
    while True:
        query, who = names.recvfrom(512)
        names.sendto(query[:2] + bytes.fromhex("8182") + query[4:], who)
threading.Thread(target=fail, daemon=True).start()
s = socket.socket()
s.bind(("%s", %d))
s.listen(16)
print("ready", flush=True)
while True:
    s.accept()
""" % (SERVER, SERVER, OPEN_PORT)


def run(*command, **options):
    options.setdefault("timeout", a.TIMEOUT_S)
    return subprocess.run(command, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, **options)


def usage_errors(args, here):
    """Every bad command line: status 2, a message, nothing made."""
    for words in (["--port", "0"], ["--port", "65536"], ["--port", "http"],
                  ["--port"], ["--host", "a b"], ["--host", "-x"],
                  ["--seconds", "1.5"], ["--seconds", "-1"], ["--bogus"],
                  ["--role", "../x"], ["--role", "a/b"], ["--snaplen", "10"],
                  ["--max-mb", "0"], ["--interface", "a b"], ["extra"]):
        done = run("sh", args.collect, *words, cwd=here)
        if done.returncode != 2 or not done.stderr.strip():
            yield f"{words}: status {done.returncode}, {done.stderr!r}"
    if os.listdir(here):
        yield f"made by bad command lines: {os.listdir(here)}"
    done = run("sh", args.collect, "--help")
    if done.returncode != 0 or "--seconds" not in done.stdout:
        yield "--help does not help"


def options_that_rules_name(args, here):
    """What a finding tells a reader to type is an option."""
    rules = os.path.join(os.path.dirname(__file__), "..", "..", "rules")
    named = set()
    for path in glob.glob(os.path.join(rules, "causes", "*.yaml")):
        with open(path, encoding="utf-8") as f:
            for words in re.findall(r"lostsyn-collect((?: --[a-z-]+)+)",
                                    f.read()):
                named.update(words.split())
    if not named:
        yield "the rules name none"
    for option in sorted(named):
        done = run("sh", args.collect, option, "--help")
        if done.returncode != 0 or option not in done.stdout:
            yield f"{option}: status {done.returncode}, {done.stderr!r}"


def never_overwrites(args, here):
    os.makedirs(os.path.join(here, "out", "server"))
    mine = os.path.join(here, "out", "server", "case.yaml")
    with open(mine, "w", encoding="ascii") as f:
        f.write("mine")
    done = run("sh", args.collect, "--out", os.path.join(here, "out"),
               "--role", "server", "--seconds", "1", "--no-capture")
    if done.returncode != 3 or "server" not in done.stderr:
        yield f"status {done.returncode} over an existing folder"
    with open(mine, encoding="ascii") as f:
        if f.read() != "mine":
            yield "what was there is overwritten"


def without_privilege(args, here):
    """Somebody without rights gets what may be had, and the rest is named."""
    os.chmod(here, 0o777)
    script = os.path.join(here, "collect")
    shutil.copy(args.collect, script)
    os.chmod(script, 0o755)
    drop = []
    if os.getuid() == 0:
        if shutil.which("setpriv") is None:
            print("skipped: without_privilege: no setpriv")
            return
        drop = ["setpriv", "--reuid=65534", "--regid=65534",
                "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]
    out = os.path.join(here, "out")
    done = run(*drop, "sh", script, "--out", out, "--role", "client",
               "--seconds", "1", cwd=here)
    if done.returncode != 0:
        yield f"status {done.returncode}: {done.stderr}"
        return
    if shutil.which("tcpdump") and "packets" not in done.stderr:
        yield f"does not say that packets could not be taken: {done.stderr}"
    for name in ("case.yaml", "collect.txt", "sysctl-before.txt",
                 "proc-net-netstat-after.txt"):
        if not os.path.exists(os.path.join(out, "client", name)):
            yield f"no {name}"


def ctrl_c(args, here):
    """An interrupt ends the wait, not the collecting; nothing is left behind."""
    out = os.path.join(here, "out")
    process = subprocess.Popen(
        ["sh", args.collect, "--out", out, "--role", "client", "--seconds",
         "300", "--ss"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL, text=True, start_new_session=True)
    for line in process.stderr:
        if "Ctrl-C ends it early" in line:
            break
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    try:
        _, said = process.communicate(timeout=a.TIMEOUT_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        yield "does not end"
        return
    if process.returncode != 0 or "done:" not in said:
        yield f"status {process.returncode}: {said}"
    if not os.path.exists(os.path.join(out, "client", "sysctl-after.txt")):
        yield "no state after"
    left = run("ps", "-o", "pid=,args=", "-s", str(process.pid)).stdout
    left += run("pgrep", "-af", out).stdout
    if left.strip():
        yield f"processes are left: {left}"


def two_ends(args, here):
    """Both ends at once, in namespaces; then the folder is analysed."""
    tools = [t for t in ("ip", "tcpdump", "nft", "nstat")
             if shutil.which(t) is None]
    if os.getuid() != 0 or tools:
        print("skipped: two_ends: needs root and tcpdump, nft, nstat, ip "
              f"(lacks: {' '.join(tools) or 'root'})")
        return
    client = f"lsc{os.getpid()}"
    server = f"lss{os.getpid()}"
    listener = None
    try:
        if run("ip", "netns", "add", client).returncode != 0:
            print("skipped: two_ends: no network namespaces here")
            return
        run("ip", "netns", "add", server)
        yield from wire(client, server)
        listener = subprocess.Popen(
            ["ip", "netns", "exec", server, sys.executable, "-c", LISTENS],
            stdout=subprocess.PIPE, text=True)
        listener.stdout.readline()
        out = os.path.join(here, "incident")
        yield from collected(args, here, client, server, out)
        yield from analysed(args, here, out)
    finally:
        if listener is not None:
            listener.kill()
            listener.wait()
            listener.stdout.close()
        run("ip", "netns", "del", client)
        run("ip", "netns", "del", server)


def wire(client, server):
    """A cable between two namespaces; the server drops one port silently."""
    inside = ["ip", "-n"]
    run("ip", "link", "add", "eth0", "netns", client, "type", "veth", "peer",
        "eth0", "netns", server)
    for name, address in ((client, CLIENT), (server, SERVER)):
        run(*inside, name, "addr", "add", f"{address}/24", "dev", "eth0")
        run(*inside, name, "link", "set", "lo", "up")
        run(*inside, name, "link", "set", "eth0", "up")
    rules = ("table inet t { chain c { type filter hook input priority 0; "
             f"tcp dport {SILENT_PORT} counter drop; }}; }}")
    done = run("ip", "netns", "exec", server, "nft", rules)
    if done.returncode != 0:
        yield f"nft: {done.stderr}"


def collected(args, here, client, server, out):
    started = {}
    for name, role in ((client, "client"), (server, "server")):
        started[role] = subprocess.Popen(
            ["ip", "netns", "exec", name, "sh", args.collect, "--role", role,
             "--out", out, "--seconds", str(SECONDS), "--port",
             str(OPEN_PORT), "--port", str(SILENT_PORT), "--host", SERVER,
             "--interface", "eth0", "--ss", "--conntrack", "--dns"],
            stderr=subprocess.PIPE, text=True)
    for process in started.values():
        for line in process.stderr:
            if "Ctrl-C ends it early" in line:
                break
    run("ip", "netns", "exec", client, sys.executable, "-c", CONNECTS)
    for role, process in started.items():
        _, said = process.communicate(timeout=a.TIMEOUT_S)
        if process.returncode != 0:
            yield f"{role}: status {process.returncode}: {said}"
    for role in started:
        for name in glob.glob(os.path.join(out, role, ".part")):
            yield f"left behind: {name}"


def analysed(args, here, out):
    done = a.analyze(args.lostsyn, out, "-o", os.path.join(here, "report"))
    if done.returncode != 1:
        yield f"analyze: {a.said(done)}"
        return
    report = a.read_report(os.path.join(here, "report"))
    verdicts = {at["server"]["port"]: at["verdict"]
                for at in report["attempts"]}
    if verdicts.get(SILENT_PORT) != "syn-dropped-by-server":
        yield f"verdicts: {verdicts}"
    if report["summary"]["attempts"] != 3:
        yield f"{report['summary']['attempts']} attempts, not 3"
    for row in report["inputs"]:
        if row["kind"] == "unrecognised" and not row["name"].endswith(
                ("collect.txt", "tcpdump.txt", "capture-filter.txt")) and \
                "/clock-" not in row["name"]:
            yield f"not recognised: {row['name']}"
        if row["role"] not in ("client", "server", None):
            yield f"{row['name']} belongs to {row['role']}"
        if row["role"] is None and row["kind"] != "note":
            yield f"{row['name']} belongs to nobody"
    db = sqlite3.connect(os.path.join(here, "report", "evidence.sqlite"))
    for role in ("client", "server"):
        paired = {kind for kind, in db.execute(
            "SELECT DISTINCT kind FROM counter WHERE role = ? "
            "AND delta IS NOT NULL", [role])}
        lacking = {"nstat", "proc-netstat", "softnet", "ip-link"} - paired
        if lacking:
            yield f"{role}: no before and after of {sorted(lacking)}"
    syns, = db.execute(
        "SELECT sum(delta) FROM counter WHERE role = 'client' AND "
        "kind = 'nstat' AND name = 'TcpActiveOpens'").fetchone()
    if syns != 3:
        yield f"TcpActiveOpens of the client rose by {syns}, not 3"
    lookups = db.execute("SELECT role, name, outcome FROM lookup "
                         "ORDER BY role").fetchall()
    if lookups != [(role, "app.example.com", "server-failure")
                   for role in ("client", "server")]:
        yield f"lookups: {lookups}"
    dropped = db.execute(
        "SELECT 1 FROM counter WHERE role = 'server' AND kind = 'nft' AND "
        "delta > 0").fetchone()
    if dropped is None:
        yield "the rule that dropped did not count"
    db.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--collect", required=True)
    args = parser.parse_args()
    problems = 0
    for check in (usage_errors, options_that_rules_name, never_overwrites, without_privilege, ctrl_c,
                  two_ends):
        with a.Scratch() as here:
            os.chmod(here, 0o755)
            problems += a.run_check(check, args, here)
    return problems != 0


if __name__ == "__main__":
    sys.exit(main())
