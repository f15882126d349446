"""Every C file opens with a block of prose that says what it is."""
import re

OPENING = re.compile(r"\s*/\*(.*?)\*/", re.S)
# A name or a licence tag alone tells a reader nothing.
WORDS_MIN = 4


def check(tree):
    for path in tree.c_files((".c", ".h", ".def")):
        match = OPENING.match(tree.text(path))
        if not match:
            yield path, 1, "opens without a block comment that says what it is"
        elif len(re.findall(r"[A-Za-z]{2,}", match.group(1))) < WORDS_MIN:
            yield path, 1, "its opening comment says nothing"


BAD = [{"a.c": "#include <stdio.h>\n/* Too late, after the include. */\n"},
       {"a.h": "/* a.h */\n"},
       {"a.def": 'X(A, "a")\n'}]
GOOD = [{"a.c": "\n/*\n * What a thing is and what it promises.\n */\n"}]
