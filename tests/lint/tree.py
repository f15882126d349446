"""The files that a lint reads, and how C text is stripped to its code.

A Tree is either the checkout or a dictionary {path: text}, so that each lint's
own examples run through exactly the code that judges the project.
"""
import os
import re

SKIPPED_FOLDERS = {".git", "build", ".cache", "__pycache__"}
# Larger files are captures and databases, not text that anybody wrote.
TEXT_BYTES_MAX = 1 << 20


class Tree:
    def __init__(self, root=None, files=None):
        self.root = root
        self.given = files
        self.cache = {}

    def paths(self):
        """Every file, relative to the root, sorted."""
        if self.given is not None:
            return sorted(self.given)
        found = []
        for folder, folders, names in os.walk(self.root):
            folders[:] = [f for f in folders if not self.skipped(folder, f)]
            for name in names:
                path = os.path.join(folder, name)
                # A worktree's .git is a file that holds a path.
                if name != ".git" and os.path.isfile(path):
                    found.append(os.path.relpath(path, self.root))
        return sorted(found)

    @staticmethod
    def skipped(parent, folder):
        # A build folder may have any name; its cache file tells.
        return (folder in SKIPPED_FOLDERS or folder.endswith(".lostsyn")
                or os.path.exists(os.path.join(parent, folder,
                                               "CMakeCache.txt")))

    def text(self, path):
        """The file's text, or None when it is binary or too large."""
        if self.given is not None:
            return self.given[path]
        if path not in self.cache:
            full = os.path.join(self.root, path)
            with open(full, "rb") as f:
                data = f.read(TEXT_BYTES_MAX + 1)
            binary = len(data) > TEXT_BYTES_MAX or b"\0" in data
            self.cache[path] = None if binary else data.decode(
                "utf-8", "replace")
        return self.cache[path]

    def exists(self, path):
        if self.given is not None:
            return path in self.given
        return os.path.isfile(os.path.join(self.root, path))

    def c_files(self, suffixes=(".c", ".h")):
        return [p for p in self.paths()
                if p.endswith(suffixes) and self.text(p) is not None]


TOKEN = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def code_only(text, keep_strings=False):
    """Comments (and strings) blanked out, line numbers kept."""
    def blank(match):
        piece = match.group(0)
        if piece[0] in "\"'":
            return piece if keep_strings else piece[0] * 2
        return "\n" * piece.count("\n") or " "
    return TOKEN.sub(blank, text)
