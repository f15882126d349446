#!/usr/bin/env python3
"""Beyond every limit: what was left out is counted, and the headline says so.

One row for each limit on what evidence may bring: how a case gets beyond it, the
anomaly that the input has then (None: no input has it), and the sentence behind the headline. Without
anything beyond a limit no headline says so. What --timeout cuts: fault/timeout; log
lines beyond those that are kept: unit/test_logs.
"""
import argparse
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import analyze as lost  # noqa: E402

CASE = "nginx-conntrack-full"
CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../samples/cases")
RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../rules/causes")


def attempts(case):
    return ["--max-attempts", "5"]


def counters(case):
    with open(case + "/server/nstat-after.txt", "a", encoding="ascii") as f:
        for i in range(1000001):
            f.write(f"TcpExtX{i}                 {i + 1}                  0.0\n")
    return []


def bomb(case):
    with zipfile.ZipFile(case + "/server/more.zip", "w",
                         zipfile.ZIP_DEFLATED) as z:
        with z.open("zeros.log", "w", force_zip64=True) as f:
            for _ in range(300):
                f.write(bytes(1 << 20))
    return []


def nested(case):
    data = b"nothing"
    name = "a.txt"
    for _ in range(7):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as t:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            t.addfile(member, io.BytesIO(data))
        data, name = out.getvalue(), "a.tar"
    with open(case + "/server/a.tar", "wb") as f:
        f.write(data)
    return []


def cut_archive(case):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as t:
        t.add(case + "/server/dmesg.txt", "dmesg.txt")
        t.add(case + "/server/sysctl.txt", "sysctl.txt")
    with gzip.open(case + "/server/cut.tar.gz", "wb") as f:
        f.write(out.getvalue()[:1500])
    return []


def causes(case):
    """A rule of one's own that would look for ever."""
    rules = os.path.join(os.path.dirname(case), "rules")
    os.makedirs(rules, exist_ok=True)
    with open(os.path.join(RULES, "no-listener.yaml"), encoding="utf-8") as f:
        text = f.read()
    endless = """evidence:
  - name: without-end
    weighs: supports
    sql: |
      SELECT s.subject, 0 AS sure, NULL AS source, NULL AS line, NULL AS at_ns,
        'never' AS text FROM scope s WHERE (SELECT count(*) FROM host_counters a,
        host_counters b, host_counters c, host_counters d, host_counters e) < 0
"""
    with open(os.path.join(rules, "no-listener.yaml"), "w",
              encoding="utf-8") as f:
        f.write(text.replace("\nevidence:\n", "\n" + endless, 1))
    shutil.rmtree(case)
    shutil.copytree(os.path.join(CASES, "refused"), case)
    return ["--rules", rules]


LIMITS = (
    (causes, None, "Not every cause was weighed to its end."),
    (attempts, "attempts-beyond-memory",
     "There are more attempts than --max-attempts let in."),
    (counters, "counters-beyond-memory",
     "There are more counters than are kept."),
    (bomb, "archive-not-whole", "Not all of an archive was read."),
    (nested, "archive-not-whole", "Not all of an archive was read."),
    (cut_archive, "archive-not-whole", "Not all of an archive was read."),
)


def analyze(args, case, out, *more):
    done = subprocess.run([args.lostsyn, "analyze", case, "-o", out, *more],
                          capture_output=True, check=False, text=True,
                          stdin=subprocess.DEVNULL, timeout=lost.TIMEOUT_S)
    with open(out + "/report.json", encoding="utf-8") as f:
        return " ".join(done.stdout.split()), json.load(f), done


def check(args, scratch, limit, anomaly, sentence):
    case, out = os.path.join(scratch, "case"), os.path.join(scratch, "out")
    shutil.copytree(os.path.join(args.cases, CASE), case)
    text, report, done = analyze(args, case, out, *limit(case))
    if done.returncode not in (0, 1):
        yield f"{limit.__name__}: status {done.returncode}: {done.stderr[:200]}"
    if anomaly is not None and \
            not any(anomaly in i["anomalies"] for i in report["inputs"]):
        yield f"{limit.__name__}: no input has {anomaly}"
    if sentence not in text:
        yield f"{limit.__name__}: the terminal does not say: {sentence}"
    with open(out + "/report.html", encoding="utf-8") as f:
        if sentence not in f.read():
            yield f"{limit.__name__}: report.html does not say: {sentence}"
    shutil.rmtree(case)
    shutil.rmtree(out)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases", required=True)
    args = parser.parse_args()
    lost.need_analyze(args.lostsyn)
    failures = []
    with lost.Scratch() as scratch:
        text, report, _ = analyze(args, os.path.join(args.cases, CASE),
                                  os.path.join(scratch, "plain"))
        for _, _, sentence in LIMITS:
            if sentence in text or sentence in json.dumps(report):
                failures.append(f"within all limits: {sentence}")
        for row in LIMITS:
            failures += check(args, scratch, *row)
    for failure in failures:
        print(failure)
    if not failures:
        print(f"{len(LIMITS)} limits, each said")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
