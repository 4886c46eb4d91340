# SPDX-License-Identifier: GPL-2.0
"""Tunnels that naawg-quick made, peers that misbehave, and changes under way."""
import os
import re
import time

from case import Case
from pairs import WG
from suite import same

CALLER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "caller.py")
# Reasons by which diag knows a flood.
FLOODED = ("overload", "cookie-wanted", "rate-limited", "handshake-queue-full")


def etc(host, name, text):
    """A file in /etc of this host only."""
    os.makedirs(f"/etc/netns/{host.name}", exist_ok=True)
    with open(f"/etc/netns/{host.name}/{name}", "w", encoding="ascii") as out:
        out.write(text)


def quick(pair, word, name="t0", text=""):
    """naawg-quick on a."""
    path = pair.directory(f"{name}.conf", text) if text else pair.path(f"{name}.conf")
    program = pair.path("naawg-quick")
    if not os.path.islink(program):
        os.symlink(WG, program)
    pair.a.at(program, word, path, check=False)


def t0_conf(pair, endpoint):
    """The file of a tunnel on a."""
    return f"""[Interface]
PrivateKey = {pair.a.private}
ListenPort = 5001
Address = 10.9.0.1/24
[Peer]
PublicKey = {pair.b.public}
AllowedIPs = 10.9.0.2/32
PersistentKeepalive = 25
Endpoint = {endpoint}
"""


def unresolved(pair):
    """The name of the endpoint does not resolve."""
    pair.a.ip("link", "del", "t0")
    etc(pair.a, "hosts", "127.0.0.1 localhost\n")
    quick(pair, "up", text=t0_conf(pair, "nowhere.invalid:5002"))


def moved(pair):
    """The name of the endpoint gets another address."""
    pair.a.ip("link", "del", "t0")
    pair.b.nft("input", "udp dport 5002 drop")
    etc(pair.a, "hosts", "192.0.2.2 peer.test\n")
    quick(pair, "up", text=t0_conf(pair, "peer.test:5002"))
    etc(pair.a, "hosts", "192.0.2.3 peer.test\n")


def killed(pair):
    """Another tunnel blocks the way to the endpoint."""
    pair.a.ip("route", "add", "default", "via", "192.0.2.2")
    text = t0_conf(pair, "192.0.2.2:5002").replace("5001", "5003").replace("10.9", "10.8")
    text = text.replace("[Peer]", "Kill = yes\n[Peer]").replace("10.8.0.2/32",
                                                                "203.0.113.0/24")
    quick(pair, "up", "k0", text)
    quick(pair, "down", "k0")
    pair.tunnel(endpoint="203.0.113.7:5002")


def name_server(pair):
    """The name server is behind the tunnel, and no peer has its address."""
    etc(pair.a, "resolv.conf", "nameserver 10.9.0.53\n")
    pair.tunnel()


def hole(pair):
    """Large packets vanish on the way."""
    pair.words = ("t0", "--probe")
    etc(pair.a, "resolv.conf", "")
    pair.b.nft("prerouting", "udp dport 5002 meta length > 1300 drop")
    pair.tunnel()


def hole_size(_pair, first):
    """The largest size that passes is that of the last whole block."""
    size = int(re.search(r"up to (\d+) bytes", first["text"])[1])
    assert 1220 <= size <= 1240, first
    assert f"mtu {size}," in first["command"], first


def large(pair):
    """The interface sends more than the way takes."""
    pair.a.ip("link", "set", "t0", "mtu", "1500")
    pair.tunnel()


def refused(pair):
    """Nothing listens at the destination of a forward."""
    pair.words = ("t0", "--probe")
    etc(pair.a, "resolv.conf", "")
    pair.a.sysctl("net.ipv4.ip_forward=1")
    pair.a.at(WG, "forward", "t0", "add", "3306:tcp:192.0.2.2")
    pair.tunnel()


def caller(pair, mode):
    """The host a calls without its link."""
    pair.b.ip("link", "set", "t0", "up")
    pair.b.set("peer", pair.a.public, "allowed-ips", "10.9.0.1/32")
    pair.a.start("python3", CALLER, mode, pair.a.key, pair.b.public, "192.0.2.2", "5002")


def clock(pair):
    """The clock of a went back, and b lost its session."""
    caller(pair, "back")
    end = time.monotonic() + 60
    while "connected: yes" not in pair.b.at(WG, "stats", "t0"):
        assert time.monotonic() < end, "no session"
        time.sleep(0.2)
    pair.b.ip("link", "set", "t0", "down")
    pair.b.ip("link", "set", "t0", "up")


def two_hosts(pair):
    """Two hosts have one private key."""
    caller(pair, "twice")


def changing(pair):
    """A new session was asked for, and the other host does not answer yet."""
    pair.tunnel()

    def prepare():
        pair.b.nft("input", "udp dport 5002 drop")
        pair.a.start(WG, "rekey", "t0")
        time.sleep(0.5)
    pair.prepare = prepare


def beginning(pair):
    """The first handshake began a moment ago."""
    pair.b.nft("input", "udp dport 5002 drop")

    def prepare():
        pair.tunnel()
        time.sleep(0.2)
    pair.prepare = prepare


def flooded(pair):
    """Somebody floods b."""
    def prepare():
        caller(pair, "flood")
        pair.b.wait_for(lambda state: any(reason["count"] for reason in state["reasons"]
                                          if reason["name"] in FLOODED))
    pair.prepare = prepare


def is_info(_pair, first):
    """It is no error."""
    same(first["severity"], "info")


CASES = [
    Case("a name that does not resolve", unresolved, a="endpoint-unresolved"),
    Case("a name that has another address now", moved, a="endpoint-moved"),
    Case("a tunnel that is down and blocks the endpoint of another one", killed,
         a="kill-switch"),
    Case("a name server behind the tunnel", name_server, a="name-server"),
    Case("the largest packet that passes, with --probe", hole, hole_size, a="mtu-hole"),
    Case("an MTU that is too large", large, a="mtu-too-large"),
    Case("a forward to a port on which nothing listens, with --probe", refused,
         a="forward-refused"),
    Case("a peer whose clock went back", clock, b="clock-back"),
    Case("a private key on two hosts", two_hosts, b="same-key-twice"),
    Case("a change of keys under way", changing, is_info, a="rekeying"),
    Case("a first handshake under way", beginning, is_info, a="handshaking"),
]
LATE = [Case("a flood of handshakes", flooded, b="flood")]
