# SPDX-License-Identifier: GPL-2.0
"""crowded.py NETNS_A NETNS_B SUPERS SEGMENTS SIZE: more comes to a CPU than may wait
for it.

Says how many datagrams of GSO packets were heard in the end and how many were
dropped since their queue was full.
"""
import os
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

# pylint: disable=wrong-import-position
from one_cpu import DEADLINE, TO, meanwhile, pin_queues, run_on, udp  # noqa: E402

COUNTERS = os.path.join(HERE, "..", "out", "batch", "counters")
UDP_SEGMENT = 103
SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33
ROOM = 1 << 27


def dropped(there):
    """The counter of the receiver's link."""
    return int(subprocess.run(
        ["ip", "netns", "exec", there, COUNTERS, "t0", "queue-full"],
        check=True, capture_output=True, text=True).stdout)


def main():
    here, there = sys.argv[1:3]
    supers, segments, size = map(int, sys.argv[3:])
    sink = udp(there)
    sink.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, ROOM)
    sink.bind(TO)
    source = udp(here)
    source.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, ROOM)
    pin_queues(source, sink)
    source.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, size)

    def send():
        before = dropped(there)
        run_on(0, 11)
        for _ in range(supers):
            source.sendto(bytes(segments * size), TO)
        return before

    def listen(before):
        heard, end = 0, time.monotonic() + DEADLINE
        sink.settimeout(0.2)
        while time.monotonic() < end:
            try:
                sink.recv(size)
                heard += 1
            except socket.timeout:
                if heard + dropped(there) - before == supers * segments:
                    break
        return heard, dropped(there) - before

    heard, lost = meanwhile(send, listen)
    print(f"{heard} of {supers * segments} heard, {lost} dropped")


main()
