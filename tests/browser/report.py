#!/usr/bin/env python3
"""The report's page in headless Chromium.

Pages: the golden of the fixture (hostile names and texts) and real cases. Each
is opened as it is, and must make no request and report no error on the console.
It has no script, and its policy must stop one that was smuggled in. A copy with a
measuring script then tells whether anything is cut off, overlaps or sticks out,
in a wide and in a narrow window. Contrast is computed from the style sheet.

Every check is also tried on a page that is broken on purpose.
"""
import argparse
import html
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402

CASES = ("three-vantages", "copies-fare-differently", "server-only",
         "rejected-by-icmp", "clean")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
TIMEOUT_S = 60

# Runs in a copy of the page; its findings go to the title.
MEASURE = """
<script>
const out = [];
const wide = document.documentElement.scrollWidth;
if (wide > innerWidth + 1) out.push("page is " + wide + " wide in " + innerWidth);
for (const d of document.querySelectorAll("details")) d.open = true;
for (const svg of document.querySelectorAll("svg[viewBox]")) {
  const v = svg.viewBox.baseVal;
  const name = svg.getAttribute("class") + " " +
    (svg.getAttribute("aria-label") || "");
  const boxes = [];
  for (const t of svg.querySelectorAll("text")) {
    const b = t.getBBox();
    const s = t.firstChild ? t.firstChild.nodeValue : "";
    if (!s) continue;
    if (b.x < -3 || b.y < -3 || b.x + b.width > v.width + 3 ||
        b.y + b.height > v.height + 3)
      out.push(name + ": '" + s + "' sticks out");
    for (const [o, os] of boxes)
      if (b.x + 1 < o.x + o.width && o.x + 1 < b.x + b.width &&
          b.y + 3 < o.y + o.height && o.y + 3 < b.y + b.height)
        out.push(name + ": '" + s + "' overlaps '" + os + "'");
    boxes.push([b, s]);
  }
}
document.title = "MEASURED " + JSON.stringify(out.slice(0, 20));
</script>
"""

PAIRS = [  # text on background: WCAG 2.2, 1.4.3
    ("ink", "bg", 4.5), ("ink", "card", 4.5), ("faint", "bg", 4.5),
    ("faint", "card", 4.5), ("link", "bg", 4.5), ("link", "card", 4.5),
    ("ink", "code", 4.5), ("bg", "ink", 4.5), ("bad", "bg", 4.5),
    ("bad", "card", 4.5), ("bad", "bad-bg", 4.5), ("unsure", "bg", 4.5),
    ("unsure", "card", 4.5), ("unsure", "unsure-bg", 4.5),
    ("fine", "fine-bg", 4.5),
    # Graphical objects: 1.4.11
    ("done", "bg", 3), ("slow", "bg", 3),
]


ADDRESS = re.compile(r'"url":"((?!file:|data:|chrome)[^"]+)"')
# What Chromium asks for on any page, an empty one too.
OWN = re.compile(r"https?://[a-z0-9.]*\.google(apis)?\.com/")


class Browser:
    def __init__(self, program, folder):
        self.program = program
        self.folder = folder

    def start(self, page, *arguments):
        return subprocess.run(
            [self.program, "--headless", "--no-sandbox", "--disable-gpu",
             "--disable-quic", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update",
             # Nothing of the browser's own may leave the machine either.
             "--host-resolver-rules=MAP * ~NOTFOUND",
             "--user-data-dir=" + os.path.join(self.folder, "profile"),
             *arguments, "file://" + page],
            capture_output=True, text=True, errors="replace",
            timeout=TIMEOUT_S, stdin=subprocess.DEVNULL)

    def run(self, page, *arguments):
        """(document after loading, console, addresses asked for)."""
        log = os.path.join(self.folder, "net.json")
        done = self.start(page, *arguments, "--dump-dom",
                          "--enable-logging=stderr", f"--log-net-log={log}")
        console = [line for line in done.stderr.splitlines()
                   if ":CONSOLE" in line]
        with open(log, encoding="utf-8", errors="replace") as f:
            asked = {address for address in ADDRESS.findall(f.read())
                     if not OWN.match(address)}
        return done.stdout, console, asked


class Labels(html.parser.HTMLParser):
    """What a page must say to those who do not see it."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.ids = []
        self.level = 0
        self.refs = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        self.refs += attrs.get("aria-labelledby", "").split()
        self.refs += [attrs[k][1:] for k in ("href",)
                      if attrs.get(k, "").startswith("#")]
        named = "aria-label" in attrs or "aria-labelledby" in attrs
        if tag == "svg" and not named and attrs.get("aria-hidden") != "true":
            self.found.append("an svg without a name")
        if attrs.get("tabindex") == "0" and not named:
            self.found.append("a focusable region without a name")
        if tag == "th" and "scope" not in attrs:
            self.found.append("a th without scope")
        if tag == "html" and not attrs.get("lang"):
            self.found.append("no language")
        if tag in ("script", "img", "iframe", "link", "object", "embed"):
            self.found.append("a " + tag)
        if any(k.startswith("on") for k in attrs):
            self.found.append("an event handler")
        if re.fullmatch("h[1-6]", tag):
            if int(tag[1]) > self.level + 1:
                self.found.append(f"{tag} after h{self.level}")
            self.level = int(tag[1])

    def problems(self):
        yield from sorted(set(self.found))
        for i in sorted({i for i in self.ids if self.ids.count(i) > 1}):
            yield f"two elements are #{i}"
        for ref in sorted(set(self.refs) - set(self.ids)):
            yield f"nothing is #{ref}"


def labels(text):
    parser = Labels()
    parser.feed(text)
    return list(parser.problems())


def luminance(colour):
    if len(colour) == 4:
        colour = "#" + "".join(c * 2 for c in colour[1:])
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    lin = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
           for c in parts]
    return 0.2126 * lin[0] + 0.7152 * lin[1] + 0.0722 * lin[2]


def contrast(text):
    palettes = re.findall(r":root\{([^}]*)\}", text)
    if len(palettes) != 3:
        yield f"{len(palettes)} palettes, expected light, dark and print"
    for name, palette in zip(("light", "dark", "print"), palettes):
        colours = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]+)", palette))
        for front, back, least in PAIRS:
            pair = [luminance(colours[front]), luminance(colours[back])]
            ratio = (max(pair) + 0.05) / (min(pair) + 0.05)
            if ratio < least:
                yield f"{name}: {front} on {back} is {ratio:.2f} to 1"


def measure(browser, text, window, *arguments):
    copy = os.path.join(browser.folder, "measured.html")
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    with open(copy, "w", encoding="utf-8") as f:
        f.write(text.replace("</body>", MEASURE + "</body>"))
    dom, _, _ = browser.run(copy, f"--window-size={window}", *arguments)
    title = re.search(r"<title>MEASURED (.*?)</title>", dom, re.S)
    if not title:
        return ["the page could not be measured"]
    return [f"{window}: {p}"
            for p in json.loads(html.unescape(title.group(1)))]


def with_script(browser, text):
    """The title of the page with a script smuggled in."""
    copy = os.path.join(browser.folder, "script.html")
    with open(copy, "w", encoding="utf-8") as f:
        f.write(text.replace("<main>", "<main><script>document.title = 'RA' + "
                             "'N'</script><b onfocus=\"document.title = 'RA' "
                             "+ 'N'\" tabindex=0 autofocus>x</b>"))
    dom, _, _ = browser.run(copy)
    return re.search("<title>(.*?)</title>", dom, re.S).group(1)


def check(browser, path):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    found = labels(text) + list(contrast(text))
    _, console, asked = browser.run(path)
    found += [f"console: {line}" for line in console]
    found += [f"asked for {address}" for address in asked]
    if "RAN" in with_script(browser, text):
        found.append("a script that was smuggled in has run")
    found += measure(browser, text, "1200,900")
    found += measure(browser, text, "390,800")
    return found


def self_test(browser, good):
    """Each kind of check finds what it is for."""
    with open(good, encoding="utf-8") as f:
        text = f.read()
    broken = [
        ("label", labels(text.replace(' aria-label="Segments', ' x="'))),
        ("heading", labels(text.replace("<h2", "<h4").replace("</h2", "</h4"))),
        ("contrast", list(contrast(text.replace("--ink:#1c1e22", "--ink:#bbb")))),
        ("overlap", measure(browser, text.replace(
            '</svg>', '<text x="60" y="20">one</text><text x="62" y="21">two'
            '</text></svg>', 1), "1200,900")),
        ("too wide", measure(browser, text.replace(
            "<main>", '<main><div style="width:3000px">x</div>'), "1200,900")),
    ]
    path = os.path.join(browser.folder, "broken.html")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace("<main>", '<main><img src="http://192.0.2.1/x">'))
    _, console, _ = browser.run(path)
    broken.append(("console", console))
    with open(path, "w", encoding="utf-8") as f:
        f.write(re.sub("<meta http-equiv[^>]*>", "", text).replace(
            "<main>", '<main><img src="http://192.0.2.1/x">'))
    broken.append(("request", browser.run(path)[2]))
    broken.append(("script", "RAN" in with_script(browser, re.sub(
        "<meta http-equiv[^>]*>", "", text))))
    return [f"self-test: {name} was not found"
            for name, found in broken if not found]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--source", required=True)
    args = parser.parse_args()
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        a.skip("no Chromium")
    a.need_analyze(args.lostsyn)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(program, folder)
        golden = os.path.join(args.source, "tests/golden/report/report.html")
        pages = [("fixture", golden)]
        for case in CASES:
            out = os.path.join(folder, case)
            a.analyze(args.lostsyn, "-q", "-o", out,
                      os.path.join(args.source, "samples/cases", case))
            pages.append((case, os.path.join(out, "report.html")))
        for name, path in pages:
            for problem in check(browser, path):
                print(f"{name}: {problem}")
                failed = True
        for problem in self_test(browser, golden):
            print(problem)
            failed = True
    if not failed:
        print(f"{len(pages)} pages, nothing to complain about")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
