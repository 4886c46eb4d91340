# SPDX-License-Identifier: GPL-2.0
"""Only a new authenticated message changes an endpoint. Messages of another sender,
copies of authentic ones included, do not."""
import os
import struct
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "wire"))

# pylint: disable=wrong-import-position
from bench import Bench, Peer, Suite, Wire, echo4, same  # noqa: E402
from peer import (DATA, INITIATION, RESPONSE, cookie_reply,  # noqa: E402
                  with_macs)

bench = Bench()
suite = Suite()


def stays(peer, messages, address="127.0.0.66"):
    """Messages from another address do not move the peer and get no answer."""
    thief = Wire(bench, address)
    place = peer.shown()[0]
    for message in messages:
        thief.send(message)
    same([m[0] for m in thief.drain()], [], "answers,")
    same(peer.shown()[0], place, "endpoint,")
    # Packets for the peer go to its own address.
    peer.provoke(b"to you alone")
    assert b"to you alone" in peer.next_data()[1]
    same(thief.drain(0.05), [], "messages to the thief,")


def ready():
    """A peer whose session is in use."""
    peer = Peer(bench)
    peer.call()
    peer.works()
    return peer


def data(address):
    """Messages that are replayed, forged, cut, and for other sessions."""
    peer = ready()
    message = peer.session.seal(echo4(peer.inner, "10.9.0.1", os.urandom(20)))
    peer.wire.send(message)
    peer.wire.expect(DATA)
    forged = message[:8] + struct.pack("<Q", 1 << 30) + message[16:]
    stays(peer, [message, forged, message[:-1], message[:32],
                 message + bytes(16),
                 message[:4] + os.urandom(4) + message[8:]], address)


def calls(address):
    """A replayed initiation, and some with another sender, time or key, all with a
    valid mac1."""
    peer = Peer(bench)
    shake = peer.handshake()
    call = shake.initiate()
    peer.wire.send(call)
    peer.session = shake.take_response(peer.wire.expect(RESPONSE))
    peer.works()
    time.sleep(0.05)
    turned = [with_macs(call[:at] + bytes([call[at] ^ 1]) + call[at + 1:],
                        bench.identity.public) for at in (10, 50, 100)]
    stays(peer, [call] + turned, address)


def responses(address):
    """A replayed response and a forged one, during the handshake and afterwards."""
    peer = Peer(bench).at_home()
    peer.provoke(b"hello")
    call = peer.wire.expect(INITIATION)
    answer, peer.session = peer.handshake().take_initiation(call).respond()
    thief = Wire(bench, address)
    made_up = with_macs(answer[:12] + os.urandom(48) + bytes(32),
                        bench.identity.public)
    thief.send(made_up)
    peer.wire.send(answer)
    assert b"hello" in peer.next_data()[1]
    same(peer.shown()[0], peer.wire.endpoint())
    stays(peer, [answer, made_up], address)


def cookies(address):
    """A cookie reply does not move a peer, although it may come from any address."""
    peer = Peer(bench).at_home()
    peer.provoke(b"hello")
    call = peer.wire.expect(INITIATION)
    thief = Wire(bench, address)
    index = struct.unpack_from("<I", call, 4)[0]
    thief.send(cookie_reply(index, peer.identity.public, call[-32:-16],
                            os.urandom(16)))
    same(thief.drain(), [])
    same(peer.shown()[0], peer.wire.endpoint())
    answer, peer.session = peer.handshake().take_initiation(call).respond()
    peer.wire.send(answer)
    assert b"hello" in peer.next_data()[1]


def honest(address):
    """A new authentic message moves a peer, even an empty one, and the next one
    from its own address moves it back. An attacker who delivers a captured message
    first gains no more than that."""
    peer = ready()
    thief = Wire(bench, address)
    thief.send(peer.session.seal(b""))
    end = time.monotonic() + 20
    while peer.shown()[0] != thief.endpoint() and time.monotonic() < end:
        time.sleep(0.05)
    same(peer.shown()[0], thief.endpoint())
    peer.works()
    same(peer.shown()[0], peer.wire.endpoint())


def another_peer():
    """A peer moves itself, not another: its own keys with the other's index."""
    one, two = ready(), ready()
    inner = echo4(two.inner, "10.9.0.1", os.urandom(20))
    message = one.session.seal(inner)
    mixed = message[:4] + struct.pack("<I", two.session.remote) + message[8:]
    stays(two, [mixed])
    # Its own index and the other's address: it moves itself and gets no answer.
    before = bench.reasons()
    thief = Wire(bench, "127.0.0.67")
    thief.send(message)
    bench.moved(before, "unallowed-source")
    same(two.shown()[0], two.wire.endpoint())


for where in ("127.0.0.66", "::1"):
    family = 6 if ":" in where else 4
    suite.case(f"forged and replayed data from IPv{family} does not move an endpoint", data, where)
    suite.case(f"forged and replayed initiations from IPv{family} do not move an endpoint",
               calls, where)
    suite.case(f"forged and replayed responses from IPv{family} do not move an endpoint",
               responses, where)
    suite.case(f"cookie replies from IPv{family} do not move an endpoint", cookies, where)
    suite.case(f"authentic data from IPv{family} moves an endpoint", honest, where)
suite.case("a peer cannot move another", another_peer)
suite.end()
