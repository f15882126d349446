#!/usr/bin/env python3
"""The page about the database, made of what `lostsyn schema` prints.

    schema_page.py LOSTSYN           print SCHEMA.md
    schema_page.py LOSTSYN --check   compare it with the one beside this script

Prose before a statement stays prose; the statement, its columns and what each
means go into a fenced block. Views come first: they are what others may use.
"""

import os
import re
import subprocess
import sys

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "SCHEMA.md")
CREATE = re.compile(r"CREATE (TABLE|VIEW) (\w+)[^\n]*?(?:-- (.*))?$", re.M)


def blocks(sql):
    """(prose, statement) of each; the statement may be missing."""
    prose, statement = [], []
    for line in sql.splitlines() + [""]:
        if statement:
            statement.append(line)
            if line.split("--")[0].rstrip().endswith(";"):
                yield prose, statement
                prose, statement = [], []
        elif line.startswith("-- "):
            prose.append(line[3:])
        elif line.startswith("CREATE "):
            statement = [line]
        elif prose:
            yield prose, []
            prose = []


def section(prose, statement):
    kind, name, words = CREATE.match(statement[0]).groups()
    if not prose and words:
        prose = [words[0].upper() + words[1:] + "."]
    if not prose:
        sys.exit(f"{name} has no comment in front")
    return kind, name, "\n".join(
        [f"### {name}", ""] + prose + ["", "```sql"] + statement + ["```"])


def page(sql):
    intro, sections = [], {"VIEW": [], "TABLE": []}
    for prose, statement in blocks(sql):
        if statement:
            kind, name, text = section(prose, statement)
            sections[kind].append((name, text))
        elif not intro:
            intro = prose
    out = ["# The database", "",
           "Made from `tables.def`, `model/facts.def` and `views.sql` by "
           "`./dev docs`; change those, not this.", ""] + intro
    for kind, title in (("VIEW", "Views"), ("TABLE", "Tables")):
        names = ", ".join(f"[{name}](#{name})" for name, _ in sections[kind])
        out += ["", f"## {title}", "", names]
        for _, text in sections[kind]:
            out += ["", text]
    return "\n".join(out) + "\n"


def main():
    sql = subprocess.run([sys.argv[1], "schema"], capture_output=True,
                         check=True, text=True).stdout
    text = page(sql)
    if sys.argv[2:] != ["--check"]:
        sys.stdout.write(text)
        return 0
    with open(PAGE, encoding="utf-8") as file:
        if file.read() == text:
            return 0
    print(f"{PAGE} is stale; run ./dev docs")
    return 1


if __name__ == "__main__":
    sys.exit(main())
