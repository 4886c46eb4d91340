# SPDX-License-Identifier: GPL-2.0
"""Asks what answer.py answers.

ask.py {tcp|udp} ADDRESS PORT [BYTES]  print the greeting; check that BYTES come
                                       back as they were sent
ask.py hold ADDRESS PORT FIFO          keep a TCP connection: send every line
                                       that is written to FIFO, print what comes
                                       back

A failure is printed as one word: refused, timeout, unreachable, reset.
"""

import errno
import os
import socket
import sys

WORDS = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.EACCES: "prohibited",
    errno.ETIMEDOUT: "timeout",
}


def connect(proto, address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = socket.SOCK_DGRAM if proto == "udp" else socket.SOCK_STREAM
    sock = socket.socket(family, kind)
    sock.settimeout(8)
    sock.connect((address, int(port)))
    return sock


def pattern(size):
    block = bytes(range(251))
    return (block * (size // len(block) + 1))[:size]


def ask_udp(address, port, size):
    sock = connect("udp", address, port)
    sock.settimeout(3)
    for _ in range(3):
        sock.send(pattern(size))
        try:
            data = sock.recv(65536)
        except socket.timeout:
            continue
        head, _, body = data.partition(b"\n")
        print(head.decode() if body == pattern(size) else "damaged")
        return
    print("timeout")


def ask_tcp(address, port, size):
    sock = connect("tcp", address, port)
    stream = sock.makefile("rb")
    print(stream.readline().decode().strip(), flush=True)
    step = 65536
    data = pattern(size)
    for at in range(0, size, step):
        sock.sendall(data[at:at + step])
        want = data[at:at + step]
        if stream.read(len(want)) != want:
            print("damaged")
            return


def hold(address, port, fifo):
    sock = connect("tcp", address, port)
    stream = sock.makefile("rb")
    print(stream.readline().decode().strip(), flush=True)
    # A writer of its own, so that it never ends when others come and go.
    words = os.fdopen(os.open(fifo, os.O_RDWR), "rb", buffering=0)
    for line in words:
        try:
            sock.sendall(line)
            back = stream.readline().decode().strip()
            print(back or "closed", flush=True)
        except OSError as e:
            print("timeout" if isinstance(e, socket.timeout) else
                  WORDS.get(e.errno, e), flush=True)


def main():
    what, address, port = sys.argv[1:4]
    last = int(sys.argv[4]) if what != "hold" and len(sys.argv) > 4 else 0
    try:
        if what == "hold":
            hold(address, port, sys.argv[4])
        elif what == "udp":
            ask_udp(address, port, last)
        else:
            ask_tcp(address, port, last)
    except socket.timeout:
        print("timeout", flush=True)
    except OSError as e:
        print(WORDS.get(e.errno, e), flush=True)


main()
