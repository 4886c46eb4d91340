#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Two ends of a transfer; both print one line that describes the content.

flow.py sink tcp|udp ADDRESS PORT COUNT    COUNT datagrams, or 0 for a stream
flow.py source tcp|udp ADDRESS PORT BYTES SIZE

Both end with "BYTES SHA256". For udp the sum is over the sorted datagrams,
as order is not promised; SIZE is the payload of each.
"""
import os
import socket
import sys
import time

try:
    # The whole of hashlib takes longer to load than most transfers here.
    from _sha256 import sha256
except ImportError:
    from hashlib import sha256

CHUNK = 1 << 16


def blocks(total, size):
    """Bytes that never repeat, so that any error shows."""
    while total > 0:
        length = min(size, total)
        yield os.urandom(length)
        total -= length


def tell(chunks):
    digest = sha256()
    total = 0
    for chunk in chunks:
        digest.update(chunk)
        total += len(chunk)
    print(total, digest.hexdigest(), flush=True)


def received(stream):
    while True:
        chunk = stream.recv(CHUNK)
        if not chunk:
            return
        yield chunk


def sink(kind, address, port, count):
    with socket.socket(address[0], kind) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        server.bind((address[1], port))
        if kind == socket.SOCK_DGRAM:
            server.settimeout(20)
            print("ready", flush=True)
            got = []
            try:
                while len(got) < count:
                    got.append(server.recv(1 << 16))
            except socket.timeout:
                print("after", len(got), "datagrams no more came", flush=True)
            tell(sorted(got))
            return
        server.listen(1)
        print("ready", flush=True)
        stream, _ = server.accept()
        with stream:
            tell(received(stream))


def pass_on(stream, chunks):
    for chunk in chunks:
        stream.sendall(chunk)
        yield chunk


def source(kind, address, port, total, size):
    with socket.socket(address[0], kind) as stream:
        stream.settimeout(60)
        stream.connect((address[1], port))
        if kind == socket.SOCK_DGRAM:
            # More at once than the receiver's buffer holds would be lost in
            # it; a pause every few datagrams keeps below that.
            sent = []
            for number, chunk in enumerate(blocks(total, size)):
                stream.send(chunk)
                sent.append(chunk)
                if number % 8 == 7:
                    time.sleep(0.02)
            tell(sorted(sent))
            return
        tell(pass_on(stream, blocks(total, size or CHUNK)))
        stream.shutdown(socket.SHUT_WR)


def main():
    role, proto, host, port, *rest = sys.argv[1:]
    kind = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}[proto]
    address = (socket.AF_INET6 if ":" in host else socket.AF_INET, host)
    numbers = [int(word) for word in rest]
    if role == "sink":
        sink(kind, address, int(port), *numbers)
    else:
        source(kind, address, int(port), *numbers)


main()
