#!/usr/bin/env python3
"""Evidence inside of letters, pages and answers: what a mail, a web page, a chat's
or a cloud's JSON and tools of many machines hold is read as the plain file is.

Each is made here of one labelled case, and has the findings of it; what is broken
or hostile in one is a reason in the list of inputs.
"""
import base64
import email.message
import gzip
import html
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from archives import CAUSE, Bed, a, tar_of  # noqa: E402

SESSION = "uncaptured-conntrack-full-transcript/ticket.txt"
PROMPT = re.compile(r"\[(\w+)@([\w-]+) [^\]]*\][#$] ?(.*)")


def session(bed):
    """[(machine, command, lines)] of the labelled ticket, and its lines."""
    with open(os.path.join(bed.cases, SESSION), encoding="utf-8") as f:
        lines = f.read().rstrip("\n").split("\n")
    parts = []
    for line in lines:
        prompt = PROMPT.match(line)
        if prompt and prompt.group(3):
            parts.append((prompt.group(2), prompt.group(3), []))
        elif not prompt:
            parts[-1][2].append(line)
    return parts, lines


def told(bed, name, text):
    """The findings of the ticket, whatever it stands in."""
    data = text if isinstance(text, bytes) else text.encode()
    bed.analyze(bed.write(name, data))
    report = bed.report()
    causes = [(f["cause"], f["confidence"], f["reported"])
              for f in report["findings"]]
    if causes[:1] != [(CAUSE, "confirmed", 312)]:
        yield f"{name}: {causes} of {[i['name'] for i in report['inputs']]}"


def mail(text="Hi,\n\nsee what is attached.\n", coding=None, page=None):
    m = email.message.EmailMessage()
    m["From"] = "a@example.com"
    m["Subject"] = "502s"
    m.set_content(text, cte=coding)
    if page is not None:
        m.add_alternative(page, subtype="html", cte=coding)
    return m


def attach(m, files):
    for name, data in files.items():
        m.add_attachment(data, maintype="application",
                         subtype="octet-stream", filename=name)
    return m


def flat(bed):
    """The case as a person attaches it: a name for each file."""
    return {"client.pcap": bed.files["client/capture.pcap"],
            "db-02.pcap": bed.files["server/capture.pcap"],
            **{f"db-02-{n[len('server/'):]}": d for n, d in bed.files.items()
               if n.startswith("server/") and n.endswith(".txt")}}


def attachments(bed):
    """Files, an archive, a mail within a mail; beside text and its HTML."""
    whole = mail(page="<p>Hi,</p>")
    box = gzip.compress(tar_of(bed.files))
    inner = attach(mail(), {"St\u00f6rung.tar.gz": box})
    outer = mail()
    outer.add_attachment(inner)
    for name, m in (("files", attach(whole, flat(bed))),
                    ("archive", inner), ("forwarded", outer)):
        yield from bed.same(bed.write(name + ".eml", m.as_bytes()), name)
    notes = {i["name"]: i["note"] for i in bed.report()["inputs"]}
    if "nothing in it is evidence" not in notes["forwarded.eml: text"]:
        yield f"{notes}"
    for i, m in enumerate((inner, mail("hello\n"))):
        stamp = b"From a@example.com Sat Nov 21 09:31:0%d 2026\n" % i
        box = (box if i else b"") + stamp + m.as_bytes() + b"\n\n"
    yield from bed.same(
        bed.write("box.mbox", box[box.index(b"From a@"):]), "mbox")


def broken_mails(bed):
    """What came before the break is read; names lead nowhere."""
    whole = attach(mail(), {"../../etc/client.pcap": flat(bed)["client.pcap"],
                            "a.log": b"x"}).as_bytes()
    half = bed.write("half.eml", whole[:len(whole) * 2 // 3])
    done = bed.analyze(half)
    if done.returncode not in (0, 1):
        yield a.said(done)
    names = [i["name"] for i in bed.report()["inputs"]]
    if not any("client.pcap" in n for n in names):
        yield f"{names}"
    deep = b"From: a\nMIME-Version: 1.0\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i)
        for i in range(4000))
    done = bed.analyze(bed.write("deep.eml", deep))
    if done.returncode != 2:
        yield f"nested 4000 times: {a.said(done)}"


def texts(bed):
    """The ticket as a mail's text, in all its codings, and flowed."""
    _, lines = session(bed)
    text = "Hi,\n\n" + "\n".join(lines) + "\n\nRegards\n"
    page = f"<div>Hi<br><pre>{html.escape(text)}</pre></div>"
    for coding in ("quoted-printable", "base64", "8bit"):
        yield from told(bed, f"{coding}.eml", mail(text, coding).as_bytes())
        yield from told(bed, f"{coding}-both.eml",
                        mail(text, coding, page).as_bytes())
    only = mail(coding="base64")
    only.set_content(page, subtype="html", cte="quoted-printable")
    yield from told(bed, "page-alone.eml", only.as_bytes())
    folded = "\r\n".join(re.sub(r"(.{50,70}) ", "\\1 \r\n", line)
                         for line in text.split("\n"))
    yield from told(bed, "flowed.eml", (
        "From: a\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
        "boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; format=flowed\r\n"
        f"\r\n{folded}\r\n--b--\r\n"))


def pages(bed):
    """A wiki's page, one with line breaks, one that a browser saved whole."""
    parts, lines = session(bed)
    blocks = "".join(
        f"<p>On <code>{host}</code>:</p><pre class=\"x\">"
        + html.escape("\n".join([f"# {command}", *output])) + "</pre>"
        for host, command, output in parts)
    head = ("<!DOCTYPE html><html><head><title>502</title><style>pre{a:b}"
            "</style><script>if (a<b) x='<pre>';</script></head><body>")
    yield from told(bed, "blocks.html", f"{head}<h1>502</h1>{blocks}</body>")
    breaks = "<br/>\n".join(
        html.escape(line).replace(" ", "&#160;") for line in lines)
    yield from told(bed, "breaks.html", f"<div>{breaks}</div>")
    yield from told(bed, "long.html", head.replace(
        "<style>", "<style>" + ".a{b:c}\n" * 20_000) + blocks)
    yield from told(bed, "export.doc", (
        "Date: Sat, 21 Nov 2026 10:00:00 +0000\r\nSubject: Exported\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\t"
        "boundary=\"----=_b\"\r\n\r\n------=_b\r\nContent-Type: text/html\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        + (head + blocks).replace("=", "=3D") + "\r\n------=_b--\r\n"))
    for name, text in (("words", "<html><body>Hello</body></html>"),
                       ("open", "<html><!-- x"), ("tags", "<html><p" * 99)):
        done = bed.analyze(bed.write(name + ".html", text.encode()))
        if done.returncode != 2 or "web page" not in done.stderr:
            yield f"{name}: {a.said(done)}"


def answers(bed):
    """A chat's export, a cloud's answer, ansible's callback: one text each."""
    parts, lines = session(bed)
    block = "```\n" + "\n".join(lines) + "\n```"
    for sign, name in (("&", "amp"), ("<", "lt"), (">", "gt")):
        block = block.replace(sign, f"&{name};")
    block = re.sub(r'"(http://[^"]*)"', r'"<\1>"', block)
    chat = [{"type": "message", "text": "502s", "ts": "1795253460.000100"},
            {"type": "message", "text": block, "ts": "1795253470.000100"}]
    yield from told(bed, "chat.json", json.dumps(chat, indent=4))
    play = {"plays": [{"tasks": [
        {"hosts": {host: {"changed": True, "cmd": command, "rc": 0,
                          "stdout": "\n".join(output),
                          "stdout_lines": output}}}
        for host, command, output in parts]}]}
    yield from told(bed, "ansible.json", json.dumps(play, indent=4))
    yield from told(bed, "ansible-line.json", json.dumps(play))
    yield from told(bed, "ssm.txt", "\n".join(
        f"anna@laptop:~$ aws ssm get-command-invocation --command-id {i}\n"
        + json.dumps({"CommandId": "11", "InstanceId": "i-0ab1" + host,
                      "StandardOutputContent": "\n".join(output) + "\n"},
                     indent=4)
        for i, (host, _, output) in enumerate(parts)))
    logs = [{"time": "2026-11-21T09:14:57Z", "level": "error", "message":
             "dial tcp 198.51.100.20:80: i/o timeout\n\tat x\n\tat y"}] * 3
    bed.analyze(bed.write("app.json", "\n".join(
        map(json.dumps, logs)).encode()))
    got = [f["how"] for f in bed.report()["reported_failures"]]
    if got != ["no-answer"] * 3:
        yield f"a log with traces: {got}"


def tools(bed):
    """What stands before the lines of many machines, and how they are asked."""
    parts, lines = session(bed)

    def each(form):
        return "\n".join(form(host, command, output)
                         for host, command, output in parts)

    def asked(command):
        return each(lambda h, c, o: "anna@laptop:~$ " + command.format(
            h=h, c=c) + "\n" + "\n".join(o))

    yield from told(bed, "gcloud.txt", asked(
        'gcloud compute ssh {h} --zone=x --command="{c}"'))
    yield from told(bed, "vagrant.txt", asked('vagrant ssh {h} -c "{c}"'))
    yield from told(bed, "lxc.txt", asked("lxc exec {h} -- {c}"))
    yield from told(bed, "salt.txt", each(
        lambda h, c, o: f"{h}:\n" + "\n".join("    " + line for line in o)))
    yield from told(bed, "terraform.txt", each(
        lambda h, c, o: "\n".join(
            f"null_resource.{h.replace('-', '_')} (remote-exec): {line}"
            for line in o)))
    for name, stamp in (("iterm", "[11/21/2026, 9:31:{:02d}.123 AM] "),
                        ("putty", "[2026-11-21 09:31:{:02d}] ")):
        yield from told(bed, name + ".txt", "\n".join(
            stamp.format(n % 60) + line for n, line in enumerate(lines)))


def many_machines(bed):
    """Forms of tools in which a text stands for many lines, or indented. The
    front that is looked at first ends within the first one."""
    parts, lines = session(bed)

    def each(form):
        return "\n".join(form(host, command, "\n".join(output))
                         for host, command, output in parts)

    def indented(text, blanks):
        return "\n".join(" " * blanks + line for line in text.split("\n"))

    def playbook(lists):
        return "PLAY [all] ***\n\n" + each(
            lambda h, c, o: f"TASK [{c}] ***\nchanged: [{h}] => "
            + json.dumps({"cmd": c, "stdout": o, "stdout_lines":
                          o.split("\n") if lists else []}, indent=4))

    yield from told(bed, "playbook.txt", playbook(True))
    yield from told(bed, "playbook-texts.txt", playbook(False))
    yield from told(bed, "playbook-yaml.txt", each(
        lambda h, c, o: f"TASK [{c}] ***\nchanged: [{h}] => changed=true\n"
        f"  cmd: {c}\n  rc: 0\n  stdout: |-\n{indented(o, 4)}\n"
        "  stdout_lines: <omitted>\n"))
    yield from told(bed, "bolt.txt", each(
        lambda h, c, o: f"Started on {h}...\nFinished on {h}:\n"
        + indented(o, 2)))
    yield from told(bed, "salt.json", each(
        lambda h, c, o: json.dumps({h: o}, indent=4)))
    yield from told(bed, "azure.txt", each(
        lambda h, c, o: "$ az vm run-command invoke -g rg -n " + h
        + f' --command-id RunShellScript --scripts "{c}"\n' + json.dumps(
            {"value": [{"code": "x", "message": "Enable succeeded: \n"
                        f"[stdout]\n{o}\n\n[stderr]\n"}]}, indent=2)))
    yield from told(bed, "fabric.txt", each(
        lambda h, c, o: f"[root@{h}:22] run: {c}\n" + "\n".join(
            f"[root@{h}:22] out: {line}" for line in o.split("\n"))))
    yield from told(bed, "rundeck.txt", each(
        lambda h, c, o: "\n".join(
            f"[{h}:1-exec:09:31:00] {line}" for line in o.split("\n"))))
    yield from told(bed, "trace.txt", each(
        lambda h, c, o: f"+ ssh root@{h} {c}\n{o}"))
    yield from told(bed, "folded.md", each(
        lambda h, c, o: f"<details><summary>{h}: {c}</summary>\n\n```\n{o}\n"
        "```\n</details>\n"))
    pane = "\n".join(line[i:i + 80].rstrip() for line in lines
                     for i in range(0, max(len(line), 1), 80))
    yield from told(bed, "pane.txt", pane)
    counts = [i["lines"] for i in bed.report()["inputs"]
              if i["kind"] == "transcript"]
    if counts != [len(pane.split("\n"))]:
        yield f"lines {counts}"


def exports(bed):
    """Files in base64 within a tracker's JSON: named beside their bytes, before or
    behind them; what else the document says is read, too."""
    files = flat(bed)
    coded = {n: base64.b64encode(d).decode() for n, d in files.items()}
    documents = {
        "jira": {"key": "PROD-4711", "fields": {"summary": "502s", "attachment":
                 [{"filename": n, "size": 1, "content": d}
                  for n, d in coded.items()]}},
        "servicenow": {"result": [{"number": "INC1", "attachments": [
            {"data": d, "file_name": n} for n, d in coded.items()]}]},
        "graph": {"value": [{"name": n, "contentType": "x/y",
                             "contentBytes": d} for n, d in coded.items()]}}
    for name, document in documents.items():
        for indent in (None, 2):
            path = bed.write(name + ".json", json.dumps(
                document, indent=indent).encode())
            yield from bed.same(path, f"{name} {indent}")
    cut = json.dumps(documents["jira"])[:20000].encode()
    done = bed.analyze(bed.write("cut.json", cut))
    if done.returncode != 2:
        yield f"cut: {a.said(done)}"
    token = {"level": "error", "msg": "dial tcp 198.51.100.20:80: i/o timeout",
             "time": "2026-11-21T09:14:57Z", "name": "shop",
             "token": base64.b64encode(bytes(range(256))).decode()}
    bed.analyze(bed.write("app.json", (json.dumps(token) + "\n").encode() * 3))
    if len(bed.report()["reported_failures"]) != 3:
        yield f"a log with tokens: {bed.report()['reported_failures']}"


def typed(bed):
    """A terminal's edits: what was typed is what stood there in the end."""
    parts, _ = session(bed)
    edits = {
        "deleted": lambda c: c[:3] + "zz\b\x1b[K\b\x1b[K" + c[3:],
        "blanked": lambda c: c[:3] + "z\b \b" + c[3:],
        "inserted": lambda c: (f"{c[1:]}\x1b[{len(c) - 1}D\x1b[1@{c[0]}"
                               f"\x1b[{len(c) - 1}C"),
        "redrawn": lambda c: f"{c[1:]}{(len(c) - 1) * chr(8)}{c}",
        "column": lambda c: "xx" + c,
    }
    for name, edit in edits.items():
        out = ""
        for host, command, output in parts:
            prompt = f"[root@{host} ~]# "
            shown = prompt + edit(command)
            if name == "column":
                shown = f"wrong{chr(13)}{prompt}\x1b[{len(prompt) + 1}G{command}"
            out += shown + "\r\n" + "\r\n".join(output) + "\r\n"
        yield from told(bed, name + ".txt", out)


def word(bed):
    """Quotes and dashes that a word processor set, in a log without prompts."""
    line = ('2026/11/21 09:14:57 [error] 7#7: *1 upstream timed out (110: '
            'Connection timed out) while connecting to upstream, client: '
            '203.0.113.5, server: _, request: "GET / HTTP/1.1", upstream: '
            '"http://198.51.100.20:80/"\n')
    set_ = re.sub(r'"([^"]*)"', "\u201c\\1\u201d", line)
    got = []
    for text in (line, set_):
        bed.analyze(bed.write("web.log", (text * 3).encode()))
        got.append([(f["how"], f["server"], f["count"])
                    for f in bed.report()["reported_failures"]])
    if not got[0] or got[0] != got[1]:
        yield f"{got}"


def base64_file(bed):
    """base64 FILE, pasted: the machine is that of the file's name."""
    files = flat(bed)
    files["db-02-dmesg.b64"] = base64.encodebytes(
        gzip.compress(files.pop("db-02-dmesg.txt")))
    for name, data in files.items():
        bed.write("coded/" + name, data)
    yield from bed.same(bed.path("coded"), "base64")


CHECKS = [attachments, broken_mails, texts, pages, answers, tools,
          many_machines, exports, typed, word, base64_file]


if __name__ == "__main__":
    a.run_checks(__doc__, CHECKS, Bed)
