"""Writes a case folder: captures, host state, README.md, expected.json."""

import json
import os
import re
import shutil

from . import dress, state


def write(lab, name, out):
    """Writes the case whole, or leaves what was there."""
    folder = os.path.join(out, name)
    fresh = folder + ".new"
    shutil.rmtree(fresh, ignore_errors=True)
    attempts = lab.labels()
    try:
        os.makedirs(fresh)
        _fill(lab, name, fresh, attempts)
        shutil.rmtree(folder, ignore_errors=True)
        os.rename(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return attempts


def _fill(lab, name, fresh, attempts):
    """Everything that belongs into the folder."""
    for recorder in lab.recorders:
        place = os.path.join(fresh, recorder.name)
        os.makedirs(place, exist_ok=True)
        shutil.copyfile(recorder.path, os.path.join(place, "capture.pcap"))
    _evidence(lab, fresh)
    clothe = getattr(lab.scenario, "dress", None)
    if clothe:
        attempts = clothe(lab, fresh, attempts) or attempts
    else:
        _wrong_clock(lab, fresh)
    failed = any(a["verdict"] != "established" for a in attempts)
    expected = {
        "story": lab.scenario.STORY,
        "cause": lab.scenario.CAUSE,
        "exit_status": 1 if failed else 0,
        "attempts": attempts,
    }
    for field in ("also", "symptom"):
        named = getattr(lab.scenario, field.upper(), None)
        if named:
            expected[field] = named
    tags = getattr(lab.scenario, "TAGS", None)
    if tags:
        expected["tags"] = tags.split()
    innocent = getattr(lab.scenario, "MUST_NOT_CONFIRM", None)
    if innocent:
        expected["must_not_confirm"] = innocent
    with open(os.path.join(fresh, "expected.json"), "w") as file:
        file.write(_json(expected))
    with open(os.path.join(fresh, "README.md"), "w") as file:
        file.write(_readme(lab, name))


def _wrong_clock(lab, folder):
    """A fresh run's server clock may be wrong, where nothing in the folder
    but its capture tells its time."""
    path = os.path.join(folder, "server", "capture.pcap")
    timed = [name for _, _, names in os.walk(folder) for name in names
             if name.endswith(".log") or name.startswith(("dmesg", "syslog"))]
    if lab.plan.clock_error and not timed and os.path.exists(path):
        dress.shift_clock(path, lab.plan.clock_error)


def _json(expected):
    """One line per small object keeps the file readable in a diff."""
    text = json.dumps(expected, indent=2, ensure_ascii=False)
    return re.sub(
        r"([{\[])\s+([^{}\[\]]{1,90}?)\s+([}\]])",
        lambda m: m.group(1) + " " +
        re.sub(r"\s*\n\s*", " ", m.group(2)) + " " + m.group(3), text) + "\n"


def _evidence(lab, folder):
    """Copies the host state that EVIDENCE names; empty logs too are facts."""
    for host in lab.hosts:
        source = os.path.join(lab.work, "state", host.name)
        if not os.path.isdir(source):
            continue
        place = os.path.join(folder, host.name)
        os.makedirs(place, exist_ok=True)
        for name in sorted(os.listdir(source)):
            shutil.copyfile(os.path.join(source, name),
                            os.path.join(place, name))


def _readme(lab, name):
    """5-15 lines: the story, how it was made, what the labels rest on."""
    lines = [f"# {name}", "", lab.scenario.__doc__.strip(), ""]
    if lab.proofs:
        lines.append("What the labels rest on:")
        lines += [f"- {proof}" for proof in lab.proofs]
        lines.append("")
    lines.append(f"Made by `samples/lab/run {name}` on {state.describe()}.")
    return "\n".join(lines) + "\n"
