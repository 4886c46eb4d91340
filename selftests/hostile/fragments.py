# SPDX-License-Identifier: GPL-2.0
"""Outer packets as no honest host sends them: in fragments of any size and order, cut
off, overlapping, and with wrong lengths and checksums. Only complete packets are
accepted, and another tunnel is not disturbed."""
import os
import random
import socket
import struct
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "wire"))

# pylint: disable=wrong-import-position
from bench import Bench, Peer, Suite, Wire, checksum, echo4, run, same  # noqa: E402
from peer import DATA, RESPONSE  # noqa: E402

UDP, FRAGMENT = socket.IPPROTO_UDP, 44
IPV6_HDRINCL = 36

bench = Bench()
suite = Suite()
good = Peer(bench)
good.call()
good.works()
# Incomplete packets need not be kept for half a minute.
for name in ("net.ipv4.ipfrag_time=1", "net.ipv6.ip6frag_time=1"):
    run("sysctl", "-qw", name)


class Raw:
    """Whole IP packets, over lo, to the link's port: from a peer's socket, or from
    another."""

    def __init__(self, peer, wire=None):
        self.six = ":" in peer.wire.name[0]
        family = socket.AF_INET6 if self.six else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW)
        if self.six:
            self.sock.setsockopt(socket.IPPROTO_IPV6, IPV6_HDRINCL, 1)
        self.to = "::1" if self.six else "127.0.0.1"
        self.ports = (wire or peer.wire).name[1], bench.port
        self.address = socket.inet_pton(family, self.to)
        self.family = family

    def udp(self, payload, length=None, check=None):
        """A UDP packet, possibly with a wrong length and checksum."""
        size = 8 + len(payload) if length is None else length
        head = struct.pack("!HHH", *self.ports, size)
        if check is None:
            pseudo = 2 * self.address + (
                struct.pack("!II", 8 + len(payload), UDP) if self.six else
                struct.pack("!HH", UDP, 8 + len(payload)))
            check = checksum(pseudo + head + bytes(2) + payload) or 0xffff
        return head + struct.pack("!H", check) + payload

    def send(self, content, offset=0, more=False, ident=0, proto=UDP,
             length=None, whole=False):
        """One fragment, or a complete packet."""
        if self.six:
            if not whole:
                content = struct.pack("!BBHI", proto, 0, offset | more,
                                      ident) + content
                proto = FRAGMENT
            packet = struct.pack(
                "!IHBB", 6 << 28, len(content) if length is None else length,
                proto, 64) + 2 * self.address + content
        else:
            field = 0 if whole else offset // 8 | more << 13
            packet = struct.pack(
                "!BBHHHBBH", 0x45, 0,
                20 + len(content) if length is None else length,
                ident & 0xffff, field, 64, proto, 0) + 2 * self.address + content
        try:
            self.sock.sendto(packet, (self.to, 0))
        except OSError:
            # The kernel may refuse packets that are too wrong.
            return


def pieces(content, size):
    """(offset, bytes, more)."""
    return [(at, content[at:at + size], at + size < len(content))
            for at in range(0, len(content), size)]


def new_peer(address):
    """A peer whose handshake messages are sent in fragments."""
    peer = Peer(bench, address)
    return peer, Raw(peer)


def shattered(address, size, order):
    """Handshake and data in fragments are reassembled and accepted."""
    peer, raw = new_peer(address)
    shake = peer.handshake()
    time.sleep(0.05)
    sent = pieces(raw.udp(shake.initiate()), size)
    order(sent)
    for at, part, more in sent:
        raw.send(part, at, more, 1)
    peer.session = shake.take_response(peer.wire.expect(RESPONSE))
    for number in range(10):
        data = os.urandom(30 + 131 * number)
        sent = pieces(raw.udp(peer.session.seal(
            echo4(peer.inner, "10.9.0.1", data))), size)
        order(sent)
        for at, part, more in sent:
            raw.send(part, at, more, 2 + number)
        peer.reply(data)


def in_order(sent):
    """No change of the order."""


for where in ("127.0.0.1", "::1"):
    family = 6 if ":" in where else 4
    # An IPv6 fragment must contain the whole UDP header.
    for width in (16 if family == 6 else 8, 64, 504):
        suite.case(f"fragments of {width} bytes are reassembled, IPv{family}", shattered, where,
                   width, in_order)
    suite.case(f"fragments sent backwards are reassembled, IPv{family}", shattered, where, 64,
               list.reverse)
    suite.case(f"fragments in random order are reassembled, IPv{family}", shattered, where, 64,
               random.shuffle)


def refused(address, deed):
    """Nothing comes of it: no answer, no byte counted for the peer, whose endpoint
    stays although all of this comes from elsewhere."""
    peer = Peer(bench, address)
    peer.call()
    peer.works()
    elsewhere = Wire(bench, address)
    raw = Raw(peer, elsewhere)
    count = peer.shown()[2]
    place = peer.shown()[0]
    for number in range(20):
        data = os.urandom(200)
        message = peer.session.seal(echo4(peer.inner, "10.9.0.1", data))
        deed(raw, message, 100 + number)
    same([m for m in peer.wire.drain() if m[0] == DATA and
          len(m) > 200], [], "echoes of what was not whole,")
    same(elsewhere.drain(0.05), [], "answers elsewhere,")
    same(peer.shown()[2], count, "bytes that counted,")
    same(peer.shown()[0], place)
    peer.works()
    good.works()


def cut_off(raw, message, ident):
    """The last fragment is missing."""
    for at, part, more in pieces(raw.udp(message), 64)[:-1]:
        raw.send(part, at, more, ident)


def headless(raw, message, ident):
    """The first fragment is missing."""
    for at, part, more in pieces(raw.udp(message), 64)[1:]:
        raw.send(part, at, more, ident)


def overlapping(raw, message, ident):
    """The second fragment overlaps the first, with other bytes."""
    content = raw.udp(message)
    raw.send(content[:64], 0, True, ident)
    raw.send(os.urandom(64), 32, True, ident)
    for at, part, more in pieces(content, 64)[1:]:
        raw.send(part, at, more, ident)


def overlong(raw, message, ident):
    """Fragments that would make a packet beyond the largest size."""
    content = raw.udp(message)
    raw.send(content[:64], 0, True, ident)
    raw.send(os.urandom(1000), 65528, False, ident)


def torn(raw, message, ident):
    """Mixed fragments of two messages: complete, but not authentic."""
    content = raw.udp(message, check=0 if not raw.six else None)
    other = os.urandom(len(content))
    for at, part, more in pieces(content, 64):
        raw.send(other[at:at + 64] if at == 128 else part, at, more, ident)


def udp_too_long(raw, message, ident):
    """The UDP length is larger than the IP packet."""
    raw.send(raw.udp(message, length=8 + len(message) + 1), whole=True,
             ident=ident)
    raw.send(raw.udp(message, length=65535), whole=True, ident=ident)


def udp_too_short(raw, message, ident):
    """The UDP length is smaller: it ends in the middle of the tag."""
    short = raw.udp(message[:-8])
    raw.send(short + message[-8:], whole=True, ident=ident)
    raw.send(raw.udp(message, length=7), whole=True, ident=ident)
    # From zero up to the length of the shortest message.
    for size in range(32):
        raw.send(raw.udp(message[:size]), whole=True, ident=ident)
    if not raw.six:
        raw.send(raw.udp(message, length=0, check=0), whole=True, ident=ident)


def wrong_sum(raw, message, ident):
    """A wrong checksum."""
    raw.send(raw.udp(message, check=0x1234), whole=True, ident=ident)


def headers_only(raw, message, ident):
    """A packet shorter than a UDP header."""
    content = raw.udp(message)
    for size in range(8):
        raw.send(content[:size], whole=True, ident=ident)
    raw.send(content[:8], whole=True, ident=ident)


DEEDS = ((cut_off, "the last piece is missing"),
         (headless, "the first piece is missing"),
         (overlapping, "pieces overlap"),
         (overlong, "pieces beyond the largest packet"),
         (torn, "pieces of two messages"),
         (udp_too_long, "UDP lengths beyond the packet"),
         (udp_too_short, "UDP lengths short of the message"),
         (wrong_sum, "wrong checksums"),
         (headers_only, "packets that end in the UDP header"))
for where in ("127.0.0.1", "::1"):
    family = 6 if ":" in where else 4
    for deed, words in DEEDS:
        suite.case(f"{words}, IPv{family}", refused, where, deed)
suite.end()
