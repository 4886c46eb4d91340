# SPDX-License-Identifier: GPL-2.0
"""Under load the link wants cookies first, and limits each source."""
import os
import signal
import socket
import struct
import time

from bench import Bench, Peer, Suite, Wire, same
from peer import (COOKIE, COOKIE_SIZE, INITIATION, RESPONSE, cookie_in,
                  cookie_reply, mac2_holds, with_macs)

PATIENCE = 60
UDP_SEGMENT = 103
A_CALL = 50

bench = Bench()
suite = Suite()


class Flood:
    """A process that keeps the link busy with initiations of noise, whose mac1
    holds: that much anybody can do who knows a public key. One call sends many,
    or whoever answers keeps up with a sender whose every call is slow."""

    def __init__(self, address="127.0.0.200"):
        self.wire = Wire(bench, address)
        self.message = with_macs(struct.pack("<II", INITIATION, 1)
                                 + os.urandom(140), bench.identity.public)
        self.pid = 0

    def __enter__(self):
        self.pid = os.fork()
        if not self.pid:
            self.wire.sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT,
                                      len(self.message))
            while True:
                for _ in range(2000 // A_CALL):
                    self.wire.send(self.message * A_CALL)
                # Leave time for other processes.
                time.sleep(0.1)
        return self

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    def cookie(self):
        """An answer, or None: answers may come faster than they are read."""
        answer = self.wire.receive(1)
        return answer is not None and answer[0] == COOKIE


def until(deed):
    """The first answer that is not None."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = deed()
        if answer:
            return answer
    raise AssertionError("it never came to that")


def told_a_cookie(peer):
    """Initiate until a cookie comes instead of a response."""
    calls = {}

    def attempt():
        message = peer.handshake().initiate()
        calls[message[4:8]] = message
        peer.wire.send(message)
        answer = peer.wire.receive(1)
        if answer is None or answer[0] != COOKIE:
            return None
        same(len(answer), COOKIE_SIZE)
        # A late answer may belong to an earlier initiation.
        assert answer[4:8] in calls, "a receiver that is nobody"
        return cookie_in(answer, bench.identity.public,
                         calls[answer[4:8]][-32:-16])
    return until(attempt)


def let_in(peer, cookie=None):
    """Initiate once; answers to earlier initiations are skipped."""
    shake = peer.handshake()
    peer.wire.send(shake.initiate(cookie=cookie))
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = peer.wire.receive(1)
        if answer is None:
            break
        if answer[0] == RESPONSE and struct.unpack_from("<I", answer, 8) == (
                shake.local_index,):
            peer.session = shake.take_response(answer)
            return True
    return False


def cookie_lets_in(address):
    peer = Peer(bench, address)
    before = bench.reasons()
    with Flood():
        cookie = told_a_cookie(peer)
        same(len(cookie), 16)

        until(lambda: let_in(peer, cookie))
        peer.works()
    if bench.family:
        assert bench.changes(before).get("cookie-wanted", 0) > 0


def wrong_cookie():
    """A mac2 of a wrong cookie, and of the right one at a wrong place."""
    peer = Peer(bench)
    with Flood():
        cookie = told_a_cookie(peer)
        other = Peer(bench, "127.0.0.77")

        def refused(who, secret):
            def attempt():
                who.wire.drain(0.01)
                message = who.handshake().initiate(cookie=secret)
                who.wire.send(message)
                answer = who.wire.receive(1)
                if answer is None:
                    return None
                if answer[0] == RESPONSE:
                    # Load was over for a moment, in which mac2 is not checked.
                    time.sleep(0.1)
                    return None
                return answer[0] == COOKIE
            return until(attempt)
        refused(peer, os.urandom(16))
        refused(other, cookie)


def never_more_than_asked():
    """There is one cookie reply for each initiation, and it is smaller."""
    flood = Flood("127.0.0.201")
    with flood:
        until(flood.cookie)
    flood.wire.drain(0.5)
    # Counted without a process beside it: as many answers as questions, at
    # most, and no question of noise gets anything but a cookie.
    wire = Wire(bench, "127.0.0.202")
    for _ in range(3000):
        wire.send(flood.message)
    answers = wire.drain(1)
    assert {m[0] for m in answers} <= {COOKIE}, "noise was answered"
    assert len(answers) <= 3000
    assert sum(map(len, answers)) <= 3000 * 148


def rate_limited():
    """Even who has a cookie is served so many times a second, not more. Each
    initiation here is one of a peer of its own, so that no other rule bites."""
    peers = [Peer(bench, "127.0.0.88") for _ in range(3)]
    before = bench.reasons()
    with Flood():
        cookies = [told_a_cookie(peer) for peer in peers]

        def limited():
            for peer, cookie in zip(peers, cookies):
                for _ in range(30):
                    peer.wire.send(peer.handshake().initiate(cookie=cookie))
                peer.wire.drain(0.01)
            return bench.changes(before).get("rate-limited", 0) > 0
        if bench.family:
            until(limited)
        else:
            limited()
    let_in_again(peers[0])


def let_in_again(peer):
    """Once what the flood left is worked off, which may take seconds."""
    until(lambda: let_in(peer))
    peer.works()


def calm_again():
    """After the load no source needs a cookie."""
    let_in_again(Peer(bench))


suite.case("under load a source needs a cookie and is admitted with it, IPv4",
           cookie_lets_in, "127.0.0.1")
suite.case("under load a source needs a cookie and is admitted with it, IPv6",
           cookie_lets_in, "::1")
suite.case("a wrong cookie, or one of another address, does not admit a source",
           wrong_cookie)
suite.case("a source gets back no more bytes than it sent", never_more_than_asked)
suite.case("the number of handshakes per source is limited", rate_limited)
suite.case("without load no cookie is needed", calm_again)


def asked_for_a_cookie():
    """The other way round: the link receives a cookie and uses it."""
    peer = Peer(bench).at_home()
    peer.provoke(b"let me in")
    call = peer.wire.expect(INITIATION)
    same(call[-16:], bytes(16), "mac2")
    index = struct.unpack_from("<I", call, 4)[0]
    cookie = os.urandom(16)
    before = bench.reasons()
    # For another message, of another peer, and for an unknown index.
    peer.wire.send(cookie_reply(index, peer.identity.public, os.urandom(16),
                                os.urandom(16)))
    peer.wire.send(cookie_reply(index, bench.identity.public, call[-32:-16],
                                os.urandom(16)))
    bench.moved(before, "bad-cookie", 2)
    peer.wire.send(cookie_reply(index ^ 0x77777777, peer.identity.public,
                                call[-32:-16], os.urandom(16)))
    peer.wire.send(cookie_reply(index, peer.identity.public, call[-32:-16],
                                cookie))
    # The link initiates again by itself, after a bit more than five seconds.
    again = peer.wire.expect(INITIATION, 30)
    assert mac2_holds(again, cookie), "the cookie was not used"
    shake = peer.handshake().take_initiation(again)
    response, peer.session = shake.respond()
    peer.wire.send(response)
    assert b"let me in" in peer.next_data()[1]


suite.case("a cookie that the link receives goes into its next initiation",
           asked_for_a_cookie)
suite.end()
