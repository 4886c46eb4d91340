# SPDX-License-Identifier: GPL-2.0
"""One link under test and peers in Python around it, in one network namespace.

The outer packets go over lo, so that a test has as many source addresses as it likes.
No host has the peers' inner addresses, 10.9.N.2 and fd09:N::2: a packet that the link
sends there arrives at the peer's socket as an encrypted message.
"""
import base64
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "nl")]

# pylint: disable=wrong-import-position
from genl import Family  # noqa: E402
from peer import (DATA, INITIATION, RESPONSE, NO_PSK, Handshake, Identity,
                  InvalidTag)  # noqa: E402
from suite import Suite, same  # noqa: E402

KIND = os.environ.get("KIND", "naawg")
WG = os.environ["WG"]
DEVICE = "t0"
PATIENCE = 20	# ends a broken test; nothing is measured with it
GRACE = 0.25	# how long an answer that must not come is waited for


def run(*words, **more):
    """The output of a command, which must succeed."""
    return subprocess.run(words, check=True, stdout=subprocess.PIPE,
                          text=True, **more).stdout


def b64(data):
    """A key in base64."""
    return base64.b64encode(data).decode()


def checksum(data):
    """The internet checksum."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ipv4(source, target, proto, payload, length=None, tos=0):
    """An IPv4 packet, possibly with a wrong length."""
    head = struct.pack("!BBHHHBBH4s4s", 0x45, tos,
                       20 + len(payload) if length is None else length,
                       random.randrange(65536), 0, 64, proto, 0,
                       socket.inet_aton(source), socket.inet_aton(target))
    return (head[:10] + struct.pack("!H", checksum(head)) + head[12:]
            + payload)


def ipv6(source, target, proto, payload, length=None):
    """An IPv6 packet, possibly with a wrong length."""
    return struct.pack("!IHBB16s16s", 6 << 28,
                       len(payload) if length is None else length, proto, 64,
                       socket.inet_pton(socket.AF_INET6, source),
                       socket.inet_pton(socket.AF_INET6, target)) + payload


def echo4(source, target, data, **more):
    """An echo request; the reply has the same data."""
    body = struct.pack("!BBHHH", 8, 0, 0, 77, 1) + data
    body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
    return ipv4(source, target, socket.IPPROTO_ICMP, body, **more)


def echo6(source, target, data, **more):
    """The same for IPv6."""
    body = struct.pack("!BBHHH", 128, 0, 0, 77, 1) + data
    pseudo = (socket.inet_pton(socket.AF_INET6, source)
              + socket.inet_pton(socket.AF_INET6, target)
              + struct.pack("!II", len(body), socket.IPPROTO_ICMPV6))
    body = body[:2] + struct.pack("!H", checksum(pseudo + body)) + body[4:]
    return ipv6(source, target, socket.IPPROTO_ICMPV6, body, **more)


class Bench:
    """The link under test."""

    def __init__(self):
        self.identity = Identity()
        self.port = 5001
        self.peers = 0
        self.family = None
        run("ip", "link", "add", DEVICE, "type", KIND)
        run(WG, "set", DEVICE, "private-key", "/dev/stdin",
            "listen-port", str(self.port), input=b64(self.identity.private))
        run("ip", "addr", "add", "10.9.0.1/16", "dev", DEVICE)
        run("ip", "addr", "add", "fd09::1/16", "dev", DEVICE, "nodad")
        run("ip", "link", "set", DEVICE, "up")
        if KIND == "naawg":
            self.family = Family()

    def reasons(self):
        """Counters by reason; empty where the driver has none."""
        if not self.family:
            return {}
        found = {}
        for part in self.family.dump("get-stats", self.family.named(DEVICE)):
            for reason in part.get("reasons", []):
                found[reason["name"]] = reason["count"]
        return found

    def moved(self, before, name, by=1):
        """Wait until a reason's counter went up by this much, exactly."""
        if not self.family:
            return
        end = time.monotonic() + PATIENCE
        while True:
            now = self.reasons().get(name, 0) - before.get(name, 0)
            if now >= by:
                break
            if time.monotonic() > end:
                break
            time.sleep(0.05)
        same(now, by, f"counter {name}, all: {self.changes(before)}")

    def changes(self, before):
        """The counters that moved since."""
        return {name: count - before.get(name, 0)
                for name, count in self.reasons().items()
                if count != before.get(name, 0)}


class Wire:
    """A socket to the link, IPv4 or IPv6."""

    def __init__(self, bench, address="127.0.0.1"):
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.sock = socket.socket(kind, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.sock.bind((address, 0))
        loopback = "::1" if ":" in address else "127.0.0.1"
        self.to = (loopback, bench.port)
        self.name = self.sock.getsockname()[:2]

    def endpoint(self):
        """The endpoint of this socket as the tool writes it."""
        host, port = self.name
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def send(self, message):
        """Send one datagram."""
        self.sock.sendto(message, self.to)

    def receive(self, seconds=PATIENCE):
        """The next datagram, None when there is none."""
        if not select.select([self.sock], [], [], seconds)[0]:
            return None
        return self.sock.recv(1 << 17)

    def expect(self, kind, seconds=PATIENCE):
        """The next message of a type; others before it are skipped."""
        end = time.monotonic() + seconds
        while True:
            message = self.receive(max(0, end - time.monotonic()))
            if message is None:
                raise AssertionError(f"no message of type {kind} came")
            if message[0] == kind:
                return message

    def drain(self, seconds=GRACE):
        """All messages until none comes for a while."""
        end = time.monotonic() + 6 * PATIENCE
        got = []
        while (message := self.receive(seconds)) is not None:
            got.append(message)
            if time.monotonic() > end:
                raise AssertionError("messages never stop coming")
        return got


class Peer:
    """A peer that the link knows, and its socket."""

    def __init__(self, bench, address="127.0.0.1", psk=NO_PSK, known=True,
                 identity=None):
        bench.peers += 1
        self.bench = bench
        self.number = bench.peers
        self.identity = identity or Identity()
        self.psk = psk
        self.wire = Wire(bench, address)
        self.inner = f"10.9.{self.number}.2"
        self.inner6 = f"fd09:{self.number:x}::2"
        self.session = None
        if known:
            words = [WG, "set", DEVICE, "peer", b64(self.identity.public),
                     "allowed-ips", f"{self.inner}/32,{self.inner6}/128"]
            more = {}
            if psk != NO_PSK:
                words += ["preshared-key", "/dev/stdin"]
                more["input"] = b64(psk)
            run(*words, **more)

    def set(self, *words):
        """Change the link's settings of this peer."""
        run(WG, "set", DEVICE, "peer", b64(self.identity.public), *words)

    def at_home(self):
        """Give the link our endpoint, so that it can initiate."""
        self.set("endpoint", self.wire.endpoint())
        return self

    def shown(self):
        """(endpoint, handshake, rx, tx) as the tool shows them."""
        for line in run(WG, "show", DEVICE, "dump").splitlines()[1:]:
            words = line.split("\t")
            if words[0] == b64(self.identity.public):
                return (words[2], int(words[4]), int(words[5]), int(words[6]))
        raise KeyError("not a peer")

    def handshake(self):
        """A new handshake."""
        return Handshake(self.identity, self.bench.identity.public, self.psk)

    def call(self):
        """Initiate; returns the session, which is not confirmed yet."""
        # The link limits the initiations of a peer in a second.
        time.sleep(0.05)
        shake = self.handshake()
        self.wire.send(shake.initiate())
        self.session = shake.take_response(self.wire.expect(RESPONSE))
        return self.session

    def provoke(self, data=b"provoked"):
        """Make the link's host send us a datagram."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(data, (self.inner, 9))

    def answer(self):
        """Read the initiation that is on its way and respond."""
        shake = self.handshake().take_initiation(self.wire.expect(INITIATION))
        response, self.session = shake.respond()
        self.wire.send(response)
        return self.session

    def next_data(self, session=None, seconds=PATIENCE):
        """(counter, inner) of the next data message."""
        return (session or self.session).open(self.wire.expect(DATA, seconds))

    def echo(self, session=None, data=None, **more):
        """Send an echo through the tunnel and take the reply."""
        session = session or self.session
        data = data or os.urandom(24)
        self.wire.send(session.seal(echo4(self.inner, "10.9.0.1", data),
                                    **more))
        return self.reply(data)

    def reply(self, data, seconds=PATIENCE):
        """The echo reply with that data, on the session it came by."""
        end = time.monotonic() + seconds
        while True:
            message = self.wire.expect(DATA, max(0, end - time.monotonic()))
            try:
                inner = self.session.open(message)[1]
            except (InvalidTag, ValueError):
                continue
            if data in inner:
                return inner

    def works(self):
        """The session carries data in both directions."""
        self.echo()

    def silent(self, kinds=(INITIATION, RESPONSE, 3, DATA)):
        """No message of these types comes. Messages that the link sends by itself,
        such as new initiations, are left out by naming the types."""
        # A round trip first: earlier messages have been handled then.
        got = [message for message in self.wire.drain() if message[0] in kinds]
        same([message[:8].hex() for message in got], [], "should be silent,")
