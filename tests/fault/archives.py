#!/usr/bin/env python3
"""Evidence in archives: every form is read as the folder that it was, and
hostile archives change nothing but the list of inputs.

Each check packs one labelled case anew, with Python's own tar, zip and
compressions; `7z`, `cpio`, `lz4` and `zstd` where they are installed.
"""
import bz2
import gzip
import io
import json
import lzma
import os
import shutil
import stat
import struct
import subprocess
import sys
import tarfile
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import analyze as a  # noqa: E402

CASE = "server-conntrack-full"
CAUSE = "conntrack-table-full"
WHEN = 1795166104


def files_of(case):
    """{path below the case: bytes} of its evidence."""
    found = {}
    for here, folders, names in os.walk(case):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(here, name)
            below = os.path.relpath(path, case)
            if below in ("expected.json", "README.md"):
                continue
            with open(path, "rb") as f:
                found[below] = f.read()
    return found


def tar_of(files, links=(), kind=tarfile.PAX_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as t:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.mtime = WHEN
            t.addfile(info, io.BytesIO(data))
        for name, target, how in links:
            info = tarfile.TarInfo(name)
            info.type = how
            info.linkname = target
            t.addfile(info)
    return out.getvalue()


def zip_of(files, how=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as z:
        for name, data in files.items():
            z.writestr(name, data)
    return out.getvalue()


def through(program, data, *arguments):
    if shutil.which(program) is None:
        return None
    return subprocess.run([program, *arguments], input=data, check=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def below(files, prefix):
    return {n[len(prefix):]: d for n, d in files.items()
            if n.startswith(prefix)}


class Bed:
    def __init__(self, args, here):
        self.lostsyn = os.path.abspath(args.lostsyn)
        self.here = here
        self.cases = args.cases
        self.files = files_of(os.path.join(args.cases, CASE))
        self.plain = self.findings(
            os.path.abspath(os.path.join(args.cases, CASE)), "plain")

    def path(self, name):
        return os.path.join(self.here, name)

    def write(self, name, data):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def analyze(self, *arguments, **options):
        out = self.path("out")
        shutil.rmtree(out, ignore_errors=True)
        return a.analyze(self.lostsyn, *arguments, "-o", out, cwd=self.here,
                         **options)

    def report(self):
        return a.read_report(self.path("out"))

    def findings(self, *arguments):
        """What an analysis found, without the names of its inputs."""
        *paths, what = arguments
        done = self.analyze(*paths, "--all-attempts")
        if done.returncode != 1:
            raise ValueError(f"{what}: {a.said(done)}")
        report = self.report()
        attempts = [(a.tuple_of(t), t["verdict"], t["confidence"],
                     t["syn_retransmits"])
                    for t in a.in_time_order(report)]
        causes = [(f["cause"], f["confidence"], f["attempts"])
                  for f in report["findings"]]
        return attempts, causes

    def same(self, *arguments):
        """A problem when it differs from the folder's."""
        *_, what = arguments
        try:
            got = self.findings(*arguments)
        except ValueError as error:
            yield str(error)
            return
        if got != self.plain:
            yield f"{what}: {got[1]} instead of {self.plain[1]}"

    def decoded(self, path, **options):
        return subprocess.run(
            [self.lostsyn, "decode", path], capture_output=True, check=False,
            timeout=a.TIMEOUT_S, cwd=self.here, **options)


def forms(files):
    tar = tar_of(files)
    yield "plain.tar", tar
    yield "old.tar", tar_of(files, kind=tarfile.USTAR_FORMAT)
    yield "gnu.tar", tar_of(files, kind=tarfile.GNU_FORMAT)
    yield "x.tar.gz", gzip.compress(tar)
    yield "x.tgz", gzip.compress(tar[:5000]) + gzip.compress(tar[5000:])
    yield "x.tar.bz2", bz2.compress(tar)
    yield "two.tbz2", bz2.compress(tar[:5000]) + bz2.compress(tar[5000:])
    yield "x.tar.xz", lzma.compress(tar)
    yield "x.tar.zst", through("zstd", tar, "-c")
    yield "x.tar.lz4", through("lz4", tar, "-c")
    yield "x.zip", zip_of(files)
    yield "stored.zip", zip_of(files, zipfile.ZIP_STORED)
    yield "lzma.zip", zip_of(files, zipfile.ZIP_LZMA)
    yield "bzip2.zip", zip_of(files, zipfile.ZIP_BZIP2)
    # By its content alone, whatever it is called.
    yield "attachment", zip_of(files)


def renamed(files, folder):
    return {folder + name: data for name, data in files.items()}


def backslashes(files):
    """As .NET before 4.6.1 wrote them, against the specification."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data in files.items():
            info = zipfile.ZipInfo("x")
            info.filename = "Incident\\" + name.replace("/", "\\")
            z.writestr(info, data)
    return out.getvalue()


def of_a_mac(files):
    beside = {}
    for name in files:
        head, tail = os.path.split(name)
        beside[f"__MACOSX/incident/{head}/._{tail}"] = b"\0\5\x16\7" + bytes(60)
    return zip_of({**renamed(files, "incident/"), **beside,
                   "incident/.DS_Store": b"\0\0\0\1Bud1"})


def in_code_page_437(files):
    """The name's bytes are not UTF-8, and no flag says that they are."""
    data = zip_of(renamed(files, "St\u00f6rung/"))
    return data.replace("St\u00f6".encode(), b"St\x94_").replace(
        b"\0\x08\x08\0", b"\0\0\x08\0").replace(b"\0\x08\0\0", b"\0\0\0\0")


def names(files):
    yield "backslashes.zip", backslashes(files)
    yield "mac.zip", of_a_mac(files)
    yield "umlaut.zip", zip_of(renamed(files, "St\u00f6rung 4711/"))
    yield "umlaut.tar", tar_of(renamed(files, "St\u00f6rung 4711/"))
    yield "japanese.zip", zip_of(renamed(files, "\u969c\u5bb3/"))
    yield "cp437.zip", in_code_page_437(files)
    yield "dot.tar", tar_of(renamed(files, "./"))
    yield "absolute.tar", tar_of(renamed(files, "/var/tmp/incident/"))


def every_name(bed):
    """Whatever folder the files were packed in, and however that is written."""
    for name, data in names(bed.files):
        yield from bed.same(bed.write(name, data), name)


def alone_and_not_read(bed):
    """What is no evidence says why, and what to do."""
    for name, data, word in (
            ("x.rar", b"Rar!\x1a\x07\x01\x00" + bytes(100), "RAR"),
            ("x.z01", b"PK\x07\x08" + zip_of(bed.files)[:5000], "split")):
        done = bed.analyze(bed.write(name, data))
        said = done.stderr if isinstance(done.stderr, str) else \
            done.stderr.decode()
        if done.returncode != 2 or word not in said:
            yield f"{name}: status {done.returncode}: {said}"


def every_form(bed):
    for name, data in forms(bed.files):
        if data is None:
            print(f"skipped: {name}: its program is not installed")
            continue
        path = bed.write(name, data)
        yield from bed.same(path, name)


def packed_by_programs(bed):
    """What only the programs themselves write."""
    for name, data in bed.files.items():
        bed.write(os.path.join("tree", name), data)
    listing = "\n".join(sorted(bed.files)).encode()
    for name, command in (
            ("x.7z", ["7z", "a", "-bd", bed.path("x.7z"), "."]),
            ("x.cpio", ["cpio", "--quiet", "-o", "-H", "newc"]),
            ("odc.cpio", ["cpio", "--quiet", "-o", "-H", "odc"])):
        if shutil.which(command[0]) is None:
            print(f"skipped: {name}: {command[0]} is not installed")
            continue
        done = subprocess.run(command, cwd=bed.path("tree"), check=True,
                              input=listing, capture_output=True)
        if not os.path.exists(bed.path(name)):
            bed.write(name, done.stdout)
        yield from bed.same(bed.path(name), name)


def nested(bed):
    client = tar_of(below(bed.files, "client/"))
    server = zip_of(below(bed.files, "server/"))
    outer = {"client.tar.gz": gzip.compress(client), "server.zip": server}
    yield from bed.same(bed.write("n.zip", zip_of(outer)), "zip of both")
    twice = {"incident-4711.tar.xz": lzma.compress(tar_of(outer))}
    yield from bed.same(bed.write("nn.zip", zip_of(twice)), "three deep")
    # In a folder, beside plain files.
    for name, data in below(bed.files, "client/").items():
        bed.write(os.path.join("mixed/client", name), data)
    bed.write("mixed/server/evidence.tar.bz2", bz2.compress(
        tar_of(below(bed.files, "server/"))))
    yield from bed.same(bed.path("mixed"), "a folder with an archive in it")


def packed_files_inside(bed):
    packers = [(".gz", gzip.compress), (".xz", lzma.compress),
               (".bz2", bz2.compress)]
    for program, ending in (("zstd", ".zst"), ("lz4", ".lz4")):
        if shutil.which(program):
            packers.append((ending, lambda d, p=program: through(p, d, "-c")))
    files = {}
    for i, (name, data) in enumerate(bed.files.items()):
        ending, pack = packers[i % len(packers)]
        files[name + ending] = pack(data)
        bed.write("loose/" + name + ending, files[name + ending])
    yield from bed.same(bed.write("p.zip", zip_of(files)), "in a zip")
    yield from bed.same(bed.path("loose"), "in a folder")
    for i, (name, data) in enumerate(bed.files.items()):
        ending, pack = packers[i % len(packers)]
        bed.write("twice/" + name + ending + ".gz", gzip.compress(pack(data)))
    yield from bed.same(bed.path("twice"), "packed twice")


def two_archives(bed):
    client = bed.write("client.zip", zip_of(below(bed.files, "client/")))
    server = bed.write("server.tar.xz", lzma.compress(
        tar_of(below(bed.files, "server/"))))
    yield from bed.same(client, server, "two paths")


def host_names(bed):
    """Names need not be client and server: files belong to the hosts whose
    names are in theirs, and the packets say which end a host is."""
    for client, server, pattern in (
            ("web-07", "db-02", "{host}-{rest}"), ("a9", "z1", "{host}.{rest}"),
            ("app.example.com", "shop-db", "{stem}_{host}{ending}")):
        flat = {}
        for name, data in bed.files.items():
            end, base = name.split("/", 1)
            stem, ending = os.path.splitext(base)
            host = client if end == "client" else server
            flat[pattern.format(host=host, rest=base, stem=stem,
                                ending=ending)] = data
        folder = f"flat-{client}"
        for name, data in flat.items():
            bed.write(os.path.join(folder, name), data)
        yield from bed.same(bed.path(folder), f"{pattern} in a folder")
        yield from bed.same(bed.write("flat.zip", zip_of(flat)),
                            f"{pattern} in a zip")
        yield from bed.same(
            bed.write("packed.zip", zip_of(
                {f"packed/{n}": d for n, d in flat.items()})),
            f"{pattern} in a zip of a folder")
        yield from bed.same(*[bed.path(os.path.join(folder, n)) for n in flat],
                            f"{pattern} as paths")
        done = bed.analyze(bed.path(folder))
        if "exchanged" in done.stderr + done.stdout:
            yield f"{pattern}: called exchanged: {a.said(done)}"
    for end, host in (("client", "web-07"), ("server", "db-02")):
        for name, data in below(bed.files, end + "/").items():
            bed.write(os.path.join("hosts", host, name), data)
    yield from bed.same(bed.path("hosts"), "folders called after hosts")
    yield from bed.same(bed.path("hosts/db-02"), bed.path("hosts/web-07"),
                        "two folders as paths")


def asked_once(bed):
    """A file of nobody knows which host: the exact option to give."""
    for name, data in bed.files.items():
        end, base = name.split("/", 1)
        host = {"client": "web-07", "server": "db-02"}[end]
        bed.write("case/" + ("kern.log" if base == "dmesg.txt"
                             else f"{host}-{base}"), data)
    done = bed.analyze(bed.path("case"))
    wanted = f"--evidence db-02={bed.path('case/kern.log')}"
    if done.stderr.count(wanted) != 1:
        yield f"not asked once: {a.said(done)}"
    for host in ("db-02", "server"):
        yield from bed.same(bed.path("case"), "--evidence",
                            f"{host}={bed.path('case/kern.log')}", host)


def standard_input(bed):
    for name, data in (("zip", zip_of(bed.files)),
                       ("tar.xz", lzma.compress(tar_of(bed.files)))):
        out = bed.path("o-" + name)
        done = subprocess.run(
            [bed.lostsyn, "analyze", "-", "-q", "-o", out], input=data,
            capture_output=True, check=False, timeout=a.TIMEOUT_S)
        if done.returncode != 1:
            yield f"{name}: status {done.returncode} {done.stderr}"
            continue
        causes = [f["cause"] for f in a.read_report(out)["findings"]]
        if causes[:1] != [CAUSE]:
            yield f"{name}: {causes}"
    done = subprocess.run(
        [bed.lostsyn, "decode", "-"], input=zip_of(bed.files),
        capture_output=True, check=False, timeout=a.TIMEOUT_S)
    if b"server/dmesg.txt\n" not in done.stdout:
        yield f"decode -: {done.stdout[:300]}"


def named_as_inside(bed):
    bed.analyze(bed.write("incident.zip", zip_of(bed.files)))
    inputs = {i["name"]: i for i in bed.report()["inputs"]}
    for name, data in bed.files.items():
        got = inputs.get(f"incident.zip: {name}")
        if got is None:
            yield f"{name}: not listed among {sorted(inputs)}"
        elif got["bytes"] != len(data):
            yield f"{name}: {got['bytes']} bytes"
    archive = inputs.get("incident.zip")
    if archive is None or archive["kind"] != "zip" or not archive["sha256"]:
        yield f"the archive itself: {archive}"
    done = bed.decoded(bed.path("incident.zip"))
    if b"# incident.zip: server/dmesg.txt" not in done.stdout.replace(
            bed.here.encode() + b"/", b""):
        yield f"decode does not name the member: {done.stdout[:200]}"


def hostile_names(bed):
    """Nothing is written, nothing is read twice, nothing is unescaped."""
    evil = {
        "../../etc/cron.d/x": b"plain words\n",
        "/etc/passwd": b"plain words\n",
        "..\\..\\windows\\x": b"plain words\n",
        "a/../../../b": b"plain words\n",
        "C:\\x": b"plain words\n",
        "server/\x1b[31mred\x1b]0;own\x07\x9b": b"plain words\n",
        "server/\u202egnp.x\u2028": b"plain words\n",
        "server/" + "long/" * 900 + "x": b"plain words\n",
        "server/a\nb": b"plain words\n",
        "server/<img src=x onerror=alert(1)>": b"plain words\n",
    }
    links = [("server/shadow", "/etc/shadow", tarfile.SYMTYPE),
             ("case.yaml", "/etc/passwd", tarfile.SYMTYPE),
             ("server/up", "../../..", tarfile.SYMTYPE),
             ("server/hard", "/etc/passwd", tarfile.LNKTYPE),
             ("server/pipe", "", tarfile.FIFOTYPE),
             ("server/null", "", tarfile.CHRTYPE)]
    files = dict(bed.files)
    files.update(evil)
    before = sorted(os.listdir(bed.here))
    for name, data in (("evil.tar", tar_of(files, links)),
                       ("evil.zip", zip_of(files))):
        path = bed.write(name, data)
        yield from bed.same(path, name)
        done = bed.analyze(path)
        text = (done.stdout + done.stderr).encode()
        with open(bed.path("out/report.json"), "rb") as f:
            text += f.read()
        with open(bed.path("out/report.html"), "rb") as f:
            page = f.read()
        if b"<img" in page:
            yield f"{name}: markup is alive in the page"
        for raw in (b"\x1b", b"\x07", b"\x9b", "\u202e".encode(), b"root:"):
            if raw in text + page:
                yield f"{name}: {raw!r} comes out"
        if bed.decoded(path).stdout.count(b"\x1b"):
            yield f"{name}: decode prints an escape"
    new = set(os.listdir(bed.here)) - set(before)
    if new != {"evil.tar", "evil.zip"}:
        yield f"written: {new}"


def told(bed, done, *words):
    """Problems when the report and standard error do not both say why."""
    report = bed.report()
    notes = " ".join(i["note"] or "" for i in report["inputs"])
    for word in words:
        if word not in notes:
            yield f"{word!r} is not in the report: {notes[:300]}"
        if word not in " ".join(done.stderr.split()):
            yield f"{word!r} is not on standard error: {done.stderr[:300]}"


def many_members(bed):
    files = dict(bed.files)
    for i in range(100_000):
        files[f"zz/{i}"] = b""
    done = bed.analyze(bed.write("many.tar.gz", gzip.compress(
        tar_of(files), 1)))
    if done.returncode != 1:
        yield a.said(done)[:500]
        return
    yield from told(bed, done, "more than 20000 files")


def bombs(bed):
    zeros = bytes(64 * 1024 * 1024)
    for name, data in (
            ("zeros.tar.xz", lzma.compress(tar_of(
                {**bed.files, "zz/bomb": zeros * 8}), preset=0)),
            ("zeros.zip", zip_of({**bed.files, "zz/bomb": zeros * 8}))):
        done = bed.analyze(bed.write(name, data))
        if done.returncode != 1:
            yield f"{name}: {a.said(done)[:500]}"
            continue
        yield from told(bed, done, "as bombs do")
    # A file that says it is a terabyte of nothing.
    head = tarfile.TarInfo("server/sparse")
    head.size = 1 << 40
    data = tar_of(bed.files)[:-10240] + head.tobuf(tarfile.GNU_FORMAT)
    done = bed.analyze(bed.write("short.tar", data))
    if done.returncode != 1:
        yield f"short.tar: {a.said(done)[:500]}"
    # Archives in archives in archives.
    inner = zip_of({"x.pcap": bed.files["client/capture.pcap"]})
    for depth in range(12):
        inner = zip_of({f"{depth}.zip": inner})
    done = bed.analyze(bed.write("deep.tar", tar_of(
        {**bed.files, "deep.zip": inner})))
    if done.returncode != 1:
        yield f"deep.tar: {a.said(done)[:500]}"
        return
    yield from told(bed, done, "nested too deep")


def cut_short(bed):
    """What came before the break is read."""
    files = dict(sorted(bed.files.items(), reverse=True))
    files["zz-last"] = os.urandom(50_000)
    for name, data in (("cut.tar", tar_of(files)),
                       ("cut.tar.gz", gzip.compress(tar_of(files))),
                       ("cut.tar.xz", lzma.compress(tar_of(files))),
                       ("cut.zip", zip_of(files))):
        done = bed.analyze(bed.write(name, data[:-30_000]))
        if done.returncode != 1:
            yield f"{name}: {a.said(done)[:300]}"
            continue
        causes = [f["cause"] for f in bed.report()["findings"]]
        if causes[:1] != [CAUSE]:
            yield f"{name}: {causes}"
        yield from told(bed, done, "cut short")


def split_in_pieces(bed):
    """The first of several pieces is not called damaged: what to do is told."""
    whole = gzip.compress(tar_of(bed.files))
    half = len(whole) // 2
    for first, second in (("s.tar.gz.aa", "s.tar.gz.ab"),
                          ("t.tgz.001", "t.tgz.002")):
        bed.write("split/" + second, whole[half:])
        done = bed.analyze(bed.write("split/" + first, whole[:half]))
        if "put them together first: cat" not in done.stderr:
            yield f"{first}: {done.stderr.strip()!r} does not say what to do"


def damaged(bed):
    """Any byte may be another: no crash, no hang, a report or a reason."""
    seeds = [(n, d) for n, d in forms(bed.files)
             if n in ("x.zip", "plain.tar", "x.tar.bz2", "x.tar.lz4") and d]
    if os.path.exists(bed.path("x.7z")):
        with open(bed.path("x.7z"), "rb") as f:
            seeds.append(("x.7z", f.read()))
    for name, data in seeds:
        for step in range(12):
            spoiled = bytearray(data)
            for at in range(step * 37, len(spoiled), len(spoiled) // 7):
                spoiled[at] ^= 0x5A
            done = bed.analyze(bed.write("damaged", bytes(spoiled)))
            if not 0 <= done.returncode <= 2:
                yield f"{name}, {step}: {a.said(done)[:300]}"


def encrypted(bed):
    """Named, with what to do."""
    data = bytearray(zip_of({"secret.log": b"words\n" * 100}))
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        where = data.index(magic)
        flags, = struct.unpack_from("<H", data, where + at)
        struct.pack_into("<H", data, where + at, flags | 1)
    both = {**bed.files, "zz/locked.zip": bytes(data)}
    done = bed.analyze(bed.write("half.zip", zip_of(both)))
    if done.returncode != 1:
        yield a.said(done)[:500]
        return
    yield from told(bed, done, "unpack it with its password")
    if shutil.which("7z") is None:
        return
    bed.write("s/secret.log", b"words\n" * 100)
    for options in (["-psecret"], ["-psecret", "-mhe=on"]):
        subprocess.run(["7z", "a", "-bd", *options, bed.path("l.7z"),
                        bed.path("s")], check=True, capture_output=True)
        with open(bed.path("l.7z"), "rb") as f:
            both = {**bed.files, "zz/locked.7z": f.read()}
        os.unlink(bed.path("l.7z"))
        done = bed.analyze(bed.write("half.zip", zip_of(both)))
        for problem in told(bed, done, "unpack it with its password"):
            yield f"7z {options}: {problem}"


def known_and_not_read(bed):
    files = {**bed.files, "zz/x.rar": b"Rar!\x1a\x07\x01\x00" + bytes(100),
             "zz/notes.txt": b"plain words\n"}
    bed.analyze(bed.write("rar.zip", zip_of(files)))
    notes = {i["name"]: i["note"] for i in bed.report()["inputs"]}
    if "RAR" not in (notes.get("rar.zip: zz/x.rar") or ""):
        yield f"{notes.get('rar.zip: zz/x.rar')}"
    if not notes.get("rar.zip: zz/notes.txt"):
        yield "no reason for a file that is not understood"


def links_lead_out(bed):
    """A stranger's link shows nobody's file."""
    secret = bed.write("private.txt", b"root:secret: words\n")
    for name, data in bed.files.items():
        bed.write("case/" + name, data)
    os.symlink(secret, bed.path("case/case.yaml"))
    os.symlink(secret, bed.path("case/server/messages"))
    os.symlink("/proc", bed.path("case/server/proc"))
    os.symlink("nowhere", bed.path("case/server/dangling"))
    os.symlink("dmesg.txt", bed.path("case/server/dmesg-link"))
    done = bed.analyze(bed.path("case"))
    if done.returncode != 1:
        yield a.said(done)[:500]
        return
    if "secret" in done.stdout + done.stderr:
        yield "the private text is shown"
    yield from told(bed, done, "leads out of the evidence", "leads nowhere")
    notes = {i["name"]: i for i in bed.report()["inputs"]}
    if notes["server/dmesg-link"]["kind"] != "dmesg":
        yield f"a link within: {notes['server/dmesg-link']}"
    os.unlink(bed.path("case/case.yaml"))
    os.unlink(bed.path("case/server/proc"))
    bed.write("other/kern.log", bed.files["server/dmesg.txt"])
    os.symlink(bed.path("other/kern.log"), bed.path("case/server/kern.log"))
    done = bed.analyze("--follow-links", bed.path("case"))
    notes = {i["name"]: i for i in bed.report()["inputs"]}
    if notes["server/kern.log"]["kind"] != "dmesg":
        yield f"--follow-links: {notes['server/kern.log']}"
    # What is named as a path of its own leads nowhere else.
    done = bed.analyze(bed.path("case"), bed.path("other"))
    kinds = [i["kind"] for i in bed.report()["inputs"]
             if i["name"].endswith("kern.log")]
    if kinds != ["dmesg", "dmesg"]:
        yield f"both named: {kinds}"


def nothing_waits(bed):
    """Devices are not opened, and no FIFO without a writer holds a run up."""
    os.mkfifo(bed.path("fifo"))
    good = bed.write("client.pcap", bed.files["client/capture.pcap"])
    for path in (bed.path("fifo"), "/dev/zero", "/dev/kmsg", "/proc/kmsg",
                 "/dev/tty"):
        try:
            done = bed.analyze("--client", good, "--server", path, timeout=60)
        except subprocess.TimeoutExpired:
            yield f"{path}: the run hangs"
            continue
        if done.returncode not in (2, 3) or path not in done.stderr:
            yield f"{path}: {a.said(done)[:300]}"


def default_folder(bed):
    """The folder that nobody named is no other case's and not the evidence."""
    for path, data in bed.files.items():
        bed.write(os.path.join("one/incident", path), data)
        # Another case: one small file is the same, and all say the same.
        if path.endswith("conntrack-C-before.txt"):
            pass
        elif path.endswith(".pcap"):
            data = data[:16] + struct.pack("<I", 65535) + data[20:]
        else:
            data += b"\n"
        bed.write(os.path.join("two/incident", path), data)

    def run(cwd, *arguments):
        return subprocess.run(
            [bed.lostsyn, "analyze", *arguments, "-q"],
            cwd=bed.path(cwd), capture_output=True, text=True, check=False,
            timeout=a.TIMEOUT_S, stdin=subprocess.DEVNULL)

    os.makedirs(bed.path("here"))
    report = bed.path("here/incident.lostsyn/report.json")
    first = run("here", bed.path("one/incident"))
    with open(report, "rb") as f:
        before = f.read()
    other = run("here", bed.path("two/incident"))
    with open(report, "rb") as f:
        after = f.read()
    if first.returncode != 1 or other.returncode != 2 or before != after or \
            "--force" not in other.stderr:
        yield f"another case's report is not safe: {other.stderr}"
    if run("here", bed.path("one/incident")).returncode != 1:
        yield "the same evidence cannot be analysed again"
    bed.write("one/incident/server/late.txt", b"nothing that is known\n")
    if run("here", bed.path("one/incident")).returncode != 1:
        yield "a case that grew is taken for another"
    if run("here", bed.path("two/incident"), "--force").returncode != 1:
        yield "--force does not help"
    run("one/incident", ".")
    run("two/incident/server", "..")
    for name in ("one", "two"):
        if "incident.lostsyn" not in os.listdir(bed.path(name)) or \
                any(f.endswith(".lostsyn") for _, folders, _ in
                    os.walk(bed.path(name + "/incident")) for f in folders):
            yield f"{name}: the outputs are within the evidence"
    os.makedirs(bed.path("empty"))
    alone = run("empty", bed.path("one/incident"), "--json", "-")
    if os.listdir(bed.path("empty")) or not alone.stdout.startswith("{"):
        yield "--json - leaves something behind"


CHECKS = [default_folder, every_form, every_name, alone_and_not_read, packed_by_programs, nested, packed_files_inside,
          two_archives, host_names, asked_once, standard_input, named_as_inside, hostile_names,
          many_members, bombs, cut_short, split_in_pieces,
          damaged, encrypted,
          known_and_not_read, links_lead_out, nothing_waits]


if __name__ == "__main__":
    a.run_checks(__doc__, CHECKS, Bed)
