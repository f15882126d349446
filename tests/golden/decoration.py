#!/usr/bin/env python3
"""What others put around lines must come off before they are known.

    decoration.py --lostsyn PROGRAM

Each line that decides a cause, in each of its envelopes, and each table that
does, under each decoration: `lostsyn decode` has to find the same as without.
"""
import argparse
import io
import json
import re
import subprocess
import sys
import zipfile

KERNEL = {
    "full": ("nf_conntrack: nf_conntrack: table full, dropping packet",
             "event=conntrack-table-full"),
    "flood": ("TCP: request_sock_TCP: Possible SYN flooding on port 0.0.0.0:80."
              " Sending cookies.", "event=syn-flood-cookies"),
    "martian": ("IPv4: martian source 10.0.0.9 from 10.0.0.7, on dev eth0",
                "event=martian-source"),
    "drop": ("IPT-DROP: IN=eth0 OUT= MAC=52:54:00:12:34:56:52:54:00:65:43:21:"
             "08:00 SRC=192.0.2.10 DST=198.51.100.20 LEN=60 TOS=0x00 PREC=0x00 "
             "TTL=63 ID=4711 DF PROTO=TCP SPT=40131 DPT=80 WINDOW=64240 "
             "RES=0x00 SYN URGP=0", "event=firewall-log-drop"),
}
ENVELOPES = {
    "syslog": ("Nov 21 00:37:2{} web-01 kernel: ", "-11-21T00:37:27"),
    "dmesg": ("[  123.45678{}] ", "123.456787"),
    "dmesg-T": ("[Sat Nov 21 00:37:2{} 2026] ", "2026-11-21T00:37:27"),
    "iso": ("2026-11-21T00:37:2{}.123456+00:00 web-01 kernel: ",
            "2026-11-21T00:37:27"),
}
NGINX = ('2026/11/21 00:37:2{} [error] 812#812: *5 upstream timed out (110: '
         'Connection timed out) while connecting to upstream, client: '
         '203.0.113.9, server: x, request: "GET / HTTP/1.1", upstream: '
         '"http://198.51.100.20:8080/", host: "x"')
TABLES = {
    "ss": ("State    Recv-Q   Send-Q     Local Address:Port     "
           "Peer Address:Port  Process\n"
           "LISTEN   129      128              0.0.0.0:80            0.0.0.0:*"
           '     users:(("nginx",pid=812,fd=6))\n'
           "LISTEN   0        128              0.0.0.0:22            0.0.0.0:*"
           '     users:(("sshd",pid=81,fd=6))\n',
           "local=0.0.0.0:80 peer=0.0.0.0 recv-q=129"),
    "nstat": ("#kernel\n"
              "TcpExtListenOverflows           420                0.0\n"
              "TcpExtListenDrops               421                0.0\n",
              "name=TcpExtListenOverflows value=420"),
    "conntrack": ("cpu=0   \tfound=0 invalid=16 insert_failed=9 drop=9\n"
                  "cpu=1   \tfound=0 invalid=16 insert_failed=9 drop=8\n",
                  "scope=cpu1 name=drop value=8"),
    "netstat-s": ("TcpExt:\n    3 invalid SYN cookies received\n"
                  "    420 times the listen queue of a socket overflowed\n"
                  "    421 SYNs to LISTEN sockets dropped\n",
                  "name=TcpExtListenOverflows value=420"),
    "sysctl": ("net.netfilter.nf_conntrack_count = 65536\n"
               "net.netfilter.nf_conntrack_max = 65536\n"
               "net.core.somaxconn = 128\n",
               "nf_conntrack_max value=65536"),
}


def logs():
    """{name: (text, what must be among its rows)}"""
    found = {"nginx": (NGINX.format(7) + "\n" + NGINX.format(8) + "\n",
                       ["event=nginx-connect-timeout", "2026-11-21T00:37:27"])}
    for e, (front, when) in ENVELOPES.items():
        for k, (line, event) in KERNEL.items():
            text = "".join(front.format(i) + line + "\n" for i in (7, 8))
            found[f"{e}-{k}"] = (text, [event, when])
    return found


def each(form):
    """A decoration of every line; i is its number."""
    return lambda text: "".join(
        form(line, i) + "\n" for i, line in enumerate(text.splitlines(), 1))


def coloured(text):
    return re.sub(r"(table full|SYN flood|martian|DROP|timed out|LISTEN|drop|"
                  r"Listen\w+)", "\x1b[01;31m\x1b[K\\1\x1b[m\x1b[K", text)


def broken_at_80(text):
    return "".join(line[i:i + 80] + "\n" for line in text.splitlines()
                   for i in range(0, len(line), 80))


GREP = "\x1b[35m\x1b[K{}\x1b[m\x1b[K\x1b[36m\x1b[K:\x1b[m\x1b[K"
# Around anything, and around log lines only.
ANY = {
    "none": lambda text: text,
    "compose": each(lambda l, i: "web-1  | " + l),
    "compose, coloured": each(lambda l, i: "\x1b[36mweb-1  | \x1b[0m" + l),
    "stern": each(lambda l, i: "web-7d4b9c-x2x nginx " + l),
    "stern, coloured": each(lambda l, i: "\x1b[32mweb-7d4b9c-x2x\x1b[39m "
                            "\x1b[92mnginx\x1b[39m " + l),
    "stern, namespaces": each(lambda l, i: "shop web-7d4b9c-x2x nginx " + l),
    "kubectl --prefix": each(lambda l, i: "[pod/web-7d4b9c-x2x/nginx] " + l),
    "colours": each(lambda l, i: "\x1b[31m\x1b[1m" + l + "\x1b[0m"),
    "grep --color": coloured,
    "grep -Hn": each(lambda l, i: f"/var/log/messages:{1199 + i}:" + l),
    "grep -H": each(lambda l, i: "messages-20261121:" + l),
    "grep -Hn --color": each(lambda l, i: GREP.format("/var/log/messages") +
                             GREP.format(1199 + i) + l),
    "grep -n": each(lambda l, i: f"{1199 + i}:" + l),
    "zgrep": each(lambda l, i: "/var/log/messages-20261121.gz:" + l),
    "mail": each(lambda l, i: "> " + l),
    "mail in mail": each(lambda l, i: "> > " + l),
    "byte order mark": lambda text: "\ufeff" + text,
    "UTF-16": lambda text: ("\ufeff" + text.replace("\n", "\r\n")
                            ).encode("utf-16-le"),
    "UTF-16, big": lambda text: ("\ufeff" + text).encode("utf-16-be"),
    "CR LF": lambda text: text.replace("\n", "\r\n"),
    "^M": lambda text: text.replace("\n", "^M\n"),
    "indent": each(lambda l, i: "    " + l),
    "tab": each(lambda l, i: "\t" + l),
    "cat -n": each(lambda l, i: f"{i:6d}\t" + l),
    "less -N": each(lambda l, i: f"{i:7d} " + l),
    "list": each(lambda l, i: "* " + l),
    "table": each(lambda l, i: "| " + l + " |"),
    "fence": lambda text: "Look:\n```\n" + text + "```\nbye\n",
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "machine": each(lambda l, i: "web-01: " + l),
    "blanks behind": each(lambda l, i: l + "     "),
}
LOGS = {
    "kubectl --timestamps": each(
        lambda l, i: "2026-11-21T00:38:29.123456789Z " + l),
    "kubectl --prefix --timestamps": each(
        lambda l, i: "[pod/web-7d4b9c-x2x/nginx] "
        "2026-11-21T00:38:29.123456789Z " + l),
    "grep -C": each(lambda l, i: f"messages-{1199 + i}-Nov 21 00:37:26 web-01 "
                    f"systemd[1]: Started x.\nmessages:{1200 + i}:{l}\n--"),
    "terminal of 80 columns": broken_at_80,
    "Docker": each(lambda l, i: json.dumps({
        "log": l + "\n", "stream": "stdout",
        "time": "2026-11-21T00:38:29.123Z"})),
    "CRI": each(lambda l, i: "2026-11-21T00:38:29.123456789Z stdout F " + l),
}


def packed(form, texts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, (text, _) in texts.items():
            data = form(text)
            z.writestr(name, data if isinstance(data, bytes)
                       else data.encode())
    return out.getvalue()


def sections(text):
    """{member: what decode says of it}; its heading ends with its name."""
    found, name = {}, None
    for line in text.splitlines():
        head = re.match(r"# .*: (\S+)$", line)
        if head and head.group(1) in ITEMS:
            name = head.group(1)
        elif name is not None:
            found[name] = found.get(name, "") + line + "\n"
    return found


def check(program, decoration, form, texts):
    done = subprocess.run([program, "decode", "-"], input=packed(form, texts),
                          capture_output=True, check=False)
    found = sections(done.stdout.decode(errors="replace"))
    wrong = []
    for name, (_, wanted) in texts.items():
        rows = found.get(name, "")
        missing = [w for w in wanted if w not in rows]
        if missing:
            wrong.append(f"{decoration}: {name}: no {', '.join(missing)}")
    return wrong


ITEMS = {**logs(), **{k: (t, [w]) for k, (t, w) in TABLES.items()}}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    program = parser.parse_args().lostsyn
    wrong = []
    for decoration, form in ANY.items():
        wrong += check(program, decoration, form, ITEMS)
    for decoration, form in LOGS.items():
        # Docker and CRI give the line their own time.
        texts = {k: (t, w[:1] if decoration in ("Docker", "CRI") else w)
                 for k, (t, w) in logs().items()
                 if "kubectl" not in decoration or k != "dmesg"}
        wrong += check(program, decoration, form, texts)
    print("\n".join(wrong))
    print(f"{len(ANY)} decorations of {len(ITEMS)} texts, {len(LOGS)} of "
          f"{len(logs())}: {len(wrong)} not seen through")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
