"""Words that a reader of a report must not trip over, and where they are.

Words of our own that say nothing to anybody else, and numbers with the wrong form of
their noun. Shared by the tests that read the outputs and the rules.
"""
import re

# Words of this project's making, or of a court; each has a plain one.
OWN = (
    r"convict\w*", r"came about", r"comes about", r"over after", r"tellers?",
    r"all the same, (?:confirmed|likely)", r"nobody's", r"(?:is|are) called so",
    r"no end that is known", r"have no weight", r"undetermined; possible",
    r"undetermined: possible", r"nobody said", r"the way (?:has forgotten|does)\b",
    r"names? name\b", r"signature asked for", r"\b[Aa]ll 1\b", r"\b0 of them\b",
    r"explains 0\b", r"shorter than the answer takes", r"let no SYN out",
    r"ended it\b", r"roles had been exchanged", r"sources of their own",
    r"reports \d+ connects?\b", r"challenge ack\b",
)
NOUNS = ("attempt failure line packet service client port file other SYN SYN-ACK "
         "RST ACK cause kind machine host address report connect time connection "
         "segment answer retransmit place minute second byte capture socket").split()
ONE = re.compile(r"(?<![\w.,:/+-])(?<!\+ )1 (?:more |reported |failed |other |unanswered )?"
                 r"(?:%ss|addresses|copies|entries|retries)\b(?![-=])"
                 % "s|".join(NOUNS))
MANY = re.compile(r"(?<![\w.,:/+-])(?:[02-9]|[1-9]\d+) "
                  r"(?:more |reported |failed |other |unanswered )?"
                  r"(?:attempt|failure|line|packet|service|client|SYN|SYN-ACK|ACK|"
                  r"RST|cause|segment|copy|address|listener)"
                  r"(?=[.,;)]| (?:to|of|failed|and|that|which|reached|at|in|from)\b)")
AVOID = re.compile("|".join(OWN))


def trips(text):
    """Each place where a reader would trip, with what stands around it."""
    for pattern in (AVOID, ONE, MANY):
        for found in pattern.finditer(text):
            start = max(0, found.start() - 30)
            yield f"'{found.group()}' in '{text[start:found.end() + 30]}'"
