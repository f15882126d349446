"""The project speaks of itself alone.

Code and documents do not say on which machine or in which way they were
written. The patterns are narrow because the domain owns many of the same
words (a user agent, a TLS session, a section of a pcapng file). Evidence
(samples, patterns, rules with sample lines) is quoted as it was found, so only
paths and hosts are looked for there.
"""
import re

# Put together from pieces, so that this file does not find itself.
PLACES = [
    (r"/wo" r"rk/", "a path of one machine"),
    (r"(?<!\w)/(home|root|Users)/(?!user\b|me\b)[a-z]\w*/", "a path of one machine"),
    (r"bash" r"_jobs", "a path of one machine"),
    (r"\.lib" r"rary/", "a path of one machine"),
    (r"\bregis" r"try\.npmjs|\bpy" r"pi\.org|\bfiles\.python" r"hosted|"
     r"\bproxy\.go" r"lang\.org|\bstatic\.crates" r"\.io|"
     r"\bindex\.crates" r"\.io|\bdeb\.deb" r"ian\.org", "a registry's host"),
]
MAKING = [
    (r"\bsub" r"-?age" r"nts?\b", "how the work is done"),
    (r"(?<!user[-_ ])(?<!_)\bage" r"nts?\b(?!\))", "how the work is done"),
    (r"\bL" r"LMs?\b|\blanguage mod" r"el|\bchat" r"gpt|\bAI[- ]assis" r"t",
     "how the work is done"),
    (r"\b(my|our|working|coding|previous|earlier) sess" r"ions?\b",
     "how the work is done"),
    (r"\bsess" r"ion (budget|limit|notes|transcript)\b",
     "how the work is done"),
    (r"\bas an (AI|assist" r"ant)\b|\bhelper sess" r"ion",
     "how the work is done"),
]
# Programs and fields of the trade that carry the word in their name.
TRADE = re.compile(
    r"(ssh|ssm|cloudwatch|cloud watch|snmp|relay|datadog|log|logging|"
    r"monitoring|telegraf|fluent|azure|linux|guest)[-_ ]age" r"nts?|"
    r"user[-_ ]?age" r"nts?|age" r"ntx|age" r"nt\.(log|json|conf)", re.I)
EVIDENCE = ("samples/cases/", "samples/lab/", "parsers/patterns/",
            "tests/fuzz/seeds/", "tests/golden/")


def check(tree):
    for path in tree.paths():
        text = tree.text(path)
        if text is None:
            continue
        rows = PLACES if path.startswith(EVIDENCE) else PLACES + MAKING
        for number, line in enumerate(text.split("\n"), 1):
            for pattern, what in rows:
                plain = TRADE.sub("", line)
                match = re.search(pattern, plain, re.I)
                if match:
                    yield path, number, f"{match.group(0)!r}: {what}"


BAD = [
    {"README.md": "Run it in /wo" "rk/main.\n"},
    {"dev": "curl https://py" "pi.org/simple\n"},
    {"analyzer/base/a.c": "/* found in an earlier sess" "ion */\n"},
    {"analyzer/decisions/1.md": "The report age" "nt wrote this.\n"},
    {"samples/cases/a/story.md": "taken in /wo" "rk/lab\n"},
]
GOOD = [
    {"parsers/log/a.c": "/* $http_user_agent, the User-Agent header */\n"},
    {"parsers/capture/a.c": "/* sections; a TLS session; session id */\n"},
    {"samples/cases/a/server/syslog": "amazon-ssm-age" "nt: started\n"},
    {"README.md": "the CloudWatch age" "nt writes network/ files; rework/\n"},
]
