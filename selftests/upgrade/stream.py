#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A TCP stream that goes on until it is told to stop.

stream.py ADDRESS PORT PROGRESS

Sends bytes that repeat nowhere, and keeps in the file PROGRESS how many the
other end has acknowledged. On SIGTERM the stream is closed, and what was sent is
told as flow.py does: "BYTES SHA256".
"""
import fcntl
import os
import signal
import socket
import struct
import sys
import termios
from _sha256 import sha256

CHUNK = 8192


def main(address, port, progress):
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    digest = sha256()
    total = 0
    with socket.socket(family, socket.SOCK_STREAM) as stream, open(progress, "w") as tell:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
        stream.connect((address, int(port)))
        stream.settimeout(90)
        while not stopped:
            chunk = os.urandom(CHUNK)
            stream.sendall(chunk)
            digest.update(chunk)
            total += CHUNK
            unsent = fcntl.ioctl(stream, termios.TIOCOUTQ, struct.pack("i", 0))
            tell.seek(0)
            tell.write("%d\n" % (total - struct.unpack("i", unsent)[0]))
            tell.flush()
        stream.shutdown(socket.SHUT_WR)
        # Until the other end has it all and closes.
        stream.recv(1)
    print(total, digest.hexdigest(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
