#!/usr/bin/env python3
"""The report's page in headless Firefox: what report.py asks of Chromium.

Firefox is driven over Marionette, the protocol that it brings along: JSON
messages of the form LENGTH:[type, id, name or error, parameters or result] over
TCP. Skipped, visibly, where there is no Firefox.
"""
import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(__file__))
import report  # noqa: E402

a = report.a

BROWSERS = ("firefox-esr", "firefox")
CASES = ("three-vantages", "server-conntrack-full")
START_S = 30
# Scripts in copies without the policy say in the title when they are done; any
# other page is as it stays once it is loaded.
TITLE_S = 30
WORDS = ("MEASURED ", "USED ", "TOOK ")

# Nothing of its own is asked for, and no page of its own is shown.
PREFERENCES = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "marionette.port": 0,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}

MESSAGES = """
return Services.console.getMessageArray()
  .filter(m => m instanceof Ci.nsIScriptError)
  .filter(m => (m.sourceName || "").startsWith("file:"))
  .map(m => m.errorMessage);
"""


class Firefox:
    """What report.py needs of a browser: folder and run()."""

    def __init__(self, program, folder):
        self.folder = folder
        profile = os.path.join(folder, "profile")
        os.mkdir(profile)
        with open(os.path.join(profile, "user.js"), "w",
                  encoding="utf-8") as f:
            for name, value in PREFERENCES.items():
                f.write(f"user_pref({json.dumps(name)}, "
                        f"{json.dumps(value)});\n")
        self.process = subprocess.Popen(
            [program, "--headless", "--no-remote", "--marionette",
             "--remote-allow-system-access", "--profile", profile],
            env={**os.environ, "HOME": folder, "MOZ_HEADLESS": "1"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.at = 0
        self.socket = self.connect(
            os.path.join(profile, "MarionetteActivePort"))
        self.stream = self.socket.makefile("rb")
        self.read()  # who it is
        self.ask("WebDriver:NewSession", {})

    def connect(self, path):
        end = time.monotonic() + START_S
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with open(path, encoding="ascii") as f:
                    return socket.create_connection(
                        ("127.0.0.1", int(f.read())), report.TIMEOUT_S)
            except (OSError, ValueError):
                time.sleep(0.1)
        raise RuntimeError("Firefox does not answer")

    def read(self):
        digits = b""
        while (c := self.stream.read(1)) not in (b":", b""):
            digits += c
        return json.loads(self.stream.read(int(digits)))

    def ask(self, name, parameters):
        self.at += 1
        text = json.dumps([0, self.at, name, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(text), text))
        _, _, error, result = self.read()
        if error:
            raise RuntimeError(f"{name}: {error['message']}")
        return result

    def script(self, text):
        return self.ask("WebDriver:ExecuteScript",
                        {"script": text, "args": []})["value"]

    def in_chrome(self, text):
        self.ask("Marionette:SetContext", {"value": "chrome"})
        value = self.script(text)
        self.ask("Marionette:SetContext", {"value": "content"})
        return value

    def run(self, page, *arguments):
        """(document after loading, console, addresses asked for)."""
        width, height = 1200, 900
        for argument in arguments:
            if argument.startswith("--window-size="):
                width, height = map(int, argument.split("=")[1].split(","))
        self.ask("WebDriver:SetWindowRect",
                 {"width": width, "height": height})
        self.in_chrome("Services.console.reset();")
        self.ask("WebDriver:Navigate", {"url": "file://" + page})
        if self.script("return document.scripts.length > 1 && "
                       "!document.querySelector('meta[http-equiv]')"):
            end = time.monotonic() + TITLE_S
            while time.monotonic() < end and not self.script(
                    "return document.title").startswith(WORDS):
                time.sleep(0.05)
        dom = self.script("return document.documentElement.outerHTML")
        asked = self.script("return performance.getEntriesByType('resource')"
                            ".map(e => e.name)")
        return dom, self.in_chrome(MESSAGES), set(asked)

    def end(self):
        try:
            self.ask("Marionette:Quit", {"flags": ["eForceQuit"]})
        except (OSError, RuntimeError, ValueError):
            pass
        try:
            self.process.wait(START_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def self_test(browser, good):
    """Each kind of check finds what it is for."""
    with open(good, encoding="utf-8") as f:
        text = f.read()
    broken = [
        ("overlap", report.measure(browser, text.replace(
            '</svg>', '<text x="60" y="20">one</text><text x="62" y="21">two'
            '</text></svg>', 1), "1200,900")),
        ("too wide", report.measure(browser, text.replace(
            "<main>", '<main><div style="width:3000px">x</div>'),
            "1200,900")),
        ("filter", report.use(browser, text.replace(
            "d.hidden = !words.every", "d.hidden = false && !words.every"))),
        ("hash", report.controls(browser.run(report.path_of(
            browser, text.replace("'sha256-", "'sha256-x")))[0]) == 0),
        ("console", browser.run(report.path_of(browser, text.replace(
            "<main>", '<main><img src="http://192.0.2.1/x">')))[1]),
    ]
    return [f"self-test: {name} was not found"
            for name, found in broken if not found]


def check_all(args, browser, folder):
    golden = os.path.join(args.source, "tests/golden/report/report.html")
    pages = [("fixture", golden)]
    for case in CASES:
        out = os.path.join(folder, case)
        a.analyze(args.lostsyn, "-q", "-o", out,
                  os.path.join(args.source, "samples/cases", case))
        pages.append((case, os.path.join(out, "report.html")))
    found = [f"{name}: {problem}" for name, path in pages
             for problem in report.check(browser, path)]
    found += [f"10,000 failed attempts: {problem}"
              for problem in report.large(browser, args.page_test)]
    return found + self_test(browser, golden)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--page-test", required=True)
    args = parser.parse_args()
    args.source = os.path.abspath(args.source)
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        a.skip("no Firefox")
    a.need_analyze(args.lostsyn)
    with tempfile.TemporaryDirectory() as folder:
        browser = Firefox(program, folder)
        try:
            found = check_all(args, browser, folder)
        finally:
            browser.end()
    for problem in found:
        print(problem)
    if not found:
        print(f"{1 + len(CASES)} pages, nothing to complain about")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
