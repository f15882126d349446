"""lostsyn extract: slices hold the attempts' packets, and prove the same.

For every labelled case: analyse it, cut out what failed, analyse the slices.
Each attempt must get the same verdict from its slices as from the whole, each
packet of a slice must be one of the capture, to the nanosecond, and slices
without witnesses may say less but never something else.
"""
import argparse
import collections
import gzip
import lzma
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import analyze as lost
from archives import files_of, tar_of, zip_of

# Slices may say less: a flow log or a firewall's log decided, which no slice
# holds; a NAT changes the ports of clean attempts, so that none can be found as
# a witness; or what compares a third capture's clock, and the way that answered
# attempts took through a host, is in attempts that are no witnesses.
LESS = {"answer-kept-between-two-cards", "callers-ring", "callers-ring-lost",
        "callers-ring-other-host", "firewall-log-fields",
        "flow-log-azure-denied", "flow-log-reject", "nat-ports-exhausted",
        "snat-ipv6-syn-lost", "snat-syn-lost", "three-vantages-nat",
        "two-clients-behind-nat"}
# Known faults: with --only the slices of three machines no longer tell whose
# clock is the reference, so an attempt is found at another time. And slices of a
# chain are called client and server: what the second machine opened itself is then
# taken for what it was asked (possible where the whole says undetermined).
FAULTY = {"callers-ring-back", "callers-chain-two", "callers-chain-two-lost",
          # Its slice is called client.pcapng, which says a role that nobody said.
          "two-captures-in-one-file"}
# What makes the rules doubt is no packet of an attempt: --only leaves it out, and
# the slices say more (possible, with its doubt) than the whole.
BESIDE = {"every-answer-by-another-card"}
# What tells more or less of them is in no packet at all: the server's own routes,
# the flow log of its interface.
UNHELD = {"routes-by-another-card", "flow-log-server-silent",
          # Neighbours' messages, which are of no attempt.
          "composed-ipv6-answers-by-another-card"}
SURE = ["possible", "likely", "certain"]


def extract(binary, *arguments):
    return subprocess.run([binary, "extract", *map(str, arguments)],
                          capture_output=True, text=True, check=False,
                          timeout=lost.TIMEOUT_S, stdin=subprocess.DEVNULL)


def key(attempt):
    return (attempt["client"]["ip"], attempt["client"]["port"],
            attempt["isn"], attempt["first_syn"])


def wanted(report):
    return {key(a): a for a in report["attempts"]
            if a["verdict"] not in ("established", "abandoned-by-client")}


def says_less(a, b):
    """b is as a, less sure, or undecided."""
    return b["verdict"] == "undetermined" or (
        a["verdict"] == b["verdict"] and
        SURE.index(b["confidence"]) <= SURE.index(a["confidence"]))


def compare(name, whole, again, may_say_less):
    wrong = []
    after = {key(a): a for a in lost.read_report(again)["attempts"]}
    before = wanted(lost.read_report(whole))
    for k, a in before.items():
        b = after.get(k)
        same = b is not None and (
            (a["verdict"], a["confidence"]) == (b["verdict"], b["confidence"])
            or (may_say_less and says_less(a, b)))
        if not same:
            wrong.append(f"{name}: {k}: {a['verdict']} {a['confidence']} "
                         f"became {b and (b['verdict'], b['confidence'], b['why'])}")
    # Cutting makes no attempt fail that did not, or that there never was.
    known = {key(a) for a in lost.read_report(whole)["attempts"]}
    more = [f"{name}: {k}: {a['verdict']} in the slices only: {a['why']}"
            for k, a in after.items()
            if k not in known and a["verdict"] != "established"]
    return len(before) - len(wrong), wrong + more


def decoded(binary, path):
    """A capture's packets without their numbers, as decode prints them."""
    done = subprocess.run([binary, "decode", path], capture_output=True,
                          text=True, check=False, timeout=lost.TIMEOUT_S)
    return collections.Counter(line.split(" ", 1)[1]
                               for line in done.stdout.splitlines())


def check_packets(binary, name, case, slices):
    whole = collections.Counter()
    for folder, _, names in os.walk(case):
        for n in names:
            if ".pcap" in n or ".snoop" in n:
                whole += decoded(binary, os.path.join(folder, n))
    if not whole:
        print(f"skipped: {name}: packets of archives are compared elsewhere")
        return []
    wrong = []
    for n in sorted(os.listdir(slices)):
        for line in (decoded(binary, os.path.join(slices, n)) - whole):
            wrong.append(f"{name}: {n}: not in the capture: {line}")
    return wrong


def check_readable(name, slices):
    """libpcap reads them as well, where they have one link type."""
    if shutil.which("tcpdump") is None:
        print("skipped: tcpdump is not installed; slices were not read by it")
        return []
    wrong = []
    for n in sorted(os.listdir(slices)):
        done = subprocess.run(["tcpdump", "-nr", os.path.join(slices, n)],
                              capture_output=True, text=True, check=False,
                              timeout=lost.TIMEOUT_S)
        if done.returncode != 0:
            wrong.append(f"{name}: {n}: tcpdump: {done.stderr.strip()}")
    return wrong


def check_case(binary, case, scratch, thorough):
    """(verdicts that agree, [what is wrong]) of one case."""
    name = os.path.basename(case)
    if name in FAULTY:
        print(f"skipped: {name}: a known fault, its slices say otherwise")
        return 0, []
    if name in UNHELD:
        print(f"skipped: {name}: what tells of it is in no packet")
        return 0, []
    whole, slices, again, alone, alone_again = (
        os.path.join(scratch, name + e) for e in "abcde")
    done = lost.analyze(binary, case, "-q", "-o", whole)
    if done.returncode != 1:
        return 0, []
    done = extract(binary, whole, case, "-o", slices)
    if done.returncode == 2 and "no attempt failed" in done.stderr:
        return 0, []
    if done.returncode != 0:
        return 0, [f"{name}: {lost.said(done)}"]
    lost.analyze(binary, slices, "-q", "-o", again)
    n, wrong = compare(name, whole, again, name in LESS)
    if not thorough:
        return n, wrong
    wrong += check_packets(binary, name, case, slices)
    if name in BESIDE:
        print(f"skipped: {name}: --only leaves out what is beside its attempts")
        return n, wrong
    extract(binary, whole, case, "--only", "-o", alone)
    lost.analyze(binary, alone, "-q", "-o", alone_again)
    wrong += [w + " (--only)" for w in compare(name, whole, alone_again, True)[1]]
    return n, wrong


def check_choice(binary, case, scratch):
    """Choosing, and what cannot be done, says so and leaves nothing."""
    whole, hidden = os.path.join(scratch, "w"), os.path.join(scratch, "h")
    lost.analyze(binary, case, "-q", "-o", whole)
    lost.analyze(binary, case, "-q", "--redact", "-o", hidden)
    ids = [a["id"] for a in lost.read_report(whole)["attempts"]]
    wrong = []

    def packets(*arguments):
        out = os.path.join(scratch, "chosen")
        shutil.rmtree(out, ignore_errors=True)
        done = extract(binary, *arguments, "-o", out)
        if done.returncode != 0:
            wrong.append(f"choice: {arguments}: {lost.said(done)}")
            return 0
        unread.extend(check_readable("choice", out))
        return sum(decoded(binary, os.path.join(out, "client.pcapng")).values())

    unread = []
    one = packets(whole, case, "--attempt", ids[0], "--only")
    two = packets(whole, case, "--attempt", f"{ids[0]},{ids[1]}-{ids[1]}", "--only")
    first = packets(whole, case, "--first", 1, "--only")
    every = packets(os.path.join(whole, "evidence.sqlite"), case,
                    "--verdict", "established", "--only")
    if not 0 < one < two < every or first != one:
        wrong.append(f"choice: {one} {two} {first} {every} packets")
    captures = []
    for folder, _, names in os.walk(case):
        captures += [os.path.join(folder, n) for n in names if ".pcap" in n]
    changed = os.path.join(scratch, "changed.pcap")
    with open(captures[0], "rb") as f:
        data = bytearray(f.read())
    data[-1] ^= 1
    with open(changed, "wb") as f:
        f.write(data)
    refused = [
        (whole, case, "--attempt", 999999), (whole, case, "--attempt", "x"),
        (whole, case, "--verdict", "no-such"), (hidden, case), (whole,),
        (whole, changed), (os.path.join(scratch, "nothing"), case),
        (whole, case, "--first", "-1"), (whole, case, "--attempt", 1, "--first", 1),
    ]
    for arguments in refused:
        out = os.path.join(scratch, "refused")
        done = extract(binary, *arguments, "-o", out)
        left = os.listdir(out) if os.path.isdir(out) else []
        if done.returncode not in (2, 3) or not done.stderr or left:
            wrong.append(f"refused: {arguments}: {left} {lost.said(done)}")
    done = extract(binary, whole, captures[0], "-o", os.path.join(scratch, "half"))
    if done.returncode != 0 or "no slice of" not in done.stderr or \
            len(os.listdir(os.path.join(scratch, "half"))) != 1:
        wrong.append(f"one end only: {lost.said(done)}")
    return wrong + unread


def bytes_below(folder):
    found = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as f:
            found[name] = f.read()
    return found


def check_archives(binary, case, scratch):
    """Out of archives the slices are those of the folder, byte by byte, whether
    the folder or the archive was analysed."""
    files = files_of(case)
    tar = tar_of(files)
    captures = {n: d for n, d in files.items() if ".pcap" in n}
    packed = {
        "a.zip": zip_of(files), "a.tar": tar, "a.tar.xz": lzma.compress(tar),
        "nested.zip": zip_of({"mail/a.tgz": gzip.compress(tar)}),
        "each.zip": zip_of({f"{n}.gz": gzip.compress(d)
                            for n, d in captures.items()}),
        "cut.tar": tar_of({**captures, "z": os.urandom(9000)})[:-12000],
    }
    whole, plain = os.path.join(scratch, "whole"), os.path.join(scratch, "plain")
    lost.analyze(binary, case, "-q", "-o", whole)
    extract(binary, whole, case, "-o", plain)
    wanted, wrong = bytes_below(plain), []
    for name, data in packed.items():
        path, report, out = (os.path.join(scratch, name + e)
                             for e in ("", ".lostsyn", ".slices"))
        with open(path, "wb") as f:
            f.write(data)
        lost.analyze(binary, path, "-q", "-o", report)
        reports = [report] if name == "each.zip" else [report, whole]
        for of in reports:
            shutil.rmtree(out, ignore_errors=True)
            done = extract(binary, of, path, "-o", out)
            if done.returncode != 0 or bytes_below(out) != wanted:
                wrong.append(f"{name} of {of}: {lost.said(done)}")
    done = subprocess.run([binary, "extract", whole, "-", "-o", out],
                          input=packed["a.tar.xz"], capture_output=True,
                          check=False, timeout=lost.TIMEOUT_S)
    if done.returncode != 0 or bytes_below(out) != wanted:
        wrong.append(f"standard input: {lost.said(done)}")
    return wrong + check_no_way_in(binary, captures, whole, scratch)


def check_no_way_in(binary, captures, whole, scratch):
    """What cannot be cut out of says why, and what to give instead."""
    cut, out = os.path.join(scratch, "half.tar"), os.path.join(scratch, "none")
    with open(cut, "wb") as f:
        f.write(tar_of(captures)[:9000])
    done = extract(binary, whole, cut, "-o", out)
    wrong = []
    if done.returncode != 2 or "cut short" not in done.stderr:
        wrong.append(f"half an archive: {lost.said(done)}")
    done = subprocess.run([binary, "extract", whole, "-", "-o", out],
                          input=next(iter(captures.values())),
                          capture_output=True, check=False,
                          timeout=lost.TIMEOUT_S)
    if done.returncode != 2 or b"read only once" not in b" ".join(
            done.stderr.split()):
        wrong.append(f"a capture through a pipe: {done.stderr}")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases", required=True)
    args = parser.parse_args()
    lost.need_analyze(args.lostsyn)
    total, failures = 0, []
    for number, name in enumerate(sorted(os.listdir(args.cases))):
        case = os.path.join(args.cases, name)
        if os.path.isdir(case):
            with lost.Scratch() as scratch:
                n, wrong = check_case(args.lostsyn, case, scratch,
                                      number % 3 == 0)
            total += n
            failures += wrong
    for check in (check_choice, check_archives):
        with lost.Scratch() as scratch:
            failures += check(args.lostsyn, os.path.join(
                args.cases, "server-conntrack-full"), scratch)
    for failure in failures:
        print(failure)
    print(f"{total} verdicts are the same")
    return 1 if failures or total < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
