#!/usr/bin/env python3
"""Each cause, beside each resource that is near its limit and innocent.

usage: rule_beside.py LOSTSYN RULES

Tests of each cause rule that find something are told again with one more
resource in trouble or near its limit (RESOURCES, below), and must come to the
same confidence about as many attempts. A resource is left out of the rules of
the causes that it is evidence of: there it would be no distraction. The rules
with the added tests are written beside and given to `lostsyn rules test`.
"""
import copy
import os
import re
import subprocess
import sys
import tempfile

import yaml

ENDS = ("server", "client")


def level(name, limit, at, of):
    """Two gauges at each end: what is used, and the most there may be."""
    return [{"name": n, "kind": "sysctl", "gauge": 1, "role": role, "after": v}
            for role in ENDS for n, v in ((name, at), (limit, of))]


def still(kind, role="server", scope="", **counters):
    """Counters that are high, and did not rise."""
    return [{"name": name, "kind": kind, "role": role, "scope": scope,
             "before": value, "after": value}
            for name, value in counters.items()]


def of(*causes, **sections):
    """A resource: the causes whose rules leave it out, and its rows."""
    return frozenset(causes), sections


# What is in trouble: (causes it speaks for, rows by section of a test). Where a
# rule has rows of the same counter the resource is left out of that test.
RESOURCES = {
    "a connection tracking table at 97 %": of(
        "conntrack-table-full",
        counters=level("net.netfilter.nf_conntrack_count",
                       "net.netfilter.nf_conntrack_max", 63569, 65536)),
    # That a program listens speaks against no-listener and for a rule that rejects.
    "the accept queue of another port over its limit": of(
        "accept-queue-overflow", "server-overloaded", "host-firewall-reject",
        sockets=[{"state": "LISTEN", "local": "0.0.0.0:9444", "recv_q": 129,
                  "send_q": 128, "role": "server"},
                 {"state": "LISTEN", "local": "0.0.0.0:80", "recv_q": 0,
                  "send_q": 128, "role": "server"}]),
    "an accept queue of the port at 80 %": of(
        "host-firewall-reject",
        sockets=[{"state": "LISTEN", "local": "0.0.0.0:80", "recv_q": 102,
                  "send_q": 128, "role": "server"}]),
    "a neighbour table at 95 %": of(
        "neighbour-table-full",
        counters=level("neigh_entries", "net.ipv4.neigh.default.gc_thresh3",
                       973, 1024)),
    "27,180 connections in TIME_WAIT, the table not full": of(
        "time-wait-overflow", "ephemeral-ports-exhausted",
        counters=level("tcp_tw", "net.ipv4.tcp_max_tw_buckets", 27180, 32768)
        + still("nstat", "client", TcpExtTCPTimeWaitOverflow=9011)),
    "a NAT gateway with 53,900 connections and no failed allocation": of(
        "nat-port-exhaustion",
        counters=[{"name": name, "kind": "cloudwatch", "gauge": 1,
                   "role": "network", "scope": "2026-11-20T12:00:00Z",
                   "after": value} for name, value in
                  (("ActiveConnectionCount", 53900),
                   ("ErrorPortAllocation", 0))]),
    "busy softirqs that dropped nothing": of(
        counters=[{"name": "time_squeeze", "kind": "softnet", "scope": "cpu0",
                   "role": role, "before": 2322, "after": 2391}
                  for role in ENDS] + [
                 {"name": "dropped", "kind": "softnet", "scope": "cpu0",
                  "role": role, "before": 17, "after": 17} for role in ENDS]),
    "counters of drops that are high and still": of(
        "accept-queue-overflow", "syn-queue-overflow",
        counters=still("nstat", TcpExtListenOverflows=52, TcpExtListenDrops=52,
                       TcpExtTCPReqQFullDrop=90, TcpExtTCPBacklogDrop=7,
                       TcpExtPruneCalled=12, TcpExtTCPAbortOnMemory=4,
                       TcpExtIPReversePathFilter=811, TcpInCsumErrors=31,
                       TcpExtPAWSPassive=8, TcpExtTCPMD5NotFound=3)),
    "a filter that denies a stranger another port": of(
        events=[{"name": "firewall-log-drop", "role": role, "at": 1,
                 "src": "203.0.113.209:58034", "dst": f"{there}:9445",
                 "fields": {"flags": "SYN", "prefix": "[UFW BLOCK]"}}
                for role, there in (("server", "10.2.0.2"),
                                    ("client", "10.1.0.2"))]),
    "a rule of another port that drops much": of(
        counters=[{"name": "drop_packets", "kind": "nft", "role": "server",
                   "scope": "inet filter input 1: tcp dport 9446 drop",
                   "before": 3, "after": 4711}]),
    "a program of another kind killed for lack of memory": of(
        "memory-pressure", "server-overloaded", "no-listener",
        events=[{"name": "oom-kill", "role": role, "at": 1,
                 "fields": {"process": "report-batch"}} for role in ENDS]),
    "a neighbour beside the path that nobody answers for": of(
        "host-down", "no-route-back", "link-down", "syn-never-left-client",
        neighbours=[{"role": "client", "asker": "10.1.0.2",
                     "target": "10.1.0.77"}]),
}

# So many tests of a rule are told beside each resource; a rule may be held
# against no fewer.
TELLERS, FEWEST = 2, 12


def words_of(rows, key):
    return {row.get(key) for row in rows}


def told_again(test, name, sections):
    """The test with the resource beside; None where it has rows of that kind
    itself, for then it would tell of the same thing twice."""
    again = copy.deepcopy(test)
    for section, rows in sections.items():
        own = again.get(section, [])
        key = {"sockets": "state", "neighbours": "role"}.get(section, "name")
        if words_of(own, key) & words_of(rows, key):
            return None
        again[section] = own + copy.deepcopy(rows)
    again["name"] = f"{name}: {test['name']}"
    # Evidence that shows the level is no harm: only what it comes to counts.
    again["expect"].pop("evidence", None)
    for key in ("instead", "against", "source"):
        again.pop(key, None)
    again["beside"] = name
    return again


def widened(rule):
    """The rule with tests told again, each resource beside TELLERS of those that
    find something; and which resources fitted none."""
    tests = [test for test in rule["tests"]
             if test["expect"]["confidence"] not in ("none", "ruled-out")]
    added, unfit = [], []
    for i, (name, (causes, sections)) in enumerate(RESOURCES.items()):
        if rule["cause"] in causes:
            continue
        turned = tests[i % len(tests):] + tests[:i % len(tests)]
        told = [again for test in turned
                for again in [told_again(test, name, sections)] if again]
        added += told[:TELLERS]
        if not told:
            unfit.append(name)
    # A rule is refused without near misses; all of its own are tried elsewhere.
    misses = [test for test in rule["tests"] if test not in tests]
    rule["tests"] = tests[:1] + misses[:4] + added
    return len(added), unfit


def main():
    binary, folder = sys.argv[1:]
    total, lacks = 0, []
    with tempfile.TemporaryDirectory() as scratch:
        for file in sorted(os.listdir(folder)):
            with open(os.path.join(folder, file), encoding="utf-8") as f:
                rule = yaml.safe_load(f)
            count, unfit = widened(rule)
            total += count
            if count < FEWEST:
                lacks.append(f"{file}: only {count}; no test bears "
                             + ", ".join(unfit))
            with open(os.path.join(scratch, file), "w", encoding="utf-8") as f:
                yaml.safe_dump(rule, f, sort_keys=False, width=4000)
        run = subprocess.run([binary, "rules", "test", scratch], text=True,
                             capture_output=True, check=False)
    lines = (run.stdout + run.stderr).splitlines()
    print("\n".join(lacks + [line for line in lines if not re.match(
        r"ok |[a-z0-9-]+$| +(confirmed by|not by|beside|never confirmed)",
        line)]))
    print(f"{total} tests told again beside {len(RESOURCES)} innocent resources")
    sys.exit(run.returncode or bool(lacks))


if __name__ == "__main__":
    main()
