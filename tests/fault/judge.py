#!/usr/bin/env python3
"""lostsyn judge and lostsyn batch --rejudge: evidence without its captures.

	judge.py --lostsyn PROGRAM --source FOLDER

By the same rules every labelled case must come out as it was, byte by byte; by
a changed verdict rule and a changed cause rule exactly what they decide must
change, and the report must be the one that an analysis by these rules would
have written. Nothing is written unless asked for, the former judgement stays,
a damaged or hostile database is refused, and a batch that was re-judged, killed
and re-judged again ends with the same bytes.
"""
import argparse
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402
from evidence import read  # noqa: E402
from batch import differences, results  # noqa: E402
from make_archive import names_of  # noqa: E402

CHECKS = []
JUDGED = {
    "verdict": "SELECT * FROM verdict ORDER BY attempt",
    "finding": "SELECT * FROM finding ORDER BY id",
    "finding_attempt": "SELECT * FROM finding_attempt ORDER BY 1, 2",
    "finding_evidence": "SELECT * FROM finding_evidence ORDER BY rowid",
    "rule": "SELECT * FROM rule ORDER BY name",
    "meta": "SELECT * FROM meta ORDER BY key",
    "facts": "SELECT * FROM facts ORDER BY attempt",
    "counter": "SELECT rowid, * FROM counter ORDER BY rowid",
    "event": "SELECT * FROM event ORDER BY id",
}
KILLS = 4


def check(function):
    CHECKS.append(function)
    return function


def tree(folder):
    return {os.path.join(here, name): read(os.path.join(here, name))
            for here, _, names in os.walk(folder) for name in names}


def rows(path, sql):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return db.execute(sql).fetchall()


class Bed:
    def __init__(self, args, here):
        self.lostsyn = os.path.abspath(args.lostsyn)
        self.source = args.source
        self.cases = os.path.join(here, "cases")
        for name in names_of(os.path.join(args.source, "samples", "cases")):
            shutil.copytree(os.path.join(args.source, "samples", "cases", name),
                            os.path.join(self.cases, name))
        self.here = here
        self.rules = self.out("rules")
        self.results = self.out("results")

    def out(self, name):
        return os.path.join(self.here, name)

    def run(self, *arguments, **options):
        options.setdefault("timeout", a.TIMEOUT_S)
        return subprocess.run([self.lostsyn, *arguments], text=True,
                              capture_output=True, stdin=subprocess.DEVNULL,
                              errors="replace", **options)

    def db(self, case):
        for name in os.listdir(os.path.join(self.results, "cases")):
            if name.rpartition("-")[0] == case:
                return os.path.join(self.results, "cases", name)
        raise KeyError(case)

    def change_rules(self):
        """A log line no longer confirms; a RST no longer proves a refusal."""
        os.mkdir(self.rules)
        for path, old, new in (
                ("causes/conntrack-table-full", "weighs: confirms\n"
                 "    unless: [another-namespace-is-full]\n",
                 "weighs: supports\n"),
                ("verdicts/refused-by-server", "s_rst_server > 0 AND s_ack = 0",
                 "s_rst_server > 1000 AND s_ack = 0"),
                # Nor is it the one candidate, which would be the verdict.
                ("verdicts/refused-by-server", "possible: |\n  c_progress",
                 "possible: |\n  1 = 0 AND c_progress")):
            changed = f"{self.rules}/{os.path.basename(path)}.yaml"
            text = read(changed if os.path.exists(changed) else
                        f"{self.source}/rules/{path}.yaml").decode()
            if text.count(old) != 1:
                sys.exit(f"judge.py: {path} is not what it was")
            with open(changed, "w", encoding="utf-8") as f:
                f.write(text.replace(old, new))


def expect(done, status):
    if done.returncode != status:
        yield f"expected status {status}, {a.said(done)}"


@check
def same_rules(bed):
    """Every labelled case: the report and the rows are the same."""
    done = bed.run("batch", bed.cases, "-o", bed.results, "-q")
    yield from expect(done, 1)
    folders = sorted(os.listdir(bed.out("results/cases")))
    again = bed.out("again")
    done = bed.run("judge", "-o", again, *[
        os.path.join(bed.results, "cases", f) for f in folders])
    yield from expect(done, 1)
    if len(done.stdout.splitlines()) != len(folders):
        yield f"something changed: {done.stdout[:500]}"
    for folder in folders:
        old = os.path.join(bed.results, "cases", folder)
        new = os.path.join(again, folder)
        for name in ("report.json", "report.html"):
            if read(f"{old}/{name}") != read(f"{new}/{name}"):
                yield f"{folder}/{name} differs"
        for table, sql in JUDGED.items():
            if rows(f"{old}/evidence.sqlite", sql) != rows(
                    f"{new}/evidence.sqlite", sql):
                yield f"{folder}: rows of {table} differ"


@check
def all_attempts(bed):
    """What the report lists is remembered, too."""
    out = bed.out("all")
    bed.run("analyze", f"{bed.cases}/refused", "--all-attempts", "-o", out)
    before = read(f"{out}/report.json")
    done = bed.run("judge", out, "-o", bed.out("all2"))
    yield from expect(done, 1)
    if read(bed.out("all2/report.json")) != before:
        yield "report.json differs"


@check
def nothing_unless_asked(bed):
    before = tree(bed.results)
    folder = bed.db("refused")
    done = bed.run("judge", folder, "--rules", bed.rules, cwd=bed.here)
    yield from expect(done, 1)
    if tree(bed.results) != before:
        yield "it wrote to the results"
    if "nothing was written" not in done.stderr:
        yield f"it does not say so: {done.stderr}"
    if "refused-by-server" not in done.stdout:
        yield f"it does not say what changes: {done.stdout}"


@check
def changed_rules(bed):
    """What the rules decide, and only that; as an analysis would have it."""
    for case in ("refused", "server-conntrack-full", "clean", "syn-queue-full"):
        old = bed.db(case)
        fresh, new = bed.out(f"fresh-{case}"), bed.out(f"new-{case}")
        bed.run("analyze", f"{bed.cases}/{case}", "-o", fresh, "-q",
                "--rules", bed.rules)
        done = bed.run("judge", old, "-o", new, "--rules", bed.rules,
                       "--json", bed.out("changes.json"))
        yield from expect(done, 0 if case == "clean" else 1)
        if read(f"{fresh}/report.json") != read(f"{new}/report.json"):
            yield f"{case}: not the report of an analysis by these rules"
        with open(bed.out("changes.json"), encoding="utf-8") as f:
            told = json.load(f)["cases"][0]
        before = {x["id"]: x["verdict"] for x in a.read_report(old)["attempts"]}
        after = {x["id"]: x["verdict"] for x in a.read_report(new)["attempts"]}
        changed = {k for k in before if before[k] != after.get(k)}
        # A report without the clean ones names the others by their ids.
        if len(changed) != len(told["verdicts_changed"]):
            yield (f"{case}: {len(changed)} verdicts changed in the report, "
                   f"{len(told['verdicts_changed'])} told")
        if (case == "refused") != bool(changed):
            yield f"{case}: {len(changed)} verdicts changed"
        causes = [(c["cause"], c["before"]["confidence"],
                   c["after"]["confidence"]) for c in told["findings_changed"]
                  if c["before"] and c["after"]]
        wanted = [("conntrack-table-full", "confirmed", "likely")]
        if case == "server-conntrack-full" and causes != wanted:
            yield f"{case}: {causes}"
        kept = rows(f"{new}/evidence.sqlite",
                    JUDGED["verdict"].replace("verdict", "former_verdict"))
        if kept != rows(f"{old}/evidence.sqlite", JUDGED["verdict"]):
            yield f"{case}: the former verdicts were not kept"
    # Once more by the same rules: what was former stays former.
    again = bed.out("new-again")
    bed.run("judge", bed.out("new-refused"), "-o", again, "--rules", bed.rules)
    for table in ("verdict_changes", "finding_changes", "former_rule"):
        if rows(f"{again}/evidence.sqlite", f"SELECT * FROM {table}") != rows(
                bed.out("new-refused/evidence.sqlite"),
                f"SELECT * FROM {table}"):
            yield f"judging twice by the same rules lost {table}"


@check
def in_place(bed):
    folder = bed.out("place")
    shutil.copytree(bed.out("all"), folder)
    done = bed.run("judge", folder, "--in-place", "--rules", bed.rules, "-q")
    yield from expect(done, 1)
    if sorted(os.listdir(folder)) != sorted(a.REPORT_FILES):
        yield f"left behind: {os.listdir(folder)}"
    if "undetermined" not in read(f"{folder}/report.json").decode():
        yield "the report is the old one"
    if not rows(f"{folder}/evidence.sqlite", "SELECT * FROM former_verdict"):
        yield "the former judgement is gone"
    # And back: as if nothing had been.
    bed.run("judge", folder, "--in-place", "-q")
    if read(f"{folder}/report.json") != read(bed.out("all/report.json")):
        yield "by the old rules again it is not the old report"


def broken_databases(bed):
    """(name, what was done to a good one)"""
    def cut(path):
        os.truncate(path, os.path.getsize(path) // 2)

    def zero(path):
        with open(path, "r+b") as f:
            f.seek(8192)
            f.write(bytes(200000))

    def sql(*statements):
        def run(path):
            with sqlite3.connect(path) as db:
                for statement in statements:
                    db.execute(statement)
        return run

    forever = ("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 "
               "FROM n) SELECT x, x, x, x, x, x, x, x, x, x FROM n")
    return (
        ("cut", cut), ("zeroed", zero),
        ("no-table", sql("DROP TABLE facts")),
        ("view", sql("DROP TABLE attempt",
                     f"CREATE VIEW attempt AS {forever}")),
        ("other-version", sql("PRAGMA user_version = 77")),
        ("less-columns", sql(
            "ALTER TABLE setting RENAME COLUMN value TO worth")),
        ("other-types", sql(
            "DROP TABLE host", "CREATE TABLE host (id, ip)",
            "INSERT INTO host VALUES ('x', NULL)")),
    )


@check
def damaged(bed):
    """Status 2 and a word; nothing written, the others judged."""
    good = bed.db("refused")
    for name, break_it in broken_databases(bed):
        folder = bed.out(f"bad-{name}")
        os.mkdir(folder)
        shutil.copy(f"{good}/evidence.sqlite", folder)
        break_it(f"{folder}/evidence.sqlite")
        out = bed.out(f"bad-{name}-out")
        done = bed.run("judge", folder, good, "-o", out)
        yield from (f"{name}: {p}" for p in expect(done, 2))
        if name not in done.stderr:
            yield f"{name}: not named: {done.stderr}"
        left = [f for f in os.listdir(f"{out}/bad-{name}")]
        if left:
            yield f"{name}: left {left}"
        if not os.path.exists(f"{out}/{os.path.basename(good)}/report.json"):
            yield f"{name}: the good one was not judged"


@check
def foreign_schema(bed):
    """Triggers and views of a stranger's would run within our own queries."""
    for name, statement in (
            ("trigger", "CREATE TRIGGER evil AFTER INSERT ON verdict BEGIN "
                        "DELETE FROM attempt; END"),
            ("view", "CREATE VIEW evil AS SELECT 1"),
            ("table", "CREATE TABLE evil (a)")):
        folder = bed.out(f"foreign-{name}")
        os.mkdir(folder)
        shutil.copy(bed.db("refused") + "/evidence.sqlite", folder)
        with sqlite3.connect(f"{folder}/evidence.sqlite") as db:
            db.execute(statement)
        done = bed.run("judge", folder, "-o", bed.out(f"{name}-out"))
        yield from expect(done, 2)
        if f"{name} evil" not in done.stderr:
            yield f"not named: {done.stderr}"


@check
def other_comments(bed):
    """The meanings that another build gave its columns make no stranger."""
    folder = bed.out("comments")
    os.mkdir(folder)
    shutil.copy(bed.db("refused") + "/evidence.sqlite", folder)
    with sqlite3.connect(f"{folder}/evidence.sqlite") as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_schema SET sql = replace(sql, '-- ', "
                   "'-- in other words, ') WHERE sql LIKE '%-- %'")
    db.close()
    yield from expect(bed.run("judge", folder), 1)


@check
def endless_view(bed):
    """The views of the schema are the schema's; one without an end is none."""
    folder = bed.out("endless")
    os.mkdir(folder)
    shutil.copy(bed.db("refused") + "/evidence.sqlite", folder)
    with sqlite3.connect(f"{folder}/evidence.sqlite") as db:
        db.execute("DROP VIEW attempts")
        db.execute("CREATE VIEW attempts AS WITH RECURSIVE t(id) AS (SELECT 1 "
                   "UNION ALL SELECT id + 1 FROM t) SELECT id, 'undetermined' "
                   "AS verdict, 1 AS failed FROM t")
    for command in (("judge", folder, "-o", bed.out("endless-out")),
                    ("extract", "-o", bed.out("endless-slices"), folder,
                     bed.out("endless"))):
        done = bed.run(*command)
        yield from expect(done, 2)
        if "view attempts" not in done.stderr:
            yield f"{command[0]}: not named: {done.stderr}"


@check
def usage(bed):
    good = bed.db("refused")
    for arguments in ([], [bed.out("nowhere")], [bed.results],
                      [good, "--in-place"], [good, good, "-o", bed.out("u")],
                      [good, "-o", bed.out("u"), "--in-place"],
                      [good, "--no-such"], [good, "--rules", "/dev/null"],
                      [bed.source]):
        done = bed.run("judge", *arguments)
        for problem in expect(done, 2):
            yield f"judge {' '.join(arguments)}: {problem}"
        if not done.stderr.strip():
            yield f"judge {' '.join(arguments)}: no message"
    for arguments in (["--rejudge"], [bed.cases, "--rejudge", "-o", good],
                      ["--rejudge", "-o", bed.out("nowhere")],
                      ["--rejudge", "-o", bed.here],
                      ["--rejudge", "-o", good, "--shard", "1/2"]):
        done = bed.run("batch", *arguments)
        for problem in expect(done, 2):
            yield f"batch {' '.join(arguments)}: {problem}"
    if os.path.exists(bed.out("nowhere")):
        yield "a refused run made its folder"


def index_rows(folder, sql):
    return rows(f"{folder}/index.sqlite", sql)


def rejudge(bed, folder, *options):
    return bed.run("batch", "--rejudge", "-o", folder, *options)


@check
def batch_same_rules(bed):
    wanted = results(bed.results)
    done = rejudge(bed, bed.results)
    yield from expect(done, 1)
    yield from differences(bed.results, wanted, "same rules")


@check
def batch_changed_rules(bed):
    """The index has both judgements, and they add up."""
    folder = bed.out("rejudged")
    shutil.copytree(bed.results, folder)
    inputs = {n: read(f"{folder}/cases/{n}/case.inputs")
              for n in os.listdir(f"{folder}/cases")}
    done = rejudge(bed, folder, "--rules", bed.rules)
    yield from expect(done, 1)
    bed.rejudged = results(folder)
    total = "SELECT verdict, sum(attempts) FROM {} GROUP BY 1 ORDER BY 1"
    if index_rows(folder, total.format("verdict_before")) != index_rows(
            bed.results, total.format("verdict_count")):
        yield "the verdicts before are not those of before"
    total = ("SELECT cause, confidence, sum(attempts) FROM {} GROUP BY 1, 2 "
             "ORDER BY 1, 2")
    if index_rows(folder, total.format("cause_before")) != index_rows(
            bed.results, total.format("cause_count")):
        yield "the causes before are not those of before"
    moved = index_rows(folder, "SELECT before, after, sum(attempts) FROM "
                               "verdict_change GROUP BY 1, 2")
    # What had two candidates, one of them a refusal, has one now; what has other
    # candidates than before stays undetermined.
    if ([m[:2] for m in moved if m[0] != m[1]] != [("refused-by-server", "undetermined"),
                                   ("undetermined", "rejected-in-network")]
            or moved[0][2] == 0):
        yield f"verdicts moved: {moved}"
    page = read(f"{folder}/index.html").decode()
    if "Judged again" not in page or "refused-by-server (certain)" not in page:
        yield "index.html does not show it"
    if "Judged again" in read(f"{bed.results}/index.html").decode():
        yield "index.html shows it where nothing was judged again"
    lines = [json.loads(x) for x in read(f"{folder}/index.ndjson").splitlines()]
    if not any(x["verdicts_changed"] for x in lines) or not all(
            x["rules_before"] for x in lines if x["outcome"] == "done"):
        yield "index.ndjson does not show it"
    for name, before in inputs.items():
        if read(f"{folder}/cases/{name}/case.inputs") != before:
            yield f"{name}: its inputs changed"
    # The archive by the new rules: nothing is left to be done.
    done = bed.run("batch", bed.cases, "-o", folder, "--resume", "--rules",
                   bed.rules)
    if f"{len(inputs)} kept" not in done.stdout:
        yield f"an archive run does not keep what was re-judged: {done.stdout}"
    yield from differences(folder, bed.rejudged, "resumed afterwards")


@check
def batch_killed(bed):
    """kill -9 while re-judging: the evidence is never at risk."""
    folder = bed.out("killed")
    shutil.copytree(bed.results, folder)
    command = [bed.lostsyn, "batch", "--rejudge", "-o", folder, "-q",
               "--rules", bed.rules]
    names = set(os.listdir(f"{folder}/cases"))
    for number in range(KILLS):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(0.15 + 0.1 * number)
        process.kill()
        if process.wait() not in (-signal.SIGKILL, 1):
            yield f"status {process.returncode}"
        for name in names:
            if not os.path.exists(f"{folder}/cases/{name}/evidence.sqlite"):
                # Then it must be on its way out, and come back.
                if not os.path.exists(f"{folder}/unfinished/{name}.old"):
                    yield f"{name} is gone"
    done = subprocess.run(command, capture_output=True, text=True,
                          timeout=a.TIMEOUT_S)
    yield from expect(done, 1)
    yield from differences(folder, bed.rejudged, "killed and re-judged")


@check
def batch_broken_case(bed):
    """A case that cannot be judged again stays as it was, and is named."""
    folder = bed.out("onebad")
    shutil.copytree(bed.results, folder)
    path = os.path.join(folder, "cases", os.path.basename(bed.db("refused")))
    with sqlite3.connect(f"{path}/evidence.sqlite") as db:
        db.execute("DROP TABLE setting")
    before = tree(path)
    done = rejudge(bed, folder, "--rules", bed.rules)
    yield from expect(done, 1)
    if "refused: unusable: " not in done.stderr:
        yield f"not named: {done.stderr}"
    if tree(path) != before:
        yield "the case was changed"
    judged = index_rows(folder, "SELECT count(*) FROM case_result WHERE "
                                "rules_before IS NULL")
    if judged != [(1,)]:
        yield f"{judged} cases without a former judgement, expected 1"


@check
def batch_merge(bed):
    """Old and new judgement of the same cases: any order, the same bytes."""
    merged = []
    for order in (("results", "rejudged"), ("rejudged", "results")):
        out = bed.out("merged-" + "-".join(order))
        done = bed.run("batch", "--merge", "-q", "-o", out,
                       *[bed.out(name) for name in order])
        yield from expect(done, 1)
        merged.append(results(out))
        bed.run("batch", "--merge", "-q", "-o", out, bed.out(order[0]))
        yield from differences(out, merged[-1], "merged once more")
    if merged[0] != merged[1]:
        yield "the order of merging shows"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--source", required=True)
    args = parser.parse_args()
    problems = 0
    with a.Scratch() as here:
        bed = Bed(args, here)
        bed.change_rules()
        for function in CHECKS:
            problems += a.run_check(function, bed)
    return problems != 0


if __name__ == "__main__":
    sys.exit(main())
