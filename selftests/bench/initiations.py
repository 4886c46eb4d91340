#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Makes the initiations that the handshake benchmark sends.

Arguments: a directory, how many peers, how many messages. Leaves
responder.key, peers.bin (public keys) and initiations.bin (148 bytes each).
The peers take turns, so that none comes more often than a responder allows,
and the timestamps rise from a peer's message to its next.

The parts that are equal in every message of a peer are computed once: a responder
cannot see that an ephemeral key came before, and only its work is measured.
"""

import os
import struct
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "wire"))

# pylint: disable=wrong-import-position
from peer import (CONSTRUCTION, IDENTIFIER, INITIATION, TAI64_BASE, Identity,
                  blake, kdf, seal, with_macs)  # noqa: E402


class Initiator:
    """A peer, with all of its initiation but the timestamp made."""

    def __init__(self, number, responder):
        own, ephemeral = Identity(), Identity()
        self.public = own.public
        self.responder = responder
        chain = blake(CONSTRUCTION)
        digest = blake(blake(chain, IDENTIFIER), responder)
        chain = kdf(1, chain, ephemeral.public)[0]
        digest = blake(digest, ephemeral.public)
        chain, key = kdf(2, chain, ephemeral.shared(responder))
        static = seal(key, 0, own.public, digest)
        self.hash = blake(digest, static)
        self.key = kdf(2, chain, own.shared(responder))[1]
        self.head = (struct.pack("<II", INITIATION, number + 1)
                     + ephemeral.public + static)

    def message(self, second):
        """One initiation."""
        stamp = struct.pack(">QI", TAI64_BASE + second, 0)
        return with_macs(self.head + seal(self.key, 0, stamp, self.hash)
                         + bytes(32), self.responder)


def main():
    """Write the three files."""
    directory, peers, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    responder = Identity()
    initiators = [Initiator(number, responder.public) for number in range(peers)]
    os.umask(0o077)
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "responder.key"), "wb") as file:
        file.write(responder.private)
    with open(os.path.join(directory, "peers.bin"), "wb") as file:
        for initiator in initiators:
            file.write(initiator.public)
    start = int(time.time())
    with open(os.path.join(directory, "initiations.bin"), "wb") as file:
        for number in range(count):
            file.write(initiators[number % peers].message(start + number // peers))


main()
