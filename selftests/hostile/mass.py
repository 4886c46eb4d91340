# SPDX-License-Identifier: GPL-2.0
"""Datagrams by the thousand, from as many addresses as one likes, and a peer
that notices whether it loses anything by that.

One call sends a GSO packet of many datagrams, which the kernel cuts, so that a
flood is one even where all is emulated. Sources are addresses of 127/8, which
are all ours, or under fd99::/64; what comes back to any of them is counted.
"""
import mmap
import os
import signal
import socket
import struct
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "wire"))

# pylint: disable=wrong-import-position
from bench import run, same  # noqa: E402
from peer import INITIATION, with_macs  # noqa: E402

UDP_SEGMENT = 103
IP_PKTINFO = 8
SO_RCVBUFFORCE = 33
IPV6_FREEBIND = 78
A_CALL = 64		# the kernel cuts at most so many out of one call


class Mass:
    """A socket that sends from many addresses and receives the answers to all."""

    def __init__(self, bench, six=False):
        self.six = six
        self.sock = socket.socket(socket.AF_INET6 if six else socket.AF_INET,
                                  socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 25)
        self.sock.bind(("::" if six else "0.0.0.0", 0))
        self.sock.setblocking(False)
        self.to = ("::1" if six else "127.0.0.1", bench.port)
        self.messages = self.bytes = 0		# sent
        self.answers = self.answer_bytes = 0
        self.kinds = set()
        if six:
            self.sock.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
            run("ip", "-6", "route", "replace", "local", "fd99::/64",
                "dev", "lo")

    def source(self, number):
        """Control data that gives a message this source address."""
        if self.six:
            address = socket.inet_pton(socket.AF_INET6, f"fd99::{number:x}")
            return [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO,
                     address + struct.pack("I", 0))]
        address = struct.pack("!I", (127 << 24) + 0x10000 + number)
        return [(socket.IPPROTO_IP, IP_PKTINFO,
                 struct.pack("I", 0) + address + bytes(4))]

    def send(self, messages, source=None):
        """Send messages of one length, many with one call."""
        size = len(messages[0])
        # a GSO packet is no larger than an IP packet
        a_call = max(1, min(A_CALL, 60000 // size))
        for start in range(0, len(messages), a_call):
            part = messages[start:start + a_call]
            more = self.source(source) if source is not None else []
            if len(part) > 1:
                more = more + [(socket.IPPROTO_UDP, UDP_SEGMENT,
                                struct.pack("H", size))]
            while True:
                try:
                    self.sock.sendmsg([b"".join(part)], more, 0, self.to)
                    break
                except BlockingIOError:
                    time.sleep(0.01)
            self.messages += len(part)
            self.bytes += size * len(part)
        self.hear()

    def hear(self):
        """Count the answers."""
        while True:
            try:
                answer = self.sock.recv(1 << 16)
            except (BlockingIOError, ConnectionRefusedError):
                return
            self.answers += 1
            self.answer_bytes += len(answer)
            self.kinds.add(answer[0] if answer else None)

    def settled(self):
        """Wait until no answer comes for a second."""
        while True:
            before = self.answers
            time.sleep(1)
            self.hear()
            if self.answers == before:
                return self


class Flood:
    """A process that sends what DEED(mass) sends again and again. In the end
    its sums are those of the mass it was given."""

    FIELDS = ("messages", "bytes", "answers", "answer_bytes")

    def __init__(self, mass, deed, pause=0.02):
        self.mass = mass
        self.deed = deed
        self.pause = pause
        self.sums = mmap.mmap(-1, 64)
        self.pid = 0

    def __enter__(self):
        self.pid = os.fork()
        if not self.pid:
            try:
                self.run()
            finally:
                os._exit(1)
        return self

    def run(self):
        """Run until killed; the numbers are noted after each round."""
        going = [True]
        signal.signal(signal.SIGTERM, lambda *_: going.clear())
        while going:
            self.deed(self.mass)
            self.note()
            # Leave time for other processes.
            time.sleep(self.pause)
        os._exit(0)

    def note(self):
        """Write the numbers for the parent."""
        self.sums[:40] = struct.pack(
            "5Q", *(getattr(self.mass, name) for name in self.FIELDS),
            sum(1 << kind for kind in self.mass.kinds if kind is not None))

    def sent(self):
        """The number of messages so far."""
        return struct.unpack("5Q", self.sums[:40])[0]

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGTERM)
        status = os.waitpid(self.pid, 0)[1]
        *sums, kinds = struct.unpack("5Q", self.sums[:40])
        for name, value in zip(self.FIELDS, sums):
            setattr(self.mass, name, value)
        self.mass.kinds |= {kind for kind in range(64) if kinds >> kind & 1}
        # The socket is shared, so late answers arrive here.
        self.mass.settled()
        same(status, 0, "the flood ended on its own,")


def noise_initiations(bench, count=A_CALL):
    """Initiations of noise whose mac1 holds: whoever knows a public key can
    make as many as he likes."""
    return [with_macs(struct.pack("<II", INITIATION, number + 1)
                      + os.urandom(140), bench.identity.public)
            for number in range(count)]


def no_more_than_asked(mass):
    """There is no answer without a message, and it is no larger."""
    assert mass.messages, "nothing was sent"
    assert mass.answers <= mass.messages, (mass.answers, mass.messages)
    assert mass.answer_bytes <= mass.bytes, (mass.answer_bytes, mass.bytes)


def undisturbed(peer, echoes=150):
    """Each echo request gets its reply, without a repetition."""
    for _ in range(echoes):
        peer.works()


def unreclaimable():
    """The kernel's own memory in kB, which includes queued messages."""
    with open("/proc/meminfo", encoding="ascii") as file:
        for line in file:
            if line.startswith("SUnreclaim:"):
                return int(line.split()[1])
    raise AssertionError("no SUnreclaim in /proc/meminfo")
