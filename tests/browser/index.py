#!/usr/bin/env python3
"""index.html of a batch in headless Chromium: sorted, filtered, moved.

	index.py --lostsyn PROGRAM --source FOLDER

The results of an archive, one case of it judged again, are moved to another
folder and opened there. As it is the page must ask for nothing, report no error
and reach every report by its links; a script that was smuggled in must not run.
In a copy without its policy a script types into the filters and clicks on the
headings, and reads the tables. The plots' texts must not overlap.
"""
import argparse
import html
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402
from report import BROWSERS, MEASURE, Browser  # noqa: E402

CASES = ("refused", "server-conntrack-full", "clean", "ack-lost-in-network",
         "host-firewall-drop", "client-only")
EVIL = "evil <script>document.title='RAN'<&sol;script>"

USE = """
<script>
const out = {};
const table = document.querySelector('#cases table');
const texts = i => [...table.tBodies[0].rows].filter(r => !r.hidden)
  .map(r => (i ? r.cells[i] : r.cells[i].firstChild).textContent.trim());
const type = words => {
  const box = table.parentNode.previousElementSibling.querySelector('input');
  box.value = words;
  box.dispatchEvent(new Event('input'));
  return texts(0);
};
out.all = texts(0);
out.refused = type('refused-by-server');
out.both = type('REFUSED no-listener');
out.without = type('-clean -refused-by-server');
out.none = type('nothing-has-this-word');
out.count = table.parentNode.previousElementSibling
  .querySelector('output').textContent;
type('');
const head = i => table.tHead.rows[0].cells[i];
head(1).querySelector('button').click();
out.down = texts(1).map(Number);
head(1).querySelector('button').click();
out.up = texts(1).map(Number);
out.sort = head(1).getAttribute('aria-sort');
document.title = 'USED ' + JSON.stringify(out);
</script>
"""


def title(text):
    return html.unescape(re.search("<title>(.*?)</title>", text,
                                   re.S).group(1))


def make(args, here):
    """Where the results of a small archive lie in the end."""
    archive = os.path.join(here, "archive")
    for name in CASES:
        shutil.copytree(f"{args.source}/samples/cases/{name}",
                        f"{archive}/{name}")
    shutil.copytree(f"{args.source}/samples/cases/refused",
                    os.path.join(archive, EVIL))
    rules = os.path.join(here, "rules")
    os.mkdir(rules)
    with open(f"{args.source}/rules/causes/no-listener.yaml",
              encoding="utf-8") as f:
        text = f.read()
    with open(f"{rules}/no-listener.yaml", "w", encoding="utf-8") as f:
        f.write(text.replace("weighs: confirms", "weighs: supports"))
    for command in ([archive], ["--rejudge", "--rules", rules]):
        subprocess.run([args.lostsyn, "batch", *command, "-q", "-o",
                        f"{here}/results"], timeout=a.TIMEOUT_S, check=False)
    shutil.rmtree(archive)
    os.rename(f"{here}/results", f"{here}/moved elsewhere")
    return f"{here}/moved elsewhere"


def as_it_is(browser, folder):
    text, console, asked = browser.run(f"{folder}/index.html")
    if console or asked:
        yield f"console {console}, asked for {asked}"
    if title(text) != "Index of cases - lostsyn":
        yield f"title {title(text)}"
    if "<input" not in text or text.count("rows</output>") < 3:
        yield "the script did not run: no filters"
    links = re.findall(r'href="([^"]+)"', text)
    for link in links:
        if not os.path.exists(os.path.join(folder, html.unescape(link))):
            yield f"a link to nothing: {link}"
    if sum("report.html" in link for link in links) < len(CASES):
        yield f"only {len(links)} links"
    for part in ("trend", "incidents", "changes", "cases"):
        if f'<section id="{part}"' not in text:
            yield f"no section {part}"
    for view in ("trend", "cause_trend", "service_trend"):
        if f"the view {view} of" not in text:
            yield f"no plot of {view}"


def smuggled(browser, folder, text):
    page = f"{folder}/smuggled.html"
    with open(page, "w", encoding="utf-8") as f:
        f.write(text.replace("</main>", "<script>document.title = 'RAN'"
                             "</script></main>"))
    if title(browser.run(page)[0]) == "RAN":
        yield "a smuggled script ran"


def loose(text, script):
    """The page without its policy, and with a script."""
    return re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "",
                  text).replace("</body>", script + "</body>")


def used(browser, folder, text):
    page = f"{folder}/used.html"
    with open(page, "w", encoding="utf-8") as f:
        f.write(loose(text, USE))
    said = title(browser.run(page)[0])
    if not said.startswith("USED "):
        yield f"the script ended early: {said}"
        return
    out = json.loads(said[5:])
    if sorted(out["refused"]) != sorted([EVIL, "refused"]):
        yield f"filtered by a verdict: {out['refused']}"
    if out["both"] != out["refused"]:
        yield f"two words: {out['both']}"
    left = set(out["without"])
    if left & {"refused", "clean"} or not left:
        yield f"words left out: {left}"
    if out["none"] or not out["count"].startswith("0 of "):
        yield f"no match: {out['none']}, {out['count']}"
    if (out["down"] != sorted(out["down"], reverse=True)
            or out["up"] != sorted(out["up"]) or out["sort"] != "ascending"
            or len(set(out["up"])) < 3):
        yield f"sorted: {out['down']}, {out['up']}, {out['sort']}"


def measured(browser, folder, text):
    page = f"{folder}/measured.html"
    with open(page, "w", encoding="utf-8") as f:
        f.write(loose(text, MEASURE))
    for window in ("1280,900", "420,900"):
        said = title(browser.run(page, f"--window-size={window}")[0])
        found = json.loads(said[9:]) if said.startswith("MEASURED ") else [said]
        for problem in found:
            yield f"{window}: {problem}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--source", required=True)
    args = parser.parse_args()
    program = next((shutil.which(b) for b in BROWSERS if shutil.which(b)),
                   None)
    if program is None:
        a.skip("no Chromium on this machine")
    problems = 0
    with a.Scratch() as here:
        folder = make(args, here)
        browser = Browser(program, here)
        with open(f"{folder}/index.html", encoding="utf-8") as f:
            text = f.read()
        problems += a.run_check(as_it_is, browser, folder)
        for check in (smuggled, used, measured):
            problems += a.run_check(check, browser, folder, text)
    return problems != 0


if __name__ == "__main__":
    sys.exit(main())
