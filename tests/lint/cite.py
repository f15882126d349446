"""Numbers of a protocol or a kernel name their source.

In parsers/, a #define of a number and a constant table of numbers stand under
a comment that cites: a `cite:` or `spec:`, an RFC or section number, a
standard's name, a source file; or that says they are "our own" or "bits of" a
field of ours. Neighbouring lines share what one of them, or the comment above
their group, cites; a `cite:` in the comment that opens a file covers the file.

Plain decimal numbers are mostly lengths and bounds: for them any comment is
enough, and in a file whose opening says `spec:` the header is drawn there.
Tables built from a .def file or made of words only are ours.
"""
import re

SOURCE = re.compile(
    r"\b(cite|spec):|\bRFC ?\d|\bsection \d|§|\bIEEE|\bITU|\bdraft-|"
    r"\b[\w-]+\.[ch]\b|\bLINKTYPE_|\bIANA\b|https?://|"
    r"\bour own\b|\bbits of\b", re.I)
NUMBER = re.compile(
    r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+(?=.*\d)"
    r"((?:[\s()|<>*+~-]|0[xX][0-9a-fA-F]+|\d+[uUlL]*|U?INT\d+_C|\(?size_t\)?|"
    r"u?int\d+_t)+?)[ \t]*(/\*.*)?$")
TABLE = re.compile(r"^static const (?!char\b)(.*?)\b\w+\[[^\]]*\](\[[^\]]*\])?"
                   r" ?= ?\{(.*)$")
COMMENT_NEAR = 3


def comment_above(lines, index):
    """Text of the comment that ends within COMMENT_NEAR lines above."""
    at = index - 1
    while at >= 0 and index - at <= COMMENT_NEAR:
        if "*/" in lines[at]:
            first = at
            while first > 0 and "/*" not in lines[first]:
                first -= 1
            return "\n".join(lines[first:at + 1])
        at -= 1
    return ""


def group_text(lines, index):
    """The neighbouring definitions' own comments and the one above them."""
    first = last = index
    while first > 0 and is_define_or_rest(lines[first - 1]):
        first -= 1
    while last + 1 < len(lines) and is_define_or_rest(lines[last + 1]):
        last += 1
    trailing = [line[line.find("/*"):] for line in lines[first:last + 1]
                if "/*" in line]
    return comment_above(lines, first) + " ".join(trailing)


def is_define_or_rest(line):
    """A definition, or the second line of a comment behind one."""
    return bool(re.match(r"[ \t]*#[ \t]*define\b", line)
                or re.match(r"[ \t]{8,}[^#/*\s].*\*/$", line))


def table_of_words(lines, index):
    body = []
    for line in lines[index:index + 200]:
        body.append(line)
        if re.match(r"^\};", line) or "};" in line:
            break
    text = "\n".join(body)
    if "#include" in text:
        return True
    without = re.sub(r'"[^"]*"|\[[^\]]*\]|/\*.*?\*/', "", text, flags=re.S)
    return not re.search(r"\b\d", without.split("{", 1)[-1])


def opening(text):
    match = re.match(r"\s*/\*.*?\*/", text, re.S)
    return match.group(0) if match else ""


def cited(lines, index, match, head):
    """Is this definition's number accounted for?"""
    if match.group(1).startswith("LINKTYPE_"):
        return True
    near = group_text(lines, index)
    if "0x" in match.group(2).lower():
        return bool(SOURCE.search(near))
    return bool(near.strip()) or "spec:" in head


def check(tree):
    for path in tree.c_files((".c", ".h")):
        if not path.startswith("parsers/"):
            continue
        head = opening(tree.text(path))
        if "cite:" in head:
            continue
        lines = tree.text(path).split("\n")
        for index, line in enumerate(lines):
            match = NUMBER.match(line)
            if match and not cited(lines, index, match, head):
                yield path, index + 1, f"{match.group(1)}: cite its source"
            elif (TABLE.match(line) and not table_of_words(lines, index)
                  and not SOURCE.search(comment_above(lines, index))):
                yield path, index + 1, "a table of numbers: cite its source"


BAD = [
    {"parsers/packet/a.c": "#define ETHERTYPE_IP 0x0800\n"},
    {"parsers/packet/a.c": "/* The number of IPv4. */\n"
                           "#define ETHERTYPE_IP 0x0800\n"},
    {"parsers/packet/a.c": "#define LAYERS_MAX 24\n"},
    {"parsers/packet/a.c": "/*\n * spec: RFC 791\n */\n\n\n\n\n"
                           "#define FLAG_MORE 0x2000\n"},
    {"parsers/log/a.c": "static const uint8_t widths[] = {\n\t1, 2, 4,\n};\n"},
    {"parsers/log/a.c": "/* RFC 791. */\nint x;\nint y;\nint z;\n\n"
                        "#define MAGIC (1 << 4)\n"},
]
GOOD = [
    {"parsers/packet/a.c": "/* RFC 894. */\n#define A 0x0800\n"
                           "#define B 0x86dd\n#define C 0x0806 /* ARP */\n"},
    {"parsers/packet/a.c": "#define A 0x0800 /* cite: RFC 894 */\n"
                           "#define B 0x86dd\n"},
    {"parsers/packet/a.c": "/*\n * spec: RFC 791\n */\n\n\n\n\n"
                           "#define HEADER 20\n"},
    {"parsers/packet/a.h": "/* cite: IANA, Protocol Numbers */\n\n\n\n\n"
                           "#define PROTOCOL_TCP 0x06\n"},
    {"parsers/packet/a.c": "#define LINKTYPE_ETHERNET 1\n"},
    {"parsers/packet/a.c": "/* More than any frame has. */\n"
                           "#define LAYERS_MAX 24\n"},
    {"parsers/packet/a.c": "#define GUARD_H\n#define CALL(x) ((x) + 1)\n"
                           '#define NAME "v1"\n'},
    {"parsers/packet/a.c": "static const struct row rows[] = {\n"
                           '#include "parsers/packet/rows.def"\n};\n'},
    {"parsers/log/a.c": 'static const struct word words[] = {\n'
                        '\t{"up", LINK_UP},\n};\n'},
    {"analyzer/ingest/a.c": "#define TRIES 3\n"},
]
