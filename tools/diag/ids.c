// SPDX-License-Identifier: GPL-2.0
/*
 * The names of findings, likely causes first.
 *
 * Scripts and documents use the names, so they stay. A cause comes before its
 * consequences, and a certain finding before a guess.
 */

#include <stddef.h>

#include "diag/findings.h"

const struct finding_id finding_ids[] = {
	{ "module-missing", "the kernel module is not loaded" },
	{ "no-interface", "there is no interface with this name" },
	{ "other-module", "the interface belongs to another kernel module" },
	{ "unreadable", "the kernel refused the request" },
	{ "port-taken", "another program or interface has the listen port" },
	{ "link-down", "the interface is down" },
	{ "no-private-key", "the interface has no private key" },
	{ "no-peers", "the interface has no peer" },
	{ "overlap", "another interface has the network of the tunnel" },
	{ "own-address", "an allowed IP of a peer is an address of this host" },
	{ "kill-switch", "another tunnel that is down blocks the way" },
	{ "no-address", "the interface has no address" },
	{ "no-allowed-ips", "a peer has no allowed IPs" },
	{ "endpoint-unresolved", "the name of an endpoint does not resolve" },
	{ "endpoint-own", "an endpoint is an address of this host" },
	{ "endpoint-loop", "the route to an endpoint leads into the tunnel" },
	{ "endpoint-no-route", "there is no route to an endpoint" },
	{ "firewall-here", "a firewall of this host drops the packets of the tunnel" },
	{ "endpoint-unreachable", "the network reports that an endpoint cannot be reached" },
	{ "firewall-rejects", "a firewall on the way rejects the packets of the tunnel" },
	{ "port-closed", "nothing listens on the port of an endpoint" },
	{ "endpoint-moved", "the name of an endpoint has another address now" },
	{ "preshared-key", "the preshared keys of the two hosts differ" },
	{ "their-key-wrong", "this host has a wrong public key of a peer, or none" },
	{ "our-key-wrong-there", "a peer has a wrong public key of this host" },
	{ "our-key-unknown", "a peer does not know the public key of this host" },
	{ "invalid-key", "the configured public key of a peer is none" },
	{ "same-key-twice", "two hosts use the same private key" },
	{ "clock-back", "the clock of a peer went back" },
	{ "clock-back-here", "the clock of this host went back" },
	{ "pair-no-endpoint", "neither host has an endpoint of the other one, as behind two NATs" },
	{ "no-endpoint", "packets wait for a peer without an endpoint" },
	{ "answer-lost", "a peer calls, and our answers do not reach it or do not convince it" },
	{ "handshaking", "the first handshake with a peer is under way" },
	{ "rekeying", "a new session with a peer was asked for and is under way" },
	{ "no-answer", "a peer does not answer" },
	{ "peer-away", "a peer that called before does not answer now" },
	{ "rp-filter", "the reverse path filter drops packets of the tunnel" },
	{ "route-missing", "no route leads to an allowed IP" },
	{ "route-elsewhere", "packets for an allowed IP leave through another interface" },
	{ "route-without-peer", "a route leads into the tunnel, and no peer has its network" },
	{ "unallowed-source", "a peer sends from addresses that are not among its allowed IPs" },
	{ "forbidden-destination", "a peer sends to a network that is forbidden here" },
	{ "no-data-back", "a peer with a session sends no data" },
	{ "ip-forward-off", "this host does not forward packets between networks" },
	{ "forward-no-interface", "the outgoing interface of a forward is missing" },
	{ "forward-no-peer", "the peer that a forward is for is missing" },
	{ "forward-no-route", "no route leads to the destination of a forward" },
	{ "forward-no-address", "the interface lacks the address that a forward needs" },
	{ "forward-refused", "nothing listens at the destination of a forward" },
	{ "forward-no-answer", "the destination of a forward does not answer" },
	{ "flood", "this host is flooded with handshakes" },
	{ "name-server", "a name server cannot be reached" },
	{ "mtu-hole", "large packets vanish on the way to a peer" },
	{ "no-pings", "a peer answers no pings, so sizes were not measured" },
	{ "mtu-too-large", "packets of the tunnel are larger than the way to an endpoint allows" },
	{ "pair-allowed-ips", "the other host drops packets from an address of this host" },
	{ "pair-port", "an endpoint has another port than the other host listens on" },
	{ "unknown-caller", "a host that is no peer sends handshakes" },
	{ "other-version", "the loaded module has another version than this program" },
	{ NULL }
};
