#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Print "in|out LENGTH PROTOCOL" for each IP packet an interface carries.

LENGTH is what the packet holds behind its link header: a GSO packet counts
as one and shows its full size.
"""
import signal
import socket
import sys

ETH_P_ALL = 3
PACKET_OUTGOING = 4
# Not in the module; a GSO packet takes a large part of what plain RCVBUF allows.
SO_RCVBUFFORCE = 33


class End(Exception):
    """Stop once the captured packets are read."""


def end(*_):
    raise End


def main():
    signal.signal(signal.SIGTERM, end)
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                       socket.htons(ETH_P_ALL)) as sock:
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 25)
        sock.bind((sys.argv[1], ETH_P_ALL))
        print("ready", flush=True)
        try:
            while True:
                show(sock)
        except End:
            sock.setblocking(False)
        try:
            while True:
                show(sock)
        except BlockingIOError:
            pass


def show(sock):
    # Only the header is read; MSG_TRUNC gives the whole length.
    head = bytearray(40)
    length, _, _, where = sock.recvmsg_into([head], 0, socket.MSG_TRUNC)
    if head[0] >> 4 not in (4, 6):
        return
    proto = head[9] if head[0] >> 4 == 4 else head[6]
    way = "out" if where[2] == PACKET_OUTGOING else "in"
    print(way, length, proto, flush=True)


main()
