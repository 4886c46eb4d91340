# SPDX-License-Identifier: GPL-2.0
"""A running `naawg metrics --listen`, and answers of it."""
import glob
import re
import socket
import subprocess
import time

from metrics_lib import TOOL
from suite import same

# The process that serves a request ends after this many seconds at the latest.
LIMIT = 18


class Server:
    """A running --listen."""

    def __init__(self, *args, where="127.0.0.1:0", tool=(TOOL,)):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen([*tool, "metrics", "--listen", where, *args],
                                        stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        self.port = int(re.search(r":(\d+)/$", line.strip()).group(1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stderr.close()

    def connect(self, host="127.0.0.1"):
        """A connection."""
        return socket.create_connection((host, self.port), 30)

    def children(self):
        """How many requests are served at the moment. Not each kernel lists the children of a
        process, so this looks at all processes."""
        count = 0
        for path in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(path, encoding="ascii", errors="replace") as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            count += parent == self.process.pid
        return count

    def idle(self):
        """Wait until no request is served."""
        end = time.monotonic() + LIMIT + 30
        while self.children():
            same(time.monotonic() < end, True, "a request is still served:")
            time.sleep(0.05)


def received(sock):
    """All bytes until the other side ends; a reset is an error."""
    data = b""
    while True:
        got = sock.recv(65536)
        if not got:
            return data
        data += got


def answer(data, head=False):
    """Status, headers and body; the length has to be that of the body."""
    first, _, rest = data.partition(b"\r\n")
    header, _, body = rest.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in header.decode().split("\r\n"))
    same(len(body), 0 if head else int(headers["Content-Length"]))
    match = re.fullmatch(rb"HTTP/1\.1 (\d{3}) [A-Za-z ]+", first)
    return int(match.group(1)), headers, body


def ask(server, request, head=False):
    """The answer to the bytes of a request."""
    with server.connect() as sock:
        sock.sendall(request)
        return answer(received(sock), head)
