# SPDX-License-Identifier: GPL-2.0
"""Each drop reason once. The tests in wire/ check what a reason does beyond being
counted; here it is that the tool prints it correctly."""
import json
import os
import socket
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "wire"))

# pylint: disable=wrong-import-position
from bench import (DEVICE, PATIENCE, WG, Bench, Peer, Suite, Wire, b64,  # noqa: E402
                   echo4, run, same)
from peer import (INITIATION, RESPONSE, Identity, cookie_reply,  # noqa: E402
                  with_macs)

# Not here, and why. The long tests have what takes minutes.
ELSEWHERE = {
    "no-memory": "needs memory to run out",
    "queue-full": "needs a sender faster than the receiver, batch/changing.sh",
    "handshake-queue-full": "needs a sender faster than the receiver",
    "cookie-wanted": "needs load, wire/cookies.py makes it",
    "overload": "likewise",
    "rate-limited": "likewise",
    "stage-device-full": "needs many peers, net/staged_bounds.sh",
    "stage-expired": "takes 90 s, long/rekey.sh",
    "given-up": "likewise",
    "peer-unreachable": "takes two calls, unreachable.sh",
    "session-expired": "takes 180 s",
    "forbidden-destination": "needs a list of networks, nat/forbidden.sh",
}

bench = Bench()
suite = Suite()
provoked = set()


def stats(device=DEVICE):
    """The tool's statistics of a link."""
    return json.loads(run(WG, "stats", device, "--json"))["devices"][0]


def count(name, device=DEVICE):
    """A reason's counter."""
    return {r["name"]: r["count"] for r in stats(device)["reasons"]}[name]


def last_reason(peer):
    """The last reason of a peer, if it ever had one."""
    for shown in stats()["peers"]:
        if shown["public_key"] == b64(peer.identity.public):
            return shown.get("last_reason")
    raise KeyError("not a peer")


def until(condition, what):
    """Wait for a state."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def counts(name, function, of_peer=False, device=DEVICE):
    """FUNCTION provokes reason NAME; it may return the peer to blame."""
    before = count(name, device)
    peer = function()
    until(lambda: count(name, device) > before, f"{name} did not move")
    provoked.add(name)
    if of_peer:
        until(lambda: last_reason(peer) == name,
              f"last reason is {last_reason(peer)}, not {name}")


def case(name, function, of_peer=False, device=DEVICE):
    """One case per reason."""
    suite.case(f"{name}{' and whose' if of_peer else ''}", counts, name,
               function, of_peer, device)


def send_inner(address, data=b"x"):
    """A datagram into the tunnel; the stack may tell us what it thinks."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.sendto(data, (address, 9))
        except OSError:
            pass


def raw_frame(ethertype, data):
    """A frame of any kind; the refusal may reach its sender as an error."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM) as sock:
        try:
            sock.sendto(data, (DEVICE, ethertype))
        except OSError:
            pass


# --- on the way out -----------------------------------------------------------

def no_endpoint():
    peer = Peer(bench)
    send_inner(peer.inner)
    return peer


def no_route():
    peer = Peer(bench)
    peer.set("endpoint", "203.0.113.1:9")
    send_inner(peer.inner)
    return peer


def routing_loop():
    peer = Peer(bench)
    peer.call()
    peer.works()
    # Now the way to it leads to it.
    peer.set("endpoint", f"{peer.inner}:9")
    send_inner(peer.inner)


def stage_full():
    peer = Peer(bench).at_home()
    for _ in range(140):
        send_inner(peer.inner)


def device_down():
    peer = Peer(bench).at_home()
    send_inner(peer.inner)
    peer.wire.expect(INITIATION)
    run("ip", "link", "set", DEVICE, "down")
    run("ip", "link", "set", DEVICE, "up")


case("no-peer", lambda: send_inner("10.9.250.1"))
case("no-endpoint", no_endpoint, True)
case("no-route", no_route, True)
case("routing-loop", routing_loop)
case("not-ip", lambda: raw_frame(0x0806, bytes(28)))
case("stage-full", stage_full)
case("device-down", device_down)


# A link whose birthplace is gone has no socket, but is up.
def no_socket():
    with subprocess.Popen(["unshare", "-n", "cat"], stdin=subprocess.PIPE) as birth:
        here = os.readlink("/proc/self/ns/net")
        until(lambda: os.readlink(f"/proc/{birth.pid}/ns/net") != here,
              "no namespace to be born in")
        inside = ("nsenter", "-t", str(birth.pid), "-n", "ip", "link")
        run(*inside, "add", "t9", "type", "naawg")
        run(*inside, "set", "t9", "netns", str(os.getpid()))
        run(WG, "set", "t9", "private-key", "/dev/stdin", "peer",
            b64(Identity().public), "endpoint", "127.0.0.1:9",
            "allowed-ips", "10.10.0.2/32", input=b64(Identity().private))
        run("ip", "link", "set", "t9", "up")
        run("ip", "addr", "add", "10.10.0.1/24", "dev", "t9")
        # It calls, and calls again later; a link without carrier takes no packets.
        send_inner("10.10.0.2")
    # The namespace went with its only process, and is taken apart in the background.
    until(lambda: count("no-socket", "t9"), "no-socket did not move")
    provoked.add("no-socket")


suite.case("no-socket", no_socket)


# --- on the way in ------------------------------------------------------------

good = Peer(bench)
good.call()
good.works()


def refused(inner, **more):
    """An inner packet the link opens and drops."""
    def send():
        good.wire.send(good.session.seal(inner, **more))
        return good
    return send


def bad_tag():
    message = bytearray(good.session.seal(echo4(good.inner, "10.9.0.1", b"")))
    message[-1] ^= 1
    good.wire.send(bytes(message))


def replay():
    message = good.session.seal(echo4(good.inner, "10.9.0.1", bytes(12)))
    good.wire.send(message)
    good.wire.send(message)


def unknown_index():
    message = bytearray(good.session.seal(b""))
    message[4:8] = struct.pack("<I", good.session.remote ^ 0x55555555)
    good.wire.send(bytes(message))


case("malformed", lambda: Wire(bench).send(b"\x09\0\0\0 what is this?"))
case("unknown-index", unknown_index)
case("bad-tag", bad_tag)
case("replay", replay)
case("inner-not-ip", refused(b"\xf0" + bytes(31)))
# A length beyond what there is.
case("inner-malformed", refused(b"\x45\0\xff\xff" + bytes(28)))
case("unallowed-source", refused(echo4("10.9.249.9", "10.9.0.1", b"")))


# --- handshakes ---------------------------------------------------------------

def unknown_peer():
    peer = Peer(bench, known=False)
    peer.wire.send(peer.handshake().initiate())


def bad_mac1():
    message = bytearray(good.handshake().initiate())
    message[-20] ^= 1
    Wire(bench).send(bytes(message))


def changed(start, end, value=None):
    """An initiation changed where only the keys know, mac1 made anew."""
    def send():
        peer = Peer(bench)
        message = bytearray(peer.handshake().initiate())
        for i in range(start, end):
            message[i] = message[i] ^ 1 if value is None else value
        peer.wire.send(with_macs(bytes(message), bench.identity.public))
        return peer
    return send


def old_timestamp():
    peer = Peer(bench)
    message = peer.handshake().initiate()
    peer.wire.send(message)
    peer.wire.expect(RESPONSE)
    time.sleep(0.1)
    peer.wire.send(message)
    return peer


def flood():
    peer = Peer(bench)
    for message in [peer.handshake().initiate() for _ in range(10)]:
        peer.wire.send(message)
    return peer


def called():
    """A peer the link has called, and the call."""
    peer = Peer(bench).at_home()
    send_inner(peer.inner)
    return peer, peer.wire.expect(INITIATION)


def unknown_handshake():
    peer, call = called()
    message = peer.handshake().take_initiation(call).respond()[0]
    broken = message[:8] + struct.pack(
        "<I", struct.unpack_from("<I", message, 8)[0] ^ 0x1234567) + message[12:]
    peer.wire.send(with_macs(broken, bench.identity.public))


def bad_response():
    peer, call = called()
    message = bytearray(peer.handshake().take_initiation(call).respond()[0])
    message[50] ^= 1
    peer.wire.send(with_macs(bytes(message), bench.identity.public))
    return peer


def bad_response_stays():
    """It stays the last reason while each initiation gets one."""
    peer = bad_response()
    peer.wire.expect(INITIATION)
    same(last_reason(peer), "bad-response")
    peer.wire.expect(INITIATION)
    same(last_reason(peer), "unanswered")


def bad_cookie():
    peer, call = called()
    peer.wire.send(cookie_reply(struct.unpack_from("<I", call, 4)[0],
                                peer.identity.public, bytes(16), bytes(16)))
    return peer


def unanswered():
    return called()[0]


def no_private_key():
    peer = Peer(bench)
    message = peer.handshake().initiate()
    run(WG, "set", DEVICE, "private-key", "/dev/null")
    peer.wire.send(message)


case("bad-mac1", bad_mac1)
case("unknown-peer", unknown_peer)
case("bad-initiation", changed(40, 41))
case("low-order-key", changed(8, 40, 0))
case("bad-timestamp-tag", changed(90, 91))
case("old-timestamp", old_timestamp, True)
case("initiation-flood", flood, True)
case("unknown-handshake", unknown_handshake)
case("bad-response", bad_response, True)
suite.case("a bad response is the last reason until no response comes", bad_response_stays)
case("bad-cookie", bad_cookie)
case("unanswered", unanswered, True)
case("no-private-key", no_private_key)


def complete():
    """A new reason must come with a way to provoke it."""
    known = {r["name"] for r in stats()["reasons"]}
    same(sorted(known - provoked - set(ELSEWHERE)), [], "provoked by nothing:")
    same(sorted(provoked & set(ELSEWHERE)), [])


def kinds():
    """Handshakes are told apart from packets."""
    flags = {r["name"]: r["handshake"] for r in stats()["reasons"]}
    assert not flags["no-peer"] and not flags["device-down"]
    assert flags["bad-mac1"] and flags["given-up"]


def text_agrees():
    """The text has the same numbers as the JSON."""
    shown = run(WG, "stats", DEVICE)
    for reason in stats()["reasons"]:
        line = f"    {reason['name']}: {reason['count']}\n"
        same(line in shown, reason["count"] > 0, line)


suite.case("every reason is provoked here or known to be elsewhere", complete)
suite.case("failed handshakes are told apart from dropped packets", kinds)
suite.case("the text and the JSON agree", text_agrees)
suite.end()
