# SPDX-License-Identifier: GPL-2.0
"""Forwards without a peer or an address, outsiders, peers that went away, and other modules."""
import time

from breakages_net import forward
from breakages_time import CALLER, etc, quick
from case import Case
from pairs import WG, other_key
from suite import same


def no_peer(pair):
    """The forward is for a peer that is not there."""
    pair.a.sysctl("net.ipv4.ip_forward=1")
    forward(pair, "3306:tcp:192.0.2.2", "from", other_key())


def no_ip4(pair):
    """The link has no IPv4 address, and the forward needs one."""
    pair.a.sysctl("net.ipv4.ip_forward=1")
    pair.a.ip("addr", "flush", "dev", "t0")
    pair.a.ip("addr", "add", "fd00:9::1/64", "dev", "t0", "nodad")
    pair.a.at(WG, "forward", "t0", "add", "3306:tcp:192.0.2.2")
    pair.tunnel(a_words=("allowed-ips", "fd00:9::2/128"))
    pair.a.ip("route", "add", "10.9.0.2/32", "dev", "t0")


def no_pings(pair):
    """The peer sends, and answers no pings."""
    pair.words = ("t0", "--probe")
    etc(pair.a, "resolv.conf", "")
    pair.b.nft("input", "iifname t0 icmp type echo-request drop")
    pair.tunnel()
    pair.b.start("ping", "-i", "0.5", "10.9.0.1")


def outsider(pair):
    """A host that is no peer calls, and the only peer is connected."""
    pair.tunnel()
    other = pair.host("c")
    pair.outsider = other.public
    pair.b.start("python3", CALLER, "outsider", other.key, pair.a.public, "192.0.2.1", "5001")
    pair.a.start("ping", "-i", "1", "10.9.0.2")


def outsider_named(pair, first):
    """The key that it claims is named, and no peer is."""
    same((first["keys"], first["severity"]), ([pair.outsider], "warning"))
    assert "peer" not in first, first


def away(pair):
    """A peer without a fixed endpoint was connected, and is not there any more."""
    pair.a.ip("link", "del", "t0")
    quick(pair, "up", text=f"""[Interface]
PrivateKey = {pair.a.private}
ListenPort = 5001
Address = 10.9.0.1/24
[Peer]
PublicKey = {pair.b.public}
AllowedIPs = 10.9.0.2/32
[Peer]
PublicKey = {other_key()}
AllowedIPs = 10.9.0.3/32
""")
    pair.b.ip("link", "set", "t0", "up")
    pair.b.set("peer", pair.a.public, "allowed-ips", "10.9.0.1/32", "endpoint",
               "192.0.2.1:5001", "persistent-keepalive", "1")
    connected(pair.a)
    pair.b.nft("input", "udp dport 5002 drop")
    pair.b.ip("link", "set", "t0", "down")
    # The session on this side goes with the link, and a packet asks for a new one.
    pair.a.ip("link", "set", "t0", "down")
    pair.a.ip("link", "set", "t0", "up")
    pair.a.start("ping", "-i", "0.5", "10.9.0.2")


def is_warning(_pair, first):
    """It is no error."""
    same(first["severity"], "warning")


def connected(host):
    """Waits for a session."""
    end = time.monotonic() + 60
    while "connected: yes" not in host.at(WG, "stats", "t0"):
        assert time.monotonic() < end, "no session"
        time.sleep(0.2)


def bad_name(pair):
    """The kernel refuses a name that no interface can have."""
    pair.words = ("x" * 40,)


def other_version(pair):
    """The loaded module says that it has another version."""
    pair.tunnel()
    version = pair.file("version", "0.0.7\n")
    # The mounts of "ip netns exec" are those of the command only.
    pair.a.around = ("sh", "-c", f"mount --bind {version} /sys/module/naawg/version && "
                                 'exec "$0" "$@"')


def version_named(_pair, first):
    """Both versions are named."""
    same(first["severity"], "warning")
    assert "0.0.7" in first["text"], first


def clock_here(pair):
    """The clock of this host goes back after the handshake, and the peer is silent."""
    pair.tunnel()
    connected(pair.a)
    pair.b.nft("input", "udp dport 5002 drop")
    pair.a.ip("link", "set", "t0", "down")
    pair.a.ip("link", "set", "t0", "up")
    end = time.monotonic() + 60
    while '"unreachable": true' not in pair.a.at(WG, "stats", "t0", "--json"):
        assert time.monotonic() < end, "it is not unreachable"
        time.sleep(0.5)

    def step(seconds):
        time.clock_settime(time.CLOCK_REALTIME, time.time() + seconds)
    pair.prepare = lambda: step(-3600)
    pair.restore = lambda: step(3600)


CASES = [
    Case("a forward for a peer that is missing", no_peer, a="forward-no-peer"),
    Case("a forward on an interface without an IPv4 address", no_ip4, a="forward-no-address"),
    Case("a peer that answers no pings, with --probe", no_pings, is_warning, a="no-pings"),
    Case("an unknown host that calls beside a peer that is well", outsider, outsider_named,
         a="unknown-caller"),
    Case("a peer that went away", away, is_warning, a="peer-away"),
    Case("a name that the kernel refuses", bad_name, a="unreadable"),
    Case("a module of another version", other_version, version_named, a="other-version"),
]
LATE = [Case("the clock of this host went back", clock_here, a="clock-back-here")]
