/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NAAWG_REASON(symbol, stable name shown to users, concerns a handshake,
 *		meaning, what to do)
 *
 * New reasons are appended to their group: user space tells them apart by
 * name, but the order is what a person reads.
 *
 * The module compiles the names only. Meaning and what to do are for the tool
 * (naawg explain), for docs/reasons.md and for naawg(4). The first sentence of a
 * meaning is also printed alone. Commands and names stand between backquotes.
 */

/* inner packets on their way out */
NAAWG_REASON(NO_PEER, "no-peer", false,
	     "No peer has the destination of the packet among its allowed IPs. The sender gets ICMP host unreachable.",
	     "Compare `naawg show wg0 allowed-ips` with `ip route get ADDRESS`. Add the destination to the allowed IPs of its peer, or remove the route that leads to this interface."
)
NAAWG_REASON(NO_ENDPOINT, "no-endpoint", false,
	     "The peer of this destination has no endpoint: its outer address is not known. The sender gets ICMP host unreachable.",
	     "Set an endpoint, or let the peer start the handshake: its first message tells this host the endpoint. A peer behind NAT has to start, and needs a persistent keepalive to stay reachable."
)
NAAWG_REASON(NO_ROUTE, "no-route", false,
	     "This host has no route to the endpoint of the peer.",
	     "Run `ip route get` with the address of the endpoint, and with `mark` if the interface has an fwmark. Run it in the network namespace that the interface was created in. Add the route that is missing, or wait for the uplink."
)
NAAWG_REASON(ROUTING_LOOP, "routing-loop", false,
	     "The packet passed three tunnels on its way out and was to enter a fourth. Usually the route to an endpoint leads into the tunnel itself.",
	     "Run `ip route get` with the address of the endpoint: the answer must not name this interface. Add a route to the endpoint through the uplink. `naawg-quick` does that with an fwmark and a rule."
)
NAAWG_REASON(NOT_IP, "not-ip", false,
	     "A local program sent something that is not a complete IPv4 or IPv6 packet.",
	     "Ignore a small number. Otherwise find the program that sends through a packet socket or a bridge: the tunnel carries IP only, no ARP and no Ethernet frames."
)
NAAWG_REASON(STAGE_FULL, "stage-full", false,
	     "Too many packets waited for a session with one peer, and the oldest were dropped. The limits per peer are 128 packets, a GSO packet counted once, 1024 packets when its segments are counted, and 1 MiB.",
	     "Ignore a small number: a fast sender can start before the first handshake is complete. Otherwise find out with `naawg check wg0` why the peer has no session."
)
NAAWG_REASON(STAGE_EXPIRED, "stage-expired", false,
	     "Packets waited for a session, and this host could make no handshake initiation for about 100 seconds.",
	     "Look for `no-private-key`, and set a key. Otherwise look for `no-memory`."
)
NAAWG_REASON(NO_SOCKET, "no-socket", false,
	     "The interface has no UDP socket for the address family of the endpoint. The network namespace in which the interface was created may be gone, the host may have no IPv6, or the interface is going down.",
	     "Ignore it while an interface goes down. Otherwise use an IPv4 endpoint, enable IPv6, or create the interface again in a namespace that stays."
)
NAAWG_REASON(NO_MEMORY, "no-memory", false,
	     "The kernel had no memory for a packet or a message that was being sent or received, or it could not segment a GSO packet.",
	     "Ignore a small number: the senders repeat what matters. Otherwise look at free memory, at the memory limits of containers, and at `dmesg`."
)
NAAWG_REASON(STAGE_DEVICE_FULL, "stage-device-full", false,
	     "The packets that wait for sessions with all peers took more than 16 MiB, and the oldest were dropped.",
	     "Many peers that are away get traffic. Find them with `naawg stats wg0` (not connected). Remove the peers that will not return, or stop the traffic to them."
)
NAAWG_REASON(UNREACHABLE, "peer-unreachable", false,
	     "The peer left two handshake initiations in a row unanswered, and without a session packets for it are dropped.",
	     "Proceed as for `unanswered`. Packets pass again as soon as something authentic comes from the peer. With `naawg set wg0 answer-unreachable on` the senders get ICMP host unreachable."
)

/* outer packets on their way in */
NAAWG_REASON(MALFORMED, "malformed", false,
	     "A datagram is no message of the protocol: its type, its length or its reserved bytes are wrong.",
	     "Ignore it: any host can send such a datagram. If a peer sends them, check that its program speaks WireGuard without obfuscation. `tcpdump -ni any udp port 51820` shows the source."
)
NAAWG_REASON(UNKNOWN_INDEX, "unknown-index", false,
	     "A data message belongs to no session of this interface.",
	     "Ignore it after this host or the interface was started again: the peer uses its old session until it notices that nothing comes back. If it goes on for minutes, the peer completes no handshake; look at the handshake reasons."
)
NAAWG_REASON(SESSION_EXPIRED, "session-expired", false,
	     "A data message came for a session that is older than 180 seconds.",
	     "Ignore a small number: they were late, or this host was suspended. Otherwise the peer does not renew its sessions in time; update its program."
)
NAAWG_REASON(BAD_TAG, "bad-tag", false,
	     "A data message names a session but does not authenticate: it was changed on its way, or forged.",
	     "Ignore a small number. If it grows with the traffic, something damages packets: switch off the offloads of the network card one by one (`ethtool -K`), then check the cables and the memory of routers and hosts."
)
NAAWG_REASON(REPLAY, "replay", false,
	     "A data message was received before, or is more than 8128 messages behind the newest one of its session.",
	     "Ignore a small number: networks duplicate packets. Otherwise look for a path that sends packets twice or delays some of them for long, as bonding over unequal links does."
)
NAAWG_REASON(INNER_NOT_IP, "inner-not-ip", false,
	     "A peer sent something that is neither IPv4 nor IPv6.",
	     "The program of the peer is at fault: update it. The peer has this name as its last reason in `naawg stats wg0`."
)
NAAWG_REASON(INNER_MALFORMED, "inner-malformed", false,
	     "A peer sent an IP packet whose header contradicts its length.",
	     "The program of the peer is at fault: update it. The peer has this name as its last reason in `naawg stats wg0`."
)
NAAWG_REASON(UNALLOWED_SOURCE, "unallowed-source", false,
	     "A peer sent a packet whose source address is not among its allowed IPs.",
	     "Compare the addresses of the peer with `naawg show wg0 allowed-ips`. Add the source to the allowed IPs of the peer, or have the peer masquerade what it forwards. The peer has this name as its last reason in `naawg stats wg0`."
)
NAAWG_REASON(QUEUE_FULL, "queue-full", false,
	     "Data messages came faster than a CPU decrypted them, and its queue was full. It holds 16384 messages or 32 MiB.",
	     "This host is at its limit. Spread the packets over more CPUs (`ethtool -L`, RPS). Check that the module parameter `move_after` is not 0. Look for a CPU that other work keeps busy."
)
NAAWG_REASON(DEVICE_DOWN, "device-down", false,
	     "The interface was set down while packets waited for a session.",
	     "Nothing. This is normal."
)
NAAWG_REASON(FORBIDDEN, "forbidden-destination", false,
	     "A peer sent a packet to a network that this interface forbids. While networks are forbidden, packets with a source route or a routing header count here too.",
	     "Look at `naawg show wg0 forbidden` and at `ForbidRoutes` in the policy. Take the network out if peers are meant to reach it. The peer has this name as its last reason in `naawg stats wg0`."
)

/* handshakes */
NAAWG_REASON(HS_QUEUE_FULL, "handshake-queue-full", true,
	     "A handshake message came while 4096 others waited to be processed.",
	     "Ignore it for a minute after a server with many peers was started: peers try again after five seconds. Otherwise this host is flooded with handshakes, see `overload`."
)
NAAWG_REASON(HS_NO_IDENTITY, "no-private-key", true,
	     "A handshake message came or was to be sent, but the interface has no private key.",
	     "Set one with `naawg set wg0 private-key FILE`."
)
NAAWG_REASON(HS_BAD_MAC1, "bad-mac1", true,
	     "A handshake message was not made for the public key of this interface.",
	     "The initiator has a wrong public key of this host: compare it with `naawg show wg0 public-key`. Ignore a small number from unknown hosts: they scan the Internet."
)
NAAWG_REASON(HS_COOKIE_WANTED, "cookie-wanted", true,
	     "This interface was under load and sent a cookie: the sender has to prove its address with it.",
	     "Ignore it: a peer tries again with the cookie after five seconds. If it counts fast, this host is flooded with handshakes, see `overload`."
)
NAAWG_REASON(HS_RATE_LIMITED, "rate-limited", true,
	     "Under load, one source sent more than 20 handshake messages a second, or there were more than 8192 sources. A source is an IPv4 address or an IPv6 /64 network.",
	     "Ignore it: peers try again after five seconds. If many peers share one address (NAT), it takes longer until all of them have a session."
)
NAAWG_REASON(HS_BAD_STATIC, "bad-initiation", true,
	     "An initiation was made for the public key of this interface, but cannot be decrypted.",
	     "Ignore a small number: the sender is faulty or attacks, or the private key of this interface was just changed."
)
NAAWG_REASON(HS_UNKNOWN_PEER, "unknown-peer", true,
	     "An initiation claims a public key that no peer of this interface has.",
	     "This host lacks the public key of the initiator, or has a wrong one. Compare with `naawg show wg0 public-key` on the initiator, and add the peer. The key is only claimed: any host that knows the public key of this host can cause this too."
)
NAAWG_REASON(HS_LOW_ORDER, "low-order-key", true,
	     "A public key in a handshake is one of the few that give no secret (points of low order).",
	     "If it is the last reason of a peer that cannot be reached, the configured public key of the peer is invalid: ask for the right one. Otherwise ignore it: the sender is faulty or attacks."
)
NAAWG_REASON(HS_BAD_TIMESTAMP, "bad-timestamp-tag", true,
	     "An initiation claims the public key of a peer, but its sender does not have the private key.",
	     "Ignore it: no session is made. A growing number means that someone who knows both public keys pretends to be the peer."
)
NAAWG_REASON(HS_OLD_TIMESTAMP, "old-timestamp", true,
	     "An initiation is not newer than the newest one that this peer sent: it is a repetition, or the clock of the peer went back.",
	     "Check the clock of the peer, and let it set the clock by NTP before the tunnel starts. If the clock was ahead and is right now, remove the peer on this host and add it again: this forgets its newest timestamp."
)
NAAWG_REASON(HS_FLOOD, "initiation-flood", true,
	     "A peer sent two initiations within 20 ms.",
	     "Look for two hosts with the same private key: each host needs its own. Otherwise the program of the peer is at fault, or somebody repeats its messages."
)
NAAWG_REASON(HS_UNKNOWN_INDEX, "unknown-handshake", true,
	     "A response or a cookie belongs to no handshake that is under way on this interface.",
	     "Ignore a small number: the answer came late or twice. If every handshake ends so, answers take longer than the five seconds after which this host starts over."
)
NAAWG_REASON(HS_BAD_RESPONSE, "bad-response", true,
	     "A response does not authenticate. Usually the preshared keys of the two hosts differ.",
	     "Set the same preshared key on both hosts, or none on either."
)
NAAWG_REASON(HS_BAD_COOKIE, "bad-cookie", true,
	     "A cookie does not belong to the newest handshake message sent to the peer.",
	     "Ignore it: the cookie came late or twice, or was forged."
)
NAAWG_REASON(HS_UNANSWERED, "unanswered", true,
	     "The peer did not answer a handshake initiation within five seconds.",
	     "Check the endpoint (address and port), firewalls and NAT on the way, and that the peer is up. `naawg stats` on the peer tells whether it refuses the initiations: look for `bad-mac1` and `unknown-peer`. `tcpdump -ni any udp port 51820` there shows whether anything arrives."
)
NAAWG_REASON(HS_GIVEN_UP, "given-up", true,
	     "Handshake initiations were not answered for about 100 seconds, or could not be sent. No more are sent.",
	     "Look for `no-private-key`, and set a key. Otherwise proceed as for `unanswered`. The next packet for the peer starts over."
)
NAAWG_REASON(HS_OVERLOAD, "overload", true,
	     "Under load, an initiation without a cookie was dropped, as the CPU time for cookies was used up.",
	     "This host is flooded with handshakes. Sessions that stand are not affected, and peers that connected in the last ten minutes are served first. Others need several tries. If one network is the source, block it in the firewall."
)
