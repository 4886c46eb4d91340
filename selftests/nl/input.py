# SPDX-License-Identifier: GPL-2.0
"""Every wrong request there is, made from the specification: each is refused,
in words or pointing at the attribute, and changes nothing."""
import errno
import os
import struct

from genl import NLA_F_NESTED, NLM_F_DUMP, SCALARS, Refused, attr
from nl_bench import (AF_INET, AF_INET6, Family, Link, Suite, as_nobody, ip,
                      prefix, refusal, same, sockaddr)

HEADERS = 16 + 4	# netlink's and generic netlink's

family = Family()
suite = Suite()
link = Link(family, "t0")
KEY, OTHER, NEW, CALLER = (os.urandom(32) for _ in range(4))

link.set(private_key=os.urandom(32), listen_port=5001, fwmark=7, peers=[
    {"public-key": KEY, "preshared-key": os.urandom(32),
     "endpoint": sockaddr("192.0.2.1", 5), "persistent-keepalive-interval": 25,
     "allowed-ips": [prefix("10.0.0.0/8"), prefix("fd00::/8")]},
    {"public-key": OTHER, "endpoint": sockaddr("2001:db8::1", 6),
     "allowed-ips": [prefix("192.0.2.0/24")]}])
STATE = link.state()


def number_of(set_name, name):
    """The number of an attribute."""
    return family.spec.sets[set_name].by_name[name][0]


def refused(body, bad=None, words=(), codes=None):
    """set-device refuses the body. BAD are the bytes of the attribute at
    fault, which the answer has to point at unless it names it in WORDS."""
    answer = refusal(family, "do", "set-device", body)
    about = f"{answer} at {answer.offset}: {(bad or body).hex()[:80]}"
    assert answer.message, f"no words: {about}"
    assert codes is None or answer.code in codes, about
    if bad is not None or words:
        at = HEADERS + body.rindex(bad) if bad else None
        assert (answer.offset == at and at is not None) or any(
            word in answer.message for word in words), about
    same(link.state(), STATE, about)
    return 1


# Where an attribute stands, and requests that are right up to it: what comes
# before must not be done either.

def at_device(bad):
    """Among the device's."""
    return family.build("device", {"ifname": "t0", "fwmark": 99}) + bad


def at_peer(bad, key=NEW):
    """Among a peer's, after a peer in order."""
    first = family.build("device", {"ifname": "t0", "listen-port": 5009,
                                    "peers": [{"public-key": os.urandom(32)}]})
    peer = family.build("peer", {"public-key": key}) + bad
    return first + attr(number_of("device", "peers") | NLA_F_NESTED, peer)


def at_prefix(bad, **fields):
    """Among an allowed-ip's, after one in order."""
    entry = {"family": AF_INET, "address": bytes(4), "prefix-len": 24}
    entry.update((name.replace("_", "-"), value)
                 for name, value in fields.items())
    entry = {name: value for name, value in entry.items() if value is not None}
    number = number_of("peer", "allowed-ips") | NLA_F_NESTED
    good = family.build("allowed-ip", prefix("10.1.0.0/16"))
    return at_peer(attr(number, good)
                   + attr(number, family.build("allowed-ip", entry) + bad), KEY)


PLACES = {"device": at_device, "peer": at_peer, "allowed-ip": at_prefix}


def settable(set_name):
    """(name, number, entry) of what a set-device request may carry."""
    entries = family.spec.sets[set_name].by_name
    if set_name == "device":
        _, operation = family.spec.commands["set-device"]
        names = operation["do"]["request"]["attributes"]
    else:
        names = list(entries)
    for name in names:
        yield (name,) + entries[name]


def each_length(set_name):
    """Every length an attribute cannot have."""
    asked = 0
    place = PLACES[set_name]
    for name, number, entry in settable(set_name):
        kind = entry["type"]
        checks = entry.get("checks", {})
        if kind in SCALARS:
            right = struct.calcsize(SCALARS[kind])
            lengths = set(range(right)) | {right + 1, right + 4, 2 * right, 64}
            lengths.discard(right)
        elif kind == "binary" and "exact-len" in checks:
            lengths = {0, 1, 16, 31, 33, 64, 1000}
        elif kind == "binary":
            right = checks["min-len"]
            lengths = set(range(right)) | {right + 1, 100, 1000}
        elif kind == "flag":
            lengths = {1, 4}
        else:
            continue
        for length in sorted(lengths):
            bad = attr(number, b"\1" * length)
            # A second copy in its place, where the first was in order.
            more = {name.replace("-", "_"): None} \
                if set_name == "allowed-ip" else {}
            asked += refused(place(bad, **more), bad, (name,))
    return asked


for which in PLACES:
    suite.case(f"{which}: attributes of wrong length are refused", each_length,
               which)


def each_range(set_name):
    """Every value beyond what the specification allows."""
    asked = 0
    place = PLACES[set_name]
    for name, number, entry in settable(set_name):
        checks = entry.get("checks", {})
        if entry["type"] not in SCALARS:
            continue
        form = SCALARS[entry["type"]]
        top = (1 << 8 * struct.calcsize(form)) - 1
        values = set()
        if "enum" in entry:
            known = sum(bit for (group, _), bit in family.spec.flags.items()
                        if group == entry["enum"])
            values = {1 << bit for bit in range(32) if not known >> bit & 1}
            values |= {top, known | 1 << 31}
        if "max" in checks and checks["max"] < top:
            values |= {checks["max"] + 1, top}
        if checks.get("min"):
            values |= {checks["min"] - 1}
        for value in sorted(values):
            bad = attr(number, struct.pack(form, value))
            more = {name.replace("-", "_"): None} \
                if set_name == "allowed-ip" else {}
            body = place(bad, **more)
            if name == "ifindex":
                body = bad
            asked += refused(body, bad, (name,))
    return asked


for which in PLACES:
    suite.case(f"{which}: values and flags out of range are refused", each_range, which)


def unknown(set_name):
    """Numbers the specification does not have, or has only for answers."""
    asked = 0
    numbers = family.spec.sets[set_name].by_number
    strange = [0, max(numbers) + 1, max(numbers) + 2, 1000, 0x3fff]
    if set_name == "device":
        allowed = {number for _, number, _ in settable("device")}
        strange += [number for number in numbers if number not in allowed]
    for number in strange:
        for payload in (b"", b"\1\0\0\0", b"\1" * 32):
            bad = attr(number, payload)
            asked += refused(PLACES[set_name](bad), bad)
    return asked


for which in PLACES:
    suite.case(f"{which}: unknown attributes are refused", unknown, which)


def reported_only():
    """Attributes of a peer that the kernel reports cannot be set."""
    values = {"last-handshake": 1, "rx-bytes": 1, "tx-bytes": 1,
              "rx-packets": 1, "tx-packets": 1, "connected": b"",
              "last-reason": "no-peer", "rekeying": b"",
              "handshake-rtt-us": 1, "retransmissions": 1, "lost-packets": 1,
              "last-rx": 1, "last-tx": 1, "connected-since": 1, "attempt-since": 1,
              "added": 1}
    for name, value in values.items():
        bad = family.build("peer", {name: value})
        refused(at_peer(bad), bad, (name,))
    return len(values)


def endpoints():
    """Addresses of the wrong family, or none at all."""
    good4, good6 = sockaddr("192.0.2.1", 1), sockaddr("2001:db8::1", 1)
    asked = 0
    for payload in (good4[:15], good4 + b"\0", good6[:27], good6 + b"\0",
                    struct.pack("=H", AF_INET6) + good4[2:],
                    struct.pack("=H", AF_INET) + good6[2:],
                    bytes(16), bytes(28), struct.pack("=H", 1) + bytes(14),
                    struct.pack("=H", 0xffff) + bytes(26), good4 * 8):
        bad = attr(number_of("peer", "endpoint"), payload)
        asked += refused(at_peer(bad), bad, ("endpoint",))
    return asked


def prefixes():
    """Families that do not fit their addresses, and what is missing."""
    asked = 0
    for name in ("family", "address", "prefix-len"):
        asked += refused(at_prefix(b"", **{name.replace("-", "_"): None}),
                         None, (name,))
    for value in (0, 1, 3, 9, 11, 0xffff):
        asked += refused(at_prefix(b"", family=value), None, ("family",))
    for fam, length in ((AF_INET, 5), (AF_INET, 16), (AF_INET6, 4),
                        (AF_INET6, 15), (AF_INET6, 17)):
        asked += refused(at_prefix(b"", family=fam, address=bytes(length)),
                         None, ("address",))
    for length in (33, 64, 128):
        asked += refused(at_prefix(b"", prefix_len=length), None,
                         ("prefix-len",))
    asked += refused(at_prefix(b"", family=AF_INET6, address=bytes(16),
                               prefix_len=129), None, ("prefix-len", "range"))
    return asked


def missing_key():
    """A peer has to say who it is."""
    peer = family.build("peer", {"endpoint": sockaddr("192.0.2.1", 1)})
    number = number_of("device", "peers") | NLA_F_NESTED
    body = family.named("t0")
    return sum(refused(body + attr(number, content), None, ("public-key",))
               for content in (b"", peer))


suite.case("peer: attributes that the kernel only reports are refused", reported_only)
suite.case("peer: endpoints of unknown families are refused", endpoints)
suite.case("peer: a peer without a public key is refused", missing_key)
suite.case("allowed-ip: contradictory families, addresses and lengths are refused", prefixes)


def badly_nested():
    """Nests without their mark, cut short, or full of noise."""
    asked = 0
    peers = number_of("device", "peers")
    inner = family.build("peer", {"public-key": NEW})
    good = family.named("t0")
    asked += refused(good + attr(peers, inner))
    asked += refused(good + attr(peers | NLA_F_NESTED, inner + b"\1\2"))
    asked += refused(good + attr(peers | NLA_F_NESTED, b"\xff" * 64))
    asked += refused(good + attr(peers | NLA_F_NESTED, bytes(64)))
    asked += refused(good + b"\1\2\3")
    # An attribute that ends after the message does.
    asked += refused(good + struct.pack("=HH", 4000, 1) + bytes(8))
    asked += refused(good + struct.pack("=HH", 3, 1) + bytes(8))
    number = number_of("peer", "allowed-ips")
    asked += refused(at_peer(attr(number, family.build(
        "allowed-ip", prefix("10.7.0.0/16")))))
    asked += refused(at_peer(attr(number | NLA_F_NESTED, b"\xff" * 12)))
    # Nests in nests in nests: as deep as they go, and no deeper.
    deep = b""
    for _ in range(60):
        deep = attr(peers | NLA_F_NESTED, deep)
    asked += refused(good + deep)
    return asked


def fuzzed():
    """Noise in the place of attributes: refused or without effect, as noise
    happens to be in order only when it is empty."""
    asked = 0
    for _ in range(300):
        noise = os.urandom(4 * (1 + os.urandom(1)[0] % 60))
        try:
            family.do("set-device", family.named("t0") + noise)
        except Refused as answer:
            assert answer.code in (errno.EINVAL, errno.ERANGE,
                                   errno.EOPNOTSUPP, errno.EAFNOSUPPORT), answer
        asked += 1
    same(link.state(), STATE)
    return asked


suite.case("malformed nests are refused", badly_nested)
suite.case("noise", fuzzed)


# Naming a device -----------------------------------------------------------

def named_by():
    """The ways to name a device: exactly one has to be used, and be right."""
    ip("link", "add", "stranger", "type", "dummy")
    name, index = number_of("device", "ifname"), number_of("device", "ifindex")

    def by_index(value):
        return attr(index, struct.pack("=I", value))

    def by_name(value):
        return attr(name, value)
    lo = 1
    wrong = (
        (b"", (errno.EINVAL,)),
        (by_name(b"t0\0") + by_index(link.index), (errno.EINVAL,)),
        (by_name(b"nowhere\0"), (errno.ENODEV,)),
        (by_index(0x7ffffff0), (errno.ENODEV,)),
        (by_name(b"lo\0"), (errno.EOPNOTSUPP, errno.ENODEV)),
        (by_index(lo), (errno.EOPNOTSUPP, errno.ENODEV)),
        (by_name(b"stranger\0"), (errno.EOPNOTSUPP, errno.ENODEV)),
        (by_name(b"\0"), (errno.ENODEV, errno.EINVAL)),
        (by_name(b""), (errno.ERANGE, errno.EINVAL)),
        (by_name(b"t0"), (errno.EINVAL,)),
        (by_name(b"x" * 15), (errno.EINVAL,)),
        (by_name(b"x" * 16 + b"\0"), (errno.ERANGE, errno.EINVAL)),
        (by_name(b"x" * 255 + b"\0"), (errno.ERANGE, errno.EINVAL)),
        (by_index(0), (errno.ERANGE, errno.EINVAL, errno.ENODEV)),
        (by_index(0x80000000), (errno.ERANGE, errno.EINVAL, errno.ENODEV)),
        (by_index(0xffffffff), (errno.ERANGE, errno.EINVAL, errno.ENODEV)),
    )
    asked = 0
    for body, codes in wrong:
        asked += refused(body, codes=codes)
        for command in ("get-device", "get-stats"):
            answer = refusal(family, "dump", command, body)
            assert answer.message, f"{command} without words: {body!r}"
            assert answer.code in codes, f"{command} {answer} {body!r}"
            asked += 1
    for body in (by_name(b"t0\0"), by_index(link.index)):
        family.do("set-device", body)
        assert family.dump("get-device", body)
        assert family.dump("get-stats", body)
    return asked


def rekeys():
    """Requests to rekey name peers that can be called, by their keys only."""
    asked = 0

    def entry(**fields):
        return family.build("device", {"peers": [
            {name.replace("_", "-"): value for name, value in fields.items()}]})

    good, unknown_one = entry(public_key=KEY), entry(public_key=NEW)
    wrong = [
        (b"", None, errno.EINVAL),
        (entry(), 0, errno.EINVAL),
        (good + entry(public_key=KEY, flags=0), None, errno.EINVAL),
        (entry(public_key=KEY, preshared_key=bytes(32)), None, errno.EINVAL),
        (entry(public_key=KEY, endpoint=sockaddr("192.0.2.1", 5)), None, errno.EINVAL),
        (entry(public_key=KEY, rekeying=b""), None, errno.EINVAL),
        (unknown_one, 0, errno.ENOENT),
        (good + unknown_one, len(good), errno.ENOENT),
        (good + entry(public_key=CALLER), len(good), errno.EDESTADDRREQ),
        (attr(number_of("device", "fwmark"), bytes(4)), None, errno.EINVAL),
    ]
    same(refusal(family, "do", "rekey", family.named("t0") + good).code, errno.ENETDOWN)
    link.set(peers=[{"public-key": CALLER}])
    ip("link", "set", "t0", "up")
    state = link.state()
    for body, at, code in wrong:
        named = family.named("t0")
        answer = refusal(family, "do", "rekey", named + body)
        same(answer.code, code, body.hex()[:200])
        assert answer.message or code == errno.EINVAL, answer
        if at is not None:
            same(answer.offset, HEADERS + len(named) + at)
        asked += 1
    same(link.state(), state)
    assert not any("rekeying" in peer for peer in stats_of("t0").values())
    family.do("rekey", family.named("t0") + good)
    assert [key for key, peer in stats_of("t0").items() if "rekeying" in peer] == [KEY]
    ip("link", "set", "t0", "down")
    assert not any("rekeying" in peer for peer in stats_of("t0").values())
    private = link.state()[0]["private-key"]
    ip("link", "set", "t0", "up")
    link.set(private_key=bytes(32))
    same(refusal(family, "do", "rekey", family.named("t0") + good).code, errno.ENOKEY)
    ip("link", "set", "t0", "down")
    link.set(private_key=private, peers=[
        {"public-key": CALLER, "flags": family.spec.flags["peer-flag", "remove-me"]}])
    same(link.state(), STATE)
    return asked + 2


def stats_of(name):
    """The peers of get-stats by key."""
    return {peer["public-key"]: peer
            for part in family.dump("get-stats", family.named(name))
            for peer in part.get("peers", [])}


def dumps_take_nothing_else():
    """A question carries a name and nothing beside it."""
    asked = 0
    for command in ("get-device", "get-stats"):
        for name, number, _ in settable("device"):
            if name in ("ifname", "ifindex"):
                continue
            bad = attr(number, bytes(4))
            refusal(family, "dump", command, family.named("t0") + bad)
            asked += 1
    return asked


def operations():
    """Commands that do not exist, or not in this form."""
    for command in (0, 100, 255):
        same(refusal(family, "do", command, b"").code, errno.EOPNOTSUPP)
    same(refusal(family, "do", "get-device", family.named("t0")).code,
         errno.EOPNOTSUPP)
    number = family.spec.commands["set-device"][0]
    try:
        family._exchange(  # pylint: disable=protected-access
            family.id, number, 1, family.named("t0"), NLM_F_DUMP)
    except Refused as answer:
        same(answer.code, errno.EOPNOTSUPP)
    else:
        raise AssertionError("set-device as a dump was not refused")
    same(link.state(), STATE)
    return 5


suite.case("a request must name one device", named_by)
suite.case("requests to rekey are checked as a whole, and change no configuration", rekeys)
suite.case("queries with attributes they do not take are refused",
           dumps_take_nothing_else)
suite.case("unknown operations are refused", operations)


# Capabilities -----------------------------------------------------------------

def nobody():
    """Keys are for those who may see them; counters for everyone."""
    def ask():
        mine = Family(family.spec)
        body = mine.named("t0")
        codes = [refusal(mine, "dump", "get-device", body).code,
                 refusal(mine, "do", "set-device", body).code,
                 refusal(mine, "do", "rekey", body + mine.build(
                     "device", {"peers": [{"public-key": KEY}]})).code]
        stats = mine.dump("get-stats", body)
        assert stats[0]["ifname"] == "t0"
        for part in stats:
            assert "private-key" not in part
            for peer in part.get("peers", []):
                assert "preshared-key" not in peer
        return codes
    same(as_nobody(ask), str([errno.EPERM] * 3))
    # Nor is a key anywhere in the bytes.
    device, peers = STATE
    raw = b"".join(family.dump_parts("get-stats", family.named("t0")))
    assert device["public-key"] in raw
    assert device["private-key"] not in raw
    assert peers[KEY]["preshared-key"] not in raw
    same(link.state(), STATE)
    return 3


suite.case("a user without a capability gets counters and no keys", nobody)
suite.end()
