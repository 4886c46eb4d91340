#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Random packets through a tunnel and on: the same packets come out.

mixes.py NETNS_A LINK_A NETNS_C LINK_C SEED COUNT
mixes.py NETNS_A LINK_A NETNS_C LINK_C each|each-alone

Random ones from a seed, or each whim once, in the middle of a flow that would
be joined otherwise; each-alone has wrong sums, too, which joining would mend.

Packets are pushed into LINK_A as they are; behind the tunnel the middle host
forwards them to LINK_C, where every flow's packets have to appear as they were
sent, in order. Changes by forwarding are undone: the hop count, and with it the
checksum of IPv4.
"""
import os
import random
import socket
import struct
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "net"))

# pylint: disable=wrong-import-position
from netns import enter  # noqa: E402

ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 3, 0x800, 0x86dd
SO_RCVBUFFORCE = 33
PACKET_OUTGOING = 4
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (1 << n for n in range(8))
SRC = {4: socket.inet_pton(socket.AF_INET, "10.9.0.1"),
       6: socket.inet_pton(socket.AF_INET6, "fd09::1")}
DST = {4: socket.inet_pton(socket.AF_INET, "198.51.100.2"),
       6: socket.inet_pton(socket.AF_INET6, "fd10::2")}


def checksum(data):
    if len(data) & 1:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ip(version, proto, body, tos, ttl, ident, frag, label=0, options=b""):
    if version == 6:
        return struct.pack("!IHBB", 6 << 28 | tos << 20 | label, len(body),
                           proto, ttl) + SRC[6] + DST[6] + body
    length = 20 + len(options)
    head = struct.pack("!BBHHHBBH", 0x40 | length // 4, tos, length + len(body),
                       ident & 0xffff, frag, ttl, proto, 0) \
        + SRC[4] + DST[4] + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def transport(version, proto, body, at):
    pseudo = SRC[version] + DST[version] + struct.pack("!II", len(body), proto)
    return body[:at] + struct.pack("!H", checksum(pseudo + body)) + body[at + 2:]


WHIMS, WRONG_SUM = 23, 100


class Flow:
    """A sender of TCP with odd headers."""

    def __init__(self, dice, number, version=None):
        self.dice = dice
        self.port = 20000 + number
        self.version = version or dice.choice((4, 4, 6))
        self.seq = dice.getrandbits(32)
        self.ident = dice.getrandbits(16)
        self.step = dice.choice((1, 1, 1, 0))
        self.mss = dice.choice((200, 536, 1000, 1300))
        self.frag = dice.choice((0x4000, 0x4000, 0))
        self.ack = dice.getrandbits(32)
        self.tos = dice.choice((0, 2, 1, 0x88))
        self.ttl = 64
        self.window = 1000
        self.label = dice.getrandbits(20)
        self.options = b"\1\1\x08\x0a" + struct.pack("!II", 1, 2) \
            if dice.random() < 0.7 else b""

    def packet(self, whim=None):
        dice = self.dice
        size, flags, urgent = self.mss, ACK, 0
        options, proto, head = self.options, 6, b""
        skip = 0
        if whim is None:
            whim = dice.randrange(60)
        if whim == 0:
            flags |= PSH
        elif whim == 1:
            flags |= FIN
        elif whim == 2:
            flags |= CWR
        elif whim == 3:
            flags |= URG
            urgent = 3
        elif whim == 4:
            flags |= ECE
        elif whim == 5:
            flags = dice.choice((SYN, RST, RST | ACK, SYN | ACK, 0, ACK | FIN | PSH))
        elif whim == 6:
            size = dice.randrange(0, self.mss)
        elif whim == 7:
            size = min(1300, self.mss + dice.randrange(1, 99))
        elif whim == 8:
            size = 0
        elif whim == 9:
            skip = dice.randrange(1, 5000)
        elif whim == 10:
            self.tos ^= dice.choice((1, 2, 3, 0x20))
        elif whim == 11:
            self.ttl = dice.randrange(20, 200)
        elif whim == 12:
            self.window = dice.getrandbits(16)
        elif whim == 13:
            self.ack += 1
        elif whim == 14 and options:
            self.options = options = options[:4] + os.urandom(8)
        elif whim == 15:
            self.ident += dice.randrange(2, 999)
        elif whim == 16:
            self.frag ^= 0x4000
        elif whim == 17:
            self.label = dice.getrandbits(20)
        elif whim == 18:
            options += b"\1" * 4
        self.seq += skip
        body = struct.pack("!HHIIBBHHH", self.port, 9000, self.seq & 0xffffffff,
                           self.ack & 0xffffffff,
                           (20 + len(options)) // 4 << 4, flags, self.window, 0,
                           urgent) + options + os.urandom(size)
        body = transport(self.version, 6, body, 16)
        if whim == WRONG_SUM:
            body = body[:16] + bytes((body[16] ^ 0x55,)) + body[17:]
        elif whim == 22:
            # The same bytes again.
            self.seq -= size
        self.seq += size
        if whim == 19 and self.version == 6:
            # Options for the destination, padded with nothing.
            head, proto = bytes((6, 0, 1, 4, 0, 0, 0, 0)), 60
        frag = self.frag
        if whim == 20 and self.version == 4:
            frag = 0x2000
        packet = ip(self.version, proto, head + body, self.tos, self.ttl,
                    self.ident, frag, self.label,
                    b"\1\1\1\1" if whim == 21 else b"")
        self.ident += self.step
        return packet


def some(dice, count):
    """Bursts of one flow, as a stack would send them, now and then broken."""
    flows = [Flow(dice, n) for n in range(6)]
    total = 0
    while total < count:
        flow = dice.choice(flows)
        burst = [dgram(dice)] if dice.random() < 0.15 else \
            [flow.packet() for _ in range(dice.randrange(1, 50))]
        total += len(burst)
        yield burst


def each(dice, alone):
    """Every odd header in both families, among normal packets."""
    for version in (4, 6):
        for whim in (*range(WHIMS), *([WRONG_SUM] if alone else [])):
            flow = Flow(dice, version * 200 + whim, version)
            yield [flow.packet(whim if n == 6 else WHIMS) for n in range(14)]


def dgram(dice):
    version = dice.choice((4, 6))
    body = struct.pack("!HHHH", 30000, 9000, 0, 0) + os.urandom(dice.randrange(1300))
    body = body[:4] + struct.pack("!H", len(body)) + body[6:]
    body = transport(version, 17, body, 6)
    return ip(version, 17, body, 0, 64, dice.getrandbits(16), 0)


def as_sent(packet):
    """Undo the change of a hop."""
    if packet[0] >> 4 == 6:
        return packet[:7] + bytes((packet[7] + 1,)) + packet[8:]
    length = (packet[0] & 15) * 4
    head = packet[:8] + bytes((packet[8] + 1,)) + packet[9:10] + b"\0\0" \
        + packet[12:length]
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] \
        + packet[length:]


def flow_of(packet):
    """The source port, within which order is kept."""
    if packet[0] >> 4 == 6:
        at = 48 if packet[6] == 60 else 40
    else:
        at = (packet[0] & 15) * 4
    return packet[0] >> 4, packet[at:at + 2]


def collect(sock, into):
    while True:
        try:
            packet, where = sock.recvfrom(1 << 16)
        except (BlockingIOError, socket.timeout):
            return
        ours = where[2] != PACKET_OUTGOING
        if ours and packet[0] >> 4 == 4 and packet[16:20] == DST[4] or \
           ours and packet[0] >> 4 == 6 and packet[24:40] == DST[6]:
            into.setdefault(flow_of(packet), []).append(as_sent(packet))


def main():
    # a sender that changes CPUs on its way overtakes itself on any virtual link
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    ns_a, link_a, ns_c, link_c, seed = sys.argv[1:6]
    dice = random.Random(1 if seed.startswith("each") else int(seed))
    enter(ns_c)
    catcher = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                            socket.htons(ETH_P_ALL))
    catcher.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 27)
    catcher.bind((link_c, ETH_P_ALL))
    catcher.setblocking(False)
    enter(ns_a)
    pushers = {}
    for version, proto in ((4, ETH_P_IP), (6, ETH_P_IPV6)):
        pushers[version] = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        pushers[version].bind((link_a, proto))

    bursts = each(dice, seed == "each-alone") if seed.startswith("each") else \
        some(dice, int(sys.argv[6]))
    sent, got, total = {}, {}, 0
    for burst in bursts:
        for packet in burst:
            sent.setdefault(flow_of(packet), []).append(packet)
            pushers[packet[0] >> 4].send(packet)
        total += len(burst)
        collect(catcher, got)
    # No packet follows these.
    end = time.monotonic() + 30
    wanted = sum(map(len, sent.values()))
    while sum(map(len, got.values())) < wanted and time.monotonic() < end:
        collect(catcher, got)
        time.sleep(0.05)
    collect(catcher, got)

    wrong = 0
    for key in sorted(sent):
        mine, theirs = sent[key], got.get(key, [])
        if mine == theirs:
            continue
        wrong += 1
        at = next((n for n, (x, y) in enumerate(zip(mine, theirs)) if x != y),
                  min(len(mine), len(theirs)))
        print("flow", key, "sent", len(mine), "got", len(theirs),
              "differs from packet", at, "of those",
              sum(1 for x in theirs if x not in mine), "unknown",
              sum(1 for x in mine if x not in theirs), "missing")
        for name, packets in (("sent", mine), ("got ", theirs)):
            for packet in packets[max(0, at - 1):at + 2]:
                print(" ", name, len(packet), packet[:64].hex())
    print(total, "packets,", len(sent), "flows,", wrong, "differ")
    return wrong > 0


sys.exit(main())
