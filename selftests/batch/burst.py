#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Datagrams of one sendmmsg() between two network namespaces.

burst.py send NETNS_A NETNS_B ADDRESS SNDBUF SIZE...
    Sends datagrams of these sizes with one call, "COUNTxSIZE" for many of one;
    SNDBUF is the size of the sender's buffer, 0 for the default. Each has to
    arrive unchanged and in order.

burst.py hang NETNS_A ADDRESS [COUNT SIZE]
    Sends COUNT datagrams and another one with one call (default: 1 of 100 bytes). The
    last one lies in memory that is never there: prints "hangs" once the call stands
    still behind the others, and stays.

burst.py able
    The status says whether that can be done here.
"""
import ctypes
import fcntl
import mmap
import os
import socket
import struct
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "net"))

# pylint: disable=wrong-import-position
from mmsg import libc, sendmmsg  # noqa: E402
from netns import enter  # noqa: E402

PORT = 7002
SO_SNDBUFFORCE = 32
SO_RCVBUFFORCE = 33
DEADLINE = 20
NR_USERFAULTFD = 323
UFFDIO_API = 0xC018AA3F
UFFDIO_REGISTER = 0xC020AA00
UFFD_API = 0xAA
MISSING = 1


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def sizes_of(words):
    for word in words:
        count, _, size = word.rpartition("x")
        yield from [int(size)] * int(count or 1)


def receive(sink, count, got):
    try:
        while len(got) < count:
            got.append(sink.recv(1 << 16))
    except OSError:
        pass


def send(here, there, address, sndbuf, *words):
    enter(there)
    sink = socket.socket(family_of(address), socket.SOCK_DGRAM)
    sink.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
    sink.bind((address, PORT))
    sink.settimeout(DEADLINE)
    enter(here)
    source = socket.socket(family_of(address), socket.SOCK_DGRAM)
    source.connect((address, PORT))
    if int(sndbuf):
        source.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, int(sndbuf))
    wanted = [os.urandom(size) for size in sizes_of(words)]
    memory = [ctypes.create_string_buffer(data, len(data)) for data in wanted]
    got = []
    reader = threading.Thread(target=receive, args=(sink, len(wanted), got))
    reader.start()
    done = sendmmsg(source, [(ctypes.addressof(piece), len(data)) for
                             piece, data in zip(memory, wanted)])
    reader.join()
    if done != len(wanted):
        sys.exit("sendmmsg took %d of %d" % (done, len(wanted)))
    if got != wanted:
        sys.exit("%d of %d came%s" % (
            len(got), len(wanted),
            ", in another order" if sorted(got) == sorted(wanted) else ""))


def hang(here, address, count="1", size="100"):
    enter(here)
    fault = libc.syscall(NR_USERFAULTFD, 0)
    fcntl.ioctl(fault, UFFDIO_API, struct.pack("QQQ", UFFD_API, 0, 0))
    hole = mmap.mmap(-1, mmap.PAGESIZE)
    base = ctypes.addressof(ctypes.c_char.from_buffer(hole))
    fcntl.ioctl(fault, UFFDIO_REGISTER,
                struct.pack("QQQQ", base, mmap.PAGESIZE, MISSING, 0))
    count, size = int(count), int(size)
    first = ctypes.create_string_buffer(b"x" * size, size)
    sock = socket.socket(family_of(address), socket.SOCK_DGRAM)
    sock.connect((address, PORT))
    sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 1 << 22)

    def call():
        sendmmsg(sock, [(ctypes.addressof(first), size)] * count + [(base, 100)])
    threading.Thread(target=call, daemon=True).start()
    # The kernel reports the fault, which is never resolved.
    os.read(fault, 32)
    print("hangs", flush=True)
    time.sleep(600)


def able():
    sys.exit(libc.syscall(NR_USERFAULTFD, 0) < 0)


{"send": send, "hang": hang, "able": able}[sys.argv[1]](*sys.argv[2:])
