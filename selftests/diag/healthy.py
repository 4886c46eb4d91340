# SPDX-License-Identifier: GPL-2.0
"""Tunnels with which nothing is wrong: naawg diag finds nothing and exits with 0."""
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))

# pylint: disable=wrong-import-position
from pairs import WG, Pair, new_psk, other_key, run  # noqa: E402
from suite import Suite, same  # noqa: E402

PATIENCE = 60


def connected(host, peers=1):
    """Waits until peers of a host have a session."""
    end = time.monotonic() + PATIENCE
    while host.at(WG, "stats", "t0").count("connected: yes") < peers:
        if time.monotonic() > end:
            raise AssertionError(host.at(WG, "stats", "t0"))
        time.sleep(0.1)


def nothing(host, *words):
    """Diag finds nothing, in either form."""
    status, report = host.diag(*words)
    same(report["findings"], [])
    same((status, report["healthy"]), (0, True))
    text = host.diag_text(*words)
    assert "t0: healthy" in text and "[" not in text, text
    same(report["not_looked_at"], [])
    return report


def unused(pair):
    """Nobody ever used the tunnel."""
    pair.a.set("peer", pair.b.public, "persistent-keepalive", "off")
    same(nothing(pair.a)["peers"], {"connected": 0, "idle": 0, "never_seen": 1,
                                    "without_answer": 0})
    nothing(pair.b)


def used(pair):
    """Data passes."""
    pair.a.at("ping", "-q", "-c", "2", "-i", "0.2", "10.9.0.2")
    connected(pair.b)
    same(nothing(pair.a)["peers"]["connected"], 1)
    nothing(pair.b)


def idle(pair):
    """The session ended, and nothing wants a new one."""
    for host in pair.hosts:
        host.ip("link", "set", "t0", "down")
        host.ip("link", "set", "t0", "up")
    for host in pair.hosts:
        same(nothing(host)["peers"]["idle"], 1)


def road_warrior(pair):
    """A peer without an endpoint never called."""
    key = other_key()
    pair.a.set("peer", key, "allowed-ips", "10.9.0.3/32")
    same(nothing(pair.a)["peers"]["never_seen"], 1)
    pair.a.set("peer", key, "remove")


def mended_psk(pair):
    """The preshared keys differed, and do not any more."""
    pair.a.set("peer", pair.b.public, "preshared-key", pair.file("psk", new_psk()))
    for host in pair.hosts:
        host.ip("link", "set", "t0", "down")
        host.ip("link", "set", "t0", "up")
    pair.a.at("ping", "-q", "-c", "1", "-W", "1", "10.9.0.2", check=False)
    pair.a.set("peer", pair.b.public, "preshared-key", "/dev/null")
    end = time.monotonic() + PATIENCE
    while " 0% packet loss" not in pair.a.at("ping", "-q", "-c", "1", "-W", "1", "10.9.0.2",
                                             check=False):
        assert time.monotonic() < end, "no session"
    nothing(pair.a)
    nothing(pair.b)


def shared_network(pair):
    """Two tunnels of a host have the same network."""
    pair.a.ip("link", "add", "t1", "type", "naawg")
    pair.a.ip("addr", "add", "10.9.0.9/24", "dev", "t1")
    nothing(pair.a)
    pair.a.ip("link", "del", "t1")


def without_root(pair):
    """Any user may look, and is told what is missing."""
    text = pair.a.at("setpriv", "--reuid", "65534", "--clear-groups", "--inh-caps=-all",
                     WG, "diag", "t0")
    assert "t0: healthy" in text, text
    assert "not looked at without root: endpoints" in text, text


def whole(pair):
    """A tunnel for all addresses that naawg-quick made."""
    pair.a.ip("link", "del", "t0")
    path = os.path.join(os.path.dirname(pair.a.key), "t0.conf")
    with open(path, "w", encoding="ascii", opener=lambda p, f: os.open(p, f, 0o600)) as out:
        out.write(f"""[Interface]
PrivateKey = {pair.a.private}
Address = 10.9.0.1/24
Kill = yes
[Peer]
# AllowWildcard = yes
PublicKey = {pair.b.public}
AllowedIPs = 0.0.0.0/0
Endpoint = 192.0.2.2:5002
""")
    quick = os.path.join(os.path.dirname(pair.a.key), "naawg-quick")
    os.symlink(WG, quick)
    pair.a.at(quick, "up", path)
    pair.a.at("ping", "-q", "-c", "2", "-i", "0.2", "10.9.0.2")
    nothing(pair.a)
    status, report = pair.a.diag("all")
    same((status, report["name"]), (0, "t0"))


def open_firewall(pair):
    """A rule lets the tunnel pass, and its comment has the word drop."""
    pair.a.nft("input", 'udp dport 5001 counter accept comment "never drop this"')
    pair.b.at("ping", "-q", "-c", "2", "-i", "0.2", "10.9.0.1")
    pair.a.set("peer", other_key(), "allowed-ips", "10.9.0.77/32", "endpoint",
               "192.0.2.2:5002")
    pair.a.at("ping", "-q", "-c", "1", "-W", "1", "10.9.0.77", check=False)
    ids = [finding["id"] for finding in pair.a.diag()[1]["findings"]]
    assert ids and "firewall-here" not in ids, ids
    pair.a.at("nft", "delete", "table", "inet", "t")


def absent(_pair):
    """A file without an interface is told, also if no name is given."""
    same(run(WG, "diag").strip(), "there is no naawg interface in this network namespace")
    os.makedirs("/etc/naawg", exist_ok=True)
    with open("/etc/naawg/gone.conf", "w", encoding="ascii") as out:
        out.write("[Interface]\n")
    text = run(WG, "diag", check=False)
    os.unlink("/etc/naawg/gone.conf")
    assert "there is no interface gone" in text and "naawg-quick up gone" in text, text


def usage(_pair):
    """Wrong words are refused, and --help lists the findings."""
    for words in (["--pair"], ["t0", "t1"], ["--nonsense"]):
        assert "Usage:" in run(WG, "diag", *words, check=False)
    text = run(WG, "diag", "--help")
    assert "their-key-wrong" in text, text


def main():
    """All on one pair of hosts."""
    suite = Suite()
    pair = Pair("h")
    pair.up()
    pair.a.set("peer", pair.b.public, "allowed-ips", "10.9.0.2/32", "endpoint",
               "192.0.2.2:5002")
    pair.b.set("peer", pair.a.public, "allowed-ips", "10.9.0.1/32")
    suite.case("a tunnel that nobody used is healthy", unused, pair)
    suite.case("a tunnel that carries data is healthy", used, pair)
    suite.case("so is one with a peer that never called", road_warrior, pair)
    suite.case("so is one that shares its network with another tunnel", shared_network, pair)
    suite.case("any user may look at it, and is told what needs root", without_root, pair)
    suite.case("one whose session ended is healthy", idle, pair)
    suite.case("one whose preshared keys were mended is healthy", mended_psk, pair)
    suite.case("a rule that lets packets pass is no drop", open_firewall, pair)
    suite.case("a file without an interface is told", absent, pair)
    suite.case("one for all addresses, with Kill = yes, is healthy", whole, pair)
    suite.case("wrong words are refused, and --help lists the findings", usage, pair)
    pair.end()
    suite.end()


if __name__ == "__main__":
    main()
