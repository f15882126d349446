"""Output of programs that somebody ran elsewhere, as rivals.End.

A program that is not on this machine takes part by the files that it wrote: of
incident NAME, LOGS/NAME/client.* and LOGS/NAME/server.*, one of each end's
capture. An end without a file was not captured.

Zeek: conn.log as it writes it, tab separated or JSON lines (client.log,
server.log). History has most letters once for each side, whatever was
repeated, and ICMP errors are rows of their own.
cite: docs.zeek.org v8.2, scripts/base/protocols/conn/main.zeek, conn_state and
history; frameworks/logging, the ASCII writer

netverdict: what `netverdict analyze FILE --json` prints (client.json,
server.json): of each flow "client:port->server:port" its signals.
cite: netverdict 0.8.1, README.md and netverdict/report.py, to_json
"""
import json
import os

from rivals import End, decide, pick


def zeek_rows(text):
    """[{field: value}] of a conn.log in either form."""
    fields, between = [], "\t"
    for line in text.splitlines():
        if line.startswith("{"):
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict):
                yield {key: str(value) for key, value in row.items()}
        elif line.startswith("#separator"):
            between = line.split(None, 1)[1].encode().decode("unicode_escape")
        elif line.startswith("#fields"):
            fields = line.split(between)[1:]
        elif line and not line.startswith("#") and fields:
            yield dict(zip(fields, line.split(between)))


def zeek_ends(path):
    """{(client, server): [End, …]} in the order of the rows' times."""
    with open(path, encoding="utf-8", errors="replace") as f:
        rows = [row for row in zeek_rows(f.read())
                if row.get("proto") == "tcp"]
    found = {}
    for row in sorted(rows, key=lambda row: float(row.get("ts", 0))):
        said = row.get("history", "")
        if "S" not in said:
            continue
        end = End()
        for name, letter in (("syn", "S"), ("synack", "h"), ("ack", "A"),
                             ("client_rst", "R"), ("server_rst", "r"),
                             ("client_data", "D"), ("server_data", "d")):
            setattr(end, name, int(letter in said))
        end.bare_ack = int("a" in said and "h" not in said)
        key = ((row["id.orig_h"], int(row["id.orig_p"])),
               (row["id.resp_h"], int(row["id.resp_p"])))
        found.setdefault(key, []).append(end)
    return found


def netverdict_ends(path):
    """The same of netverdict's flows, a flow each."""
    with open(path, encoding="utf-8") as f:
        flows = json.load(f).get("flows", [])
    found = {}
    for flow in flows:
        client, _, server = flow.get("flow", "").partition("->")
        said = flow.get("signals", {})
        if not server or not said.get("syn_count"):
            continue
        end = End()
        end.syn = said["syn_count"]
        end.synack = int(bool(said.get("synack_seen")))
        end.ack = int(bool(said.get("handshake_complete")))
        end.server_rst = int(bool(said.get("rst_to_syn")))
        end.icmp = said.get("icmp_unreach_count", 0) + \
            int(bool(said.get("icmp_admin_prohibited")))
        end.client_data = said.get("bytes_c2s", 0)
        end.server_data = said.get("bytes_s2c", 0)
        key = tuple((name.strip("[]"), int(port)) for name, _, port in
                    (part.rpartition(":") for part in (client, server)))
        found.setdefault(key, []).append(end)
    return found


# name -> (the ending of its files, reader of one end)
METHODS = {"zeek-log": (".log", zeek_ends),
           "netverdict": (".json", netverdict_ends)}


def answers(method, folder):
    """{(client, server): [verdict, …]}, or None where no file is."""
    ending, read = METHODS[method]
    ends = [read(path) if os.path.exists(path) else None for path in (
        os.path.join(folder, name + ending) for name in ("client", "server"))]
    if ends == [None, None]:
        return None
    client, server = ends
    table = {}
    for key in {**(client or {}), **(server or {})}:
        ours, theirs = ((side or {}).get(key, []) for side in ends)
        table[key] = [decide(pick(client, ours, n, None),
                             pick(server, theirs, n, None))
                      for n in range(max(len(ours), len(theirs)))]
    return table
