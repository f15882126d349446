"""Scores: what was answered, held against the labels.

A label's `verdict` is what the evidence in the folder can show, and `accept`
names further readings that are no error. Counting is per attempt, and once
more per scenario, so that one story with many attempts does not dominate.
"""
import collections

CLEAN = "established"
ABSTAIN = "undetermined"
FAMILIES = ("two ends", "one end", "NAT", "IPv6", "damaged capture", "tunnel",
            "innocent")


class Answer:
    """One attempt of one case: the label and what was said of it."""

    def __init__(self, case, label, verdict, confidence=None):
        self.case, self.label = case, label
        self.verdict, self.confidence = verdict, confidence

    @property
    def truth(self):
        return self.label["verdict"]

    @property
    def failed(self):
        """The attempt did not succeed (whatever the folder can show)."""
        return self.label["truth"] != CLEAN

    @property
    def decidable(self):
        """The folder's evidence leaves no careful reader in doubt."""
        return self.truth != ABSTAIN and \
            ABSTAIN not in self.label.get("accept", [])

    @property
    def right(self):
        return self.verdict == self.truth or \
            self.verdict in self.label.get("accept", [])

    @property
    def located(self):
        """A verdict was given, and it is right."""
        return self.right and self.verdict not in (ABSTAIN, None)

    @property
    def wrong(self):
        """A verdict was given that the evidence does not allow."""
        return not self.right and self.verdict not in (ABSTAIN, None)

    @property
    def accused(self):
        """Wrong, and somebody is convicted of a loss."""
        return self.wrong and self.verdict != CLEAN


def families(case):
    """The families a case belongs to."""
    expected, found = case.expected, set(case.expected.get("tags", []))
    attempts = expected["attempts"]
    names = {"two ends" if len(case.ends) == 2 else "one end"}
    if any(a.get("seen_at_server_as") for a in attempts):
        names.add("NAT")
    if any(":" in a["client"]["ip"] for a in attempts):
        names.add("IPv6")
    for tag, name in (("damaged", "damaged capture"), ("tunnel", "tunnel"),
                      ("innocent", "innocent")):
        if tag in found:
            names.add(name)
    return names


def share(part, whole):
    """A fraction, or None where there is nothing to count."""
    return part / whole if whole else None


def mean(values):
    values = [v for v in values if v is not None]
    return sum(values) / len(values) if values else None


def by_case(answers):
    table = {}
    for answer in answers:
        table.setdefault(answer.case.name, []).append(answer)
    return table


def located(answers):
    """Of the failed attempts that the evidence can decide: the share that
    was located, by attempt and as the mean over the scenarios."""
    def one(some):
        some = [a for a in some if a.failed and a.decidable]
        return share(sum(a.located for a in some), len(some))
    return one(answers), mean(one(v) for v in by_case(answers).values())


def totals(answers):
    """The numbers of one row of the table."""
    abstained = [a for a in answers if a.verdict in (ABSTAIN, None)]
    return {
        "attempts": len(answers),
        "failed": sum(a.failed for a in answers),
        "decidable": sum(a.failed and a.decidable for a in answers),
        "located": sum(a.located for a in answers
                       if a.failed and a.decidable),
        "wrong": sum(a.wrong for a in answers),
        "wrong certain": sum(a.wrong and a.confidence == "certain"
                             for a in answers),
        "wrong scenarios": len({a.case.name for a in answers if a.wrong}),
        "healthy accused": sum(a.accused for a in answers if not a.failed),
        "abstained justly": sum(a.right for a in abstained),
        "abstained": sum(not a.right for a in abstained),
    }


def calibration(answers):
    """{confidence: (right, all)} of the verdicts given."""
    table = collections.OrderedDict()
    for word in ("certain", "likely", "possible"):
        some = [a for a in answers if a.confidence == word and
                a.verdict not in (ABSTAIN, None)]
        table[word] = (sum(a.right for a in some), len(some))
    return table


def per_verdict(answers):
    """[(verdict, labelled, given, precision, recall)]. A reading that the
    label accepts counts as the label's own."""
    rows = []
    pairs = confusion(answers)
    names = sorted({n for pair in pairs for n in pair if n})
    for name in names:
        labelled = sum(n for (t, _), n in pairs.items() if t == name)
        given = sum(n for (_, g), n in pairs.items() if g == name)
        both = pairs.get((name, name), 0)
        rows.append((name, labelled, given, share(both, given),
                     share(both, labelled)))
    return rows


def confusion(answers):
    """{(label, answer): count}; None is an attempt that was not found."""
    table = collections.Counter()
    for a in answers:
        table[a.truth, a.truth if a.right else a.verdict] += 1
    return table


def live_findings(case):
    """The findings that the report stands by, best first."""
    return [f for f in case.report["findings"]
            if f["confidence"] != "ruled-out"]


def answers_of(case):
    """The causes any of which is the answer: the label's, and others as true
    (of other attempts of a mixed case)."""
    return {case.expected.get("cause"), *case.expected.get("also", [])} - {None}


def true_causes(case):
    """What may be confirmed: the answers, and what they brought about."""
    return answers_of(case) | set(case.expected.get("symptom", []))


def causes(cases):
    """Findings against the labels' causes, per scenario and weighed by
    failed attempts; None when no report has a finding.

    Where the label names no cause, a first finding that is no more than
    possible accuses nobody and is not counted as given.
    """
    scored = [c for c in cases if c.report is not None]
    if not any(c.report["findings"] for c in scored):
        return None
    out = {"scenarios": 0, "first": 0, "attempts": 0, "attempts first": 0,
           "wrong confirmed": [], "missed": [], "convicted": [],
           "labelled": collections.Counter(), "hit": collections.Counter(),
           "given": collections.Counter(), "true": collections.Counter(),
           "calibration": collections.OrderedDict(
               (w, [0, 0]) for w in ("confirmed", "likely", "possible"))}
    for case in scored:
        _score_causes(out, case, live_findings(case))
    return out


def _score_causes(out, case, live):
    """Adds one case to the sums."""
    allowed = true_causes(case)
    wanted = case.expected.get("cause")
    first = live[0]["cause"] if live else None
    suspects = set(case.expected.get("must_not_confirm", []))
    for f in live:
        right = f["cause"] in allowed
        out["calibration"][f["confidence"]][0] += right
        out["calibration"][f["confidence"]][1] += 1
        if f["confidence"] == "confirmed" and \
                (not right or f["cause"] in suspects):
            out["wrong confirmed"].append((case.name, f["cause"]))
    if first and (wanted or live[0]["confidence"] != "possible"):
        out["given"][first] += 1
        out["true"][first] += first in allowed
        if not wanted and first not in allowed:
            out["convicted"].append((case.name, first))
    if wanted is None:
        return
    weight = max(1, sum(a["truth"] != CLEAN
                        for a in case.expected["attempts"]))
    hit = first in answers_of(case)
    out["scenarios"] += 1
    out["first"] += hit
    out["attempts"] += weight
    out["attempts first"] += hit * weight
    out["labelled"][wanted] += 1
    out["hit"][wanted] += hit
    if not hit:
        out["missed"].append((case.name, wanted, first))


def per_cause(found):
    """[(cause, labelled, given, precision, recall)], of first findings."""
    return [(name, found["labelled"][name], found["given"][name],
             share(found["true"][name], found["given"][name]),
             share(found["hit"][name], found["labelled"][name]))
            for name in sorted({*found["labelled"], *found["given"]})]
