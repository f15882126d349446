#!/usr/bin/env python3
"""What the usual changes cost: each is made in a copy, the copy is built, and
what was added must be there.

    prices.py SOURCE_ROOT COPY [CMAKE_ARGUMENT...]

Files and lines are those that somebody writes by hand; a test of its own, where
the house wants one, is counted apart. COPY is made, and removed at the end.
"""
import os
import shutil
import struct
import subprocess
import sys

PCAP = (struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 147)
        + struct.pack("<IIII", 1795166104, 0, 44, 44) + b"\0\0\0\7"
        + bytes.fromhex("45000028123440004006000a0a0000010a0000028001005001020304"
                        "00000000500272100000000000"[:80]))
WIDGET_LOG = "".join(f"WIDGET|2026-11-20T23:41:2{n}Z|disk {n} is wet\n"
                     for n in range(8))

LINK = '''
#define WIDGET_HEADER 4 /* cite: the maker's page */

void
widget_peel(struct walk *w)
{
	if (walk_take(w, WIDGET_HEADER) != NULL)
		w->next = ip_peel;
}
'''
ENVELOPE = '''/*
 * Lines of a widget: "WIDGET|time|message".
 *
 * spec: the maker's page
 */
#include "parsers/log/log_time.h"

bool
widget_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	struct view at;
	if (!cursor_take_text(&c, "WIDGET|") || !cursor_until(&c, '|', &at))
		return false;
	struct cursor time = cursor_of(at);
	if (!time_iso(&time, &r->time))
		return false;
	r->message = cursor_rest(&c);
	return true;
}
'''
PATTERN = '''
- event: widget-wet
  meaning: a widget's disk is wet
  cite: the maker's page
  contains: ['is wet']
  regex: 'disk (?<disk>\\d+) is wet'
  samples: ['curl: disk 7 is wet']
  rejects: ['curl: disk is wet']
'''
VERDICT = '''verdict: widget-in-the-way
rank: 41
place: network
title: a widget stood in the way
explain: |
  A widget took the SYN.
when:
  - name: widget
    proof: c_syn = 77 AND c_synack = 0 AND s_syn = 0
    why: A widget took {c_syn|SYN|SYNs}
possible: c_syn = 77
tests:
  - name: seventy-seven SYNs
    given: client-only
    facts: {c_syn: 77}
    expect: {verdict: widget-in-the-way, confidence: certain}
  - name: near miss, one SYN
    given: client-only
    facts: {c_syn: 1}
    expect: {verdict: undetermined}
  - name: near miss, one SYN that worked
    given: two-ends
    facts: {c_syn: 1, s_syn: 1, c_synack: 1, s_synack: 1, c_ack: 1, s_ack: 1,
      c_progress: 1, s_progress: 1}
    expect: {verdict: established}
'''
CAUSE = '''cause: widget-wet
title: a widget was wet
explain: |
  A wet widget drops SYNs.
explains: [syn-dropped-by-server]
per: server
host: [server]
evidence:
  - name: wet
    weighs: supports
    from: near_events
    where: name = 'messages-suppressed'
likely: [wet]
fix:
  - Dry it.
verify:
  - It is dry.
collect:
  - A picture of it.
tests:
  - name: wet
    attempts: [{verdict: syn-dropped-by-server}]
    events: [{name: messages-suppressed, role: server, at: 1}]
    expect: {confidence: likely, evidence: [wet]}
  - name: dry
    attempts: [{verdict: syn-dropped-by-server}]
    expect: {confidence: none}
  - name: wet an hour before
    attempts: [{verdict: syn-dropped-by-server}]
    events: [{name: messages-suppressed, role: server, at: -3600}]
    expect: {confidence: none}
'''
COMMAND = '''/*
 * lostsyn widget: says that it is there.
 */
#include <stdio.h>

#include "command.h"

static const struct option_row rows[] = {
#include "cmd_widget.def"
};
const struct options widget_options = OPTIONS("widget", rows);

int
cmd_widget(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("a widget");
	return command_done(EXIT_ALL_WELL);
}
'''
COMMAND_ROWS = '''/*
 * lostsyn widget: rows of options.h.
 */
TEXT("usage: lostsyn widget\\n"
     "\\n"
     "Says that it is there.\\n"
     "\\n"
     "Example: lostsyn widget\\n")
'''
SECTION = '''/*
 * A section about widgets.
 */
#include "report/html.h"

void
html_widgets(struct page *page)
{
	html_add(page->html, "<p>All widgets are dry.</p>\\n");
}
'''

# change: [(file, the line after which it is added, or None for a file's end or
# a new one, text)]
CHANGES = {
    "link type": [
        ("parsers/packet/link_layers.def",
         'X(138, "Apple IP over IEEE 1394", firewire_peel)',
         'X(147, "widget", widget_peel)\n'),
        ("parsers/packet/lan.c", None, LINK)],
    "log message": [("parsers/patterns/app.yaml", None, PATTERN)],
    "envelope": [
        ("parsers/log/log_parsers.def",
         '\t"Apache httpd error log")',
         'X(WIDGET, "widget", widget_parse, 0, "WIDGET|2026-11-20T23:41:22Z|'
         'text",\n\t"a widget\'s own log")\n'),
        ("parsers/log/widget.c", None, ENVELOPE)],
    "verdict": [("rules/verdicts/widget-in-the-way.yaml", None, VERDICT)],
    "cause": [("rules/causes/widget-wet.yaml", None, CAUSE)],
    "counter": [
        ("parsers/host/counter_words.def",
         "\t\"net/ipv4/tcp_input.c tcp_conn_request (tcp_listendrop)\")",
         'X("WidgetDrops",\n\t"SYNs that a widget took",\n\t"",\n'
         '\t"net/widget.c widget_take")\n')],
    "stored datum": [
        ("analyzer/store/ingest_tables.def",
         'COLUMN(source, note, TEXT, "", PROSE, "why it was not used, or NULL")',
         'COLUMN(source, wetness, INT, "", NUMBER, "how wet it was, or NULL")\n'),
        ("analyzer/ingest/source_rows.c", "\trow.bytes = 0;",
         "\trow.wetness = 42;\n"),
        ("analyzer/report/records.def",
         'COLUMN(source, note, TEXT, "s.note")',
         'COLUMN(source, wetness, KNOWN, "s.wetness")\n')],
    "option": [
        ("analyzer/cmd_analyze.def",
         'FLAG("all-attempts", 0, all_attempts, "list the clean attempts too")',
         'FLAG("dry", 0, dry, "without widgets")\n'),
        ("analyzer/analyze_options.h", "\tbool follow_links;",
         "\tbool dry; /* without widgets */\n")],
    "command": [
        ("analyzer/commands.def",
         'X(manual, cmd_manual, "", "the manual page, for man(1)")',
         'X(widget, cmd_widget, "", "says that it is there")\n'),
        ("analyzer/cmd_widget.c", None, COMMAND),
        ("analyzer/cmd_widget.def", None, COMMAND_ROWS)],
    "page section": [
        ("analyzer/report/sections.def",
         'X(rules, "Rules", FOLDED, html_rules)',
         'X(widgets, "Widgets", FOLDED, html_widgets)\n'),
        ("analyzer/report/html_widgets.c", None, SECTION)],
}


def add(path, after, text):
    old = ""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            old = file.read()
    at = len(old)
    if after is not None:
        assert old.count(after + "\n") == 1, f"{path}: no line {after}"
        at = old.index(after + "\n") + len(after) + 1
    with open(path, "w", encoding="utf-8") as file:
        file.write(old[:at] + text + old[at:])


def build(copy, arguments):
    there = os.path.join(copy, "build")
    subprocess.run(["cmake", "-G", "Ninja", "-S", copy, "-B", there,
                    *arguments], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", there, "--target", "lostsyn"],
                   check=True, stdout=subprocess.DEVNULL)
    return os.path.join(there, "analyzer", "lostsyn")


def proofs(program, copy, root):
    """{change: what a run says that only the change can have made}"""
    def run(*arguments):
        done = subprocess.run([program, *arguments], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, cwd=copy)
        return done.stdout + done.stderr

    with open(os.path.join(copy, "w.pcap"), "wb") as file:
        file.write(PCAP)
    with open(os.path.join(copy, "w.log"), "w", encoding="ascii") as file:
        file.write(WIDGET_LOG)
    case = os.path.join(root, "samples/cases/server-conntrack-full")
    run("analyze", "--dry", "-o", "out", case)
    with open(os.path.join(copy, "out/report.html"), encoding="utf-8") as file:
        page = file.read()
    tested = run("rules", "test")
    return {
        "link type": "10.0.0.1:32769 > 10.0.0.2:80 [S]" in run("decode",
                                                               "w.pcap"),
        "log message": "a widget's disk is wet" in run("explain", "widget-wet"),
        "envelope": "widget" in run("decode", "w.log").split("\n")[0],
        "verdict": "ok   widget-in-the-way: seventy-seven SYNs" in tested,
        "cause": "a widget was wet" in run("explain", "widget-wet")
                 and "ok   widget-wet: wet\n" in tested
                 and ", 0 failed" in tested,
        "counter": "SYNs that a widget took" in run("explain", "WidgetDrops"),
        "stored datum": "wetness INTEGER -- how wet" in run("schema"),
        "option": "--dry               without widgets" in run("analyze",
                                                                "--help")
                  and "--dry" in run("completion", "zsh")
                  and "\\-\\-dry" in run("manual"),
        "command": run("widget") == "a widget\n"
                   and "widget)" in run("completion", "bash"),
        "page section": "All widgets are dry." in page,
    }, tested


def main():
    root, copy = (os.path.abspath(path) for path in sys.argv[1:3])
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns(
        "build", ".git", "cases", "seeds"))
    for edits in CHANGES.values():
        for path, after, text in edits:
            add(os.path.join(copy, path), after, text)
    shown, tested = proofs(build(copy, sys.argv[3:]), copy, root)
    print("| change | files | lines |\n|---|---:|---:|")
    for change, edits in CHANGES.items():
        lines = sum(text.count("\n") for _, _, text in edits)
        print(f"| {change} | {len(edits)} | {lines} |")
    missing = [change for change, there in shown.items() if not there]
    if missing:
        print("not there:", ", ".join(missing))
        print(tested[-2000:])
    else:
        shutil.rmtree(copy)
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())
