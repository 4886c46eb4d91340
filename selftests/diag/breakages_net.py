# SPDX-License-Identifier: GPL-2.0
"""Tunnels with wrong addresses, routes, forwards and packets."""
from case import Case
from pairs import WG


def overlap(pair):
    """Another link has the network of the tunnel."""
    pair.a.ip("link", "add", "d0", "type", "dummy")
    pair.a.ip("link", "set", "d0", "up")
    pair.a.ip("addr", "add", "10.9.0.77/24", "dev", "d0")
    pair.tunnel()


def own_address(pair):
    """The address of the peer is one of this host."""
    pair.a.ip("addr", "add", "10.9.0.2/32", "dev", "lo")
    pair.tunnel()


def no_address(pair):
    """The link has no address."""
    pair.a.ip("addr", "flush", "dev", "t0")
    pair.tunnel()


def no_ips(pair):
    """Another peer took the allowed IPs."""
    pair.tunnel()
    pair.a.set("peer", pair.b.public, "allowed-ips", "")


def no_way(pair):
    """No route leads to an allowed IP."""
    pair.tunnel(a_words=("allowed-ips", "10.9.0.2/32,10.55.0.0/16"))


def elsewhere(pair):
    """Another link has the route."""
    pair.a.ip("route", "add", "10.9.0.2/32", "dev", "va")
    pair.tunnel()


def no_peer_for(pair):
    """A route leads into the tunnel, and no peer has its network."""
    pair.tunnel()
    pair.a.ip("route", "add", "10.66.0.0/16", "dev", "t0")


def rp_filter(pair):
    """The kernel drops packets whose way back is another one."""
    pair.a.sysctl("net.ipv4.conf.all.rp_filter=1", "net.ipv4.conf.t0.rp_filter=1")
    pair.tunnel(a_words=("allowed-ips", "10.9.0.2/32,10.55.0.0/16"))
    pair.b.ip("addr", "add", "10.55.0.1/32", "dev", "lo")
    pair.a.ip("route", "add", "10.55.0.0/16", "dev", "va")
    pair.b.start("ping", "-i", "0.2", "-I", "10.55.0.1", "10.9.0.1")


def unallowed(pair):
    """The peer sends from an address that is not allowed."""
    pair.tunnel()
    pair.b.ip("addr", "add", "10.55.0.1/32", "dev", "lo")
    pair.b.start("ping", "-i", "0.2", "-I", "10.55.0.1", "10.9.0.1")


def forbidden(pair):
    """The peer sends to a network that is forbidden."""
    pair.tunnel(b_words=("allowed-ips", "10.9.0.1/32,172.16.0.0/16"))
    pair.a.set("forbid", "172.16.0.0/16")
    pair.b.ip("route", "add", "172.16.0.0/16", "dev", "t0")
    pair.b.start("ping", "-i", "0.2", "172.16.0.1")


def nothing_back(pair):
    """The peer sends no data."""
    pair.b.nft("input", "iifname t0 drop")
    pair.tunnel()
    pair.a.start("ping", "-i", "0.5", "10.9.0.2")


def forward(pair, *words):
    """A forward on a."""
    pair.a.at(WG, "forward", "t0", "add", *words)
    pair.tunnel()


def forwarding_off(pair):
    """The host does not forward."""
    pair.a.sysctl("net.ipv4.ip_forward=0")
    forward(pair, "3306:tcp:192.0.2.2")


def no_egress(pair):
    """The outgoing interface is missing."""
    pair.a.sysctl("net.ipv4.ip_forward=1")
    forward(pair, "3306:tcp:192.0.2.2", "dev", "nosuch")


def no_route_to(pair):
    """No route leads to the destination."""
    pair.a.sysctl("net.ipv4.ip_forward=1")
    forward(pair, "3306:tcp:10.101.0.2")


def no_answer_from(pair):
    """The destination does not answer."""
    inner = pair.host("c")
    pair.a.sysctl("net.ipv4.ip_forward=1")
    pair.a.ip("link", "add", "vc", "type", "veth", "peer", "name", "eth0", "netns",
              inner.name)
    pair.a.ip("addr", "add", "10.101.0.1/24", "dev", "vc")
    pair.a.ip("link", "set", "vc", "up")
    inner.ip("addr", "add", "10.101.0.2/24", "dev", "eth0")
    inner.ip("link", "set", "eth0", "up")
    inner.nft("input", "tcp dport 3306 drop")
    forward(pair, "3306:tcp:10.101.0.2")
    pair.prepare = lambda: pair.a.wait_for(
        lambda state: all(used["connections"] for used in state["forwards"]))
    pair.b.start("python3", "-c", "import socket; socket.create_connection("
                 "('10.9.0.1', 3306), 30)")


def routed_off(pair):
    """Packets arrive for a network behind this host, which does not forward."""
    pair.a.sysctl("net.ipv4.ip_forward=0")
    pair.tunnel(b_words=("allowed-ips", "10.9.0.1/32,192.168.0.0/16"))
    pair.b.ip("route", "add", "192.168.0.0/16", "dev", "t0")
    pair.a.ip("addr", "add", "192.168.7.1/24", "dev", "va")
    pair.b.start("ping", "-i", "0.2", "192.168.7.9")


CASES = [
    Case("a network that two interfaces have", overlap, a="overlap"),
    Case("a peer with an address of this host", own_address, a="own-address"),
    Case("an interface without an address", no_address, a="no-address"),
    Case("a peer without allowed IPs", no_ips, a="no-allowed-ips"),
    Case("an allowed IP without a route", no_way, a="route-missing"),
    Case("an allowed IP that is reached through another interface", elsewhere,
         a="route-elsewhere"),
    Case("a route without a peer", no_peer_for, a="route-without-peer"),
    Case("the reverse path filter", rp_filter, a="rp-filter"),
    Case("a source that is not allowed", unallowed, a="unallowed-source"),
    Case("a destination that is forbidden", forbidden, a="forbidden-destination"),
    Case("a peer that sends nothing back", nothing_back, a="no-data-back"),
    Case("a host that does not forward, for a port", forwarding_off, a="ip-forward-off"),
    Case("a host that does not forward, for a network", routed_off, a="ip-forward-off"),
    Case("a forward through a missing interface", no_egress, a="forward-no-interface"),
    Case("a forward without a route", no_route_to, a="forward-no-route"),
    Case("a forward whose destination does not answer", no_answer_from,
         a="forward-no-answer"),
]
