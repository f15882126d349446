"""Calls that have no place in this program, and calls parsers may not make."""
import re

from tree import code_only

EVERYWHERE = {
    "sprintf": "snprintf knows the room",
    "vsprintf": "vsnprintf knows the room",
    "strcpy": "copy with a length",
    "strcat": "copy with a length",
    "strncpy": "leaves no NUL; copy with a length",
    "gets": "has no bound",
    "atoi": "cannot tell an error from 0; strtol",
    "atol": "cannot tell an error from 0; strtol",
    "atof": "follows the locale",
    "strtok": "keeps hidden state",
    "alloca": "the stack has no error to return",
    "system": "runs a shell",
    "popen": "runs a shell",
    "ctime": "local zone, static buffer; clock_format",
    "asctime": "static buffer; clock_format",
    "localtime": "the machine's zone is not the evidence's",
    "localtime_r": "the machine's zone is not the evidence's",
    "mktime": "the machine's zone is not the evidence's; timegm",
    "setlocale": "numbers must read the same everywhere",
    "pthread_create": "tempfile_thread keeps ending signals off it",
    "rand": "output must not differ between two runs",
    "random": "output must not differ between two runs",
}
PARSERS = ("open openat creat read pread readv write pwrite close lseek stat "
           "fstat lstat fopen fdopen freopen fclose fread fwrite fgets fgetc "
           "getc getline fseek ftell printf fprintf puts fputs perror mmap "
           "opendir socket exit getenv time gettimeofday clock_gettime").split()
EXCEPT = {
    # The one place that asks the C library for a zone that a person named.
    ("analyzer/ingest/zones.c", "localtime_r"),
    # The one place that starts threads.
    ("analyzer/base/tempfile.c", "pthread_create"),
}
CALL = re.compile(r"(?<![\w.>])([a-z_]\w*)\s*\(")


def check(tree):
    for path in tree.c_files():
        top = path.split("/")[0]
        if top not in ("analyzer", "parsers"):
            continue
        code = code_only(tree.text(path))
        for number, line in enumerate(code.split("\n"), 1):
            for name in CALL.findall(line):
                if (path, name) in EXCEPT:
                    continue
                if name in EVERYWHERE:
                    yield path, number, f"{name}: {EVERYWHERE[name]}"
                elif top == "parsers" and name in PARSERS:
                    yield path, number, (f"{name}: parsers are pure, bytes in "
                                         "and records out")
            if top == "parsers" and re.search(r"\bFILE\b", line):
                yield path, number, "FILE: parsers read no files"
            if re.search(r"\bassert\s*\([^;]*(\+\+|--|[^=!<>]=[^=])", line):
                yield path, number, "an assert with a side effect"


BAD = [
    {"analyzer/report/a.c": "\tsprintf(text, format);\n"},
    {"analyzer/ingest/a.c": "\tpthread_create(&t, NULL, run, j);\n"},
    {"parsers/log/a.c": "\tFILE *f = NULL;\n"},
    {"parsers/log/a.c": "\tint fd = open(path, 0);\n"},
    {"parsers/host/a.c": "\tn = read (fd, p, 4);\n"},
    {"analyzer/stitch/a.c": "\tassert(count++ < 3);\n"},
    {"analyzer/ingest/a.c": "\tt = mktime(&tm);\n"},
    {"analyzer/ingest/a.c": "\tlocaltime_r(&t, &tm);\n"},
]
GOOD = [
    {"analyzer/ingest/zones.c": "\tlocaltime_r(&t, &tm);\n"},
    {"parsers/log/a.c": "/* never fopen(path) here */\n\tx = cursor_read(c);\n"
                        '\tnote("open(2) failed");\n\tc->read(c);\n'},
    {"analyzer/ingest/a.c": "\tint fd = open(path, 0);\n"
                            "\tassert(a == b && c <= d);\n"},
]
