#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Datagrams that may be chained on the way arrive unchanged.

links.py NETNS_A NETNS_B ADDRESS PORT AT_PORT COUNT [WATCH]: sends COUNT random
datagrams from a to ADDRESS and PORT; they have to arrive in b at AT_PORT, all
of them, in order. Most look like data messages, of few sessions and lengths,
so that receive offload finds something to chain. With WATCH, an interface of
b, the checksum of each is looked at, too.
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

ETH_P_ALL = 3
SOL_PACKET, PACKET_AUXDATA, TP_STATUS_CSUMNOTREADY = 263, 8, 8
SO_RCVBUFFORCE = 33
DEADLINE = 60
WINDOW = 128


def datagrams(count):
    """Each begins with what may be a header and holds its own number."""
    sizes = [random.choice((48, 160, 1452)) for _ in range(2)]
    for number in range(count):
        if not random.randrange(6):
            sizes[0] = random.choice((32, 48, 148, 160, 1452))
        size = random.choice((sizes[0],) * 8 + (sizes[1], 31, 20, 92))
        kind = random.choice((4,) * 30 + (1, 2, 3, 0x10004))
        head = struct.pack("<II", kind, random.choice((7,) * 20 + (8,)))
        yield head + struct.pack("<Q", number) + os.urandom(size - 16)


def total(data):
    """The internet checksum, not folded."""
    return sum(struct.unpack(f"!{len(data) // 2}H", data[:len(data) & ~1])) + (
        data[-1] << 8 if len(data) & 1 else 0)


def checksum_holds(packet):
    """The key of a whole packet, from its IP header on."""
    if packet[0] >> 4 == 4:
        header, addresses = (packet[0] & 15) * 4, packet[12:20]
    else:
        header, addresses = 40, packet[8:40]
    length = struct.unpack_from("!H", packet, header + 4)[0]
    return (total(packet[header:header + length]) + total(addresses)
            + length + socket.IPPROTO_UDP) % 0xffff == 0


def is_to(packet, port):
    """True for UDP to that port."""
    version = packet[0] >> 4
    header = (packet[0] & 15) * 4 if version == 4 else 40
    return (packet[9 if version == 4 else 6] == socket.IPPROTO_UDP
            and packet[header + 2:header + 4] == struct.pack("!H", port))


def watch(device):
    """A socket that captures incoming packets."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                         socket.htons(ETH_P_ALL))
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23)
    sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    sock.bind((device, ETH_P_ALL))
    return sock


def check_sums(sock, port, count):
    """All of them arrived with a right checksum."""
    good = 0
    sock.settimeout(DEADLINE)
    while good < count:
        packet, more, _, _ = sock.recvmsg(1 << 17, 1 << 10)
        if not is_to(packet, port):
            continue
        status = struct.unpack_from("I", more[0][2])[0]
        if status & TP_STATUS_CSUMNOTREADY:
            sys.exit("a checksum was left to somebody else")
        if not checksum_holds(packet):
            sys.exit(f"wrong checksum after {good} good ones")
        good += 1


def main():
    a, b, address, port, at_port, count = sys.argv[1:7]
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    seed = int(os.environ.get("SEED", time.time_ns() & 0xffffff))
    print("seed", seed)
    random.seed(seed)
    enter(b)
    receiver = socket.socket(family, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
    receiver.bind(("::" if ":" in address else "0.0.0.0", int(at_port)))
    receiver.settimeout(DEADLINE)
    watcher = watch(sys.argv[7]) if len(sys.argv) > 7 else None
    enter(a)
    sender = socket.socket(family, socket.SOCK_DGRAM)
    sender.setsockopt(socket.SOL_SOCKET, 32, 1 << 24)	# SO_SNDBUFFORCE
    sent = list(datagrams(int(count)))
    for number, datagram in enumerate(sent):
        # a veth with receive offload holds 256 of them
        if number % WINDOW == 0:
            for each in sent[number:number + WINDOW]:
                sender.sendto(each, (address, int(port)))
        try:
            got = receiver.recv(1 << 17)
        except TimeoutError:
            sys.exit(f"number {number} never came")
        if got != datagram:
            sys.exit(f"number {number}: got {len(got)} bytes "
                     f"{got[:16].hex()}, wanted {len(datagram)} bytes "
                     f"{datagram[:16].hex()}")
    if watcher:
        check_sums(watcher, int(at_port), int(count))


main()
