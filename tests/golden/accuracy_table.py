"""The scores as Markdown: a block for README.md and a page with the rest."""
import collections

import accuracy_score as score

OURS = "lostsyn"
TARGETS = ("at least 98 % of the failed attempts located, at least 95 % of "
           "the causes named first, no wrong verdict marked certain and no "
           "wrong cause marked confirmed")


def percent(value):
    return "–" if value is None else f"{100 * value:.1f} %"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |",
             "|" + "|".join("---" if n == 0 else "---:"
                            for n in range(len(head))) + "|"]
    lines += ["| " + " | ".join(str(c) for c in row) + " |" for row in rows]
    return "\n".join(lines)


def comparison(methods):
    """One row per tool; methods is {name: answers}."""
    rows = []
    for name, answers in methods.items():
        t = score.totals(answers)
        attempt, scenario = score.located(answers)
        rows.append((name, f"{percent(attempt)} ({t['located']} of "
                     f"{t['decidable']})", percent(scenario), t["wrong"],
                     t["wrong certain"] if name == OURS else "–",
                     t["healthy accused"],
                     f"{t['abstained justly']} / {t['abstained']}"))
    return table(("", "failed attempts located", "mean over scenarios",
                  "wrong verdicts", "of them certain",
                  "healthy ones accused", "abstained with / without reason"),
                 rows)


def by_family(methods, cases):
    """Located per family and tool, with the wrong verdicts behind it, and
    our causes."""
    rows = []
    for family in score.FAMILIES:
        members = {c.name for c in cases if family in score.families(c)}
        cells = [f"{family} ({len(members)})"]
        for answers in methods.values():
            some = [a for a in answers if a.case.name in members]
            value = score.located(some)[0]
            cells.append(f"{percent(value)}, {score.totals(some)['wrong']}")
        found = score.causes([c for c in cases if c.name in members])
        cells.append(f"{found['first']} of {found['scenarios']}"
                     if found else "–")
        rows.append(cells)
    return table(["located, wrong", *methods, f"{OURS}: causes first"], rows)


def cause_line(cases):
    found = score.causes(cases)
    if found is None:
        return ("Causes are not scored: this build's reports name no "
                "finding yet.")
    return (f"Causes named first: {found['first']} of {found['scenarios']} "
            f"scenarios ({percent(found['first'] / found['scenarios'])}), "
            f"weighed by failed attempts "
            f"{percent(found['attempts first'] / found['attempts'])}; wrong "
            f"causes marked confirmed: {len(found['wrong confirmed'])}.")


def readme(methods, cases):
    """The block for README.md."""
    ours = methods[OURS]
    t = score.totals(ours)
    lines = [
        f"{len(cases)} labelled incidents, {t['attempts']} connection "
        f"attempts, {t['failed']} of them failed; labels rest on counters "
        "inside the hosts and on the raw captures, never on an analyzer.",
        "", comparison(methods), "", cause_line(cases) +
        f" Aim: {TARGETS}.", ""]
    if len(methods) > 1:
        lines += [
            "The others see one end each; their two ends were joined by hand "
            "rules (`tests/golden/rivals.py`), and none of them says how "
            "sure it is or why. `./dev accuracy` reproduces the table, "
            "`./dev accuracy --fresh --seed 7` checks it on cases that "
            "nobody has seen; [samples/ACCURACY.md](samples/ACCURACY.md) has "
            "the families, the confusions and the calibration."]
    return "\n".join(lines).rstrip()


def page(methods, cases, fresh=None, untold=()):
    """Everything: what samples/ACCURACY.md holds or a fresh run prints;
    untold are the stories that the fresh lab could not make."""
    ours = methods[OURS]
    parts = ["# Accuracy", "Written by `./dev accuracy`." if fresh is None
             else f"A fresh lab, seed {fresh}." +
             (" Not made, and so not scored: " + ", ".join(untold) + "."
              if untold else ""), readme(methods, cases),
             "## By family", "Share of the failed attempts located, and wrong "
             "verdicts.", by_family(methods, cases),
             "## Verdict by verdict", table(
                 ("verdict", "labelled", "given", "precision", "recall"),
                 [(v, n, g, percent(p), percent(r))
                  for v, n, g, p, r in score.per_verdict(ours)]),
             "## Calibration", table(
                 ("confidence", "right", "verdicts", "share"),
                 [(w, right, n, percent(score.share(right, n)))
                  for w, (right, n) in score.calibration(ours).items()]),
             "## Confusion matrix", matrix(ours), confusions(ours)]
    parts += cause_section(cases)
    if len(methods) > 1:
        parts += ["## What each tool can say", CAN]
    return "\n\n".join(parts) + "\n"


def matrix(answers):
    """Label against answer; a column's number is the row of its name."""
    pairs = score.confusion(answers)
    names = sorted({n for pair in pairs for n in pair if n})
    columns = names + [None] * any(g is None for _, g in pairs)
    rows = [(f"{n}. {label}", *(pairs.get((label, c)) or "" for c in columns))
            for n, label in enumerate(names, 1)]
    return table(("label \\ answer", *("not found" if c is None else str(n)
                                       for n, c in enumerate(columns, 1))),
                 rows)


def confusions(answers):
    rows = [(t, g or "(not found)", n) for (t, g), n in
            sorted(score.confusion(answers).items(), key=str) if t != g]
    if not rows:
        return "Outside the diagonal: none."
    who = sorted({f"{a.case.name}: {a.truth} called {a.verdict}"
                  f" ({a.confidence})" for a in answers if not a.right})
    return table(("label", "answer", "attempts"), rows) + "\n\n" + \
        "\n".join(f"- {line}" for line in who)


def cause_section(cases):
    found = score.causes(cases)
    if found is None:
        return []
    blameless = sum(c.report is not None and c.expected.get("cause") is None
                    for c in cases)
    return [
        "## Cause by cause",
        "Of the first finding of each scenario. Precision: how often the cause "
        "was true where it was named; recall: how often it was named where it "
        "was true.",
        table(("cause", "labelled", "named first", "precision", "recall"),
              [(c, n, g, percent(p), percent(r))
               for c, n, g, p, r in score.per_cause(found)]),
        "## Calibration of findings",
        table(("confidence", "right", "findings", "share"),
              [(w, right, n, percent(score.share(right, n)))
               for w, (right, n) in found["calibration"].items()]),
        f"Where nobody is to blame: {len(found['convicted'])} of {blameless} "
        "scenarios with a likely or confirmed finding first.",
        cause_errors(found)]


def cause_errors(found):
    """Each scenario whose cause was missed, and each wrong conviction."""
    lines = [f"- {name}: expected {want}, first is {got}"
             for name, want, got in found["missed"]]
    lines += [f"- {name}: {cause} first, where nobody is to blame"
              for name, cause in found["convicted"]]
    wrong = collections.Counter(found["wrong confirmed"])
    lines += [f"- {name}: {cause} wrongly confirmed" +
              (f", {count} times" if count > 1 else "")
              for (name, cause), count in sorted(wrong.items())]
    return "\n".join(lines) or "No cause was missed or wrongly confirmed."


CAN = """\
- **tshark, by hand**: SYNs without SYN-ACK, listed at either end and joined
  by 4-tuple and, on a port used twice, by sequence number. Finds every plain
  loss, and ICMP errors. Takes a late, cut or filtered file at its word, loses
  attempts behind NAT, and does not see that the ends were exchanged.
- **Zeek's conn_state** (computed from tshark's output by the documented
  table; Zeek is no Debian 12 package): one row per connection with a state
  and a history. Counts no repeated SYN-ACK and ties no ICMP error to a
  connection.
- **tcptrace**: counts per connection and direction. Reads no tunnel, no
  ICMP.
- None of them reads the logs, the counters or the flow logs in the folder,
  names a cause, or says how sure it is."""
