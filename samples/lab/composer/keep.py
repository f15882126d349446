"""A composed incident as a case of samples/cases: evidence, labels, story."""
import json
import os
import shutil

from laboratory import state


def as_case(composed, folder, story):
    """composed: a folder that compose.py wrote; folder: the case's, new."""
    with open(os.path.join(composed, "expected.json")) as file:
        told = json.load(file)
    shutil.copytree(os.path.join(composed, "evidence"), folder)
    expected = {
        "story": story, "cause": told["cause"],
        "exit_status": int(any(a["verdict"] != "established"
                               for a in told["attempts"])),
        "attempts": [attempt(label) for label in told["attempts"]]}
    if told["also"]:
        expected["also"] = told["also"]
    about = told["composed"]
    with open(os.path.join(folder, "expected.json"), "w") as file:
        json.dump(expected, file, indent=1)
        file.write("\n")
    lines = [f"# {os.path.basename(folder)}", "", story, "",
             f"Composed: {about['topology']}, {about['place']}: "
             f"{about['mechanism']} ({about['which']}); "
             f"{', '.join(about['conditions']) or 'plain'}.",
             f"Made by `samples/lab/compose` on {state.describe()}; the labels",
             "rest on taps at both hosts' edges and on what the clients' programs "
             "saw."]
    with open(os.path.join(folder, "README.md"), "w") as file:
        file.write("\n".join(lines) + "\n")


def attempt(label):
    """Without what is empty; every word of confidence is allowed. Of the
    candidates the truth is kept: which others a case demands, a person says."""
    kept = {k: v for k, v in label.items()
            if k == "segment" or v not in ([], None)}
    if "candidates" in kept:
        kept["candidates"] = [label["truth"]]
    return {**kept, "confidence": ["certain", "likely", "possible"]}
