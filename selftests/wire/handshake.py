# SPDX-License-Identifier: GPL-2.0
"""The handshake in both roles, and all ways in which it must fail."""
import os
import struct
import time

from bench import Bench, Peer, Suite, Wire, echo4, same
from peer import (DATA, INITIATION, RESPONSE, RESPONSE_SIZE, Handshake,
                  Identity, mac1_holds, timestamp)

bench = Bench()
suite = Suite()


def we_call(address, psk):
    peer = Peer(bench, address, psk)
    shake = peer.handshake()
    peer.wire.send(shake.initiate())
    response = peer.wire.expect(RESPONSE)
    same(len(response), RESPONSE_SIZE)
    assert mac1_holds(response, peer.identity.public)
    same(response[-16:], bytes(16), "mac2")
    peer.session = shake.take_response(response)
    for number in range(3):
        # Inner packets of 128, 129 and 130 bytes.
        data = os.urandom(100 + number)
        inner = peer.echo(data=data)
        same(len(inner) % 16, 0, "padding")
        same(inner[struct.unpack("!H", inner[2:4])[0]:].strip(b"\0"), b"")
    endpoint, when, received, sent = peer.shown()
    same(endpoint, peer.wire.endpoint())
    assert abs(when - time.time()) < 3600
    same(received, 148 + 160 + 176 + 176)
    same(sent, 92 + 160 + 176 + 176)


def it_calls(address, psk):
    peer = Peer(bench, address, psk).at_home()
    peer.provoke(b"the first")
    message = peer.wire.expect(INITIATION)
    same(message[-16:], bytes(16), "mac2")
    shake = peer.handshake().take_initiation(message)
    seconds = struct.unpack(">Q", shake.seen_timestamp[:8])[0] & ~(1 << 62)
    assert abs(seconds - time.time()) < 3600, "the timestamp is not of now"
    response, peer.session = shake.respond()
    peer.wire.send(response)
    counter, inner = peer.next_data()
    same(counter, 0)
    assert b"the first" in inner, "the staged packet did not come first"
    peer.works()


for psk, words in ((bytes(32), "without"), (os.urandom(32), "with")):
    for address, family in (("127.0.0.1", 4), ("::1", 6)):
        suite.case(f"the peer initiates, IPv{family}, {words} preshared key",
                   we_call, address, psk)
        suite.case(f"the link initiates, IPv{family}, {words} preshared key",
                   it_calls, address, psk)


def confirmed_by_data():
    """The responder may not use a session before its initiator has."""
    peer = Peer(bench)
    session = peer.call()
    peer.provoke(b"too early")
    for message in peer.wire.drain():
        assert not session.owns(message), "data before the initiator's first"
    # The link may have initiated by itself instead.
    peer.wire.send(session.seal(b""))
    end = time.monotonic() + 20
    while time.monotonic() < end:
        message = peer.wire.expect(DATA)
        if session.owns(message) and b"too early" in session.open(message)[1]:
            return
    raise AssertionError("the staged packet did not come once the session was confirmed")


def answer_awaited():
    """A packet that waited is sent at the first message under the session, and lost."""
    peer = Peer(bench)
    session = peer.call()
    peer.provoke(b"it waits")
    peer.wire.send(session.seal(b""))
    assert b"it waits" in peer.next_data(session)[1]
    # The peer is silent from then on, so the link asks for a new session after 15 s.
    peer.wire.expect(INITIATION)


def old_until_confirmed():
    """An older session carries data meanwhile."""
    peer = Peer(bench)
    old = peer.call()
    peer.works()
    new = peer.call()
    peer.provoke(b"on the old one")
    assert b"on the old one" in peer.next_data(old)[1]
    peer.wire.send(new.seal(b""))
    time.sleep(0.1)
    peer.provoke(b"on the new one")
    assert b"on the new one" in peer.next_data(new)[1]
    # Packets on their way in the old session arrive.
    data = os.urandom(20)
    peer.wire.send(old.seal(echo4(peer.inner, "10.9.0.1", data)))
    peer.session = new
    peer.reply(data)


def initiator_confirms():
    """An initiator without staged packets confirms by an empty message."""
    peer = Peer(bench).at_home()
    peer.set("persistent-keepalive", "600")
    peer.answer()
    counter, inner = peer.next_data()
    same((counter, inner), (0, b""))
    peer.works()


suite.case("a session is confirmed by its initiator's first data",
           confirmed_by_data)
suite.case("a packet that waited for it starts a new handshake if nothing comes back",
           answer_awaited)
suite.case("the previous session is used until then", old_until_confirmed)
suite.case("the initiator confirms at once, by a keepalive if it has no data",
           initiator_confirms)


def replayed_initiation():
    peer = Peer(bench)
    first = peer.handshake()
    first_message = first.initiate()
    peer.wire.send(first_message)
    peer.session = first.take_response(peer.wire.expect(RESPONSE))
    peer.works()
    before = bench.reasons()
    for number in range(3):
        time.sleep(0.05)
        peer.wire.send(first_message)
        bench.moved(before, "old-timestamp", number + 1)
    peer.silent()
    peer.works()
    # The same after a newer one, and from another address.
    peer.call()
    peer.works()
    elsewhere = Wire(bench, "127.0.0.9")
    time.sleep(0.05)
    elsewhere.send(first_message)
    same(elsewhere.drain(), [])
    peer.works()
    same(peer.shown()[0], peer.wire.endpoint())


def old_timestamp():
    peer = Peer(bench)
    peer.call()
    peer.works()
    for offset in (-10**9, -3600 * 10**9):
        before = bench.reasons()
        time.sleep(0.05)
        peer.wire.send(peer.handshake().initiate(timestamp(offset)))
        peer.silent()
        bench.moved(before, "old-timestamp")
    peer.works()
    peer.call()
    peer.works()


def unknown_peer():
    unknown = Peer(bench, known=False)
    before = bench.reasons()
    unknown.wire.send(unknown.handshake().initiate())
    unknown.silent()
    bench.moved(before, "unknown-peer")


def wrong_public_key():
    """An initiation for another key than the link's cannot be decrypted."""
    peer = Peer(bench)
    other = Peer(bench, known=False)
    before = bench.reasons()
    shake = Handshake(peer.identity, other.identity.public)
    peer.wire.send(shake.initiate())
    peer.silent()
    bench.moved(before, "bad-mac1")


def flood_of_one_peer():
    """Initiations that follow the first one too early are dropped."""
    peer = Peer(bench)
    messages = [peer.handshake().initiate() for _ in range(12)]
    before = bench.reasons()
    for message in messages:
        peer.wire.send(message)
    answers = [message for message in peer.wire.drain()
               if message[0] == RESPONSE]
    assert 1 <= len(answers) < 12, f"{len(answers)} answers"
    bench.moved(before, "initiation-flood", 12 - len(answers))
    peer.call()
    peer.works()


suite.case("a replayed initiation is dropped", replayed_initiation)
suite.case("an initiation with an older timestamp is dropped", old_timestamp)
suite.case("an initiation of an unknown peer is dropped", unknown_peer)
suite.case("an initiation for another public key is dropped", wrong_public_key)
suite.case("initiations of a peer are limited", flood_of_one_peer)


def wrong_response():
    """A wrong response does not end the handshake."""
    peer = Peer(bench, psk=os.urandom(32)).at_home()
    peer.provoke(b"patience")
    message = peer.wire.expect(INITIATION)
    before = bench.reasons()
    shake = peer.handshake().take_initiation(message)
    shake.psk = os.urandom(32)
    peer.wire.send(shake.respond()[0])
    bench.moved(before, "bad-response")
    shake = peer.handshake().take_initiation(message)
    shake.remote_index ^= 0x5a5a5a5a
    peer.wire.send(shake.respond()[0])
    bench.moved(before, "unknown-handshake")
    peer.silent((DATA,))
    shake = peer.handshake().take_initiation(message)
    response, peer.session = shake.respond()
    peer.wire.send(response)
    assert b"patience" in peer.next_data()[1]
    peer.works()
    # A replayed response is dropped.
    peer.wire.send(response)
    peer.works()


def response_without_question():
    peer = Peer(bench)
    session = peer.call()
    peer.works()
    before = bench.reasons()
    shake = peer.handshake()
    shake.remote_ephemeral = peer.identity.public
    shake.chain = shake.hash = bytes(32)
    # With an index that exists, but belongs to a session.
    shake.remote_index = session.remote
    peer.wire.send(shake.respond()[0])
    bench.moved(before, "unknown-handshake")
    peer.silent()
    peer.works()


def crossing():
    """Both ends initiate at the same time, and the tunnel works."""
    peer = Peer(bench).at_home()
    peer.provoke(b"crossing")
    message = peer.wire.expect(INITIATION)
    mine = peer.handshake()
    peer.wire.send(mine.initiate())
    shake = peer.handshake().take_initiation(message)
    response, theirs = shake.respond()
    my_session = mine.take_response(peer.wire.expect(RESPONSE))
    peer.wire.send(response)
    peer.wire.send(my_session.seal(b""))
    message = peer.wire.expect(DATA)
    # Both sessions decrypt. The link may still change the one it encrypts with: the
    # response waits for a worker there, the first data does not.
    for _ in range(3):
        session = my_session if my_session.owns(message) else theirs
        data, inner = os.urandom(24), b""
        peer.wire.send(session.seal(echo4(peer.inner, "10.9.0.1", data)))
        while data not in inner:
            message = peer.wire.expect(DATA)
            heard = my_session if my_session.owns(message) else theirs
            inner = heard.open(message)[1]


def identity_that(its_counts):
    """An identity with which the link's initiation, of two at once, counts or not."""
    identity = Identity()
    while (bench.identity.public < identity.public) != its_counts:
        identity = Identity()
    return identity


def both_renew(its_counts):
    """Three sessions carry data until both ends know which initiation counts."""
    peer = Peer(bench, identity=identity_that(its_counts))
    old = peer.call()
    peer.works()
    # Without a message from us for 15 seconds the link initiates.
    peer.provoke(b"anybody?")
    message = peer.wire.expect(INITIATION, 60)
    mine = peer.handshake()
    peer.wire.send(mine.initiate())
    response, theirs = peer.handshake().take_initiation(message).respond()
    ours = mine.take_response(peer.wire.expect(RESPONSE))
    peer.wire.send(response)
    same(peer.next_data(theirs), (0, b""))
    peer.session = theirs
    peer.echo(old)
    peer.session = theirs if its_counts else ours
    for session in ours, theirs, ours:
        peer.echo(session)


def slow_answer(its_counts):
    """The response to the link's initiation comes when our session is in use."""
    peer = Peer(bench, identity=identity_that(its_counts)).at_home()
    peer.provoke(b"slow")
    message = peer.wire.expect(INITIATION)
    ours = peer.call()
    peer.works()
    peer.wire.drain()
    response, theirs = peer.handshake().take_initiation(message).respond()
    peer.wire.send(response)
    peer.session = theirs if its_counts else ours
    same(peer.next_data()[1], b"")
    for session in ours, theirs, ours:
        peer.echo(session)


def late_answer():
    """A response to an old initiation is dropped, even if later ones succeeded."""
    peer = Peer(bench).at_home()
    peer.provoke(b"hello")
    message = peer.wire.expect(INITIATION)
    peer.call()
    peer.works()
    time.sleep(11)
    before = bench.reasons()
    peer.wire.send(peer.handshake().take_initiation(message).respond()[0])
    bench.moved(before, "unknown-handshake")
    peer.works()


def unpredictable():
    """Indices and ephemeral keys are never used twice."""
    peer = Peer(bench)
    seen = set()
    for _ in range(10):
        time.sleep(0.05)
        shake = peer.handshake()
        peer.wire.send(shake.initiate())
        response = peer.wire.expect(RESPONSE)
        seen.add(response[4:8])
        seen.add(response[12:44])
    same(len(seen), 20)
    indices = sorted(struct.unpack("<I", item)[0] for item in seen
                     if len(item) == 4)
    assert indices[-1] - indices[0] > 1 << 20, indices


suite.case("a wrong response does not end the handshake", wrong_response)
suite.case("a response without an initiation is dropped", response_without_question)
suite.case("handshakes that cross each other succeed", crossing)
if bench.family:
    suite.case("both ends rekey at once, and the link's initiation counts",
               both_renew, True)
    suite.case("both ends rekey at once, and the peer's initiation counts",
               both_renew, False)
    suite.case("a late response to the link's initiation counts", slow_answer, True)
    suite.case("the peer's initiation counts if the link's is answered late", slow_answer, False)
    suite.case("a response to an old initiation is dropped", late_answer)
suite.case("indices and ephemeral keys are fresh each time", unpredictable)

suite.end()
