#!/usr/bin/env python3
"""lostsyn diff on pairs of reports: words, JSON and exit status.

The reports are made here, so that each pair is a story of its own; the goldens
are in tests/golden/diff. After a change that is meant:

  UPDATE_GOLDEN=1 python3 tests/golden/diff.py --lostsyn build/dev/analyzer/lostsyn
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import pipelines

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "diff")
HERE = "198.51.100.20"


def client(ip, ok, failed=0, undecided=0):
    return {"ip": ip, "attempts": ok + failed + undecided, "failed": failed,
            "undecided": undecided}


def service(port, ok, undecided=0, ip=HERE, clients=None, **failed):
    words = {k.replace("_", "-"): v for k, v in failed.items() if v}
    lost = sum(words.values())
    if undecided:
        words["undetermined"] = undecided
    if ok:
        words["established"] = ok
    if clients is None:
        clients = [client("192.0.2.10", ok, lost, undecided)]
    return {"server": {"ip": ip, "port": port},
            "attempts": ok + lost + undecided, "failed": lost,
            "by_verdict": dict(sorted(words.items())), "undecided": undecided,
            "by_client": clients, "clients_left_out": 0}


def tried(port, *clients, ip=HERE):
    """A service, by what became of each client."""
    total = {k: sum(c[k] for c in clients)
             for k in ("attempts", "failed", "undecided")}
    return service(port, total["attempts"] - total["failed"]
                   - total["undecided"], total["undecided"], ip=ip,
                   clients=list(clients),
                   syn_dropped_by_server=total["failed"])


def cause(name, attempts, confidence="confirmed", host=HERE):
    return {"cause": name, "title": name.replace("-", " "),
            "confidence": confidence, "host": host, "attempts": attempts}


def report(services, causes=(), seconds=60, roles=("client", "server"),
           capture="a", rules="1", grade="good"):
    words = {}
    for s in services:
        for k, v in s["by_verdict"].items():
            words[k] = words.get(k, 0) + v
    return {
        "format": "lostsyn-report", "version": 1,
        "tool": {"name": "lostsyn", "version": "1",
                 "rules_sha256": rules * 64},
        "inputs": [{"id": i, "role": role, "packets": 1,
                    "sha256": capture + str(i), "trust": {"grade": grade}}
                   for i, role in enumerate(roles)],
        "clocks": [],
        "summary": {
            "attempts": sum(s["attempts"] for s in services),
            "failed": sum(s["failed"] for s in services),
            "by_verdict": dict(sorted(words.items())),
            "services": services, "services_left_out": 0,
            "overlap": {"first": "2026-11-20T09:15:00.000000Z",
                        "last": f"2026-11-20T09:{15 + seconds // 60}:"
                                f"{seconds % 60:02}.000000Z"}},
        "attempts": [{"why": "not ] read"}],
        "findings": list(causes)}


def told(r, reported):
    """The same, with failures that logs tell of, by port."""
    r["services"] = [{"address": HERE, "port": port, "slow": 0,
                      "reported": count} for port, count in reported.items()]
    return r


def uncaptured(reported, causes=()):
    """A report of logs alone."""
    r = told(report([], [{**c, "attempts": 0, "reported": c["attempts"]}
                         for c in causes], roles=()), reported)
    r["summary"]["overlap"] = None
    return r


def named(r, **hosts):
    r["hosts"] = [{"name": name.replace("_", "-"), "addresses": addresses}
                  for name, addresses in hosts.items()]
    return r


def without_clients(r):
    for s in r["summary"]["services"]:
        del s["by_client"], s["clients_left_out"]
    return r


def without_services(r):
    del r["summary"]["services"], r["summary"]["services_left_out"]
    return r


HEALTHY = [service(port, 300) for port in range(8001, 8014)]
DEAD = service(5432, 0, syn_dropped_by_server=1545)
BEFORE = report([DEAD] + HEALTHY, [cause("host-firewall-drop", 1545)])


def after(*services, **more):
    return report(list(services) + HEALTHY, capture="b", **more)


# The clients 1 and 2 fare the same as ever; more attempts come from 1 now.
SIMPSON = (
    report([tried(443, client("192.0.2.1", 970, 30),
                  client("192.0.2.2", 200, 800))]),
    report([tried(443, client("192.0.2.1", 2910, 90),
                  client("192.0.2.2", 20, 80))], capture="b"))
# And the other way round: each fares better, and together more fail.
HIDDEN = (
    report([tried(443, client("192.0.2.1", 2700, 300),
                  client("192.0.2.2", 20, 80))]),
    report([tried(443, client("192.0.2.1", 99, 1),
                  client("192.0.2.2", 1800, 1200))], capture="b"))

HOSTILE = "\x1b[31m\u202e<script>\u2028" + "x" * 1000000

# name: (old, new, status, status with --proved)
PAIRS = {
    "proved": (
        report([service(8080, 2768, syn_dropped_by_server=412)],
               [cause("conntrack-table-full", 412)]),
        report([service(8080, 2948, syn_dropped_by_server=2)],
               [cause("conntrack-table-full", 0, "ruled-out")], capture="b"),
        0, 0),
    # The four traps, and what they are traps for.
    "trap-never-tried": (BEFORE, after(), 0, 1),
    "trap-still-broken": (
        BEFORE, after(service(5432, 0, syn_dropped_by_server=1500),
                      *[service(port, 9000) for port in range(9001, 9010)]),
        0, 1),
    "trap-too-few": (BEFORE, after(service(5432, 3)), 0, 1),
    "trap-other-clients": (
        BEFORE, after(tried(5432, client("192.0.2.77", 1500))), 0, 1),
    "honest": (BEFORE, after(service(5432, 1500)), 0, 0),
    "honest-and-a-stray": (
        BEFORE, after(service(5432, 1499, synack_lost_in_network=1)), 0, 0),
    "simpson": SIMPSON + (0, 1),
    "simpson-hides-a-fix": HIDDEN + (0, 0),
    "one-of-two-clients-again": (
        report([tried(443, client("192.0.2.1", 0, 50),
                      client("192.0.2.2", 0, 50))]),
        report([tried(443, client("192.0.2.1", 100))], capture="b"), 0, 1),
    "newcomers-fail": (
        report([tried(443, client("192.0.2.1", 0, 50))]),
        report([tried(443, client("192.0.2.1", 100),
                      client("192.0.2.9", 0, 40)), service(80, 100)],
               capture="b"), 0, 1),
    "new-service-fails": (
        BEFORE, after(service(5432, 1500),
                      service(5433, 0, refused_by_server=20)), 1, 1),
    "twenty-services-one-by-chance": (
        report([service(port, 100, syn_lost_in_network=5)
                for port in range(1, 20)] + [service(99, 20, syn_lost_in_network=80)]),
        report([service(port, 97, syn_lost_in_network=8)
                for port in range(1, 20)] + [service(99, 100)],
               capture="b"), 0, 1),
    "logs-still-tell": (
        BEFORE, told(after(service(5432, 100)), {5432: 5000}), 0, 1),
    "only-logs-told": (
        told(report([service(80, 100)]), {9200: 40}),
        told(report([service(80, 100), service(9200, 100)], capture="b"), {}),
        0, 1),
    # The same traps where only logs told of it before, or tell of it now.
    "logs-then-never-tried": (
        told(report(HEALTHY), {5432: 1545}), after(), 0, 1),
    "logs-then-told-again": (
        told(report(HEALTHY), {5432: 1545}), told(after(), {5432: 1500}), 0, 1),
    "logs-then-too-few": (
        told(report(HEALTHY), {5432: 1545}), after(service(5432, 3)), 0, 1),
    # One side, or neither, has a capture.
    "logs-alone-both-times": (
        uncaptured({5432: 312}, [cause("conntrack-table-full", 312)]),
        uncaptured({5432: 2}, [cause("server-overloaded", 1, "possible")]),
        0, 1),
    "logs-alone-then-captured-elsewhere": (
        uncaptured({5432: 312}, [cause("conntrack-table-full", 312)]),
        report([service(80, 16, syn_dropped_by_server=4)],
               [cause("conntrack-table-full", 4),
                cause("accept-queue-overflow", 4)], capture="b"), 0, 1),
    "captured-then-logs-alone": (
        BEFORE, uncaptured({}), 0, 1),
    "captured-then-logs-alone-tell-of-another": (
        BEFORE, uncaptured({8080: 20}), 1, 1),
    "captured-then-only-told": (BEFORE, told(after(), {5432: 20}), 0, 1),
    "moved-by-name": (
        named(report([service(5432, 0, syn_dropped_by_server=50)]),
              db_02=[HERE], server=[HERE]),
        named(report([service(5432, 50, ip="198.51.100.99")], capture="b"),
              db_02=["198.51.100.99"]), 0, 0),
    "moved-without-a-name": (
        named(report([service(5432, 0, syn_dropped_by_server=50)]),
              server=[HERE]),
        named(report([service(5432, 50, ip="198.51.100.99")], capture="b"),
              server=["198.51.100.99"]), 0, 1),
    "older-reports": (
        without_clients(report([service(80, 60, syn_lost_in_network=40)])),
        report([service(80, 100)], capture="b"), 0, 1),
    "too-few": (
        report([service(80, 16, syn_dropped_by_server=4)],
               [cause("conntrack-table-full", 4)]),
        report([service(80, 6)], capture="b", seconds=30),
        0, 1),
    "another-failure-came": (
        report([service(80, 50, syn_dropped_by_server=40)],
               [cause("accept-queue-overflow", 40)]),
        report([service(80, 84, synack_lost_in_network=4)],
               [cause("asymmetric-route", 4, "likely", None)], capture="b"),
        1, 1),
    "one-service-worse": (
        report([service(80, 400, syn_dropped_by_server=90),
                service(443, 300, syn_dropped_by_server=2),
                service(9999, 4)]),
        report([service(443, 250, syn_dropped_by_server=60),
                service(80, 480, syn_dropped_by_server=2),
                service(22, 3)], capture="b"),
        1, 1),
    "only-undecided-now": (
        report([service(80, 60, syn_lost_in_network=40)]),
        report([service(80, 60, undecided=40)], capture="b",
               roles=("client",), rules="2", grade="weak"),
        0, 1),
    "nothing-failed": (
        report([service(80, 100)]), report([service(80, 90)], capture="b"),
        0, 1),
    "same-report": (
        report([service(80, 60, syn_lost_in_network=40)],
               [cause("packet-loss", 40, "likely", None)]),
        report([service(80, 60, syn_lost_in_network=40)],
               [cause("packet-loss", 40, "likely", None)]),
        0, 1),
    "no-services": (
        without_services(report([service(80, 10, undecided=3)])),
        report([service(80, 20)], capture="b"), 0, 1),
    "hostile": (
        report([service(80, 9, syn_lost_in_network=1)],
               [cause(HOSTILE, 1, HOSTILE, HOSTILE)], roles=(HOSTILE,)),
        report([service(80, 9, syn_lost_in_network=1)],
               [cause("c", 1, "confirmed", HOSTILE)], capture="b"), 1, 1),
}

# What must be refused, and a word of why. (Shapes: unit/test_report_file.)
REFUSED = {
    "empty": (b"", "no JSON"),
    "binary": (bytes(range(256)) * 100, "no JSON|do not match"),
    "nested": (b'{"x":' + b"[" * 1000000, "do not match"),
    "other": (b'{"format":"lostsyn-diff","version":1}', "no report.json"),
    "later": (b'{"format":"lostsyn-report","version":9}', "another version"),
}


def run(binary, *arguments):
    done = subprocess.run([binary, "diff", *arguments], capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=1200)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def write(folder, name, content):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content if isinstance(content, bytes)
                else json.dumps(content).encode())
    return path


def golden(name, text):
    path = os.path.join(GOLDEN, name)
    if os.environ.get("UPDATE_GOLDEN"):
        os.makedirs(GOLDEN, exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    with open(path, encoding="utf-8") as f:
        if f.read() != text:
            yield f"{name} is not what diff writes now:\n{text}"


def is_plain(text):
    """Nothing steers a terminal; no line is wider than 80 columns."""
    for line in text.split("\n"):
        if len(line) > 80:
            yield f"a line of {len(line)} columns"
        if any(c < " " or c in "\u202e\u2028\x7f" for c in line):
            yield f"a control character: {line!r}"


def check_pair(binary, folder, name):
    old, new, status, status_proved = PAIRS[name]
    os.chdir(folder)
    write(folder, f"{name}/before/report.json", old)
    write(folder, f"{name}/after.json", new)
    os.chdir(os.path.join(folder, name))
    code, text, errors = run(binary, "before", "after.json")
    if (code, errors) != (status, ""):
        yield f"{name}: status {code}, expected {status}; {errors}"
    yield from golden(name + ".txt", text)
    yield from (f"{name}: {problem}" for problem in is_plain(text))
    code, text, _ = run(binary, "before", "after.json", "--json")
    if code != status:
        yield f"{name}: status {code} with --json"
    if json.loads(text)["format"] != "lostsyn-diff":
        yield f"{name}: what JSON is this?"
    yield from golden(name + ".json", text)
    yield from check_pipeline(binary, name, json.loads(text))
    code, text, _ = run(binary, "--proved", "before", "after.json")
    if code != status_proved:
        yield f"{name}: status {code} with --proved"


def check_junit(text, answer):
    """What it says is the answer's."""
    yield from pipelines.junit_shape(text)
    failed = pipelines.junit_failed(text)
    if ("proved" in failed) == answer["proved"]:
        yield "the test called proved says otherwise"
    wanted = sum(s["open"] for s in answer["services"])
    if len(failed) - ("proved" in failed) != wanted:
        yield f"{len(failed)} tests failed, and {wanted} services are open"


def check_sarif(text, answer):
    yield from pipelines.sarif_shape(text)
    (run,) = json.loads(text)["runs"]
    if len(run["results"]) < sum(s["open"] for s in answer["services"]):
        yield "a service that is open is no result"


def check_pipeline(binary, name, answer):
    run(binary, "before", "after.json", "--junit", "out.xml", "--sarif",
        "out.sarif")
    with open("out.xml", encoding="utf-8") as f:
        yield from (f"{name}: JUnit: {p}" for p in check_junit(f.read(), answer))
    with open("out.sarif", encoding="utf-8") as f:
        yield from (f"{name}: SARIF: {p}" for p in check_sarif(f.read(), answer))


def check_same(binary, folder):
    """What --same says is believed, and nothing else is."""
    old, new = PAIRS["moved-without-a-name"][:2]
    old, new = (write(folder, f"same/{n}", r) for n, r in
                (("old.json", old), ("new.json", new)))
    for said, status in ((f"{HERE}=198.51.100.99", 0),
                         (f"198.51.100.99={HERE}", 1),
                         (f"{HERE}=198.51.100.98", 1)):
        if run(binary, "--proved", old, new, "--same", said)[0] != status:
            yield f"--same {said}: not status {status}"
    for said in ("", "=", HERE, f"{HERE}=", f"={HERE}"):
        if run(binary, old, new, "--same", said)[0] != 2:
            yield f"--same '{said}': not refused"


def check_refusals(binary, folder):
    good = write(folder, "good.json", PAIRS["proved"][0])
    for name, (content, why) in REFUSED.items():
        bad = write(folder, f"bad/{name}", content)
        for pair in ((good, bad), (bad, good)):
            code, text, errors = run(binary, *pair)
            if code != 2 or text or not any(w in errors
                                            for w in why.split("|")):
                yield f"{name}: status {code}, {errors}"
    for arguments, code in (((), 2), ((good,), 2), ((good,) * 3, 2),
                            ((good, good, "--nothing"), 2),
                            ((good, "nowhere"), 2), ((good, folder), 2),
                            (("/dev/null", good), 2)):
        if run(binary, *arguments)[0] != code:
            yield f"{arguments}: not status {code}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    binary = os.path.abspath(parser.parse_args().lostsyn)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        problems = [p for name in PAIRS
                    for p in check_pair(binary, folder, name)]
        problems += check_refusals(binary, folder)
        problems += check_same(binary, folder)
        os.chdir("/")
    for problem in problems:
        print(problem)
        failed = 1
    print(f"{len(PAIRS)} pairs, {len(REFUSED)} refusals")
    return failed


if __name__ == "__main__":
    sys.exit(main())
