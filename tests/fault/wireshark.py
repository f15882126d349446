"""lostsyn extract --annotate and --merged, as Wireshark's own reader sees them.

Every packet of a chosen attempt's handshake has one comment that names copy,
fate and verdict; merged files have an interface for each vantage, in path
order, all packets of the slices and none twice, in the order of the reference
clock. Without tshark the test is skipped, visibly.
"""
import argparse
import collections
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import analyze as lost

CASES = ["clock-offset", "copies-fare-differently", "server-conntrack-full",
         "snat-syn-lost", "three-vantages", "client-only", "refused"]
FIELDS = ["frame.time_epoch", "frame.interface_name",
          "frame.interface_description", "frame.comment", "tcp.flags.syn",
          "tcp.flags.ack", "ip.src", "tcp.srcport", "tcp.seq_raw"]


def tshark(path, *more):
    done = subprocess.run(["tshark", "-n", "-r", path, *more],
                          capture_output=True, text=True, check=False,
                          timeout=lost.TIMEOUT_S)
    if done.returncode != 0:
        raise SystemExit(f"tshark: {path}: {done.stderr}")
    return done.stdout.splitlines()


def packets(path):
    wanted = [w for f in FIELDS for w in ("-e", f)]
    return [dict(zip(FIELDS, line.split("\t"))) for line in
            tshark(path, "-T", "fields", "-E", "occurrence=f", *wanted)]


def extract(args, whole, case, out, *more):
    done = subprocess.run(
        [args.lostsyn, "extract", whole, case, "-o", out, *more],
        capture_output=True, text=True, check=False, timeout=lost.TIMEOUT_S)
    if done.returncode != 0:
        raise SystemExit(f"extract: {lost.said(done)}")
    return done.stdout


def is_syn(p):
    return p["tcp.flags.syn"] in ("1", "True") and \
        p["tcp.flags.ack"] in ("0", "False")


def check_comments(name, report, found):
    """What the comments say is what the report says."""
    verdicts = {a["id"]: a["verdict"] for a in report["attempts"]}
    said = collections.Counter()
    for p in found:
        comment = p["frame.comment"]
        if not comment:
            continue
        m = re.match(r"attempt (\d+): (SYN-ACK|SYN|ACK|RST|data|bare ACK|"
                     r"ICMP error) of the (client|server).*; verdict "
                     r"([a-z-]+)(, (certain|likely|possible))?$", comment)
        if not m:
            yield f"{name}: not a comment of ours: {comment}"
            continue
        if verdicts.get(int(m[1])) != m[4]:
            yield f"{name}: {comment}: the report says otherwise"
        if p["tcp.flags.syn"] in ("1", "True") and m[2] not in ("SYN", "SYN-ACK"):
            yield f"{name}: on a SYN: {comment}"
        said[m[2]] += 1
    if not said["SYN"]:
        yield f"{name}: no SYN has a comment: {said}"


def check_copies(name, report, vantage, found):
    """Each SYN copy that a view counts has its comment."""
    wanted = sum(a["views"][vantage]["syn"] for a in report["attempts"]
                 if vantage in a["views"] and a["verdict"] != "established"
                 and a["verdict"] != "abandoned-by-client")
    said = sum(p["frame.comment"].find(": SYN of the client") > 0 for p in found)
    if said < wanted:
        yield f"{name}: {vantage}: {said} of {wanted} SYNs have a comment"


def check_merged(name, report, slices, merged):
    names = [p["frame.interface_name"] for p in merged]
    times = [p["frame.time_epoch"] for p in merged]
    if times != sorted(times, key=lambda t: tuple(map(int, t.split(".")))):
        yield f"{name}: merged is not in the order of time"
    for vantage, found in slices.items():
        if names.count(vantage) != len(found):
            yield f"{name}: {names.count(vantage)} packets of {vantage} are " \
                f"merged, its slice has {len(found)}"
    for p in merged:
        if f"captured at {p['frame.interface_name']}" not in \
                p["frame.interface_description"]:
            yield f"{name}: {p['frame.interface_description']}"
            break
    # One clock: no SYN arrives before it left, by more than clocks may err.
    left = {}
    for p in merged:
        key = (p["ip.src"], p["tcp.srcport"], p["tcp.seq_raw"])
        if is_syn(p) and report["clocks"] and p["ip.src"]:
            at = float(p["frame.time_epoch"])
            first = left.setdefault(key, (at, p["frame.interface_name"]))
            if first[1] != p["frame.interface_name"] and at - first[0] > 60:
                yield f"{name}: {key} took {at - first[0]} s"


def check_case(args, name, scratch):
    case = os.path.join(args.cases, name)
    whole, out, one = (os.path.join(scratch, n) for n in ("w", "s", "m"))
    lost.analyze(args.lostsyn, case, "-q", "-o", whole)
    report = lost.read_report(whole)
    extract(args, whole, case, out, "--annotate")
    slices = {n.removesuffix(".pcapng"): packets(os.path.join(out, n))
              for n in sorted(os.listdir(out))}
    for vantage, found in slices.items():
        if any(p["frame.interface_name"] != vantage for p in found):
            yield f"{name}: {vantage}: interfaces without its name"
        yield from check_copies(name, report, vantage, found)
    yield from check_comments(name, report, [p for s in slices.values() for p in s])
    said = extract(args, whole, case, one, "--merged")
    if os.listdir(one) != ["merged.pcapng"] or "wireshark -C lostsyn" not in said:
        yield f"{name}: merged: {os.listdir(one)}: {said}"
    merged = packets(os.path.join(one, "merged.pcapng"))
    yield from check_comments(name, report, merged)
    yield from check_merged(name, report, slices, merged)


def check_words(args, scratch):
    """The sentences of one case, word for word."""
    name = "copies-fare-differently"
    case = os.path.join(args.cases, name)
    whole, one = os.path.join(scratch, "w"), os.path.join(scratch, "m")
    lost.analyze(args.lostsyn, case, "-q", "-o", whole)
    extract(args, whole, case, one, "--merged")
    text = "\n".join(p["frame.comment"] for p in
                     packets(os.path.join(one, "merged.pcapng")))
    for wanted in (", copy 1 of ", "; not in the server's capture, which covers it",
                   "; also seen at server (frame "):
        if wanted not in text:
            yield f"{name}: nowhere: {wanted}\n{text}"
    whole, one = os.path.join(scratch, "w2"), os.path.join(scratch, "m2")
    case = os.path.join(args.cases, "three-vantages-nat")
    lost.analyze(args.lostsyn, case, "-q", "-o", whole)
    extract(args, whole, case, one, "--merged")
    text = "\n".join(p["frame.comment"] for p in
                     packets(os.path.join(one, "merged.pcapng")))
    if "; translated: at " not in text:
        yield f"three-vantages-nat: no translation is told\n{text}"


def check_profile(args, scratch):
    """The profile has its columns, and Wireshark reads its colours."""
    case = os.path.join(args.cases, "server-conntrack-full")
    whole, one = os.path.join(scratch, "w"), os.path.join(scratch, "m")
    home = os.path.join(scratch, "config")
    shutil.copytree(args.profile, home)
    lost.analyze(args.lostsyn, case, "-q", "-o", whole)
    extract(args, whole, case, one, "--merged", "--first", "1")
    done = subprocess.run(
        ["tshark", "-n", "-C", "lostsyn", "--color", "-T", "psml", "-r",
         os.path.join(one, "merged.pcapng")], capture_output=True, text=True,
        check=False, timeout=lost.TIMEOUT_S,
        env={**os.environ, "WIRESHARK_CONFIG_DIR": home})
    sections = re.findall(r"<(?:structure|packet)\b.*?</(?:structure|packet)>",
                          done.stdout, re.S)
    if not sections or "<section>Vantage</section>" not in sections[0] or \
            "<section>Verdict</section>" not in sections[0]:
        yield f"profile: columns: {done.stdout[:600]} {done.stderr[-400:]}"
    dropped = [s for s in sections if "dropped by that host" in s]
    # 65535,57000,42000 of 16 bits each.
    if len(dropped) != 2 or any("background='#ffdea4'" not in s.lower()
                                for s in dropped):
        yield f"profile: no colour: {dropped} {done.stderr[-400:]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases", required=True)
    parser.add_argument("--profile", required=True)
    args = parser.parse_args()
    if shutil.which("tshark") is None:
        lost.skip("tshark is not installed")
    failures = []
    for name in CASES:
        with lost.Scratch() as scratch:
            failures += check_case(args, name, scratch)
    for check in check_words, check_profile:
        with lost.Scratch() as scratch:
            failures += check(args, scratch)
    for failure in failures[:lost.PROBLEMS_SHOWN]:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
