# SPDX-License-Identifier: GPL-2.0
"""A peer that misbehaves: caller.py MODE OWN-KEY-FILE KEY-OF-THE-OTHER ADDRESS PORT [OWN-PORT]

back    completes a handshake, and goes on with older timestamps
twice   calls twice at the same moment, again and again
outsider calls, although it is no peer
flood   sends many initiations of noise"""
import base64
import os
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "wire"))

# pylint: disable=wrong-import-position
from peer import INITIATION, Handshake, Identity, timestamp, with_macs  # noqa: E402

UDP_SEGMENT = 103
AN_HOUR = 3600 * 10**9


def back(sock, send, own, other):
    """The clock goes back by an hour after the first handshake."""
    shake = Handshake(own, other)
    send(shake.initiate())
    session = shake.take_response(sock.recv(2048))
    send(session.seal(b""))
    while True:
        time.sleep(0.5)
        send(Handshake(own, other).initiate(timestamp(-AN_HOUR)))


def twice(_sock, send, own, other):
    """Two hosts with one key."""
    while True:
        messages = [Handshake(own, other).initiate() for _ in range(2)]
        for message in messages:
            send(message)
        time.sleep(0.5)


def outsider(_sock, send, own, other):
    """A host that is no peer."""
    while True:
        send(Handshake(own, other).initiate())
        time.sleep(1)


def flood(sock, send, _own, other):
    """Noise whose mac1 holds."""
    message = with_macs(struct.pack("<II", INITIATION, 1) + os.urandom(140), other)
    sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, len(message))
    while True:
        for _ in range(40):
            send(message * 50)
        time.sleep(0.1)


def main():
    """Misbehaves until it is killed."""
    mode, key, other, address, port, *own_port = sys.argv[1:]
    with open(key, encoding="ascii") as file:
        own = Identity(base64.b64decode(file.read()))
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("", int(own_port[0]) if own_port else 5001))
    # A connected socket would refuse what comes from other ports.
    {"back": back, "twice": twice, "outsider": outsider, "flood": flood}[mode](
        sock, lambda message: sock.sendto(message, (address, int(port))), own,
        base64.b64decode(other))


if __name__ == "__main__":
    main()
