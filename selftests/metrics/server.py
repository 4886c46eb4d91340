#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""`naawg metrics` over HTTP, without a kernel module: requests that are right, wrong, hostile,
slow and many."""
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

# pylint: disable=wrong-import-position
from suite import Suite, same  # noqa: E402
from client import LIMIT, Server, answer, ask, received  # noqa: E402
from metrics_lib import PROBE, TOOL, samples  # noqa: E402

GOOD = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"


def pages(server):
    """Both pages, over both versions."""
    for version in (b"HTTP/1.0\r\n\r\n", b"HTTP/1.1\r\nHost: localhost\r\n\r\n"):
        status, headers, body = ask(server, b"GET /metrics " + version)
        same((status, headers["Content-Type"]),
             (200, "text/plain; version=0.0.4; charset=utf-8"))
        same(("naawg_scrape_errors", ()) in samples(body), True)
        status, headers, body = ask(server, b"GET / " + version)
        same((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        same(body.endswith(b"</html>\n"), True)
    same(b"http-equiv" in ask(server, b"GET /?still HTTP/1.0\r\n\r\n")[2], False)
    same(b"http-equiv" in ask(server, b"GET /?other HTTP/1.0\r\n\r\n")[2], True)


def security(server):
    """Headers that forbid scripts, guesses and copies; the style sheet is allowed by its hash."""
    for path in (b"/", b"/metrics", b"/none"):
        _, headers, _ = ask(server, b"GET " + path + b" HTTP/1.0\r\n\r\n")
        policy = dict(part.split(" ", 1) for part in
                      headers["Content-Security-Policy"].split("; "))
        same(policy["default-src"], "'none'")
        same(re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", policy["style-src"]) is not None, True)
        same(headers["X-Content-Type-Options"], "nosniff")
        same(headers["Cache-Control"], "no-store")
        same(headers["Connection"], "close")


def heads(server):
    """HEAD has the header of GET and no body."""
    for path in (b"/", b"/metrics"):
        request = path + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
        status, headers, _ = ask(server, b"HEAD " + request, head=True)
        same(status, 200)
        _, others, _ = ask(server, b"GET " + request)
        # The page has the time of day in it, of which the number of digits may change.
        same(abs(int(headers["Content-Length"]) - int(others["Content-Length"])) < 100, True)
    same(ask(server, b"HEAD /none HTTP/1.0\r\n\r\n", head=True)[0], 404)


WRONG = [
    (b"POST /metrics HTTP/1.0\r\n\r\n", 405),
    (b"DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    (b"get /metrics HTTP/1.0\r\n\r\n", 405),
    (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    (b"POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc", 405),
    (b"GET /none HTTP/1.0\r\n\r\n", 404),
    (b"GET /metrics/ HTTP/1.0\r\n\r\n", 404),
    (b"GET /../../etc/passwd HTTP/1.0\r\n\r\n", 404),
    (b"GET /%2e%2e/etc/passwd HTTP/1.0\r\n\r\n", 404),
    (b"GET //metrics HTTP/1.0\r\n\r\n", 404),
    (b"GET /metrics%00 HTTP/1.0\r\n\r\n", 404),
    (b"GET http://x/none HTTP/1.0\r\n\r\n", 404),
    (b"GET / HTTP/2.0\r\n\r\n", 505),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    (b"GET / HTTP/0.9\r\n\r\n", 505),
    (b"GET /\r\n\r\n", 400),
    (b"GET  / HTTP/1.0\r\n\r\n", 400),
    (b"GET / HTTP/1.0 \r\n\r\n", 400),
    (b"GET / HTTP/1.x\r\n\r\n", 400),
    (b"GET / http/1.1\r\n\r\n", 400),
    (b"GET metrics HTTP/1.0\r\n\r\n", 400),
    (b"GET /a\x00b HTTP/1.0\r\n\r\n", 400),
    (b"GET /\xff HTTP/1.0\r\n\r\n", 400),
    (b"G\x01T / HTTP/1.0\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: y\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\na: \x00\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: \r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello", 413),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 413),
    (b"GET /" + b"a" * 9000, 414),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\na: " + b"b" * 9000, 431),
    (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 2000, 431),
    (b"\r\n" * 5000, 414),
    (bytes(range(256)) * 40, 400),
]


def ask_again(server, request):
    """The answer, once fewer processes than the bound still end their connections."""
    for _ in range(100):
        answer = ask(server, request)
        if answer[0] != 503:
            break
        time.sleep(0.1)
    return answer


def wrong(server):
    """Each wrong request has its status, and 405 tells the methods."""
    for request, wanted in WRONG:
        status, headers, _ = ask_again(server, request)
        if request[:1] == b"\x00":
            same(status in (400, 414, 431), True)
            continue
        same(status, wanted, request[:60])
        same("Allow" in headers, wanted == 405)


def odd(server):
    """Requests that are unusual, but right."""
    for request in (b"\r\nGET /metrics HTTP/1.0\r\n\r\n", b"GET /metrics HTTP/1.0\n\n",
                    b"GET http://x:9586/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
                    b"GET HTTP://x HTTP/1.1\r\nHost: localhost\r\n\r\n",
                    b"GET /metrics?a=b HTTP/1.1\r\nhOsT:localhost\r\nContent-Length: 0\r\n\r\n",
                    b"GET /metrics HTTP/1.9\r\nHost: localhost\r\n\r\n"):
        same(ask_again(server, request)[0], 200, request)


def rebound(server):
    """A web page whose name got the address of this host reads nothing."""
    for host in (b"evil.example", b"evil.example:9586", b"127.0.0.1.evil.example", b"[::2]",
                 b"192.0.2.1", b"localhost.evil", b"x" * 300):
        for path in (b"/", b"/metrics"):
            status, _, body = ask_again(server, b"GET " + path + b" HTTP/1.1\r\nHost: "
                                        + host + b"\r\n\r\n")
            same((status, b"naawg_" in body), (421, False), host)
    for host in (b"127.0.0.1:9586", b"127.9.9.9", b"localhost:1", b"LOCALHOST", b"[::1]:9586",
                 socket.gethostname().encode()):
        same(ask_again(server, b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")[0], 200, host)


def parser():
    """Each beginning of a request is read further or refused, without a fault of memory."""
    texts = [request for request, _ in WRONG if len(request) < 200] + [GOOD, b"", b"\n", b"\r"]
    for text in texts:
        for length in range(0, len(text) + 1, 5):
            done = subprocess.run([PROBE, "request"], input=text[:length], check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
            same((done.returncode, done.stderr), (0, b""), text[:length])


def pipelined(server):
    """Only the first request counts; bytes behind it do no harm."""
    with server.connect() as sock:
        sock.sendall(GOOD + b"GET /none HTTP/1.1\r\n\r\n" + os.urandom(100000))
        status, _, body = answer(received(sock))
    same((status, b"naawg_up" in body), (200, True))


def slow(server):
    """A client that sends a byte now and then is told that this takes too long."""
    begin = time.monotonic()
    with server.connect() as sock:
        try:
            for byte in GOOD[:-1] * 9:
                sock.sendall(bytes([byte]))
                sock.settimeout(0.3)
                try:
                    data = sock.recv(65536)
                    break
                except TimeoutError:
                    sock.settimeout(30)
        except ConnectionError:
            data = b""
        sock.settimeout(30)
        data += received(sock)
    same(answer(data)[0], 408)
    same(time.monotonic() - begin < LIMIT + 10, True)


def silent(server):
    """Clients that send nothing, or leave at once, hold nothing for long."""
    with server.connect() as sock:
        same(answer(received(sock))[0], 408)
    for _ in range(20):
        server.connect().close()
    server.idle()


def stubborn(server):
    """A client that does not read its answer is left."""
    with server.connect() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.sendall(GOOD)
        server.idle()


def many(server):
    """Too many connections of one address get 503, and others are served afterwards."""
    held = [server.connect() for _ in range(4)]
    # The server may not have accepted all of them yet.
    end = time.monotonic() + 4
    status = 0
    while status != 503 and time.monotonic() < end:
        status, headers, _ = ask(server, GOOD)
    same((status, "Retry-After" in headers), (503, True))
    with socket.create_connection(("127.0.0.1", server.port), 30,
                                  source_address=("127.0.0.2", 0)) as sock:
        sock.sendall(GOOD)
        same(answer(received(sock))[0], 200)
    for sock in held:
        sock.close()
    server.idle()
    same(ask(server, GOOD)[0], 200)


def flood(server):
    """The number of processes stays bounded, whatever comes."""
    most, stop = 0, threading.Event()

    def knock(n):
        while not stop.is_set():
            try:
                with socket.create_connection(("127.0.0.1", server.port), 5,
                                              source_address=(f"127.0.1.{n}", 0)) as sock:
                    sock.sendall(b"GET /")
                    stop.wait(0.2)
            except OSError:
                pass

    threads = [threading.Thread(target=knock, args=(n,)) for n in range(1, 41)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + 3
    while time.monotonic() < end:
        most = max(most, server.children())
        time.sleep(0.02)
    stop.set()
    for thread in threads:
        thread.join()
    # One more process reads the state for the history.
    same(4 <= most <= 17, True, f"{most} processes")
    server.idle()
    same(ask(server, GOOD)[0], 200)


def activated():
    """--http serves one request on standard input, as a socket of systemd."""
    with tempfile.TemporaryDirectory() as directory:
        for request, wanted in ((GOOD, 200), (b"GET / HTTP/1.0\r\n\r\n", 200),
                                (b"GET /none HTTP/1.0\r\n\r\n", 404)):
            ours, theirs = socket.socketpair()
            with ours, theirs:
                ours.sendall(request)
                done = subprocess.run([TOOL, "metrics", "--http"], stdin=theirs, stdout=theirs,
                                      stderr=subprocess.PIPE, check=False, timeout=30,
                                      env=dict(os.environ, RUNTIME_DIRECTORY=directory))
                theirs.close()
                same((done.returncode, done.stderr), (0, b""))
                same(answer(received(ours))[0], wanted)
        same(os.listdir(directory), ["history"])


def history_is_spoiled():
    """A file of the history with any content is replaced."""
    for content in (b"", b"x", os.urandom(200000), b"\xff" * 200000):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "history")
            with open(path, "wb") as file:
                file.write(content)
            done = subprocess.run([TOOL, "metrics", "--http"], check=False, timeout=30,
                                  input=b"GET / HTTP/1.0\r\n\r\n", stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE,
                                  env=dict(os.environ, RUNTIME_DIRECTORY=directory))
            same((done.returncode, done.stderr), (0, b""))
            same(answer(done.stdout)[0], 200)
            same(os.path.getsize(path) < 300000, True)


def addresses():
    """Other addresses to listen at, and wrong ones."""
    with Server(where="[::1]:0") as server, server.connect("::1") as sock:
        sock.sendall(GOOD)
        same(answer(received(sock))[0], 200)
    with Server(where=":0") as server:
        same(ask(server, GOOD)[0], 200)
    for where in ("127.0.0.1", "::1:80", "localhost:80", "127.0.0.1:", "127.0.0.1:http", "a" * 2000):
        done = subprocess.run([TOOL, "metrics", "--listen", where], check=False, timeout=30,
                              stderr=subprocess.PIPE, text=True)
        same((done.returncode, "ADDRESS:PORT" in done.stderr), (1, True), where)


def arguments():
    """Wrong arguments are refused with the usage."""
    for args in (("--names", "other"), ("--peers-max", "-1"), ("--peers-max", "x"), ("--names",),
                 ("wg0", "wg1"), ("--http", "--textfile", "x"), ("--none",)):
        done = subprocess.run([TOOL, "metrics", *args], check=False, timeout=30,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
        same((done.returncode, done.stdout, done.stderr[:6]), (1, "", "Usage:"), args)


def main():
    """All of it."""
    suite = Suite(kernel=False)
    with Server() as server:
        for sentence, function in (
                ("both pages are served", pages),
                ("each answer has headers for security", security),
                ("HEAD has a header and no body", heads),
                ("a wrong request has the status for it", wrong),
                ("unusual requests are served", odd),
                ("a foreign name with a loopback address is refused", rebound),
                ("bytes behind the request do no harm", pipelined),
                ("a slow client is sent away", slow),
                ("a silent client is sent away", silent),
                ("a client that does not read is left", stubborn),
                ("too many connections of one address are refused", many),
                ("the number of processes is bounded", flood)):
            suite.case(sentence, function, server)
        suite.report(server.process.poll() is None, "the server still runs")
    suite.report(server.process.returncode == 0, "SIGTERM ends the server",
                 f"it ended with {server.process.returncode}")
    suite.case("a request that was cut is no fault of memory", parser)
    suite.case("a socket of systemd is served", activated)
    suite.case("a spoiled history is replaced", history_is_spoiled)
    suite.case("other addresses can be listened at, wrong ones are refused", addresses)
    suite.case("wrong arguments are refused", arguments)
    suite.end()


if __name__ == "__main__":
    main()
