#!/usr/bin/env python3
"""The report's page for those who hold it in a hand, print it, or hear it.

In headless Chromium: every command and filter has a button that copies it and
nothing else; the page of every case is under six screens of a phone; a common one
prints on few sheets; and axe-core finds no violation on the wide, the narrow, the
dark and the printed page. axe-core is not part of the project: AXE_CORE names its
axe.min.js (`npm pack axe-core`); without it that part says so and is left out.
"""
import argparse
import html
import json
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402
import report as page_test  # noqa: E402

CASES = ("random-loss", "server-conntrack-full", "server-only",
         "three-vantages", "uncaptured-conntrack-full")
PHONE = (360, 640)
SCREENS, SHEETS = 6, 4
# Where people install packages of Node.js by themselves, and Debian does.
AXE = ("node_modules/axe-core/axe.min.js",
       "/usr/share/nodejs/axe-core/axe.min.js")
MODES = {
    "wide": ("--window-size=1200,900",),
    "dark": ("--window-size=1200,900",
             "--blink-settings=preferredColorScheme=0"),
    "narrow": (), "print": (),
}

COPY = """
<script>
const out = [];
const copied = [];
Object.defineProperty(navigator, "clipboard", {value: {
  writeText: text => { copied.push(text); return Promise.resolve(); }}});
const codes = [...document.querySelectorAll("code.copy")];
const buttons = [...document.querySelectorAll("button.copy")];
if (codes.length === 0) out.push("nothing can be copied");
if (codes.length !== buttons.length)
  out.push(buttons.length + " buttons for " + codes.length + " codes");
buttons.forEach(b => b.click());
codes.forEach((c, i) => {
  if (copied[i] !== c.textContent) out.push("copied " + copied[i]);
});
setTimeout(() => {
  if (buttons.some(b => b.textContent !== "Copied"))
    out.push("a button does not say that it has copied");
  document.title = "COPIED " + JSON.stringify(out);
}, 100);
</script>
"""

# Headless Chromium's window is never as narrow as a phone; a frame in it is.
FRAME = """<!DOCTYPE html><html lang="en"><title>A frame</title>
<body style="margin:0"><iframe title="the page" src="{page}"
style="border:0;width:{width}px;height:{height}px"></iframe>
"""
PHONE_HEIGHT = """
<script>
document.querySelector("iframe").addEventListener("load", e => {
  const root = e.target.contentDocument.documentElement;
  document.title = "PHONE " + JSON.stringify(
    [root.scrollHeight, root.scrollWidth]);
});
</script>
"""
# One page after the other in one frame: a browser for each would take minutes.
ALL_PHONES = """
<script>
const names = NAMES, found = {};
const frame = document.querySelector("iframe");
let at = -1;
const next = () => {
  if (++at === names.length)
    document.title = "PHONES " + JSON.stringify(found);
  else
    frame.src = names[at] + ".html";
};
frame.addEventListener("load", () => {
  if (at < 0) return;
  const root = frame.contentDocument.documentElement;
  found[names[at]] = [root.scrollHeight, root.scrollWidth];
  next();
});
next();
</script>
"""
RUN_AXE = """
<script>
const run = () => {
  MODE
  const rules = {};
  axe.run(document, {iframes: true}).then(found => {
    document.title = "AXE " + JSON.stringify(found.violations.map(v =>
      v.id + ": " + v.nodes.slice(0, 3).map(n => n.target.join(" ")).join("; ")));
  }, error => { document.title = "AXE " + JSON.stringify([String(error)]); });
};
addEventListener("load", () => setTimeout(run, 100));
</script>
"""
# What a printer would get, on the screen.
AS_PRINTED = """
  for (const sheet of document.styleSheets)
    for (const rule of [...sheet.cssRules])
      if (rule.media && rule.media.mediaText.includes("print"))
        rule.media.mediaText = "all";
"""


def framed(browser, text):
    """A page as on a phone, with room to say how long it is."""
    inner = os.path.join(browser.folder, "inner.html")
    with open(inner, "w", encoding="utf-8") as f:
        f.write(without_policy(text))
    return FRAME.format(page="file://" + inner, width=PHONE[0],
                        height=PHONE[1])


def without_policy(text):
    return re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)


def all_phones(browser, binary, cases):
    """Every labelled case on a phone."""
    names = sorted(name for name in os.listdir(cases)
                   if os.path.isdir(os.path.join(cases, name)))
    out = os.path.join(browser.folder, "one")
    for name in names:
        a.analyze(binary, "-q", "--force", "-o", out, os.path.join(cases, name))
        with open(os.path.join(out, "report.html"), encoding="utf-8",
                  errors="replace") as f:
            text = f.read()
        with open(os.path.join(browser.folder, name + ".html"), "w",
                  encoding="utf-8") as f:
            f.write(without_policy(text))
    page = FRAME.format(page="about:blank", width=PHONE[0], height=PHONE[1])
    found = page_test.run_in_copy(
        browser, page + "</body>",
        ALL_PHONES.replace("NAMES", json.dumps(names)), "PHONES",
        "--allow-file-access-from-files", "--window-size=600,900",
        "--virtual-time-budget=120000")
    if found is None or sorted(found) != names:
        yield f"{len(found or [])} of {len(names)} pages could be held"
        return
    longest = max(found, key=lambda name: found[name][0])
    print(f"{len(names)} cases on a phone, the longest {longest}: "
          f"{found[longest][0] / PHONE[1]:.1f} screens")
    for name, (height, width) in found.items():
        if height > SCREENS * PHONE[1]:
            yield f"{name}: {height / PHONE[1]:.1f} screens of a phone"
        if width > PHONE[0]:
            yield f"{name}: {width} wide on a phone of {PHONE[0]}"


def phone(browser, text):
    found = page_test.run_in_copy(
        browser, framed(browser, text) + "</body>", PHONE_HEIGHT, "PHONE",
        "--allow-file-access-from-files", "--window-size=600,900",
        "--virtual-time-budget=2000")
    if found is None:
        yield "the page could not be held"
        return
    height, width = found
    print(f"    {height / PHONE[1]:.1f} screens of a phone")
    if height > SCREENS * PHONE[1]:
        yield f"{height / PHONE[1]:.1f} screens of a phone"
    if width > PHONE[0]:
        yield f"{width} wide on a phone of {PHONE[0]}"


def sheets(browser, path):
    pdf = os.path.join(browser.folder, "page.pdf")
    browser.start(path, f"--print-to-pdf={pdf}", "--no-pdf-header-footer")
    with open(pdf, "rb") as f:
        count = len(re.findall(rb"/Type\s*/Page\b[^s]", f.read()))
    print(f"    {count} sheets")
    if not 1 <= count <= SHEETS:
        yield f"{count} sheets, at most {SHEETS}"


def copies(browser, text):
    found = page_test.run_in_copy(browser, text, COPY, "COPIED",
                                  "--virtual-time-budget=2000")
    return ["nothing was copied"] if found is None else found


def violations(browser, axe, text, mode):
    script = f"<script>{axe}</script>" + RUN_AXE.replace(
        "MODE", AS_PRINTED if mode == "print" else "")
    options = (*MODES[mode], "--virtual-time-budget=20000")
    if mode == "narrow":
        # In the frame, where it is a phone's page.
        inner = text.replace("</body>", script + "</body>")
        text = framed(browser, inner) + "</body>"
        script = """<script>
            setInterval(() => { const t = document.querySelector(
                "iframe").contentDocument.title;
              if (t.startsWith("AXE")) document.title = t; }, 50);
            </script>"""
        options += ("--allow-file-access-from-files",
                    "--window-size=600,900")
    found = page_test.run_in_copy(browser, text, script, "AXE", *options)
    return ["axe did not run"] if found is None else found


def axe_source():
    for path in filter(None, (os.environ.get("AXE_CORE"), *AXE)):
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as f:
                # The page's own end is looked for in the text.
                return f.read().replace("</", "<\\/")
    return None


def check(browser, path, axe):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    yield from phone(browser, text)
    yield from sheets(browser, path)
    if "code class=\"copy\"" in text:
        yield from copies(browser, text)
    if axe:
        for mode in MODES:
            for problem in violations(browser, axe, text, mode):
                yield f"{mode}: {problem}"


def self_test(browser, path, axe):
    """Each check finds what it is for."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    long = text.replace("</main>", "<div style='height:9000px'></div></main>")
    broken = os.path.join(browser.folder, "broken.html")
    with open(broken, "w", encoding="utf-8") as f:
        f.write(long)
    found = {"phone": list(phone(browser, long)),
             "sheets": list(sheets(browser, broken)),
             "copy": copies(browser, text.replace("code.textContent",
                                                  "'another'", 1))}
    if axe:
        bad = text.replace("<main>", "<main><p style='color:#ddd;background:"
                           "#fff'>pale</p><button></button>")
        for mode in MODES:
            found[mode] = violations(browser, axe, bad, mode)
    return [f"self-test: {name} was not found"
            for name, problems in found.items()
            if not problems or "could not" in problems[0]
            or "did not run" in problems[0]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--source", required=True)
    args = parser.parse_args()
    program = next(filter(None, map(shutil.which, page_test.BROWSERS)), None)
    if program is None:
        a.skip("no Chromium")
    a.need_analyze(args.lostsyn)
    axe = axe_source()
    if axe is None:
        print("skipped: axe-core (AXE_CORE names no axe.min.js)")
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        browser = page_test.Browser(program, folder)
        for case in CASES:
            out = os.path.join(folder, case)
            a.analyze(args.lostsyn, "-q", "-o", out, os.path.join(
                os.path.abspath(args.source), "samples/cases", case))
            path = os.path.join(out, "report.html")
            print(case)
            problems += [f"{case}: {html.unescape(p)}"
                         for p in check(browser, path, axe)]
        problems += all_phones(browser, args.lostsyn, os.path.join(
            os.path.abspath(args.source), "samples/cases"))
        problems += self_test(browser, os.path.join(
            folder, "server-conntrack-full/report.html"), axe)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
