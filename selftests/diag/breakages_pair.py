# SPDX-License-Identifier: GPL-2.0
"""Tunnels whose two hosts contradict each other: --pair says so for certain."""
from case import Case
from pairs import WG, new_psk, other_key
from suite import same


def compared(pair, kind="show"):
    """Before the look, a gets what b knows."""
    def prepare():
        text = pair.b.at(WG, kind, *(("--json", "t0") if kind == "show" else ("t0", "--json")))
        for secret in [pair.b.private] + getattr(pair, "secrets", []):
            assert secret not in text, "a secret"
        pair.words = ("t0", "--pair", pair.file("other.json", text))
    pair.prepare = prepare


def our_key(pair):
    """The key that b has of a is another one."""
    compared(pair)
    pair.wrong = other_key()
    pair.tunnel(a_key=pair.wrong)


def our_key_named(pair, first):
    """Both keys are named, and the command has both."""
    same(first["keys"], [pair.a.public, pair.wrong])
    assert f"peer {pair.wrong} remove peer {pair.a.public}" in first["command"], first


def our_stats(pair):
    """The same, with the state that needs no root."""
    compared(pair, "stats")
    pair.wrong = other_key()
    pair.tunnel(a_key=pair.wrong)


def their_key(pair):
    """The key that a has of b is another one."""
    compared(pair)
    pair.wrong = other_key()
    pair.tunnel(b_key=pair.wrong)


def their_key_named(pair, first):
    """Both keys are named, and the command is whole."""
    same(first["keys"], [pair.b.public, pair.wrong])
    same(first["command"], f"naawg set t0 peer {pair.wrong} remove peer {pair.b.public} "
                           f"allowed-ips 10.9.0.2/32 endpoint 192.0.2.2:5002 "
                           "persistent-keepalive 25")


def key_missing(pair):
    """Only b has a preshared key."""
    compared(pair)
    pair.secrets = [new_psk()]
    pair.tunnel(b_words=("preshared-key", pair.file("psk", pair.secrets[0])))


def no_ends(pair):
    """Neither knows where the other one is."""
    compared(pair)
    pair.tunnel(endpoint=None)


def other_port(pair):
    """The other host listens on another port, and drops what comes to the wrong one."""
    compared(pair)
    pair.b.nft("input", "udp dport 5009 drop")
    pair.tunnel(endpoint="192.0.2.2:5009")


def not_ours(pair):
    """The other host does not allow our second address."""
    compared(pair)
    pair.tunnel()
    pair.a.ip("addr", "add", "10.9.0.5/32", "dev", "t0")


def agree(pair):
    """The two agree, and the tunnel is well."""
    compared(pair)
    pair.tunnel()


CASES = [
    Case("the other host's wrong key of this one", our_key, our_key_named,
         a="our-key-unknown"),
    Case("the same from its statistics", our_stats, our_key_named, a="our-key-unknown"),
    Case("a wrong key of the other host", their_key, their_key_named, a="their-key-wrong"),
    Case("a preshared key on the other host only", key_missing, a="preshared-key"),
    Case("no endpoint on either host, as behind two NATs", no_ends, a="pair-no-endpoint"),
    Case("another port than the other host listens on", other_port, a="pair-port"),
    Case("an address that the other host does not allow", not_ours, a="pair-allowed-ips"),
    Case("two hosts that agree have no finding", agree, a=None),
]
