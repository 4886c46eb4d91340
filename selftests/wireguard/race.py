#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""race.py FAMILY SEED SECONDS: reads and changes links l0, l1, l2 and n0 by that netlink
family, and prints how often each answer came."""
import collections
import errno
import random
import socket
import sys
import time

from wgnl import (FLAGS, FWMARK, GET, IP_ADDRESS, IP_FAMILY, IP_LEN, LISTEN_PORT, NLM_F_ACK,
                  NLM_F_DUMP, PEERS, PEER_ALLOWEDIPS, PEER_FLAGS, PEER_PUBLIC_KEY, PRIVATE_KEY,
                  SET, Client, attr, key, name, u8, u16, u32)

# The kernel gives these while links and the module come and go.
EXPECTED = {errno.ENODEV, errno.EOPNOTSUPP, errno.ENOENT, errno.EADDRINUSE, errno.EINVAL,
            errno.EBUSY, errno.EPROTONOSUPPORT}


class Asker:
    """A client of one of the families, which write lists differently."""

    def __init__(self, family, seed):
        self.family = family
        self.random = random.Random(seed)
        self.client = None

    def list_of(self, kind, entries):
        """A nested array for the stock driver's family, several attributes for naawg's."""
        if self.family == "wireguard":
            return [attr(kind, [attr(0, entry) for entry in entries])]
        return [attr(kind, entry) for entry in entries]

    def peer(self):
        """A peer with a few allowed IPs."""
        entries = [[u16(IP_FAMILY, socket.AF_INET),
                    attr(IP_ADDRESS, bytes([10, self.random.randrange(4), 0, 0])),
                    u8(IP_LEN, 24)] for _ in range(self.random.randrange(4))]
        return [attr(PEER_PUBLIC_KEY, key(self.random.randrange(10, 30))),
                u32(PEER_FLAGS, self.random.choice((0, 0, 1, 2)))] + \
            self.list_of(PEER_ALLOWEDIPS, entries)

    def request(self):
        """One request to one of the links."""
        # The kernel gives the family another number when the module is loaded again.
        self.client = self.client or Client(self.family)
        first = self.family == "naawg"
        link = name(self.random.choice(("l0", "l0", "l1", "l2", "n0")))
        if self.random.random() < 0.4:
            self.client.request(GET + first, NLM_F_DUMP, [link])
            return
        parts = {
            "key": lambda: [attr(PRIVATE_KEY, key(self.random.randrange(40, 44)))],
            "port": lambda: [u16(LISTEN_PORT, self.random.choice((0, 5001, 5002)))],
            "mark": lambda: [u32(FWMARK, self.random.randrange(3))],
            "replace": lambda: [u32(FLAGS, 1)],
            "peers": lambda: self.list_of(PEERS, [self.peer() for _ in range(8)]),
        }
        chosen = self.random.sample(sorted(parts), self.random.randrange(1, 4))
        self.client.request(SET + first, NLM_F_ACK,
                            [link] + [part for what in chosen for part in parts[what]()])


def main():
    """Ask until the time is over."""
    family, seed, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    asker, seen = Asker(family, seed), collections.Counter()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            asker.request()
            seen["done"] += 1
        except OSError as error:
            if error.errno not in EXPECTED:
                raise
            seen[errno.errorcode[error.errno]] += 1
            asker.client = None
    print(", ".join(f"{what} {times}" for what, times in sorted(seen.items())))


main()
