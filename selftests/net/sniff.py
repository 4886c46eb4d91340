#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Print one line per UDP packet an interface sends or receives:

    in|out SRC SPORT DST DPORT LENGTH TYPE TOS

LENGTH is that of the UDP payload, TYPE its first byte. Every line is out
before the next packet is looked at; told to end, it ends when all are out.
"""
import select
import signal
import socket
import struct
import sys

ETH_P_ALL = 3
PACKET_OUTGOING = 4
# Not in the module; a GSO packet takes a large part of what plain RCVBUF allows.
SO_RCVBUFFORCE = 33


def parse(packet):
    version = packet[0] >> 4
    if version == 4:
        header = (packet[0] & 15) * 4
        proto, tos = packet[9], packet[1]
        src, dst = packet[12:16], packet[16:20]
        family = socket.AF_INET
    elif version == 6:
        header = 40
        proto = packet[6]
        tos = (struct.unpack("!H", packet[:2])[0] >> 4) & 0xff
        src, dst = packet[8:24], packet[24:40]
        family = socket.AF_INET6
    else:
        return None
    if proto != socket.IPPROTO_UDP or len(packet) < header + 8:
        return None
    sport, dport, length = struct.unpack("!HHH", packet[header:header + 6])
    payload = packet[header + 8:]
    first = payload[0] if payload else -1
    return (socket.inet_ntop(family, src), sport,
            socket.inet_ntop(family, dst), dport, length - 8, first, tos)


class End(Exception):
    """Stop after the packets captured so far."""


def stop(*_):
    """Handler of the signal."""
    raise End


def show(packet, where):
    """Print a line for a UDP packet."""
    fields = packet and parse(packet)
    if fields:
        way = "out" if where[2] == PACKET_OUTGOING else "in"
        print(way, *fields, flush=True)


def main():
    """Capture until SIGTERM."""
    # It may only come while nothing is in hand.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    signal.signal(signal.SIGTERM, stop)
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                       socket.htons(ETH_P_ALL)) as sock:
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22)
        sock.bind((sys.argv[1], ETH_P_ALL))
        print("ready", flush=True)
        try:
            while True:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
                select.select([sock], [], [])
                signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
                show(*sock.recvfrom(1 << 16))
        except End:
            pass
        sock.setblocking(False)
        try:
            while True:
                show(*sock.recvfrom(1 << 16))
        except BlockingIOError:
            pass


main()
