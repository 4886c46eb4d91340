# SPDX-License-Identifier: GPL-2.0
"""Tunnels with wrong keys, links and endpoints."""
from case import Case
from pairs import WG, new_psk, other_key
from suite import same


def their_key(pair):
    """The key that b has of a is another one."""
    pair.wrong = other_key()
    pair.tunnel(a_key=pair.wrong)


def their_key_named(pair, first):
    """Both keys are named."""
    if first["id"] == "their-key-wrong":
        same(first["peer"], pair.wrong)
        same(first["keys"], [pair.a.public, pair.wrong])
        assert pair.a.public in first["text"], first
        # The key of a caller is not proven, so no command sets it.
        assert first["command"].startswith("naawg show INTERFACE public-key, on the host"), first


def our_key(pair):
    """The key that a has of b is another one."""
    pair.tunnel(b_key=other_key())


def our_key_named(pair, first):
    """The right key is named."""
    same(first["keys"], [pair.b.public])
    assert pair.b.public in first["text"]


def presharedkey(pair):
    """Each has another preshared key."""
    pair.secrets = [new_psk(), new_psk()]
    one, two = (pair.file(f"psk{i}", psk) for i, psk in enumerate(pair.secrets))
    pair.tunnel(a_words=("preshared-key", one), b_words=("preshared-key", two))


def psk_missing(pair):
    """Only a has a preshared key."""
    pair.secrets = [new_psk()]
    pair.tunnel(a_words=("preshared-key", pair.file("psk", pair.secrets[0])))


def of_b(pair, first):
    """The finding names the peer b."""
    if first["id"] != "answer-lost":
        same(first["peer"], pair.b.public)


def down(pair):
    """The link is down."""
    pair.peers()


def no_key(pair):
    """The link has no private key."""
    pair.a.set("private-key", "/dev/null")
    pair.tunnel()


def no_peers(pair):
    """The link has no peer."""
    pair.up()


def port_taken(pair):
    """A second link has the port."""
    pair.a.ip("link", "add", "t1", "type", "naawg")
    pair.a.set("listen-port", "5777")
    pair.a.at("sh", "-c", "$0 set t1 listen-port 5777 && ip link set t1 up", WG)
    pair.peers()


def no_interface(pair):
    """The link is not there."""
    pair.a.ip("link", "del", "t0")


def other_kind(pair):
    """The link is of another kind."""
    pair.a.ip("link", "del", "t0")
    pair.a.ip("link", "add", "t0", "type", "dummy")


def wrong_port(pair):
    """Nothing listens on the port of the endpoint."""
    pair.tunnel(endpoint="192.0.2.2:5999")


def nobody_there(pair):
    """No host has the address of the endpoint."""
    pair.tunnel(endpoint="192.0.2.77:5002")


def router_says(pair):
    """A router reports that there is no way."""
    pair.b.sysctl("net.ipv4.ip_forward=1")
    pair.b.ip("route", "add", "unreachable", "203.0.113.7")
    pair.a.ip("route", "add", "203.0.113.0/24", "via", "192.0.2.2")
    pair.tunnel(endpoint="203.0.113.7:5002")


def no_route(pair):
    """There is no route to the endpoint."""
    pair.tunnel(endpoint="203.0.113.7:5002")


def loop(pair):
    """The route to the endpoint leads into the tunnel."""
    pair.up()
    pair.a.ip("route", "add", "203.0.113.0/24", "dev", "t0")
    pair.peers(a_words=("allowed-ips", "10.9.0.2/32,203.0.113.0/24"),
               endpoint="203.0.113.7:5002")


def own_endpoint(pair):
    """The endpoint is the link itself."""
    pair.tunnel(endpoint="192.0.2.1:5001")


def firewall_out(pair):
    """A firewall of the host drops the packets of the tunnel."""
    pair.a.nft("output", "udp dport 5002 drop")
    pair.tunnel()


def firewall_says(pair):
    """A firewall of the other host rejects them."""
    pair.b.nft("input", "udp dport 5002 reject with icmpx admin-prohibited")
    pair.tunnel()


def firewall_in(pair):
    """A firewall of the other host drops them."""
    pair.b.nft("input", "udp dport 5002 counter drop")
    pair.tunnel()


def no_endpoint(pair):
    """Nobody knows where the other one is."""
    pair.tunnel(endpoint=None)
    pair.a.start("ping", "-i", "0.5", "10.9.0.2")
    pair.b.start("ping", "-i", "0.5", "10.9.0.1")


def bad_key(pair):
    """The key of the peer is no public key."""
    pair.tunnel(b_key="AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")


CASES = [
    Case("a wrong key of the peer here is named with the key that it claims", their_key,
         their_key_named, b="their-key-wrong", a="no-answer"),
    Case("a wrong key of this host there is named with the right one", our_key,
         our_key_named, b="our-key-wrong-there"),
    Case("different preshared keys are named on both hosts", presharedkey, of_b,
         a="preshared-key", b="answer-lost"),
    Case("a preshared key on one host only is named", psk_missing, of_b, a="preshared-key"),
    Case("an interface that is down", down, a="link-down"),
    Case("an interface without a private key", no_key, a="no-private-key"),
    Case("an interface without peers", no_peers, a="no-peers"),
    Case("a listen port that another interface has", port_taken, a="port-taken"),
    Case("an interface that does not exist", no_interface, a="no-interface"),
    Case("an interface of another module", other_kind, a="other-module"),
    Case("a port on which nothing listens", wrong_port, of_b, a="port-closed"),
    Case("an address that nobody has", nobody_there, a="endpoint-unreachable"),
    Case("a router without a way to the endpoint", router_says, a="endpoint-unreachable"),
    Case("no route to the endpoint", no_route, a="endpoint-no-route"),
    Case("an endpoint that is reached through the tunnel itself", loop, a="endpoint-loop"),
    Case("an endpoint that is the interface itself", own_endpoint, a="endpoint-own"),
    Case("a firewall of this host", firewall_out, a="firewall-here"),
    Case("a firewall that rejects", firewall_says, a="firewall-rejects"),
    Case("a firewall that drops", firewall_in, a="no-answer",
         b="firewall-here"),
    Case("no endpoint on either host", no_endpoint, a="no-endpoint", b="no-endpoint"),
    Case("a public key that is none", bad_key, a="invalid-key"),
]
