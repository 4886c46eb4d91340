# SPDX-License-Identifier: GPL-2.0
"""Files of saved links whose hash is right and whose content makes no sense.

A damaged file is refused by its hash (tool/link.sh). Behind it, the tool must stand any
content: it says what failed, and reads nothing outside of the file.
"""
import hashlib
import os
import random
import socket
import struct
import subprocess

VERBS = ("list", "lost", "hold", "remove", "restore", "finish")
SO_NETNS_COOKIE = 71
RTM_NEWLINK, RTM_NEWADDR, RTM_NEWROUTE, RTM_NEWRULE = 16, 20, 24, 32
DEVICE, FORWARDS, SYSCTL, AWAKE, HOLD = range(0x7000, 0x7005)


def attr(kind, data):
    body = struct.pack("HH", 4 + len(data), kind) + data
    return body + b"\0" * (-len(body) % 4)


def message(kind, tag, payload):
    body = struct.pack("IHHII", 16 + len(payload), kind, 0, tag, 0) + payload
    return body + b"\0" * (-len(body) % 4)


def number(value):
    return struct.pack("I", value)


class Maker:
    """Makes files; the same seed makes the same ones."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            self.cookie = sock.getsockopt(socket.SOL_SOCKET, SO_NETNS_COOKIE, 8)

    def garbled(self, data):
        data = bytearray(data)
        for _ in range(self.random.randrange(4)):
            if data:
                data[self.random.randrange(len(data))] = self.random.choice(
                    [0, 1, 2, 4, 8, 255, self.random.randrange(256)])
        if self.random.random() < .2:
            del data[self.random.randrange(len(data) + 1):]
        return bytes(data)

    def kind(self):
        kinds = [b"naawg\0"] * 6 + [b"wireguard\0", b"dummy\0"]
        return attr(1, self.random.choice(kinds))

    def link(self, n):
        return (struct.pack("BxHiII", 0, 65534, 5 + n, self.random.randrange(2), 0) +
                attr(3, b"zz%d\0" % n) + attr(18, self.kind()) +
                attr(4, number(1400)) + attr(13, number(7)) +
                attr(20, b"alias\0") + attr(0x8034, attr(53, b"other\0")))

    def address(self):
        family, size = self.random.choice([(2, 4), (10, 16)])
        return (struct.pack("BBBBI", family, 24, 0, 0, 5) +
                attr(1, self.random.randbytes(size)) + attr(2, self.random.randbytes(size)) +
                attr(8, number(0x80)) + attr(6, self.random.randbytes(16)))

    def route(self):
        family, size = self.random.choice([(2, 4), (10, 16)])
        body = (struct.pack("BBBBBBBBI", family, 24, 0, 0, 254, 3, 0, 1, 0) +
                attr(1, self.random.randbytes(size)) + attr(15, number(254)))
        if self.random.random() < .5:
            return body + attr(4, number(self.random.choice([1, 5])))
        hop = struct.pack("HBBi", 12 + size, 0, 0, 5) + attr(5, self.random.randbytes(size))
        return body + attr(9, hop * 2)

    def record(self):
        kind, payload = self.random.choice([
            (RTM_NEWADDR, self.address()), (RTM_NEWROUTE, self.route()), (HOLD, self.route()),
            (RTM_NEWRULE, struct.pack("BBBBBBBBI", 2, 0, 0, 0, 254, 0, 0, 1, 0) +
             attr(6, number(100)) + attr(15, number(254))),
            (DEVICE, attr(2, b"zz0\0") + attr(8, self.random.randbytes(40))),
            (FORWARDS, self.random.randbytes(40)),
            (SYSCTL, b"/proc/sys/net/ipv4/conf/zz0/none\0" + b"1\0"),
            (AWAKE, self.random.randbytes(self.random.choice([0, 31, 32, 64])))])
        return message(kind, self.random.randrange(3), self.garbled(payload))

    def long(self):
        """One link whose attributes do not fit into a request."""
        link = struct.pack("BxHiII", 0, 65534, 5, 1, 0) + attr(3, b"zz0\0") + \
            attr(18, attr(1, b"naawg\0"))
        for kind in (13, 37, 4, 27, 20, 10):
            link += attr(kind, bytes(65000))
        return self.whole(1, message(RTM_NEWLINK, 0, link), struct.pack("Q", 1))

    def file(self):
        links = self.random.randrange(1, 3)
        records = b""
        for n in range(links):
            link = self.link(n)
            records += message(RTM_NEWLINK, n, link if self.random.random() < .7
                               else self.garbled(link))
        for _ in range(self.random.randrange(8)):
            records += self.record()
        if self.random.random() < .2:
            records = self.garbled(records)
        return self.whole(links, records, b"".join(
            struct.pack("Q", self.random.randrange(2)) for _ in range(links)))

    def whole(self, links, records, away):
        """A file with the right hash."""
        hashed = self.cookie + struct.pack("QQ", 1, links)
        return (b"naawg-link\0\0" + number(1) +
                hashlib.blake2b(hashed + records, digest_size=32).digest() +
                hashed + away + records)


def crashes(tool, directory, count):
    """The messages of runs in which the tool crashed."""
    maker = Maker(4)
    path = os.path.join(directory, "senseless.links")
    seen = []
    for n in range(count):
        data = maker.file() if n else maker.long()
        for verb in VERBS:
            with open(path, "wb") as out:
                out.write(data)
            done = subprocess.run([tool, "link", verb, path], capture_output=True, timeout=60,
                                  check=False)
            if done.returncode not in (0, 1) or b"Sanitizer" in done.stderr or \
                    b"runtime error" in done.stderr:
                seen.append(f"file {n}, {verb}: {done.returncode}")
                seen += done.stderr.decode("latin1").splitlines()[:12]
    return seen
