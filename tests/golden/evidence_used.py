#!/usr/bin/env python3
"""Nothing that is read lies unused: each event, counter, fact and table that
the parsers and the tracker produce is used by a rule, or evidence_unused.txt
says why not.

usage: evidence_used.py SOURCE

Events are those of parsers/patterns, counters those that counter_words.def and
netstat_prose.def name, facts those of facts.def, tables those of ingest and
stitch. Used is what a rule's SQL names (its tests do not count), or what the
program's own SQL and tables name. Checked both ways: a reason for what is used,
or for what nobody produces, is an error as well.
"""
import fnmatch
import glob
import os
import re
import sys

SOURCE = sys.argv[1]


def read(*patterns):
    return "".join(
        open(name, encoding="utf-8").read() for pattern in patterns
        for name in sorted(glob.glob(os.path.join(SOURCE, pattern),
                                     recursive=True)))


def rule_texts():
    return "".join(re.split(r"^tests:", open(name, encoding="utf-8").read(),
                            flags=re.M)[0]
                   for name in glob.glob(os.path.join(SOURCE, "rules/*/*.yaml")))


def events_unused(rules, code):
    ends = re.findall(r'^X\("([^"]+)"',
                      read("analyzer/model/failure_events.def"), re.M)
    found = set(re.findall(r"^- event: (\S+)", read("parsers/patterns/*.yaml"),
                           re.M))
    return found, {e for e in found
                   if f"'{e}'" not in rules and f'"{e}"' not in code
                   and f"'{e}'" not in code
                   and not any(e.endswith(end) for end in ends)}


def counters_unused(rules):
    found = set(re.findall(r'^X\("(\w+)"', read("parsers/host/counter_words.def"),
                           re.M))
    found |= set(re.findall(r'"((?:TcpExt|IpExt|Ip6?|Tcp|Udp6?|Icmp6?)[A-Z]\w+)"',
                            read("parsers/host/netstat_prose.def")))
    short = {c: re.sub(r"^(TcpExt|IpExt|Tcp|Ip)", "", c) for c in found}
    return found, {c for c in found if f"'{c}'" not in rules
                   and f"'{short[c]}'" not in rules}


def facts_unused(rules):
    found = set(re.findall(r"^X\((\w+),", read("analyzer/model/facts.def"), re.M))
    return found, {f for f in found if not re.search(rf"\b{f}\b", rules)}


def tables_unused(rules, sql):
    found = set(re.findall(r"^TABLE\((\w+)", read(
        "analyzer/store/ingest_tables.def", "analyzer/store/stitch_tables.def"),
        re.M))
    return found, {t for t in found if not re.search(rf"\b{t}\b", rules + sql)}


def reasons():
    """(kind, pattern, reason) of each line of evidence_unused.txt."""
    here = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(here, "evidence_unused.txt")
    for line in open(path, encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            yield line.split(None, 2)


def main():
    rules = rule_texts()
    code = read("analyzer/*/*.c", "analyzer/*/*.def")
    sql = read("analyzer/judge/*.sql")
    kinds = {"event": events_unused(rules, code + sql),
             "counter": counters_unused(rules), "fact": facts_unused(rules),
             "table": tables_unused(rules, sql)}
    wrong, told = [], {kind: set() for kind in kinds}
    for entry in reasons():
        kind, pattern = entry[:2]
        if len(entry) < 3 or kind not in kinds:
            wrong.append(f"{' '.join(entry)}: is 'kind name reason'")
            continue
        of = {n for n in kinds[kind][1] if fnmatch.fnmatchcase(n, pattern)}
        if not of:
            made = any(fnmatch.fnmatchcase(n, pattern) for n in kinds[kind][0])
            wrong.append(f"{kind} {pattern}: has a reason to be unused and "
                         + ("is used" if made else "nobody produces it"))
        told[kind] |= of
    for kind, (_, unused) in kinds.items():
        wrong += [f"{kind} {name}: is read, and no rule uses it; use it, or say "
                  "why not in evidence_unused.txt"
                  for name in sorted(unused - told[kind])]
    print("\n".join(wrong) or ", ".join(
        f"{len(made)} {kind}s, {len(unused)} unused for a reason"
        for kind, (made, unused) in kinds.items()))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
