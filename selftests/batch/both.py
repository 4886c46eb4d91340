#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Both ends of transfers between two network namespaces, one after the other.

both.py NETNS_A NETNS_B TRANSFER...

    tcp:FROM:ADDRESS=BYTES                 a stream
    rst:FROM:ADDRESS=BYTES                 a stream that its sender cuts off
    udp:FROM:ADDRESS=SIZE,COUNT,PER_CALL   datagrams, the kernel cuts them

FROM is a or b, ADDRESS the other side's. A stream has to arrive byte for byte
and both ends have to see it end as it did; datagrams have to arrive each with
its length, in order. What failed is said, and the status is 1.

One process for both ends, as starting an interpreter takes an emulated guest
longer than most transfers.
"""
import ctypes
import os
import socket
import struct
import sys
import threading
import time

try:
    # The whole of hashlib takes long to load.
    from _sha256 import sha256
except ImportError:
    from hashlib import sha256

PORT = 7001
CHUNK = 1 << 16
CLONE_NEWNET = 0x40000000
UDP_SEGMENT = 103
SO_RCVBUFFORCE = 33
DEADLINE = 60

libc = ctypes.CDLL(None, use_errno=True)


def enter(name):
    with open("/run/netns/" + name, encoding="ascii") as ns:
        if libc.setns(ns.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns " + name)


class Reader(threading.Thread):
    """The receiving end: what it got, and how that ended."""

    def __init__(self, sock, work):
        super().__init__(daemon=True)
        self.sock = sock
        self.work = work
        self.result = "nothing"
        self.start()

    def run(self):
        try:
            self.result = self.work(self.sock)
        except OSError as error:
            self.result = "ended with " + type(error).__name__


def read_stream(listener):
    stream, _ = listener.accept()
    digest = sha256()
    total = 0
    stream.settimeout(DEADLINE)
    with stream:
        while True:
            chunk = stream.recv(CHUNK)
            if not chunk:
                break
            digest.update(chunk)
            total += len(chunk)
    return "%d %s" % (total, digest.hexdigest())


def tcp(here, there, address, total, reset=False):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    enter(there)
    listener = socket.create_server((address, PORT), family=family)
    listener.settimeout(DEADLINE)
    enter(here)
    stream = socket.socket(family, socket.SOCK_STREAM)
    stream.settimeout(DEADLINE)
    reader = Reader(listener, read_stream)
    digest = sha256()
    with listener, stream:
        stream.connect((address, PORT))
        data = os.urandom(total)
        stream.sendall(data)
        digest.update(data)
        if reset:
            # Lingering for no time at all makes close send RST.
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                              struct.pack("ii", 1, 0))
        else:
            stream.shutdown(socket.SHUT_WR)
            # The other end closes in turn, and only that.
            if stream.recv(1):
                return "got bytes nobody sent"
        stream.close()
        reader.join(DEADLINE)
    wanted = "%d %s" % (total, digest.hexdigest())
    if reset:
        wanted = "ended with ConnectionResetError"
    if reader.result == wanted:
        return None
    return "received %s, sent %s" % (reader.result, wanted)


def read_dgrams(count):
    def work(sock):
        got = []
        try:
            while len(got) < count:
                got.append(sock.recv(CHUNK))
        except socket.timeout:
            pass
        return got
    return work


def udp(here, there, address, size, count, per_call):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    enter(there)
    sink = socket.socket(family, socket.SOCK_DGRAM)
    sink.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
    sink.bind((address, PORT))
    sink.settimeout(10)
    enter(here)
    source = socket.socket(family, socket.SOCK_DGRAM)
    source.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, size)
    sent = []
    with sink, source:
        reader = Reader(sink, read_dgrams(count))
        source.connect((address, PORT))
        while len(sent) < count:
            now = [os.urandom(size)
                   for _ in range(min(per_call, count - len(sent)))]
            # The last of a call may be shorter.
            now[-1] = now[-1][:max(1, size - len(sent) % 97)]
            source.send(b"".join(now))
            sent += now
            time.sleep(0.002)
        reader.join(DEADLINE)
    got = reader.result
    if got == sent:
        return None
    if sorted(got) == sorted(sent):
        return "all %d datagrams came, in another order" % len(sent)
    return "%d of %d datagrams came, %d of those as they left" % (
        len(got), len(sent), len(set(got) & set(sent)))


def main():
    names = {"a": sys.argv[1], "b": sys.argv[2]}
    failed = False
    for transfer in sys.argv[3:]:
        kind, side, rest = transfer.split(":", 2)
        address, _, numbers = rest.partition("=")
        numbers = [int(word) for word in numbers.split(",")]
        here, there = names[side], names["b" if side == "a" else "a"]
        try:
            if kind == "udp":
                wrong = udp(here, there, address, *numbers)
            else:
                wrong = tcp(here, there, address, *numbers, kind == "rst")
        except OSError as error:
            wrong = "the sender failed: %s" % error
        print(transfer, wrong or "came through", flush=True)
        failed = failed or wrong is not None
    return failed


sys.exit(main())
