# SPDX-License-Identifier: GPL-2.0
"""A peer that misbehaves: caller.py MODE OWN-KEY-FILE KEY-OF-THE-OTHER ADDRESS PORT

back    completes a handshake, and goes on with older timestamps
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


def back(sock, own, other):
    """The clock goes back by an hour after the first handshake."""
    shake = Handshake(own, other)
    sock.send(shake.initiate())
    session = shake.take_response(sock.recv(2048))
    sock.send(session.seal(b""))
    while True:
        time.sleep(0.5)
        sock.send(Handshake(own, other).initiate(timestamp(-AN_HOUR)))


def flood(sock, _own, other):
    """Noise whose mac1 holds."""
    message = with_macs(struct.pack("<II", INITIATION, 1) + os.urandom(140), other)
    sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, len(message))
    while True:
        for _ in range(40):
            sock.send(message * 50)
        time.sleep(0.1)


def main():
    """Misbehaves until it is killed."""
    mode, key, other, address, port = sys.argv[1:]
    with open(key, encoding="ascii") as file:
        own = Identity(base64.b64decode(file.read()))
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect((address, int(port)))
    {"back": back, "flood": flood}[mode](sock, own, base64.b64decode(other))


if __name__ == "__main__":
    main()
