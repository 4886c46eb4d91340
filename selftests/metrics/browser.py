#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""browser.py DIRECTORY: the status page in headless Chromium, narrow and wide, light and dark.
Pictures go to the directory."""
import http.server
import os
import re
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))

# pylint: disable=wrong-import-position
from suite import Suite, same  # noqa: E402
from client import Server, ask  # noqa: E402
from metrics_lib import CONNECTED, KEYS, UNREACHABLE, Description  # noqa: E402

HEIGHT = 2400


def host():
    """A host with all that a page can have."""
    shown = Description().link("wg0")
    shown.peer(KEYS[1], "web", CONNECTED, 1799999990, (73400320, 9437184, 60000, 9000))
    shown.peer(KEYS[2], "services in the cellar of the old building", UNREACHABLE, 1799990000,
               (5000, 148000, 10, 1000), "unanswered")
    shown.peer(KEYS[3], "", 0, 0, (0, 148, 0, 1), "no-endpoint")
    shown.peer(KEYS[0], "<b>&\u202e M\u00fcller", 0, 1799000000, (1, 1, 1, 1))
    shown.add("reason", "unknown-peer", 12, "handshake").add("reason", "no-peer", 3, "drop")
    shown.add("reason", "unallowed-source", 7, "drop")
    shown.add("forward", "3306:tcp:10.101.0.2", 5, 1799999000)
    shown.add("forward", "8000-8010:udp:[fd00:0:0:1234::5678]:9000", 0, 0)
    received = sent = 0
    for age in range(600, -1, -5):
        received += 5 * (200000 + 150000 * ((age // 40) % 4))
        sent += 5 * (30000 + 90000 * ((age // 90) % 2))
        shown.add("reading", age, received, sent)
    shown.add("was", KEYS[1], 73400320 - 1500000, 9437184 - 200000)
    return shown.link("backup", "down", 0, KEYS[3])


class Pages(http.server.BaseHTTPRequestHandler):
    """Serves a page with the header that the tool sends."""
    page, headers_sent = b"", {}

    def do_GET(self):  # pylint: disable=invalid-name
        """The page, at any path."""
        self.send_response(200)
        for name, value in self.headers_sent.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        """Requests are not reported."""


def browse(width, dark, picture, port):
    """Lines that Chromium prints on its console while it draws the page."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--disable-dev-shm-usage", "--no-first-run", f"--user-data-dir={home}",
             *(["--force-dark-mode", "--blink-settings=preferredColorScheme=0"] if dark else []),
             f"--window-size={width},{HEIGHT}", f"--screenshot={picture}",
             "--enable-logging=stderr", f"http://127.0.0.1:{port}/"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, timeout=200,
            env=dict(os.environ, HOME=home))
    same(done.returncode, 0, done.stderr[-500:])
    same(os.path.getsize(picture) > 10000, True)
    return re.findall(r".*CONSOLE.*", done.stderr)


def drawn(directory, port, width, dark):
    """The page is drawn, and nothing is reported."""
    picture = os.path.join(directory, f"page-{width}{'-dark' if dark else ''}.png")
    same(browse(width, dark, picture, port), [])


def noticed(directory, port):
    """A style sheet that is not the one of the policy would be reported."""
    right = Pages.page
    Pages.page = right.replace(b"<style>", b"<style>/**/")
    try:
        same(len(browse(800, False, os.path.join(directory, "refused.png"), port)) > 0, True)
    finally:
        Pages.page = right


def main():
    """All of it."""
    suite = Suite(kernel=False)
    directory = sys.argv[1]
    with Server() as server:
        _, Pages.headers_sent, _ = ask(server, b"GET / HTTP/1.0\r\n\r\n")
    del Pages.headers_sent["Content-Length"]
    # A page that is read again would never be complete.
    Pages.page = host().page("still", 256)
    pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    port = pages.server_address[1]
    for width in (360, 1400):
        for dark in (False, True):
            suite.case(f"the page is drawn, {width} pixels wide and {'dark' if dark else 'light'}",
                       drawn, directory, port, width, dark)
    suite.case("a style sheet that the policy forbids would be noticed", noticed, directory, port)
    pages.shutdown()
    suite.end()


if __name__ == "__main__":
    main()
