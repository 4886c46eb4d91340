#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""live.py TOOL SECRETS KEY KEY KEY: metrics of the links that tunnel.sh made, as a user without
privileges."""
import os
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

# pylint: disable=wrong-import-position
from suite import Suite, same  # noqa: E402
from client import Server, answer, ask, received  # noqa: E402
from metrics_lib import lint, promtool, samples, values  # noqa: E402
from page import Page  # noqa: E402

NOBODY = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
# Root of a user namespace without capabilities, as in an unprivileged container.
CONTAINER = (*NOBODY, "unshare", "-Ur", "setpriv", "--inh-caps=-all", "--bounding-set=-all")
GOOD = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
ODD = 'q"0\\'


class Live:
    """The tool, and what must not be in its output."""

    def __init__(self, tool, secrets, ours, web, silent):
        self.tool = tool
        with open(secrets, encoding="ascii") as file:
            self.secrets = [line.strip().encode() for line in file]
        self.ours, self.web, self.silent = ours, web, silent

    def run(self, *args, who=NOBODY, check=True):
        """The output of `naawg metrics`."""
        done = subprocess.run([*who, self.tool, "metrics", *args], check=False, timeout=100,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if check:
            same((done.returncode, done.stderr), (0, b""))
        self.clean(done.stdout)
        return done.stdout

    def clean(self, data):
        """No secret and no endpoint is in the output."""
        for secret in self.secrets:
            same(secret in data, False, secret[:6])


def states(live, who):
    """States, names, traffic and forwards."""
    page = live.run("all", who=who)
    web, silent = ("t0", live.web), ("t0", live.silent)
    same(values(page, "naawg_up"), {(): 1})
    same(len(values(page, "naawg_module_info")), 1)
    same(len(values(page, "naawg_wireguard_served_info")), 1)
    same(values(page, "naawg_scrape_errors"), {(): 0})
    same(values(page, "naawg_interface_info")[("t0", live.ours, "5001")], 1)
    same(values(page, "naawg_interface_up"), {("t0",): 1, (ODD,): 0, ("t9",): 0})
    same(values(page, "naawg_peers"), {("t0",): 2, (ODD,): 0, ("t9",): 3000})
    names = values(live.run("t0", who=who), "naawg_peer_info")
    same(names, {(*web, "web <b>"): 1, (*silent, "silent"): 1})
    connected = values(page, "naawg_peer_connected")
    same((connected[web], connected[silent]), (1, 0))
    times = values(page, "naawg_peer_last_handshake_timestamp_seconds")
    same(list(times), [web])
    same(abs(times[web] - time.time()) < 1000, True)
    for name in ("receive_bytes", "transmit_bytes", "receive_packets", "transmit_packets"):
        same(values(page, f"naawg_peer_{name}_total")[web] > 0, True)
    same(values(page, "naawg_forward_connections_total"),
         {("t0", "tcp", "3306", "10.101.0.2:3306"): 0})


def reasons(live):
    """Each reason that the tool knows has a sample for each interface, 0 as well."""
    known = subprocess.run([live.tool, "explain", "--json"], stdout=subprocess.PIPE, check=True)
    page = live.run("t0")
    for kind, name in ((b"drop reason", "naawg_drops_total"),
                       (b"handshake reason", "naawg_handshake_failures_total"),
                       (b"counter", "naawg_batch_packets_total")):
        same(len(values(page, name)), known.stdout.count(b'"' + kind + b'"'), name)
    same(0 in values(page, "naawg_drops_total").values(), True)


def lints(live, names):
    """promtool has no complaint."""
    same(lint(live.run("--names", names)), "")


def one(live):
    """One interface alone; one that does not exist is an error for a person."""
    found = {dict(labels).get("interface") for _, labels in samples(live.run(ODD))}
    same(found, {None, ODD})
    page = live.run("none", check=False)
    same(values(page, "naawg_scrape_errors"), {(): 1})


def no_keys(live):
    """The same user sees neither keys nor endpoints elsewhere."""
    for who in (NOBODY, CONTAINER):
        for words in (("show", "t0", "private-key"), ("show", "t0", "endpoints"),
                      ("showconf", "t0"), ("set", "t0", "listen-port", "5099")):
            done = subprocess.run([*who, live.tool, *words], check=False, timeout=60,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            same((done.returncode != 0, b"not permitted" in done.stderr), (True, True), words)
            live.clean(done.stdout + done.stderr)


def topped(live, who):
    """top has the peer, its state and its rates."""
    done = subprocess.run([*who, live.tool, "top", "--batch", "-n", "1", "-d", "0.2", "t0"],
                          check=False, timeout=60, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    same((done.returncode, done.stderr), (0, b""))
    same(b"connected" in done.stdout, True, done.stdout)
    live.clean(done.stdout)


def served(live, who):
    """Metrics and the page over HTTP."""
    with Server(tool=(*who, live.tool)) as server:
        _, _, body = ask(server, GOOD)
        live.clean(body)
        same(values(body, "naawg_peers_connected")[("t0",)], 1)
        _, _, body = ask(server, b"GET / HTTP/1.0\r\n\r\n")
        live.clean(body)
        text = Page(body).text()
        for wanted in ("t0 up", "web <b>", "connected", "silent", "3306/tcp", ODD,
                       "2744 more peers are not shown here."):
            same(wanted in text, True, wanted)


def chart(live):
    """A server reads the state by itself, so the page has rates and a chart soon."""
    with Server("t0", tool=(live.tool,)) as server:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            page = Page(ask(server, b"GET / HTTP/1.0\r\n\r\n")[2])
            if page.all("svg"):
                break
            time.sleep(1)
        same(len(page.all("svg")), 1)
        same("B/s" in page.text(), True)


def stubborn(live):
    """A client that does not read a long page is left, and others are served meanwhile."""
    with Server(tool=(live.tool,)) as server, server.connect() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.sendall(GOOD)
        same(len(ask(server, GOOD)[2]) > 1000000, True)
        server.idle()
        data = received_or_reset(sock)
        same(b"Content-Length" in data and len(data) < 6000000, True)


def received_or_reset(sock):
    """All bytes that still come."""
    data = b""
    try:
        while got := sock.recv(65536):
            data += got
    except ConnectionError:
        pass
    return data


def whole(live):
    """The length in the header is that of a long page, over a slow connection too."""
    with Server(tool=(live.tool,)) as server, server.connect() as sock:
        sock.sendall(GOOD)
        data = b""
        for _ in range(20):
            data += sock.recv(10000)
            time.sleep(0.02)
        status, _, body = answer(data + received(sock))
        same((status, len(values(body, "naawg_peer_connected"))), (200, 3002))


def textfile(live):
    """The file is replaced at once: a reader sees a whole page at any time."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "naawg.prom")
        live.run("--textfile", path, who=())
        same(stat.S_IMODE(os.stat(path).st_mode), 0o644)
        stop, seen = threading.Event(), []

        def look():
            while not stop.is_set():
                with open(path, "rb") as file:
                    seen.append(len(values(file.read(), "naawg_peer_connected")))

        reader = threading.Thread(target=look)
        reader.start()
        inodes = set()
        for _ in range(10):
            live.run("--textfile", path, who=())
            inodes.add(os.stat(path).st_ino)
        stop.set()
        reader.join()
        same((set(seen), len(inodes) > 1), ({3002}, True))
        same(os.listdir(directory), ["naawg.prom"])


def textfile_fails(live):
    """Where the file cannot be replaced, the old one stays and the exit status tells it."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "naawg.prom")
        with open(path, "w", encoding="ascii") as file:
            file.write("old\n")
        os.chmod(directory, 0o755)
        done = subprocess.run([*NOBODY, live.tool, "metrics", "--textfile", path], check=False,
                              stderr=subprocess.PIPE, text=True, timeout=60)
        same((done.returncode, "cannot write" in done.stderr), (1, True))
        with open(path, encoding="ascii") as file:
            same(file.read(), "old\n")


def main():
    """All of it."""
    suite = Suite(kernel=False)
    live = Live(*sys.argv[1:])
    for user, who in (("nobody", NOBODY), ("an unprivileged container", CONTAINER)):
        suite.case(f"{user} gets states, names, traffic and forwards", states, live, who)
        suite.case(f"{user} serves metrics and the page", served, live, who)
        suite.case(f"{user} sees the peers in top", topped, live, who)
    suite.case("each reason and counter has a sample", reasons, live)
    for names in ("naawg", "mdlayher", "mindflavor"):
        sentence = f"promtool has no complaint about {names}"
        if promtool():
            suite.case(sentence, lints, live, names)
        else:
            suite.skip(sentence, "no promtool: selftests/deps.sh monitoring")
    suite.case("one interface can be named", one, live)
    suite.case("keys and endpoints stay closed to the same users", no_keys, live)
    suite.case("a server collects readings for the chart", chart, live)
    suite.case("a client that does not read a long page is left", stubborn, live)
    suite.case("a long page arrives whole", whole, live)
    suite.case("the textfile is replaced at once", textfile, live)
    suite.case("a textfile that cannot be replaced stays", textfile_fails, live)
    suite.end()


if __name__ == "__main__":
    main()
