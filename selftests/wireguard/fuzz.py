#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Random requests to the netlink family "wireguard", right ones, wrong ones and bytes. Each is
answered by an error number that the stock driver has, and links stay readable by both families.

NAAWG_FUZZ_REQUESTS says how many, NAAWG_FUZZ_SEED where to begin. NAAWG_FUZZ_ANSWERS is a
file for the answers, so that those of two drivers can be compared; then no entry has a flag by
which the stock driver skips the rest of it unread."""
import collections
import errno
import os
import random
import subprocess
import sys

import wgnl
from wgnl import GET, NLM_F_ACK, NLM_F_DUMP, SET, Client, attr, ip, key, name

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from suite import Suite  # noqa: E402 pylint: disable=wrong-import-position

REQUESTS = int(os.environ.get("NAAWG_FUZZ_REQUESTS", "4000"))
SEED = int(os.environ.get("NAAWG_FUZZ_SEED", "1"))
RECORD = os.environ.get("NAAWG_FUZZ_ANSWERS", os.devnull)
EVERY = 100	# requests between two looks at the links
LINKS = ("f0", "f1")

ANSWERS = {0, errno.EINVAL, errno.EBADR, errno.ENODEV, errno.EOPNOTSUPP, errno.ENOMEM,
           errno.EPERM, errno.EPFNOSUPPORT, errno.EADDRINUSE, errno.EMSGSIZE, errno.ERANGE}

SIZES = {wgnl.IFINDEX: 4, wgnl.PRIVATE_KEY: 32, wgnl.PUBLIC_KEY: 32, wgnl.FLAGS: 4,
         wgnl.LISTEN_PORT: 2, wgnl.FWMARK: 4}
PEER_SIZES = {wgnl.PEER_PRESHARED_KEY: 32, wgnl.PEER_FLAGS: 4, wgnl.PEER_KEEPALIVE: 2,
              wgnl.PEER_HANDSHAKE: 16, wgnl.PEER_RX: 8, wgnl.PEER_TX: 8, wgnl.PEER_VERSION: 4}


class Grammar:
    """Requests by dice."""

    def __init__(self, seed):
        self.dice = random.Random(seed)

    def chance(self, share):
        """True in that share of all calls."""
        return self.dice.random() < share

    def value(self, size):
        """Bytes of that length, small numbers most of the time; seldom of another length."""
        if self.chance(0.02):
            size = self.dice.randrange(0, 80)
        if size <= 4 and self.chance(0.7):
            return self.dice.choice((0, 1, 1, 2, 4, 8, 5001)).to_bytes(4, "little")[:size] \
                .ljust(size, b"\0")
        return self.dice.randbytes(size)

    def endpoint(self):
        """A sockaddr of one of the families, or of none."""
        family, size = self.dice.choice(((2, 16), (2, 16), (10, 28), (10, 28), (1, 16), (2, 28),
                                         (10, 16), (0, 2)))
        return family.to_bytes(2, "little") + self.dice.randbytes(size - 2)

    def allowed(self):
        """An allowed IP."""
        family, size, most = self.dice.choice(((2, 4, 32), (10, 16, 128)))
        if self.chance(0.03):
            most = 255
        parts = [wgnl.u16(wgnl.IP_FAMILY, family),
                 attr(wgnl.IP_ADDRESS, self.dice.randbytes(size)),
                 wgnl.u8(wgnl.IP_LEN, self.dice.randrange(most + 1))]
        if self.chance(0.2):
            parts.append(wgnl.u32(wgnl.IP_FLAGS, self.dice.choice((0, 1, 1, 1, 3))))
        return self.broken(parts)

    def peer(self):
        """A peer, of few keys, so that most are known already."""
        parts = [attr(wgnl.PEER_PUBLIC_KEY, self.key())]
        for kind, size in PEER_SIZES.items():
            if self.chance(0.15):
                parts.append(attr(kind, self.value(size)))
            if kind == wgnl.PEER_FLAGS and RECORD != os.devnull:
                parts[1:] = [wgnl.u32(kind, self.dice.choice((0, 2, 8)))]
        if self.chance(0.4):
            parts.append(attr(wgnl.PEER_ENDPOINT, self.endpoint()))
        if self.chance(0.6):
            parts.append(self.array(wgnl.PEER_ALLOWEDIPS, self.allowed, 30))
        return self.broken(parts)

    def key(self):
        """A key; that of zeros among them."""
        return bytes(32) if self.chance(0.05) else key(self.dice.randrange(10, 40))

    def array(self, kind, element, most):
        """A nested array, its indices in any order; seldom without the flag of a nest."""
        entries = [attr(self.dice.choice((0, number, number, self.dice.randrange(0x3fff))),
                        element()) for number in range(self.dice.randrange(most))]
        if self.chance(0.02):
            return attr(kind, b"".join(entries))
        return attr(kind, entries)

    def broken(self, parts):
        """The parts, seldom with one missing, doubled, unknown or cut."""
        if self.chance(0.06) and parts:
            number = self.dice.randrange(len(parts))
            parts[number:number + 1] = self.dice.choice((
                [], [parts[number]] * 2, [attr(self.dice.randrange(1, 300), b"x" * 5)],
                [parts[number][:-4]], [self.dice.randbytes(8)]))
        return parts

    def request(self):
        """Command, flags, and the parts of a request."""
        parts = [name(self.dice.choice(LINKS))]
        if self.chance(0.04):
            parts = [self.dice.choice((b"", name("lo"), name("none"), name("a" * 20),
                                       wgnl.u32(wgnl.IFINDEX, self.dice.choice((0, 5000)))))]
        if self.chance(0.15):
            return GET, NLM_F_DUMP, self.broken(parts)
        for kind, size in SIZES.items():
            if kind != wgnl.IFINDEX and self.chance(0.15) or self.chance(0.005):
                parts.append(attr(kind, self.value(size)))
        if self.chance(0.8):
            parts.append(self.array(wgnl.PEERS, self.peer, 12))
        command = self.dice.randrange(256) if self.chance(0.01) else SET
        return command, NLM_F_ACK, self.broken(parts)


def look(client):
    """All that both families say of the links."""
    own = Client("naawg") if os.path.exists("/sys/module/naawg_wireguard") else None
    for link in LINKS:
        _, peers = client.dump(link)
        if not own:
            continue
        replies = own.request(GET + 1, NLM_F_DUMP, [name(link)])
        keys = {dict(wgnl.attributes(value))[wgnl.PEER_PUBLIC_KEY] for reply in replies
                for kind, value in wgnl.attributes(reply[20:]) if kind == wgnl.PEERS}
        assert keys == set(peers), f"the families name other peers of {link}"
        if len(peers) > 25:
            client.request(SET, NLM_F_ACK, [name(link), wgnl.u32(wgnl.FLAGS, 1)])


def answer(client, command, flags, parts):
    """Send a request, and return the error number."""
    try:
        client.request(command, flags, parts)
        return 0
    except OSError as error:
        return error.errno


def requests(client, seed, count):
    """Send COUNT requests, and note how often each answer came."""
    grammar, seen = Grammar(seed), collections.Counter()
    with open(RECORD, "w", encoding="ascii") as record:
        for number in range(count):
            request = grammar.request()
            code = answer(client, *request)
            about = f"request {number}: command {request[0]}, {b''.join(request[2]).hex()[:400]}"
            print(errno.errorcode.get(code, code), about, file=record, flush=True)
            assert code in ANSWERS, f"{errno.errorcode.get(code, code)} to {about}"
            seen[code] += 1
            if number % EVERY == EVERY - 1:
                look(client)
    print("# " + ", ".join(f"{errno.errorcode.get(code, 'done')} {times}"
                           for code, times in sorted(seen.items())), flush=True)
    # Dice that hit nothing, or nothing but errors, would test nothing.
    if count >= 1000:
        assert len(seen) > 5 and count // 5 < seen[0] < count * 9 // 10, seen
    return count


def still_good(client):
    """The links take a configuration, and go."""
    look(client)
    for link in LINKS:
        client.request(SET, NLM_F_ACK, [name(link), wgnl.u32(wgnl.FLAGS, 1),
                                        attr(wgnl.PEERS, [wgnl.peer(1)])])
        assert len(client.dump(link)[1]) == 1
        assert ip("link", "del", link) is None


def main():
    """Make two links, and report."""
    suite = Suite()
    subprocess.run(("ip", "link", "set", "lo", "up"), check=True)
    for link in LINKS:
        assert ip("link", "add", link, "type", "wireguard") is None
    client = Client()
    for link in LINKS:
        client.request(SET, NLM_F_ACK, [name(link), attr(wgnl.PRIVATE_KEY, os.urandom(32))])
        assert ip("link", "set", link, "up") is None
    print(f"# NAAWG_FUZZ_SEED={SEED} NAAWG_FUZZ_REQUESTS={REQUESTS}", flush=True)
    suite.case("every request is answered, and both families agree", requests, client, SEED,
               REQUESTS)
    suite.case("the links still work and can be deleted", still_good, client)
    suite.end()


main()
