# SPDX-License-Identifier: GPL-2.0
"""Random requests, right and wrong, made from the specification."""
import random
import struct

from genl import NLA_F_NESTED, SCALARS, attr

NLA_F_NET_BYTEORDER = 0x4000
AF_INET, AF_INET6 = 2, 10


class Grammar:
    """A stream of requests for links of given names. One number makes it."""

    def __init__(self, family, links, seed):
        self.family = family
        self.spec = family.spec
        self.links = links
        self.dice = random.Random(seed)
        self.careless = 1
        self.size = 4
        self.keys_only = False
        self.weights = {name: 10 if "do" in operation else
                        1 if "event" in operation else 4
                        for name, (_, operation) in self.spec.commands.items()}
        # A few keys and prefixes, so that what is asked for meets what is there.
        self.keys = [self.dice.randbytes(32) for _ in range(12)] + [bytes(32)]

    def request(self):
        """(command number, dump or not, attributes)"""
        dice = self.dice
        name = dice.choices(list(self.weights), list(self.weights.values()))[0]
        number, operation = self.spec.commands[name]
        self.keys_only = name == "rekey"
        # Most requests are right but for one thing, and many in everything.
        self.careless = dice.choice((0, 0, 0, 1, 3))
        wanted = []
        for way in ("do", "dump"):
            wanted += operation.get(way, {}).get("request", {}).get("attributes", [])
        entries = self.spec.sets["device"].by_name
        names = [n for n in wanted if n not in ("ifindex", "ifname")
                 and dice.random() < 0.6]
        if self.careless and dice.random() < 0.2:
            names += dice.choices(list(entries), k=dice.randrange(4))
        body = self.device()
        for name in names:
            body += self.attribute(*entries[name], depth=0)
        if self.careless and dice.random() < 0.15:
            body = self.spoil(body)
        if dice.random() < 0.03:
            number = dice.randrange(256)
        dump = "dump" in operation
        if dice.random() < 0.05:
            dump = not dump
        return number, dump, body[:60000]

    def device(self):
        """Name a device, mostly one that exists."""
        dice = self.dice
        kind = dice.random()
        if kind < 0.9:
            return self.family.named(dice.choice(self.links))
        if kind < 0.94:
            return self.family.build("device", {"ifindex": dice.randrange(40)})
        if kind < 0.97:
            return self.family.build("device", {"ifname": dice.randbytes(
                dice.randrange(20))})
        return b""

    def attribute(self, number, entry, depth):
        """One attribute, or several where several may be."""
        dice = self.dice
        if entry["type"] == "nest":
            return self.nests(number, entry, depth)
        payload = self.valid(entry)
        if dice.random() < 0.03 * self.careless:
            payload = self.wrong(payload)
        if dice.random() < 0.005 * self.careless:
            number = dice.choice((0, number | NLA_F_NESTED,
                                  number | NLA_F_NET_BYTEORDER,
                                  dice.randrange(1 << 14)))
        return attr(number, payload)

    def nests(self, number, entry, depth):
        """A few entries, now and then very many."""
        dice = self.dice
        count = dice.choice((0, 1, 1, 2, 3, 5))
        if dice.random() < 0.01:
            count = 100
        out = b""
        inner = self.spec.sets[entry["nested-attributes"]].by_name
        for _ in range(count):
            if depth > 3:
                break
            body = b""
            self.size = dice.choice((4, 4, 16))
            for name, (inner_number, inner_entry) in inner.items():
                likely = self.likely(entry, name)
                if not self.careless and not 0.02 < likely < 0.96:
                    likely = round(likely)
                if dice.random() < likely:
                    body += self.attribute(inner_number, inner_entry, depth + 1)
            if dice.random() < 0.01 * self.careless:
                body = self.spoil(body)
            flag = 0 if dice.random() < 0.01 * self.careless else NLA_F_NESTED
            out += attr(number | flag, body[:30000])
        return out

    def likely(self, entry, name):
        """How often an attribute is there: what is needed, nearly always."""
        if self.keys_only and entry["name"] == "peers":
            return 0.99 if name == "public-key" else 0.002
        if entry["name"] == "peers":
            return {"public-key": 0.97, "allowed-ips": 0.6, "flags": 0.3,
                    "endpoint": 0.4, "preshared-key": 0.3,
                    "persistent-keepalive-interval": 0.3,
                    "protocol-version": 0.1}.get(name, 0.01)
        if entry["name"] == "allowed-ips":
            return 0.15 if name == "flags" else 0.97
        if entry["name"] == "forwards":
            return {"proto": 0.98, "port": 0.98, "address": 0.7, "flags": 0.3,
                    "port-last": 0.2, "to-port": 0.2, "egress": 0.1,
                    "from-address": 0.2, "from-prefix-len": 0.2,
                    "from-peer": 0.05}.get(name, 0.01)
        return 0.3

    def valid(self, entry):
        """A payload of the right type, likely to be accepted."""
        dice, name, kind = self.dice, entry["name"], entry["type"]
        if kind in SCALARS:
            return struct.pack(SCALARS[kind], self.number(name, kind))
        if kind == "string":
            return dice.choice((b"lo", b"f0", dice.randbytes(6))) + b"\0"
        if name.endswith("-key") or name == "from-peer":
            return dice.choice(self.keys)
        if name == "endpoint":
            return self.endpoint()
        if name in ("address", "from-address"):
            return self.address()
        return dice.randbytes(dice.randrange(16))

    def number(self, name, kind):
        """A number that means something, or when careless, an extreme one."""
        dice, bits = self.dice, struct.calcsize(SCALARS[kind]) * 8
        good = {"proto": (6, 17),
                "prefix-len": (0, 8, 16, 24, 31, 32),
                "from-prefix-len": (0, 8, 16, 24, 31, 32),
                "flags": (0, 0, 1, 2), "forward-flags": (0, 1, 2, 3),
                "protocol-version": (1,), "listen-port": (0, 51820, 51821),
                "port": (80, 443, 444, 8080), "port-last": (8080, 8081, 65000),
                "to-port": (1, 80, 443), "fwmark": (0, 1, 1 << 31),
                "answer-unreachable": (0, 1),
                "persistent-keepalive-interval": (0, 25, 65535)}.get(name)
        if name == "family" and dice.random() >= 0.08 * self.careless:
            return AF_INET if self.size == 4 else AF_INET6
        if good and dice.random() >= 0.08 * self.careless:
            return dice.choice(good)
        return dice.choice((0, 1, 2, 33, 64, 127, 128, 129, 255,
                            (1 << bits) - 1, dice.getrandbits(bits))) % (1 << bits)

    def address(self):
        """Either family; neighbours, so that prefixes nest."""
        dice = self.dice
        size = self.size
        if dice.random() < 0.05 * self.careless:
            size = 20 - size
        head = b"\x0a" if size == 4 else b"\xfd"
        return head + bytes(dice.choice((0, 0, 1, 128, 255))
                            for _ in range(size - 1))

    def endpoint(self):
        """A socket address of either family."""
        dice = self.dice
        port = struct.pack("!H", dice.choice((0, 9, 51820)))
        if dice.random() < 0.6:
            return struct.pack("=H", AF_INET) + port + \
                dice.choice((b"\x7f\0\0\1", b"\xc0\0\2\1", bytes(4), b"\xff" * 4)) + \
                bytes(8)
        return struct.pack("=H", AF_INET6) + port + bytes(4) + \
            dice.choice((bytes(15) + b"\1", bytes(16),
                         b"\xfe\x80" + bytes(13) + b"\1")) + \
            struct.pack("=I", dice.choice((0, 1, 2, 99)))

    def wrong(self, payload):
        """Another length, or other bytes."""
        dice = self.dice
        return dice.choice((
            b"", payload[:-1], payload + b"\0", payload * 2,
            dice.randbytes(len(payload)), dice.randbytes(dice.randrange(70)),
            payload[:1]))

    def spoil(self, body):
        """Bytes changed, dropped or doubled without regard to what they are."""
        dice, body = self.dice, bytearray(body)
        for _ in range(1 + dice.randrange(3)):
            at = dice.randrange(len(body) + 1)
            kind = dice.randrange(4)
            if kind == 0 and at < len(body):
                body[at] ^= 1 << dice.randrange(8)
            elif kind == 1:
                del body[at:]
            elif kind == 2:
                body[at:at] = dice.randbytes(dice.randrange(9))
            else:
                body += body[at:at + 200]
        return bytes(body)
