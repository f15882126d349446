"""lostsyn export: each format is read back by a reader of its kind, and says
what report.json says; texts from strangers stay texts in all of them."""
import argparse
import csv
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import analyze as lost

CASES = ["server-conntrack-full", "refused", "client-only", "snat-and-dnat",
         "clean-ipv6", "uncaptured-refused", "uncaptured-flow-rejects",
         "uncaptured-check-timed-out", "client-conntrack-full"]
HOSTILE = '=cmd|"/C calc"!A1,\t\\x\n\x1b[31m</script>"}-\u202e'
FORMATS = ["csv", "ndjson", "zeek", "ecs", "ocsf", "otlp-json", "prometheus"]


def export(binary, report, form, *more):
    done = subprocess.run([binary, "export", report, "--format", form, *more],
                          capture_output=True, check=False,
                          timeout=lost.TIMEOUT_S, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise SystemExit(f"{form}: {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode("utf-8")


def unique(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError(f"a key occurs twice among {keys}")
    return dict(pairs)


def objects(text):
    return [json.loads(line, object_pairs_hook=unique)
            for line in text.splitlines()]


def number(text):
    """Of a column that may be empty, or Zeek's word for unset."""
    return int(text) if text not in (None, "", "-") else None


def read_csv(text):
    return [{"attempt": number(r["attempt"]), "client_ip": r["client_ip"],
             "port": number(r["server_port"]), "verdict": r["verdict"],
             "why": r["why"] or None, "at": r["first_syn"],
             "how": r["how"], "count": number(r["count"])}
            for r in csv.DictReader(io.StringIO(text, newline=""))]


def read_ndjson(text):
    return [{"attempt": o["attempt"], "client_ip": o["client_ip"],
             "port": o["server_port"], "verdict": o["verdict"],
             "why": o["why"], "at": o["first_syn"], "how": o["how"],
             "count": o["count"]} for o in objects(text)]


def unescape(text):
    if text in ("-", "(empty)"):
        return None if text == "-" else ""
    return re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]),
                  text.encode()).decode()


def read_zeek(text):
    lines = text.split("\n")
    assert lines[0] == "#separator \\x09" and lines[-1] == "", lines[:2]
    head = {line.split("\t")[0]: line.split("\t")[1:]
            for line in lines if line.startswith("#")}
    assert len(head["#fields"]) == len(head["#types"])
    rows = []
    for line in lines[:-1]:
        if line.startswith("#"):
            continue
        values = line.split("\t")
        assert len(values) == len(head["#fields"]), line
        o = dict(zip(head["#fields"], values))
        rows.append({"attempt": number(o["attempt"]),
                     "client_ip": o["id.orig_h"],
                     "port": number(o["id.resp_p"]), "verdict": o["verdict"],
                     "why": unescape(o["why"]), "at": float(o["ts"]),
                     "how": o["how"], "count": number(o["count"])})
    return rows


def read_ecs(text):
    rows = []
    for o in objects(text):
        assert o["event"]["kind"] == "event" and \
            o["event"]["category"] == ["network"] and o["ecs"]["version"], o
        assert o["network"]["transport"] == "tcp"
        rows.append({"attempt": o["lostsyn"].get("attempt"),
                     "client_ip": o.get("source", {}).get("ip"),
                     "port": o["destination"].get("port"),
                     "how": o["lostsyn"].get("how"),
                     "count": o["lostsyn"].get("count"),
                     "verdict": o["lostsyn"]["verdict"],
                     "why": o["event"].get("reason"), "at": o["@timestamp"]})
    return rows


def read_ocsf(text):
    rows = []
    for o in objects(text):
        assert o["class_uid"] == 4001 and o["category_uid"] == 4
        assert o["type_uid"] == o["class_uid"] * 100 + o["activity_id"]
        assert o["metadata"]["version"] and o["metadata"]["product"]["name"]
        assert o["connection_info"]["protocol_num"] == 6
        rows.append({"attempt": o["unmapped"].get("attempt"),
                     "client_ip": o.get("src_endpoint", {}).get("ip"),
                     "port": o["dst_endpoint"].get("port"),
                     "how": o["unmapped"].get("how"),
                     "count": o["unmapped"].get("count"),
                     "verdict": o["unmapped"]["verdict"],
                     "why": o.get("status_detail"), "at": o["time"] / 1000})
    return rows


def read_otlp(text):
    o = json.loads(text, object_pairs_hook=unique)
    rows = []
    for record in o["resourceLogs"][0]["scopeLogs"][0]["logRecords"]:
        values = {a["key"]: next(iter(a["value"].values()))
                  for a in record["attributes"]}
        rows.append({"attempt": number(values.get("lostsyn.attempt")),
                     "client_ip": values.get("client.address"),
                     "port": number(values.get("server.port")),
                     "how": values.get("lostsyn.how"),
                     "count": number(values.get("lostsyn.count")),
                     "verdict": values["lostsyn.verdict"],
                     "why": record["body"]["stringValue"],
                     "at": int(record["timeUnixNano"]) / 1e9})
    return rows


READERS = {"csv": read_csv, "ndjson": read_ndjson, "zeek": read_zeek,
           "ecs": read_ecs, "ocsf": read_ocsf, "otlp-json": read_otlp}


def check_prometheus(report, text):
    label = r'[a-z_]+="(?:[^"\\\n]|\\["\\n])*"'
    line = re.compile(r"^[a-z_]+(\{%s(,%s)*\})? [0-9]+$" % (label, label))
    total, typed = 0, set()
    for row in text.splitlines():
        if row.startswith("# TYPE"):
            typed.add(row.split()[2])
        elif not row.startswith("#"):
            if not line.match(row) or re.split(r"[{ ]", row)[0] not in typed:
                yield f"not an exposition: {row}"
            if row.startswith("lostsyn_attempts{"):
                total += int(row.rsplit(" ", 1)[1])
    if total != report["summary"]["attempts"]:
        yield f"{total} of {report['summary']['attempts']} attempts are counted"


def epoch(text):
    import datetime
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def check_reported(report, rows):
    """What no capture shows stands behind the attempts, as the report has it."""
    wanted = sorted((f["how"], f["count"], f["server"]["port"], f["verdict"],
                     f["why"]) for f in report["reported_failures"]
                    if f["attempt"] is None)
    got = sorted((r["how"], r["count"], r["port"], r["verdict"], r["why"])
                 for r in rows if r["attempt"] is None)
    if got != wanted:
        yield f"reported failures {got[:3]} of {len(got)}, not {wanted[:3]}" \
            f" of {len(wanted)}"


def check_rows(form, report, rows):
    yield from check_reported(report, rows)
    rows = [r for r in rows if r["attempt"] is not None]
    wanted = {a["id"]: a for a in report["attempts"]}
    if [r["attempt"] for r in rows] != sorted(wanted):
        yield f"attempts {[r['attempt'] for r in rows]}"
        return
    for r in rows:
        a = wanted[r["attempt"]]
        at = epoch(r["at"]) if isinstance(r["at"], str) else r["at"]
        if (r["client_ip"], r["port"], r["verdict"]) != \
                (a["client"]["ip"], a["server"]["port"], a["verdict"]):
            yield f"attempt {a['id']} became {r}"
        if r["why"] != a["why"] and not (form == "otlp-json" and not a["why"]):
            yield f"attempt {a['id']}: why: {r['why']!r}"
        if abs(at - epoch(a["first_syn"])) > 0.002:
            yield f"attempt {a['id']}: {r['at']} is not {a['first_syn']}"


def check_case(args, name, scratch):
    whole = os.path.join(scratch, "w")
    lost.analyze(args.lostsyn, os.path.join(args.cases, name), "-q",
                 "--all-attempts", "-o", whole)
    report = lost.read_report(whole)
    for form in FORMATS:
        text = export(args.lostsyn, whole, form, "--all-attempts")
        found = check_prometheus(report, text) if form == "prometheus" else \
            check_rows(form, report, READERS[form](text))
        yield from (f"{name}: {form}: {problem}" for problem in found)
        if "\x1b" in text:
            yield f"{name}: {form}: an escape for the terminal"


def check_hostile(args, scratch):
    """A database from a stranger: every text of it stays one."""
    whole = os.path.join(scratch, "w")
    lost.analyze(args.lostsyn, os.path.join(args.cases, "refused"), "-q", "-o", whole)
    path = os.path.join(whole, "evidence.sqlite")
    with sqlite3.connect(path) as db:
        db.execute("UPDATE verdict SET why = ?, place = ?", (HOSTILE, HOSTILE))
        db.execute("UPDATE verdict SET candidates = ?, verdict = ?",
                   (json.dumps([HOSTILE, "a,b"]), HOSTILE))
    for form, reader in READERS.items():
        rows = reader(export(args.lostsyn, path, form))
        why = rows[0]["why"]
        if form == "csv" and why != "'" + HOSTILE.replace(
                "\x1b", "\ufffd").replace("\u202e", "\ufffd"):
            yield f"csv: a formula: {why!r}"
        if form in ("ndjson", "ecs", "ocsf", "otlp-json", "zeek") and \
                why != HOSTILE:
            yield f"{form}: {why!r}"
    for form in FORMATS:
        text = export(args.lostsyn, path, form)
        if "\x1b" in text or "\u202e" in text:
            yield f"{form}: an escape for the terminal"
    text = export(args.lostsyn, path, "prometheus")
    report = {"summary": {"attempts": sum(
        int(x.rsplit(" ", 1)[1]) for x in text.splitlines()
        if x.startswith("lostsyn_attempts{"))}}
    yield from check_prometheus(report, text)


def check_usage(args, scratch):
    whole = os.path.join(scratch, "w")
    lost.analyze(args.lostsyn, os.path.join(args.cases, "refused"), "-q", "-o", whole)
    out = os.path.join(scratch, "a.csv")
    export(args.lostsyn, whole, "csv", "-o", out)
    with open(out, encoding="utf-8", newline="") as f:
        if f.read() != export(args.lostsyn, whole, "csv"):
            yield "-o: another file than standard output"
    for wrong in ([whole], [whole, "--format", "xml"], ["--format", "csv"],
                  [scratch, "--format", "csv"], [out, "--format", "csv"]):
        done = subprocess.run([args.lostsyn, "export", *wrong],
                              capture_output=True, text=True, check=False,
                              timeout=lost.TIMEOUT_S)
        if done.returncode not in (2, 3) or done.stdout or not done.stderr:
            yield f"{wrong}: {lost.said(done)}"


def check_recipes(args, scratch):
    """The README's line for jq."""
    if shutil.which("jq") is None:
        print("skipped: jq is not installed; its recipe was not tried")
        return
    whole = os.path.join(scratch, "w")
    lost.analyze(args.lostsyn, os.path.join(args.cases, "server-conntrack-full"),
                 "-q", "-o", whole)
    done = subprocess.run(
        ["jq", "-rs", 'group_by(.verdict)[] | "\\(length) \\(.[0].verdict)"'],
        input=export(args.lostsyn, whole, "ndjson"), capture_output=True,
        text=True, check=False, timeout=lost.TIMEOUT_S)
    if done.stdout != "4 syn-dropped-by-server\n":
        yield f"jq: {lost.said(done)}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases", required=True)
    args = parser.parse_args()
    failures = []
    for name in CASES:
        with lost.Scratch() as scratch:
            failures += check_case(args, name, scratch)
    for check in check_hostile, check_usage, check_recipes:
        with lost.Scratch() as scratch:
            failures += check(args, scratch)
    for failure in failures[:lost.PROBLEMS_SHOWN]:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
