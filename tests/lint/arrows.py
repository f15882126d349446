"""#include lines point down the house, never up or sideways.

The table below is the drawing of the house. A header that exists nowhere in
the tree is generated into its own room's build folder and is not judged.
"""
import os
import re

from tree import code_only

STAGE = {"store", "model", "base"}
ALLOWED = {
    "cmd": {"ingest", "stitch", "judge", "report", "batch", "diff", "redact", "mcp",
            "render", "store", "model", "base", "parsers", "parsers/*"},
    "ingest": STAGE | {"parsers", "parsers/*"},
    "stitch": STAGE,
    "judge": STAGE,
    "report": STAGE | {"render"},
    # How things are written, whatever they say.
    "render": {"base"},
    "batch": STAGE | {"render"},
    "redact": STAGE,
    # Reads finished reports.
    "diff": {"render", "parsers/report", "model", "base"},
    # Asks a finished report; so does its client, in bytes from outside.
    "mcp": STAGE | {"report", "render", "parsers/mcp"},
    "store": {"model", "base"},
    "model": {"base"},
    "base": set(),
    "parsers": {"base"},          # parsers/anomaly.h and its like
    "parsers/*": {"parsers", "base"},
    # Formats that are JSON.
    "parsers/host": {"parsers/json", "parsers", "base"},
    "parsers/log": {"parsers/json", "parsers", "base"},
    "parsers/mcp": {"parsers/json", "base"},
    "parsers/transcript": {"parsers/json", "parsers", "base"},
    # Patterns speak about log records.
    "parsers/patterns": {"parsers/log", "parsers", "base"},
}
# Libraries that only some rooms may touch.
PACKERS = r"zlib|zstd|lzma|bzlib|lz4frame|archive"
FILES_AND_THREADS = (
    r"sqlite3|pcap|fcntl|unistd|dirent|sys/(mman|stat|socket|file)|"
    r"pthread|threads|" + PACKERS)
SYSTEM_FORBIDDEN = {
    "parsers": FILES_AND_THREADS + "|jansson|yaml",
    # Formats that are JSON: jansson works on memory alone.
    "parsers/flow": FILES_AND_THREADS + "|yaml",
    "parsers/host": FILES_AND_THREADS + "|yaml",
    "parsers/report": FILES_AND_THREADS + "|yaml",
    # base/tree reads the YAML of rules and patterns; nobody else needs to.
    "base": r"sqlite3|pcap|jansson|" + PACKERS,
    "model": r"sqlite3|pcap|jansson|yaml|" + PACKERS,
    "stitch": r"pcap|jansson|yaml|" + PACKERS,
    "render": r"sqlite3|pcap|jansson|yaml|" + PACKERS,
    "report": r"pcap|yaml|" + PACKERS,
    "diff": r"sqlite3|pcap|jansson|yaml|" + PACKERS,
    "batch": r"pcap|jansson|yaml|pthread|threads|" + PACKERS,
    "redact": r"pcap|jansson|yaml|pthread|threads|" + PACKERS,
    "mcp": r"pcap|jansson|yaml|pthread|threads|" + PACKERS,
}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def room_of(path):
    """The room of a file, or None where any include is allowed."""
    parts = path.split("/")
    if parts[0] == "analyzer":
        return "cmd" if len(parts) == 2 else parts[1]
    if parts[0] == "parsers":
        return "parsers" if len(parts) == 2 else "parsers/" + parts[1]
    return None


def resolve(tree, path, name):
    here = os.path.normpath(os.path.join(os.path.dirname(path), name))
    for candidate in (here, "analyzer/" + name, name):
        if tree.exists(candidate):
            return candidate
    return None


def allowed(room, target):
    if room == target:
        return True
    row = ALLOWED.get(room, ALLOWED["parsers/*"]
                      if room.startswith("parsers/") else None)
    if row is None:
        return False
    return target in row or (target.startswith("parsers/")
                             and "parsers/*" in row)


def check(tree):
    for path in tree.c_files((".c", ".h", ".def")):
        room = room_of(path)
        if room is None:
            continue
        code = code_only(tree.text(path), keep_strings=True)
        for match in INCLUDE.finditer(code):
            line = code.count("\n", 0, match.start(2)) + 1
            name = match.group(2)
            if match.group(1) == "<":
                words = SYSTEM_FORBIDDEN.get(
                    room, SYSTEM_FORBIDDEN.get(room.split("/")[0]))
                if words and re.match("(" + words + r")(/|\.h|$)", name):
                    yield path, line, f"{room} may not use <{name}>"
                continue
            target = resolve(tree, path, name)
            if target is None:
                continue
            other = room_of(target)
            if other is None or not allowed(room, other):
                yield (path, line,
                       f"{room} may not include {target} "
                       f"({other or 'outside the house'})")


BAD = [
    {"analyzer/stitch/a.c": '#include "judge/rule.h"\n',
     "analyzer/judge/rule.h": ""},
    {"analyzer/base/a.h": '#include "model/attempt.h"\n',
     "analyzer/model/attempt.h": ""},
    {"analyzer/model/a.h": '#include "parsers/packet/packet.h"\n',
     "parsers/packet/packet.h": ""},
    {"parsers/log/a.c": '#include "parsers/packet/packet.h"\n',
     "parsers/packet/packet.h": ""},
    {"parsers/packet/a.c": '#include "../../analyzer/store/store.h"\n',
     "analyzer/store/store.h": ""},
    {"parsers/packet/a.c": "#include <sqlite3.h>\n"},
    {"parsers/packet/a.c": "#include <sys/mman.h>\n"},
    {"analyzer/report/a.c": '#include "tests/unit/helper.h"\n',
     "tests/unit/helper.h": ""},
    {"analyzer/batch/a.c": '#include "ingest/ingest.h"\n',
     "analyzer/ingest/ingest.h": ""},
    {"analyzer/mcp/a.c": '#include "batch/index.h"\n',
     "analyzer/batch/index.h": ""},
    {"analyzer/attic/a.c": '#include "store/store.h"\n',
     "analyzer/store/store.h": ""},
]
GOOD = [
    {"analyzer/cmd_decode.c": '#include "parsers/packet/packet.h"\n'
                              '#include "ingest/ingest.h"\n',
     "parsers/packet/packet.h": "", "analyzer/ingest/ingest.h": ""},
    {"parsers/packet/a.c": '#include "parsers/packet/packet.h"\n'
                           '#include "parsers/anomaly.h"\n'
                           '#include "base/ip.h"\n#include <stdio.h>\n',
     "parsers/packet/packet.h": "", "parsers/anomaly.h": "",
     "analyzer/base/ip.h": ""},
    {"analyzer/stitch/a.c": '/* #include "judge/rule.h" */\n',
     "analyzer/judge/rule.h": ""},
    {"analyzer/store/a.c": '#include "views_sql.h"\n'},
    {"tests/unit/test_a.c": '#include "analyzer/judge/rule.h"\n',
     "analyzer/judge/rule.h": ""},
]


def drawing(tree):
    """{room: {room it includes: how many lines do}}"""
    found = {}
    for path in tree.c_files((".c", ".h", ".def")):
        room = room_of(path)
        if room is None:
            continue
        row = found.setdefault(room, {})
        code = code_only(tree.text(path), keep_strings=True)
        for match in INCLUDE.finditer(code):
            target = match.group(1) == '"' and resolve(tree, path,
                                                       match.group(2))
            other = room_of(target) if target else None
            if other not in (None, room):
                row[other] = row.get(other, 0) + 1
    return found


if __name__ == "__main__":
    import sys
    from tree import Tree
    for room, row in sorted(drawing(Tree(sys.argv[1])).items()):
        print(f"{room} -> " + ", ".join(
            f"{other} {n}" for other, n in sorted(row.items())))
