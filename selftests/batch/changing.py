# SPDX-License-Identifier: GPL-2.0
"""changing.py NETNS_A NETNS_B: a sender on the first CPU goes on from the second.

The first CPU cannot decrypt its packets of tunnel t0 meanwhile. Prints which datagrams
were received before it could, and which in the end.
"""
import os
import socket
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

# pylint: disable=wrong-import-position
from one_cpu import DEADLINE, TO, meanwhile, pin_queues, run_on, udp  # noqa: E402


def hear(sock, seconds, count):
    """COUNT datagrams, or those that come in that many seconds."""
    heard = b""
    end = time.monotonic() + seconds
    while len(heard) < count and time.monotonic() < end:
        sock.settimeout(max(end - time.monotonic(), 0.01))
        try:
            heard += sock.recv(100)
        except socket.timeout:
            pass
    return heard


def main():
    here, there = sys.argv[1:]
    sink = udp(there)
    sink.bind(TO)
    source = udp(here)

    def send():
        run_on(0, 11)
        source.sendto(b"1", TO)
        run_on(1, 11)
        source.sendto(b"2", TO)
        run_on(1, 0)
        return hear(sink, 0.5, 2)

    def listen(early):
        return early, hear(sink, DEADLINE, 2 - len(early))

    pin_queues(source, sink)
    early, late = meanwhile(send, listen)
    print(f"early {early.decode()}, late {late.decode()}")


main()
