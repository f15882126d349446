#!/usr/bin/env python3
"""One incident as people hand it over: bundles of support tools, files named by
hand, and what tickets hold besides evidence.

Every bundle has the findings of the folder that it was made of, and every file
that is not read is listed with a reason that says what to do.
"""
import datetime
import gzip
import io
import json
import lzma
import os
import re
import sys
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from archives import CAUSE, Bed, a, backslashes, tar_of, zip_of  # noqa: E402

ADDRESS = "198.51.100.20"
COMMAND = "#==[ Command ]======================================#\n"


def of_server(bed):
    return {n[len("server/"):]: d for n, d in bed.files.items()
            if n.startswith("server/")}


def sosreport(server, new):
    """As sos 3 and sos 4 lay it out: the address stands in another command's
    output, the counters in another folder."""
    top = "sosreport-db-02-2026-11-21-abcdefg/"
    one_line = (f"2: eth0    inet {ADDRESS}/24 brd 198.51.100.255 scope "
                "global eth0\\       valid_lft forever\n")
    lines = ("2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500 state UP\n"
             f"    inet {ADDRESS}/24 scope global eth0\n")
    conntrack = "conntrack" if new else "networking"
    return {
        top + "hostname": b"db-02.example.com\n",
        top + "version.txt": b"sosreport: 4.7.0\n",
        top + "sos_commands/kernel/dmesg": server["dmesg.txt"],
        top + f"sos_commands/{conntrack}/conntrack_-S":
            server["conntrack-S-after.txt"],
        top + "sos_commands/networking/" +
            ("ip_-o_addr" if new else "ip_address"):
            (one_line if new else lines).encode(),
    }


def supportconfig(server):
    """Sections of commands in a few files; the host is in the folder's name."""
    top = "scc_db-02_261121_0040/"

    def section(command, text):
        return (COMMAND + f"# {command}\n").encode() + text + b"\n"

    return {
        top + "boot.txt": section("/bin/dmesg -T", server["dmesg.txt"]),
        top + "network.txt": section("/usr/sbin/ss -ltn", server["ss-ltn.txt"]),
        top + "env.txt": section("/sbin/sysctl -a", server["sysctl.txt"]),
    }


def must_gather(server):
    top = "must-gather.local.1/quay-io-sha256-abc/"
    return {
        top + "version": b"must-gather\n4.16.0\n",
        top + "nodes/db-02/dmesg": server["dmesg.txt"],
        top + "nodes/db-02/conntrack_-S": server["conntrack-S-after.txt"],
    }


def support_tools(bed):
    """A machine's own report lies beside captures of it by that name."""
    server = of_server(bed)
    for what, files in (("sos 3", sosreport(server, False)),
                        ("sos 4", sosreport(server, True)),
                        ("supportconfig", supportconfig(server)),
                        ("must-gather", must_gather(server))):
        flat = {"app.pcap": bed.files["client/capture.pcap"],
                "db-02.pcap": bed.files["server/capture.pcap"],
                "report.tar.xz": lzma.compress(tar_of(files))}
        for name, data in flat.items():
            bed.write(os.path.join(what, name), data)
        yield from bed.same(bed.path(what), what)
        names = [h["name"] for h in bed.report()["hosts"] if h["roles"]]
        if sorted(names) != ["app", "db-02"]:
            yield f"{what}: machines {names}"


def placed_by_address(bed):
    """No name says so: the address of the report is the failing service's."""
    for new in (False, True):
        for name, data in (
                ("app.pcap", bed.files["client/capture.pcap"]),
                ("web.pcap", bed.files["server/capture.pcap"]),
                ("s.tar.gz", gzip.compress(tar_of(
                    sosreport(of_server(bed), new))))):
            bed.write(f"address-{new}/{name}", data)
        yield from bed.same(bed.path(f"address-{new}"), f"sos 4: {new}")


def flat(client, server, dmesg, table):
    return {client: "client/capture.pcap", server: "server/capture.pcap",
            dmesg: "server/dmesg.txt", table: "server/conntrack-S-after.txt"}


def named_by_hand(bed):
    """Spaces, capitals, dates before and behind, German, .log for all."""
    for names in (
            flat("Client Mitschnitt.PCAP", "Server Mitschnitt.PCAP",
                 "SERVER DMESG (1).TXT", "Server Conntrack -S.txt"),
            flat("app01_capture_2026-11-21.pcap",
                 "web01_capture_2026-11-21.pcap",
                 "web01_dmesg_2026-11-21.log",
                 "web01_conntrack-S_2026-11-21.log"),
            flat("2026-11-21_app01.pcap", "2026-11-21_web01.pcap",
                 "2026-11-21_web01_dmesg.log", "2026-11-21_web01_ct.log"),
            flat("Kunde.log", "Rechenzentrum.log",
                 "Rechenzentrum-Kernelmeldungen.log",
                 "Rechenzentrum conntrack.log"),
            flat("app-01/capture", "web-01/capture", "web-01/kern",
                 "web-01/out1")):
        files = {n: bed.files[of] for n, of in names.items()}
        what = next(iter(names))
        yield from bed.same(bed.write("by-hand.zip", zip_of(files)), what)
    deep = {f"logs/{host}.zip": zip_of(files) for host, files in (
        ("app-01", {"tmp/capture.pcap": bed.files["client/capture.pcap"]}),
        ("web-01", {"tmp/capture.pcap": bed.files["server/capture.pcap"],
                    "var/log/kern.log": bed.files["server/dmesg.txt"]}))}
    yield from bed.same(bed.write("ticket 4711.zip", zip_of(deep)),
                        "a zip for each host in a zip")
    yield from bed.same(bed.write("dated.zip", gzip.compress(tar_of(
        bed.files))), "a tar.gz that is called .zip")


def beside_an_archive(bed):
    """What several machines' files were sent in is no machine, also beside
    another file; case.yaml beside it names its files as if it were alone."""
    names = flat("app01.pcap", "web01.pcap", "dmesg.txt",
                 "web01-conntrack-S.txt")
    box = bed.write("sent/all.zip", zip_of(
        {f"all/{n}": bed.files[of] for n, of in names.items()}))
    said = bed.write("sent/case.yaml",
                     b"files: [{path: dmesg.txt, role: web01}]\n")
    yield from bed.same(box, said, "case.yaml beside an archive")
    names["web01-dmesg.txt"] = names.pop("dmesg.txt")
    box = bed.write("sent/all.zip", zip_of(
        {f"all/{n}": bed.files[of] for n, of in names.items()}))
    other = bed.write("sent/notes.log", b"hello\n")
    yield from bed.same(box, other, "a file beside an archive")
    for number, (name, of) in enumerate(names.items()):
        bed.write(f"jira/attachments/{10000 + number}/a3f1c9e2b{number}_{name}",
                  bed.files[of])
    yield from bed.same(bed.path("jira"), "a tracker's export")


def document():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("[Content_Types].xml", "<Types/>")
        z.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


# {name: (content, a word of the reason)}
BESIDE = {
    "Ticket.msg": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "Outlook"),
    "list.xlsx": (document(), "CSV"),
    "shot.png": (bytes.fromhex("89504e470d0a1a0a") + bytes(60), "picture"),
    "photo": (bytes.fromhex("ffd8ffe0") + bytes(60), "picture"),
    "Report.pdf": (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", "PDF"),
    "System.evtx": (b"ElfFile\0" + bytes(600), "wevtutil"),
    "system.journal": (b"LPKSHHRH" + bytes(300), "journalctl --file"),
    "NetTrace.etl": (bytes(300), "etl2pcapng"),
    "core.4711": (b"\x7fELF" + bytes(300), "core dump"),
    "incident.z02": (bytes(range(256)) * 9, "split archive"),
    "incident.7z.003": (bytes(range(256)) * 9, "split archive"),
    "cut.pcap": (bytes(range(256)) * 9, "called a capture"),
    "empty.log": (b"", "empty"),
}


def beside_the_evidence(bed):
    """Listed with what to do, in a folder and in an archive; nothing changes."""
    files = {**bed.files, **{f"server/{n}": d for n, (d, _) in BESIDE.items()}}
    for name, data in files.items():
        bed.write(os.path.join("beside", name), data)
    for path in (bed.path("beside"), bed.write("beside.zip", zip_of(files))):
        yield from bed.same(path, path)
        notes = {i["name"].split("server/")[-1]: (i["kind"], i["note"] or "")
                 for i in bed.report()["inputs"]}
        for name, (_, word) in BESIDE.items():
            kind, note = notes.get(name, ("not listed", ""))
            if kind != "unrecognised" or word not in note:
                yield f"{path}: {name}: {kind}: {note}"


def nothing_but(bed):
    """Alone, it is no case without failures: status 2, and what to do."""
    for name, (data, word) in BESIDE.items():
        done = bed.analyze(bed.write("alone/" + name, data))
        if done.returncode != 2 or word not in " ".join(done.stderr.split()):
            yield f"{name}: status {done.returncode}: {done.stderr}"


def last_of_a_split(bed):
    whole = zip_of({**bed.files, "pad": os.urandom(20_000)})
    done = bed.analyze(bed.write("incident.zip", whole[-9000:]))
    if done.returncode != 2 or "last part" not in " ".join(
            done.stderr.split()):
        yield a.said(done)


def words_in_an_archive(bed):
    """A text of no form is searched there as it is in a folder."""
    note = (b"Hello, this is what we saw on the console\n"
            b"it says nf_conntrack: table full, dropping packet all the time"
            b"\nRegards\n" + b"Please call us back about this.\n" * 9)
    files = {**bed.files, "server/notes.txt": note}
    for name, data in files.items():
        bed.write(os.path.join("words", name), data)
    kinds = []
    for path in (bed.path("words"), bed.write("words.zip", zip_of(files))):
        bed.analyze(path)
        kinds += [(i["kind"], i["note"]) for i in bed.report()["inputs"]
                  if i["name"].endswith("notes.txt")]
    if len(kinds) != 2 or kinds[0] != kinds[1]:
        yield f"{kinds}"


def dated_loop(bed):
    """while true; do date; nstat -az; conntrack -S; sleep 1; done > loop.txt:
    each table is a snapshot of its moment."""
    server = of_server(bed)
    loop = b"".join(
        f"Sat Nov 21 00:37:{second} UTC 2026\n".encode()
        + server[f"nstat-{when}.txt"] + server[f"conntrack-S-{when}.txt"]
        for second, when in ((10, "before"), (30, "after")))
    for name, data in (("app.pcap", bed.files["client/capture.pcap"]),
                       ("web.pcap", bed.files["server/capture.pcap"]),
                       ("web-loop.txt", loop)):
        bed.write("loop/" + name, data)
    bed.analyze(bed.path("loop"))
    got = sorted((i["kind"], (i["first"] or "")[:19])
                 for i in bed.report()["inputs"] if "loop.txt:" in i["name"])
    wanted = [(kind, f"2026-11-21T00:37:{second}")
              for kind in ("conntrack-S", "nstat") for second in (10, 30)]
    if got != wanted:
        yield f"{got}"
    texts = [e["text"] for f in bed.report()["findings"]
             if f["cause"] == CAUSE for e in f["evidence"]]
    if not any("drop 0 -> 7" in t for t in texts):
        yield f"no delta: {texts}"


def section_without_a_name(bed):
    """The table behind a header that names no machine for sure is not the last
    machine's: it is asked about, and accuses nobody."""
    dmesg = of_server(bed)["dmesg.txt"]
    for header, placed in ((b"== other ==", False), (b"== cache ==", False),
                           (b"== kernel log ==", True), (b"== web ==", True)):
        text = b"== web-01 ==\n# uptime\n 00:40:00 up 1 day,  2:11,  1 user\n" \
            + header + b"\n" + dmesg
        for name, data in (("app.pcap", bed.files["client/capture.pcap"]),
                           ("web.pcap", bed.files["server/capture.pcap"]),
                           ("all.txt", text)):
            bed.write("sections/" + name, data)
        said = bed.analyze(bed.path("sections")).stderr
        full = [(f["cause"], f["confidence"]) for f in bed.report()["findings"]
                if f["confidence"] == "confirmed"]
        asked = "from line 5 on nothing tells" in said
        if asked == placed:
            yield f"{header}: {said}"
        if bool(full) != (header == b"== web =="):
            yield f"{header}: {full}"


def from_windows(bed):
    yield from bed.same(bed.write("windows.zip", backslashes(
        {**bed.files, "server/desktop.ini": b"[.ShellClassInfo]\r\n"})), "zip")
    for name, data in bed.files.items():
        text = name.endswith(".txt")
        bed.write("utf16/" + name, b"\xff\xfe" + data.decode().replace(
            "\n", "\r\n").encode("utf-16-le") if text else data)
    yield from bed.same(bed.path("utf16"), "PowerShell's UTF-16")


def dressed(session):
    """The session as chats, trackers, mails and recorders hand it on."""
    text = "\n".join(session)
    yield "slack.txt", ("Anna Meier  9:31 AM\nhere is what I see:\n```\n"
                        f"{text}\n```\nBob  9:40 AM\nok, thanks :+1:\n")
    yield "teams.txt", f"[21.11.2026 09:31] Meier, Anna\n{text}\n[09:40] Bob\nok\n"
    yield "jira.txt", f"h2. Logs\nWe see:\n{{code:bash}}\n{text}\n{{code}}\n"
    yield "noformat.txt", f"*Logs*\n{{noformat}}\n{text}\n{{noformat}}\n"
    yield "putty.log", ("=~=~=~=~= PuTTY log 2026.11.21 09:31:02 =~=~=~=~=\r\n"
                        "login as: root\r\nroot@web's password: \r\n"
                        + text.replace("\n", "\r\n"))
    yield "mail.eml", ("From: a@example.com\r\nTo: b@example.com\r\nSubject: 502\r\n"
                       "Date: Sat, 21 Nov 2026 10:00:00 +0000\r\n"
                       "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"
                       "Hi,\r\n\r\n" + text.replace("\n", "\r\n"))
    yield "quoted.txt", ("On Sat, Nov 21, 2026 at 9:31 AM Anna wrote:\n"
                         + "\n".join("> " + line for line in session))
    yield "ts.txt", "\n".join(f"Nov 21 09:31:{n % 60:02d} {line}"
                              for n, line in enumerate(session))
    yield "ts-since.txt", "\n".join(f"00:00:{n % 60:02d} {line}"
                                    for n, line in enumerate(session))
    shell = [re.sub(r"^\[(\w+)@([\w-]+) [^\]]*\][#$] ",
                    "\\1 in \\2 in ~ took 2s\n\u276f ", line) for line in session]
    yield "starship.txt", "\n".join(shell)
    for version in (2, 3):
        events = [json.dumps({"version": version, "width": 200, "height": 50})]
        events += [json.dumps([0.01, "o", line + "\r\n"]) for line in session]
        yield f"v{version}.cast", "\n".join(events) + "\n"


def handed_on(bed):
    """A long log behind the first prompt, and words above it: the prompts count
    all the same, and the line that confirms has its machine and its time."""
    with open(os.path.join(
            bed.cases, "uncaptured-conntrack-full-transcript/ticket.txt"),
            encoding="utf-8") as f:
        session = f.read().rstrip("\n").split("\n")
    for name, text in dressed(session):
        bed.analyze(bed.write("handed/" + name, text.encode()))
        causes = [(f["cause"], f["confidence"], f["reported"])
                  for f in bed.report()["findings"]]
        if causes[:1] != [(CAUSE, "confirmed", 312)]:
            yield f"{name}: {causes}"


STAMPS = ("Nov 21 09:14:58 ", "2026-11-21T09:14:58+0000 ", "00:00:05 ",
          "2026-11-21 09:14:58 ", "1795252498.123456 ", "09:14:58.123456 ")

LINES = (
    "2026/11/21 09:14:57 [error] 7#7: *1 upstream timed out (110: Connection "
    "timed out) while connecting to upstream, client: 203.0.113.5, server: _, "
    'request: "GET / HTTP/1.1", upstream: "http://198.51.100.20:80/"',
    "192.0.2.1:5 [21/Nov/2026:09:14:57.278] f b/s 0/0/-1/-1/10003 503 217 - - "
    'sC-- 1/1/1/1/0 0/0 "GET / HTTP/1.1"',
    '{"time":"2026-11-21T09:14:57Z","level":"error","msg":"dial tcp '
    '198.51.100.20:80: i/o timeout"}',
    'level=error ts=2026-11-21T09:14:57Z msg="dial tcp 198.51.100.20:80: i/o '
    'timeout"',
    "E1121 09:14:57.123456    1234 file.go:12] dial tcp 198.51.100.20:80: i/o "
    "timeout",
    "curl: (7) Failed to connect to 198.51.100.20 port 80 after 1 ms: "
    "Connection refused",
)


def told(bed, text):
    bed.analyze(bed.write("alone/web.log", text.encode()))
    return [(f["how"], f["server"], f["count"])
            for f in bed.report()["reported_failures"]]


def stamped(bed):
    """Behind the stamps of ts each line says what it says without them."""
    for line in LINES:
        wanted = told(bed, (line + "\n") * 3)
        if not wanted:
            yield f"nothing told: {line}"
        for stamp in STAMPS:
            got = told(bed, (stamp + line + "\n") * 3)
            if got != wanted:
                yield f"{stamp}{line}: {got} instead of {wanted}"


def journals(bed):
    """Whatever form journalctl printed the kernel's lines in, they confirm."""
    entries = []
    for line in of_server(bed)["dmesg.txt"].decode().splitlines():
        when, _, message = line.partition(" ")
        at = datetime.datetime.fromisoformat(when.replace(",", "."))
        entries.append({
            "__REALTIME_TIMESTAMP": f"{at.timestamp():.6f}".replace(".", ""),
            "_HOSTNAME": "db-02", "_TRANSPORT": "kernel",
            "SYSLOG_IDENTIFIER": "kernel", "MESSAGE": message})
    pretty = [json.dumps(e, indent=8, separators=(",", " : "))
              for e in entries]
    for name, text in (
            ("json", "\n".join(map(json.dumps, entries))),
            ("pretty", "\n".join(pretty)),
            ("jq", "\n".join(json.dumps(e, indent=2) for e in entries)),
            ("array", json.dumps(entries, indent=2)),
            ("sse", "\n\n".join("data: " + json.dumps(e) for e in entries)),
            ("seq", "\n".join("\x1e" + json.dumps(e) for e in entries))):
        files = {"client.pcap": bed.files["client/capture.pcap"],
                 "db-02.pcap": bed.files["server/capture.pcap"],
                 "db-02-conntrack-S-after.txt":
                     of_server(bed)["conntrack-S-after.txt"],
                 "journal.txt": text.encode()}
        yield from bed.same(bed.write(name + ".zip", zip_of(files)), name)


DEVICES = (
    'C:\\Users\\anna>netstat -s -p tcp',
    '',
    'TCP Statistics for IPv4',
    '',
    '  Active Opens                        = 12345',
    '  Failed Connection Attempts          = 91',
    'fw01#show conn',
    '13 in use, 84 most used',
    'fw01# show logging',
    ('Nov 21 2026 09:14:58: %ASA-4-106023: Deny tcp src outside:20'
     '3.0.113.5/40001 dst inside:198.51.100.20/80 by access-group '
     '"outside_in"'),
    'anna@srx> show security flow session',
    '  In: 203.0.113.5/40001 --> 198.51.100.20/80;tcp, If: ge-0/0/0.0',
    'FGT60F # diagnose sys session list',
    'session info: proto=6 proto_state=02 duration=5',
    '[admin@gw] > /ip firewall connection print',
    ' 0  tcp  203.0.113.5:40001  198.51.100.20:80  syn-sent',
    '[root@web-01 ~]# ss -ltn',
    'State  Recv-Q Send-Q Local Address:Port Peer Address:Port',
    'LISTEN 512    511    0.0.0.0:80         0.0.0.0:*',
)


def devices(bed):
    """A deny of the firewall is the firewall's; what no parser knows is named."""
    bed.analyze(bed.write("devices/ticket.txt", "\n".join(DEVICES).encode()))
    report = bed.report()
    parts = [(i["kind"], i["name"].partition(": ")[2])
             for i in report["inputs"]]
    for wanted in (("netstat-s-pairs", "netstat -s -p tcp (line 3)"),
                   ("syslog", "show logging (line 10)"),
                   ("ss", "ss -ltn (line 18)")):
        if wanted not in parts:
            yield f"{wanted} is not among {parts}"
    note = report["inputs"][0]["note"]
    for word in ("not understood: show conn (line 8)", "show security flow",
                 "diagnose sys session list", "/ip firewall connection"):
        if word not in note:
            yield f"{word} is not in: {note}"
    names = [h["name"] for h in report["hosts"]]
    if names != ["fw01", "web-01"]:
        yield f"machines {names}"
    if [f["how"] for f in report["reported_failures"]] != ["dropped"]:
        yield f"{report['reported_failures']}"


TICKET = """$ kubectl logs checkout-6f7 | grep dial
2026-11-24T14:02:11.482Z ERROR payments: dial tcp 10.100.44.12:443: i/o timeout
2026-11-24T14:02:41.010Z ERROR payments: dial tcp 10.100.44.12:443: i/o timeout
[ops@node-17 ~]$ date -u
Tue Nov 24 14:05:00 UTC 2026
[ops@node-17 ~]$ sudo dmesg -T
[Tue Nov 24 14:02:10 2026] nf_conntrack: nf_conntrack: table full, dropping packet
[Tue Nov 24 14:02:40 2026] nf_conntrack: nf_conntrack: table full, dropping packet
"""
SAID = "case.yaml: vantages: [{name: node-17, addresses: [ADDRESS]}]"


def address_asked(bed):
    """A machine that a prompt names and nothing else: what would say whose its
    lines are stands beside it, and saying it is enough for the cause."""
    bed.write("asked/ticket.txt", TICKET.encode())
    shown = " ".join(bed.analyze(bed.path("asked")).stdout.split())
    if f"to tell it, say {SAID}" not in shown:
        yield f"not asked: {shown}"
    confirmed = [f["cause"] for f in bed.report()["findings"]
                 if f["confidence"] == "confirmed"]
    bed.write("asked/case.yaml", SAID.replace("ADDRESS", "10.100.44.12")
              .removeprefix("case.yaml: ").encode())
    bed.analyze(bed.path("asked"))
    told = [f["cause"] for f in bed.report()["findings"]
            if f["confidence"] == "confirmed"]
    if confirmed or told != [CAUSE]:
        yield f"confirmed before {confirmed}, then {told}"


CHECKS = [handed_on, stamped, journals, devices, support_tools,
          placed_by_address, named_by_hand, beside_an_archive, beside_the_evidence, nothing_but,
          last_of_a_split, words_in_an_archive, from_windows, dated_loop,
          address_asked, section_without_a_name]


if __name__ == "__main__":
    a.run_checks(__doc__, CHECKS, Bed)
