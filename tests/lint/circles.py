"""Files of one room call each other in one direction.

A file calls another when it names a function that the other defines for all.
Where two files need each other, the piece that both stand on belongs into a
third. What headers include is not judged: a header may show its helpers the
structs that they fill.
"""
import os
import re
from collections import defaultdict

from arrows import room_of
from tree import code_only

# Circles that the thing itself has.
ALLOWED = {
    # Protocols nest in each other: Ethernet in GRE in IP in Ethernet.
    "parsers/packet": "ethernet gre icmp ipv4 ipv6 llc mpls ppp transport "
                      "udp_tunnel wan wifi",
    # A file may hold files: archives and transcripts are opened as they are
    # found, and what is in them is looked at like any other; what a session
    # says of its machine, its parts say.
    "analyzer/ingest": "case_archives case_config case_files case_identity "
                       "case_look transcripts",
}
DEFINITION = re.compile(r"^(static )?[a-z][^\n;{}=#()]*\n([a-z_0-9]+)\(", re.M)


def calls(tree):
    """{path: {path it calls: the functions}}, within rooms."""
    code = {p: code_only(tree.text(p)) for p in tree.c_files((".c",))
            if room_of(p) is not None}
    home = {}
    for path, text in code.items():
        for match in DEFINITION.finditer(text):
            if not match.group(1):
                home[match.group(2)] = path
    found = defaultdict(lambda: defaultdict(set))
    for path, text in code.items():
        own = {m.group(2) for m in DEFINITION.finditer(text)}
        for name in set(re.findall(r"(?<![\w.>])(?<!struct )[a-z_0-9]+\b", text)):
            other = home.get(name, path)
            if name not in own and room_of(other) == room_of(path) \
                    and other != path:
                found[path][other].add(name)
    return found


def circles(edges):
    """Groups of files each of which reaches every other (Tarjan's)."""
    order, low, stack, groups = {}, {}, [], []

    def visit(node):
        order[node] = low[node] = len(order)
        stack.append(node)
        for target in sorted(edges.get(node, ())):
            if target not in order:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], order[target])
        if low[node] == order[node]:
            at = stack.index(node)
            groups.append(stack[at:])
            del stack[at:]

    for node in sorted(edges):
        if node not in order:
            visit(node)
    return [sorted(g) for g in groups if len(g) > 1]


def check(tree):
    edges = calls(tree)
    for group in circles(edges):
        folder = os.path.dirname(group[0])
        names = [os.path.splitext(os.path.basename(p))[0] for p in group]
        if set(names) <= set(ALLOWED.get(folder, "").split()):
            continue
        for path in group:
            for other in group:
                if other in edges[path]:
                    yield (path, 1, f"calls {os.path.basename(other)}, which "
                           "comes back to it: "
                           + ", ".join(sorted(edges[path][other])))


BAD = [
    {"analyzer/judge/a.c": "int\none(void)\n{\n\treturn two();\n}\n",
     "analyzer/judge/b.c": "int\ntwo(void)\n{\n\treturn one();\n}\n"},
    {"parsers/log/a.c": "int\none(void)\n{\n\treturn 1;\n}\nint\nthree(void)\n"
                        "{\n\treturn use(two);\n}\n",
     "parsers/log/b.c": "int\ntwo(void)\n{\n\treturn one();\n}\n"},
]
GOOD = [
    {"analyzer/judge/a.c": "int\none(void)\n{\n\treturn two();\n}\n",
     "analyzer/judge/b.c": "static int\none(void)\n{\n\treturn 1;\n}\n"
                           "int\ntwo(void)\n{\n\treturn 1;\n}\n"},
    {"parsers/packet/gre.c": "int\ngre(void)\n{\n\treturn ipv4();\n}\n",
     "parsers/packet/ipv4.c": "int\nipv4(void)\n{\n\treturn gre();\n}\n"},
]
