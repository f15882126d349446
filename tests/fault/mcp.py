"""lostsyn mcp, by a client that speaks the protocol, and by one that means harm.

Each answer is one line of JSON-RPC with the request's id; every sentence about
an attempt or a cause names frames or a file's line, and these are those of
report.json. SQL reads, and ends. Nothing ends the server but its input's end.
"""
import argparse
import json
import os
import re
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import analyze as lost


class Client:
    def __init__(self, binary, subject):
        self.process = subprocess.Popen(
            [binary, "mcp", subject], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.next = 0

    def send(self, data):
        self.process.stdin.write(data + b"\n")
        self.process.stdin.flush()

    def receive(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the server is gone: {self.process.stderr.read()}")
        return json.loads(line)

    def ask(self, method, **params):
        self.next += 1
        self.send(json.dumps({"jsonrpc": "2.0", "id": self.next,
                              "method": method, "params": params}).encode())
        answer = self.receive()
        assert answer["jsonrpc"] == "2.0" and answer["id"] == self.next, answer
        return answer

    def call(self, tool, **arguments):
        answer = self.ask("tools/call", name=tool, arguments=arguments)
        result = answer["result"]
        assert [c["type"] for c in result["content"]] == ["text"], answer
        return result["isError"], result["content"][0]["text"]

    def end(self):
        self.process.stdin.close()
        rest = self.process.stdout.read()
        status = self.process.wait(timeout=lost.TIMEOUT_S)
        if status != 0 or rest:
            yield f"at the end: {status} {rest} {self.process.stderr.read()}"


def check_protocol(c):
    first = c.ask("initialize", protocolVersion="2025-03-26", capabilities={},
                  clientInfo={"name": "test", "version": "1"})["result"]
    if first["protocolVersion"] != "2025-03-26" or \
            first["serverInfo"]["name"] != "lostsyn" or \
            "tools" not in first["capabilities"]:
        yield f"initialize: {first}"
    other = c.ask("initialize", protocolVersion="1999-01-01")["result"]
    if other["protocolVersion"] != "2025-06-18":
        yield f"initialize: {other}"
    c.send(b'{"jsonrpc":"2.0","method":"notifications/initialized"}')
    if c.ask("ping")["result"] != {}:
        yield "ping"
    tools = {t["name"]: t for t in c.ask("tools/list")["result"]["tools"]}
    if set(tools) != {"list", "attempt", "finding", "evidence", "schema", "sql"}:
        yield f"tools: {set(tools)}"
    for t in tools.values():
        if not t["annotations"]["readOnlyHint"] or not t["description"] or \
                t["inputSchema"]["type"] != "object":
            yield f"tools: {t}"


def check_answers(c, report):
    bad, text = c.call("list")
    failed = report["attempts"]
    lines = [x for x in text.splitlines() if x.startswith("attempt ")]
    if bad or len(lines) != len(failed):
        yield f"list: {text}"
    for line, a in zip(lines, failed):
        wanted = ", ".join(map(str, a["views"]["client"]["frames"]))
        if f"attempt {a['id']}: " not in line or a["verdict"] not in line or \
                f"client: frames {wanted}" not in line:
            yield f"list: {line}"
    a = failed[0]
    bad, text = c.call("attempt", id=a["id"])
    for line in text.splitlines():
        if not re.search(r"frames? \d|at \S+Z on its clock|Wireshark at "
                         r"|explained by finding", line):
            yield f"attempt: a sentence without frames: {line}"
    if bad or a["why"] not in text or a["views"]["client"]["filter"] not in text:
        yield f"attempt: {text}"
    bad, text = c.call("finding")
    for f in report["findings"]:
        if f"finding {f['id']}: {f['title']}" not in text:
            yield f"finding: {text}"
    bad, text = c.call("finding", id=report["findings"][0]["id"])
    names = {i["id"]: i["name"] for i in report["inputs"]}
    for e in report["findings"][0]["evidence"]:
        line = e.get("line")
        if e["source"] is not None and line is not None and \
                f"{names[e['source']]}:{line}: " not in text:
            yield f"finding: {e} is not in {text}"
    bad, text = c.call("evidence", contains="table full", limit=2)
    if bad or not all(re.match(r"server/dmesg.txt:\d+ \(", x)
                      for x in text.splitlines()):
        yield f"evidence: {text}"
    bad, text = c.call("schema")
    if bad or "CREATE VIEW attempts" not in text:
        yield f"schema: {text[:200]}"


def check_sql(c, path):
    bad, text = c.call("sql", query="SELECT verdict, count(*) AS n FROM attempts"
                                    " GROUP BY verdict ORDER BY n")
    if bad or [json.loads(x)["n"] for x in text.splitlines()] != [4, 16]:
        yield f"sql: {text}"
    bad, text = c.call("sql", query="SELECT name FROM events WHERE text LIKE "
                                    "'%TABLE full%' LIMIT 1")
    if bad or "conntrack" not in text:
        yield f"sql: LIKE: {text}"
    bad, text = c.call("sql", query="SELECT a.id FROM attempts a, attempts b")
    if bad or "(200 rows; there may be more" not in text:
        yield f"sql: rows: {text[-200:]}"
    before = open(path, "rb").read()
    refused = [
        "DELETE FROM attempt", "UPDATE attempt SET id = 1", "DROP TABLE meta",
        "CREATE TABLE x(y)", "INSERT INTO meta VALUES ('a', 'b')", "VACUUM",
        "ATTACH '/tmp/x' AS x", "PRAGMA writable_schema = ON", "BEGIN",
        "PRAGMA table_info(attempt)", "SELECT 1; SELECT 2", "", "SELEC", "--",
        "SELECT load_extension('/tmp/x')", "SELECT readfile('/etc/passwd')",
        "SELECT randomblob(1000000000)", "SELECT zeroblob(1000000000)",
        "SELECT writefile('/tmp/x', 'y')", "SELECT * FROM sqlite_schema",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT count(*) FROM n", "EXPLAIN SELECT 1", "SELECT fts3_tokenizer(1)",
        "SELECT printf('%.*c', 100000000, 'x')", "SELECT 'a' GLOB '*a'",
        "SELECT 'a' LIKE 'b' ESCAPE 'c'", "SELECT " + "(" * 5000 + "1" + ")" * 5000,
        "SELECT 1" + " " * 20000, "SELECT * FROM pragma_database_list",
        "SELECT * FROM no_such", "VALUES (1) \0",
    ]
    for query in refused:
        bad, text = c.call("sql", query=query)
        if not bad:
            yield f"sql: not refused: {query[:80]}: {text[:200]}"
    start = time.monotonic()
    ten = ", ".join(f"facts f{i}, attempt a{i}, attempt b{i}" for i in range(4))
    wild = "replace(replace(replace('%a%a%a%a','a','%a%a%a%a%a'),'a','a%'),'','')"
    for query in (
            f"SELECT count(*) FROM {ten}",
            f"SELECT group_concat(e.text) FROM events e, {ten}",
            f"SELECT length(group_concat(hex(text))) LIKE {wild}||'b' FROM events"):
        c.call("sql", query=query)
    took = time.monotonic() - start
    if took > 60:
        yield f"sql: three greedy queries took {took:.0f} s"
    bad, text = c.call("sql", query="SELECT count(*) FROM (SELECT DISTINCT "
                       "hex(hex(hex(hex(e.text)))) || a.id || b.id || c.id || "
                       "d.id FROM events e, "
                       "attempts a, attempts b, attempts c, attempts d)")
    if not bad or "stopped: more than 64 MB of memory" not in text:
        yield f"sql: memory: {text}"
    # Still there, and as before.
    if c.call("sql", query="SELECT 1 AS one") != (False, '{"one":1}\n'):
        yield "sql: the server is not as before"
    if open(path, "rb").read() != before:
        yield "sql: the database has changed"


HOSTILE = [
    (b"", None), (b"   ", None), (b"{", -32700), (b"nonsense", -32600),
    (b"[]", -32600), (b"1", -32600), (b'"x"', -32600), (b"{}", -32600),
    (b'{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600),
    (b'{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600),
    (b'{"jsonrpc":"2.0","id":1}', -32600),
    (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600),
    (b'{"jsonrpc":"2.0","id":1,"method":"' + b"x" * 5000 + b'"}', -32600),
    (b'{"jsonrpc":"2.0","id":1,"method":"no/such"}', -32601),
    (b'{"jsonrpc":"2.0","id":1,"method":"tools/call"}', -32602),
    (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"rm"}}',
     -32602),
    (b'{"jsonrpc":"2.0","id":1,"method":"ping"}{"a":1}', -32700),
    (b"[" * 100000, -32600), (b'{"a":' * 50000, -32700),
    (b"\xff\xfe\x00\x00{}", -32700), (b"x" * (1 << 20) + b"y", -32600),
    (b'{"jsonrpc":"2.0","method":"tools/call","params":{"name":"list"}}', None),
    (b'{"jsonrpc":"2.0","method":"shutdown"}', None),
]


def check_hostile(c):
    for data, code in HOSTILE:
        c.send(data)
        if code is not None:
            answer = c.receive()
            if answer.get("error", {}).get("code") != code:
                yield f"{data[:60]}: {answer}"
    for tool, arguments in [
            ("attempt", {}), ("attempt", {"id": "1"}), ("attempt", {"id": 0}),
            ("attempt", {"id": 10 ** 30}), ("attempt", {"id": -1}),
            ("list", {"limit": "all"}), ("list", {"nonsense": 1}),
            ("sql", {"query": 5}), ("sql", {"query": None}), ("finding", {"id": 99})]:
        bad, text = c.call(tool, **arguments)
        if not bad or not text:
            yield f"{tool} {arguments}: {text[:100]}"
    answer = c.ask("tools/call", name="list",
                   arguments={f"a{i}": i for i in range(40)})
    if answer.get("error", {}).get("code") != -32602:
        yield f"many arguments: {answer}"
    bad, _ = c.call("evidence", contains="\u202e\ud83d\ude00\"\\\n\x00", file="../../etc/passwd")
    if bad:
        yield "evidence: odd text"
    c.send(b'{"jsonrpc":"2.0","id":"a\\u0022\\u001b","method":"ping"}')
    if c.receive()["id"] != 'a"\x1b':
        yield "the id did not come back"


def check_stranger(args, case, scratch):
    """A database whose texts are markup, escapes and JSON."""
    whole = os.path.join(scratch, "w")
    lost.analyze(args.lostsyn, case, "-q", "-o", whole)
    path = os.path.join(whole, "evidence.sqlite")
    evil = 'x"},{"\n{"jsonrpc":"2.0","id":1,"result":{}}\x1b[31m\u202e'
    with sqlite3.connect(path) as db:
        db.execute("UPDATE verdict SET why = ?, place = ?", (evil, evil))
        db.execute("UPDATE event SET text = ?", (evil,))
    c = Client(args.lostsyn, whole)
    a = lost.read_report(whole)["attempts"][0]["id"]
    for tool, arguments in [("list", {}), ("attempt", {"id": a}), ("evidence", {}),
                            ("sql", {"query": "SELECT * FROM failed"})]:
        bad, text = c.call(tool, **arguments)
        if bad or "jsonrpc" not in text:
            yield f"stranger: {tool}: {text[:200]}"
    yield from c.end()


def check_index(args, case, scratch):
    results = os.path.join(scratch, "results")
    subprocess.run([args.lostsyn, "batch", case, "-o", results, "-q"],
                   check=False, capture_output=True, timeout=lost.TIMEOUT_S)
    c = Client(args.lostsyn, results)
    bad, text = c.call("list")
    if bad or json.loads(text.splitlines()[0])["failed"] != 4:
        yield f"index: {text}"
    if not c.call("attempt", id=1)[0] or not c.call("finding")[0]:
        yield "index: it answers for an attempt"
    bad, text = c.call("sql", query="SELECT cause FROM cause_count")
    if bad or "conntrack-table-full" not in text:
        yield f"index: {text}"
    yield from c.end()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases", required=True)
    args = parser.parse_args()
    case = os.path.join(args.cases, "server-conntrack-full")
    failures = []
    with lost.Scratch() as scratch:
        whole = os.path.join(scratch, "w")
        lost.analyze(args.lostsyn, case, "-q", "-o", whole)
        report = lost.read_report(whole)
        c = Client(args.lostsyn, whole)
        failures += check_protocol(c)
        failures += check_answers(c, report)
        failures += check_sql(c, os.path.join(whole, "evidence.sqlite"))
        failures += check_hostile(c)
        failures += check_answers(c, report)
        failures += c.end()
        for wrong in ([], [scratch], [os.path.join(scratch, "no")], [__file__]):
            done = subprocess.run([args.lostsyn, "mcp", *wrong], input=b"",
                                  capture_output=True, check=False,
                                  timeout=lost.TIMEOUT_S)
            if done.returncode not in (2, 3) or done.stdout or not done.stderr:
                failures.append(f"{wrong}: {done}")
    for check in check_stranger, check_index:
        with lost.Scratch() as scratch:
            failures += check(args, case, scratch)
    for failure in failures[:lost.PROBLEMS_SHOWN]:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
