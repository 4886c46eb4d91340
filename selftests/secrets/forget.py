# SPDX-License-Identifier: GPL-2.0
"""A session is forgotten: what is sealed for it no longer opens, nothing is sealed
with it, and the next packet has the link call anew."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "wire"))

# pylint: disable=wrong-import-position
from bench import Bench, Peer, Suite, echo4, same  # noqa: E402
from peer import DATA, INITIATION  # noqa: E402

bench = Bench()
suite = Suite()
peer = Peer(bench)


def sleep(state):
    """All but the sleep itself."""
    with open("/sys/power/pm_test", "w", encoding="ascii") as file:
        file.write("freezer")
    try:
        with open("/sys/power/state", "w", encoding="ascii") as file:
            file.write(state)
    finally:
        with open("/sys/power/pm_test", "w", encoding="ascii") as file:
            file.write("none")


def fork():
    """The module does not stay, which insmod calls a failure."""
    done = subprocess.run(["insmod", os.environ["NAAWG_FORK"]], check=False,
                          capture_output=True, text=True)
    assert "Operation canceled" in done.stderr, done.stderr


def kept():
    """The session lives while nothing happens, or the other cases would prove nothing."""
    peer.call()
    peer.works()
    before = bench.reasons()
    peer.works()
    same(bench.changes(before), {})


def forgotten(happens, *args):
    """Both ways of the session are gone, and a new one is to be had."""
    old = peer.call()
    peer.works()
    happens(*args)
    peer.wire.drain()
    before = bench.reasons()
    peer.wire.send(old.seal(echo4(peer.inner, "10.9.0.1", b"asleep")))
    if bench.family:
        bench.moved(before, "unknown-index")
    peer.provoke()
    peer.wire.expect(INITIATION)
    peer.silent((DATA,))
    peer.call()
    peer.works()


suite.case("a session works while nothing happens", kept)
suite.case("no session survives suspend", forgotten, sleep, "freeze")
suite.case("no session survives hibernation", forgotten, sleep, "disk")
if "NAAWG_FORK" in os.environ:
    suite.case("no session survives in a copied VM", forgotten, fork)
suite.end()
