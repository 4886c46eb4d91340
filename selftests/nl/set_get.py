# SPDX-License-Identifier: GPL-2.0
"""Valid requests of set-device, and dumps of any size."""
import os
import socket
import struct
import subprocess
import sys
import threading

from nl_bench import (Family, Link, Refused, Suite, errno, prefix, refusal,
                      same, show, sockaddr)

family = Family()
suite = Suite()
link = Link(family, "t0")
DEVICE_REPLACE = family.spec.flags["device-flag", "replace-peers"]
FORWARDS_REPLACE = family.spec.flags["forward-request-flag", "replace"]
FORBIDDEN_REPLACE = family.spec.flags["device-flag", "replace-forbidden"]
PEER_REMOVE = family.spec.flags["peer-flag", "remove-me"]
PEER_REPLACE = family.spec.flags["peer-flag", "replace-allowed-ips"]
PEER_UPDATE = family.spec.flags["peer-flag", "update-only"]
PREFIX_REMOVE = family.spec.flags["allowed-ip-flag", "remove-me"]
A, B, C = (os.urandom(32) for _ in range(3))


def peers():
    """Keys of the present peers."""
    return set(link.state()[1])


def empty():
    """A fresh link has nothing."""
    device, known = link.state()
    same(known, {})
    same((device["ifname"], device["ifindex"]), ("t0", link.index))
    same((device["fwmark"], "private-key" in device), (0, False))


def round_trip():
    """get-device returns the values that were set."""
    private = bytes([8]) + os.urandom(30) + bytes([64])
    link.set(private_key=private, listen_port=5001, fwmark=0xfeedbeef, peers=[{
        "public-key": A, "preshared-key": B,
        "endpoint": sockaddr("192.0.2.7", 4000),
        "persistent-keepalive-interval": 65535, "protocol-version": 1,
        "allowed-ips": [prefix("10.1.2.3/8"), prefix("fd00:1::5/32"),
                        prefix("0.0.0.0/0"), prefix("::/0")]}])
    device, known = link.state()
    same(device["private-key"], private)
    same((device["listen-port"], device["fwmark"]), (5001, 0xfeedbeef))
    same(known[A], {
        "preshared-key": B, "endpoint": sockaddr("192.0.2.7", 4000),
        "persistent-keepalive-interval": 65535, "protocol-version": 1,
        "allowed-ips": ["0.0.0.0/0", "10.0.0.0/8", "::/0", "fd00:1::/32"]})


def absent_stays():
    """Attributes that are not given stay as they are."""
    before = link.state()
    link.set()
    same(link.state(), before)
    link.set(peers=[{"public-key": A}])
    same(link.state(), before)
    link.set(fwmark=0)
    device, known = link.state()
    same((device["fwmark"], known), (0, before[1]))
    link.set(peers=[{"public-key": A,
                     "endpoint": sockaddr("2001:db8::9", 9)}])
    entry = link.state()[1][A]
    same(entry["endpoint"], sockaddr("2001:db8::9", 9))
    same(entry["allowed-ips"], before[1][A]["allowed-ips"])


def zero_keys():
    """A key of zeros is no key."""
    link.set(private_key=bytes(32), peers=[
        {"public-key": A, "preshared-key": bytes(32),
         "persistent-keepalive-interval": 0}])
    device, known = link.state()
    same("private-key" in device or "public-key" in device, False)
    same(known[A].get("preshared-key", bytes(32)), bytes(32))
    same(known[A]["persistent-keepalive-interval"], 0)


def peer_flags():
    """Add, update only, remove, replace."""
    link.set(flags=DEVICE_REPLACE)
    same(peers(), set())
    link.set(peers=[{"public-key": A, "flags": PEER_UPDATE,
                     "allowed-ips": [prefix("10.0.0.0/8")]}])
    same(peers(), set())
    link.set(peers=[{"public-key": A}, {"public-key": B}])
    link.set(peers=[{"public-key": A, "flags": PEER_UPDATE,
                     "persistent-keepalive-interval": 9},
                    {"public-key": C, "flags": PEER_REMOVE}])
    same(peers(), {A, B})
    same(link.state()[1][A]["persistent-keepalive-interval"], 9)
    link.set(peers=[{"public-key": A, "flags": PEER_REMOVE | PEER_UPDATE}])
    same(peers(), {B})
    link.set(flags=DEVICE_REPLACE, peers=[{"public-key": C}])
    same(peers(), {C})
    # The same peer several times in one request, in order.
    link.set(peers=[{"public-key": A}, {"public-key": A, "flags": PEER_REMOVE},
                    {"public-key": A, "persistent-keepalive-interval": 3}])
    same(link.state()[1][A]["persistent-keepalive-interval"], 3)


def prefix_flags():
    """Add, replace and take away."""
    link.set(flags=DEVICE_REPLACE, peers=[
        {"public-key": A, "allowed-ips": [prefix("10.0.0.0/8")]},
        {"public-key": B}])
    link.set(peers=[{"public-key": A,
                     "allowed-ips": [prefix("10.1.0.0/16"),
                                     prefix("fd00::/8")]}])
    same(link.prefixes(A), ["10.0.0.0/8", "10.1.0.0/16", "fd00::/8"])
    link.set(peers=[{"public-key": A, "allowed-ips": [
        prefix("10.0.0.0/8", flags=PREFIX_REMOVE),
        prefix("172.16.0.0/12", flags=PREFIX_REMOVE),
        prefix("10.2.0.0/16", flags=0)]}])
    same(link.prefixes(A), ["10.1.0.0/16", "10.2.0.0/16", "fd00::/8"])
    # Only its owner can give a prefix away by taking it off itself.
    link.set(peers=[{"public-key": B, "allowed-ips": [
        prefix("10.1.0.0/16", flags=PREFIX_REMOVE)]}])
    same(link.prefixes(A), ["10.1.0.0/16", "10.2.0.0/16", "fd00::/8"])
    link.set(peers=[{"public-key": B, "allowed-ips": [prefix("10.1.0.0/16")]}])
    same((link.prefixes(A), link.prefixes(B)),
         (["10.2.0.0/16", "fd00::/8"], ["10.1.0.0/16"]))
    link.set(peers=[{"public-key": A, "flags": PEER_REPLACE,
                     "allowed-ips": [prefix("10.9.0.0/16")]}])
    same(link.prefixes(A), ["10.9.0.0/16"])
    link.set(peers=[{"public-key": A, "flags": PEER_REPLACE}])
    same(link.prefixes(A), [])


def port_in_use():
    """A port that is taken leaves everything as it was."""
    subprocess.run(("ip", "link", "set", "t0", "up"), check=True)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("0.0.0.0", 0))
        taken = sock.getsockname()[1]
        before = link.state()
        body = family.build("device", {
            "ifname": "t0", "listen-port": taken, "fwmark": 12345,
            "peers": [{"public-key": os.urandom(32)}]})
        answer = refusal(family, "do", "set-device", body)
        same(answer.code, errno.EADDRINUSE)
        assert "port" in answer.message, answer
        same(link.state(), before)
    subprocess.run(("ip", "link", "set", "t0", "down"), check=True)


def refused_set(*words, **values):
    """A request that is refused for a reason with these words, and changes nothing."""
    before = link.state()
    body = {"ifname": link.name}
    body.update((key.replace("_", "-"), value) for key, value in values.items())
    answer = refusal(family, "do", "set-device", family.build("device", body))
    for word in words:
        assert word in answer.message, answer.message
    same(link.state(), before)
    return answer


def forbidden():
    """Networks in order, or none."""
    return [show(each) for each in link.state()[0].get("forbidden", [])]


def forbidden_networks():
    """Replaced as a whole, or not at all."""
    link.set(flags=FORBIDDEN_REPLACE,
             forbidden=[prefix("10.1.2.3/8"), prefix("fd00::1/16"),
                        prefix("10.0.0.0/8")])
    same(forbidden(), ["10.0.0.0/8", "fd00::/16"])
    link.set(fwmark=0)
    same(forbidden(), ["10.0.0.0/8", "fd00::/16"])
    refused_set("as a whole", forbidden=[prefix("10.0.0.0/8")])
    refused_set("no flags", flags=FORBIDDEN_REPLACE,
                forbidden=[prefix("10.0.0.0/8", flags=PREFIX_REMOVE)])
    refused_set("longer than the address", flags=FORBIDDEN_REPLACE,
                forbidden=[prefix("10.0.0.0/33")])
    refused_set("length of its family", flags=FORBIDDEN_REPLACE,
                forbidden=[{**prefix("10.0.0.0/8"), "address": bytes(5)}])
    refused_set("needs family", flags=FORBIDDEN_REPLACE,
                forbidden=[{"family": 2, "prefix-len": 1}])
    many = [prefix(f"fd00:{n:x}::/32") for n in range(257)]
    refused_set("256", flags=FORBIDDEN_REPLACE, forbidden=many)
    # more than fits one message of a small buffer
    link.set(flags=FORBIDDEN_REPLACE, forbidden=many[:256])
    same(forbidden(), [show(each) for each in many[:256]])
    # a request that fails for another reason forbids nothing new
    refused_set("private key", private_key=A,
                flags=FORBIDDEN_REPLACE, forbidden=[prefix("0.0.0.0/0")],
                peers=[{"public-key": A}])
    link.set(flags=FORBIDDEN_REPLACE)
    same(forbidden(), [])


def keys_in_the_wrong_place():
    """A private key is neither public nor shared; no answer shows it."""
    private = bytes([8]) + os.urandom(30) + bytes([64])
    unclamped = bytes([15]) + private[1:31] + bytes([192])
    link.set(flags=DEVICE_REPLACE, private_key=private)
    for key in (private, unclamped):
        refused_set("private key", "pubkey", peers=[{"public-key": B},
                                                    {"public-key": key}])
        refused_set("private key", "genpsk",
                    peers=[{"public-key": B, "preshared-key": key}])
    refused_set("not secret", peers=[{"public-key": B, "preshared-key": B}])
    # removing one is no reason to refuse
    link.set(peers=[{"public-key": private, "flags": PEER_REMOVE}])
    # both in one request, and the key after the peer
    link.set(private_key=bytes(32), peers=[{"public-key": private},
                                           {"public-key": B, "preshared-key": C}])
    for key in (private, unclamped, C):
        refused_set("genkey", private_key=key)
    refused_set("private key", private_key=A, peers=[{"public-key": A}])
    refused_set("private key", private_key=A,
                peers=[{"public-key": B, "preshared-key": A}])
    link.set(flags=DEVICE_REPLACE, private_key=private)
    same(peers(), set())
    public = link.state()[0]["public-key"]
    refused_set("not secret", private_key=public)
    # forwards name peers, and everybody may read them
    forward = {"proto": 6, "port": 80, "from-peer": private}
    answer = refusal(family, "do", "set-forwards", family.build(
        "device", {"ifname": link.name, "forwards": [forward]}))
    assert "private key" in answer.message, answer.message
    link.set(private_key=bytes(32))
    family.do("set-forwards", family.build(
        "device", {"ifname": link.name, "forwards": [forward]}))
    refused_set("forward", private_key=private)
    family.do("set-forwards", family.build(
        "device", {"ifname": link.name, "forward-flags": FORWARDS_REPLACE}))
    link.set(private_key=private)


def keys_on_their_way_out():
    """A key that the same request removes or replaces is no conflict."""
    private, other = (bytes([8]) + os.urandom(30) + bytes([64]) for _ in range(2))
    link.set(flags=DEVICE_REPLACE, private_key=bytes(32),
             peers=[{"public-key": private}, {"public-key": B, "preshared-key": other},
                    {"public-key": C, "preshared-key": other}])
    link.set(private_key=private,
             peers=[{"public-key": private, "flags": PEER_REMOVE}])
    same(peers(), {B, C})
    refused_set("genkey", private_key=other,
                peers=[{"public-key": B, "preshared-key": A}, {"public-key": C}])
    refused_set("genpsk", private_key=other,
                peers=[{"public-key": B, "preshared-key": A},
                       {"public-key": C, "preshared-key": other}])
    link.set(private_key=other, peers=[{"public-key": B, "preshared-key": A},
                                       {"public-key": C, "flags": PEER_REMOVE}])
    same(peers(), {B})
    same(link.state()[1][B]["preshared-key"], A)


def keys_said_twice():
    """The last of several keys in one peer is checked and used."""
    private = bytes([8]) + os.urandom(30) + bytes([64])
    link.set(flags=DEVICE_REPLACE, private_key=private)

    def both(name, *keys):
        return b"".join(family.build("peer", {name: key}) for key in keys)

    refused_set("pubkey", peers=[both("public-key", B, private)])
    refused_set("genpsk", peers=[both("public-key", B)
                                 + both("preshared-key", A, private)])
    refused_set("pubkey", peers=[both("public-key", private)
                                 + both("flags", PEER_REMOVE, 0)])
    link.set(peers=[both("public-key", private, B)
                    + both("preshared-key", private, A)])
    same(peers(), {B})
    same(link.state()[1][B]["preshared-key"], A)


suite.case("a new link has defaults", empty)
suite.case("get-device returns the values of set-device", round_trip)
suite.case("attributes that are not given stay as they are", absent_stays)
suite.case("a key of zeros means no key", zero_keys)
suite.case("flags of peers are honoured", peer_flags)
suite.case("flags of prefixes are honoured", prefix_flags)
suite.case("forbidden networks are set and shown", forbidden_networks)
suite.case("keys in the wrong place are refused", keys_in_the_wrong_place)
suite.case("keys that the same request removes are no conflict", keys_on_their_way_out)
suite.case("the last of several keys in one peer counts", keys_said_twice)
suite.case("a port in use is refused", port_in_use)


# Large ones -------------------------------------------------------------------

PEERS, PREFIXES = 500, 40


def key_of(number):
    """The key of the Nth peer."""
    return struct.pack("!I", number) + b"k" * 28


def prefixes_of(number):
    """Its prefixes, half of each family."""
    return [prefix(f"10.{number >> 8}.{number & 255}.{4 * item}/30")
            for item in range(PREFIXES // 2)] + [
        prefix(f"fd00:{number:x}:{item:x}::/48")
        for item in range(PREFIXES // 2)]


def fill():
    """All of them, some in each request."""
    link.set(flags=DEVICE_REPLACE)
    for start in range(0, PEERS, 20):
        link.set(peers=[{"public-key": key_of(number),
                         "endpoint": sockaddr("192.0.2.1", 1 + number),
                         "allowed-ips": prefixes_of(number)}
                        for number in range(start, start + 20)])


def check_dump(must_have):
    """One dump: whole, nothing twice; returns the number of messages."""
    seen = {}
    parts = family.dump("get-device", family.named("t0"))
    for part in parts:
        same((part["ifname"], part["ifindex"]), ("t0", link.index))
        for peer in part.get("peers", []):
            key = peer["public-key"]
            if key in seen:
                # Only as a continuation, with nothing but prefixes.
                same(set(peer), {"public-key", "allowed-ips"})
            entry = seen.setdefault(key, [])
            entry += [(e["address"], e["prefix-len"])
                      for e in peer.get("allowed-ips", [])]
    for number in must_have:
        wanted = {(e["address"], e["prefix-len"]) for e in prefixes_of(number)}
        got = seen.get(key_of(number), [])
        same(len(got), PREFIXES, f"peer {number}")
        same(set(got), wanted, f"peer {number}")
    return len(parts), seen


def large():
    """Far more than a message takes."""
    fill()
    messages, seen = check_dump(range(PEERS))
    assert messages > 10, messages
    same(len(seen), PEERS)


def while_shrinking():
    """Peers go while others are told of: those that stay are told of whole."""
    fill()
    stay = set(range(0, PEERS, 5))
    stop = threading.Event()
    trouble = []

    def remove():
        mine = Family(family.spec)
        try:
            for number in range(PEERS):
                if number in stay:
                    continue
                mine.do("set-device", mine.build("device", {
                    "ifname": "t0", "peers": [{"public-key": key_of(number),
                                               "flags": PEER_REMOVE}]}))
        except (Refused, OSError) as error:
            trouble.append(error)
        finally:
            stop.set()
    thread = threading.Thread(target=remove)
    thread.start()
    dumps = 0
    while True:
        last = stop.is_set()
        check_dump(stay)
        dumps += 1
        if last:
            break
    thread.join()
    same(trouble, [])
    same(len(check_dump(stay)[1]), len(stay))
    assert dumps > 1


def while_deleted():
    """The link goes in the middle of a dump: an end or an error, no more."""
    fill()
    other = Family(family.spec)
    number = other.spec.commands["get-device"][0]
    # Asked, and not yet read beyond what fits the socket at first.
    other.send(other.id, struct.pack("=BBH", number, 1, 0) + other.named("t0"),
               0x300)
    subprocess.run(("ip", "link", "del", "t0"), check=True)
    other.sock.settimeout(10)
    for kind, _, payload in other.messages():
        if kind == 3:
            code = -struct.unpack_from("=i", payload)[0]
            assert code in (0, errno.ENODEV), code
            return
        if kind == 2:
            same(-struct.unpack_from("=i", payload)[0], errno.ENODEV)
            return


def while_replaced():
    """Another link gets the index in the middle of a dump: the dump does not show it."""
    fresh = Link(family, "t0")
    for start in range(0, PEERS, 20):
        fresh.set(peers=[{"public-key": key_of(n), "allowed-ips": prefixes_of(n)}
                         for n in range(start, start + 20)])
    other = Family(family.spec)
    number = other.spec.commands["get-device"][0]
    other.send(other.id, struct.pack("=BBH", number, 1, 0) + other.named("t0"),
               0x300)
    subprocess.run(("ip", "link", "del", "t0"), check=True)
    subprocess.run(("ip", "link", "add", "t0", "index", str(fresh.index),
                    "type", "naawg"), check=True)
    other.sock.settimeout(10)
    for kind, _, payload in other.messages():
        if kind in (2, 3):
            same(-struct.unpack_from("=i", payload)[0], errno.ENODEV)
            break
    subprocess.run(("ip", "link", "del", "t0"), check=True)


def padding():
    """Padding that aligns numbers is no attribute."""
    pad = family.spec.sets["peer"].by_name["pad"][0]
    body = family.build("peer", {"public-key": A})
    same(family.decode("peer", struct.pack("=HH", 4, pad) + body),
         {"public-key": A})


def chains():
    """Kernels that are tested here take chains apart right, and get-stats says so."""
    with open("/sys/module/naawg/parameters/chains", encoding="ascii") as stream:
        same(stream.read(), "right\n")
    stats = family.dump("get-stats", family.named("t0"))
    same(stats[0]["chains"], 1)


suite.case("version says if receive offload chains datagrams", chains)
suite.case(f"{PEERS} peers with {PREFIXES} prefixes each are dumped whole", large)
suite.case("a dump while peers are removed ends well", while_shrinking)
suite.case("a dump while the link is deleted ends well", while_deleted)
suite.case("a dump ends well when another link takes the index", while_replaced)
suite.case("64-bit values in a reply are aligned", padding)
sys.stdout.flush()
suite.end()
