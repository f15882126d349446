#!/usr/bin/env python3
"""Is parsers/FORMATS.md what `lostsyn explain formats` prints?

    formats.py --lostsyn PROGRAM --source FOLDER

After a change that is meant: lostsyn explain formats > parsers/FORMATS.md
"""
import argparse
import os
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--source", required=True)
    arguments = parser.parse_args()
    now = subprocess.run([arguments.lostsyn, "explain", "formats"],
                         capture_output=True, check=True).stdout
    page = os.path.join(arguments.source, "parsers", "FORMATS.md")
    with open(page, "rb") as file:
        if file.read() == now:
            return 0
    print(f"{page} is not what the tables say; make it anew:\n"
          "  lostsyn explain formats > parsers/FORMATS.md")
    return 1


if __name__ == "__main__":
    sys.exit(main())
