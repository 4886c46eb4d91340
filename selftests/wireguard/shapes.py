# SPDX-License-Identifier: GPL-2.0
"""Requests of clients of the stock driver, as their source writes them: order of attributes,
types of the elements of arrays, and attributes that a client repeats.

wgctrl-go is under flannel, cilium, calico, netbird and most programs that show tunnels."""
import socket

from wgnl import (FLAGS, FWMARK, IFINDEX, LISTEN_PORT, PEERS, PEER_ALLOWEDIPS, PEER_ENDPOINT,
                  PEER_FLAGS, PEER_KEEPALIVE, PEER_PRESHARED_KEY, PRIVATE_KEY, allowed, attr,
                  endpoint4, key, name, peer, u16, u32)

ZERO = bytes(32)
REMOVE, REPLACE, UPDATE = 1, 2, 4
# wgctrl-go puts at most so many peers, and so many allowed IPs, in a message.
PEER_CHUNK, IP_CHUNK = 32, 256


def identity():
    """Key and port, which many clients send with each request."""
    return (attr(PRIVATE_KEY, key(9)), u16(LISTEN_PORT, 5555))


def chunks(values, size):
    """The values in parts of that size."""
    return [values[start:start + size] for start in range(0, len(values), size)]


def wgctrl(client):
    """100 peers of 8 allowed IPs, then a peer of 600. The type of a nest is its index. Each
    message has the key, the port and the mark again, and only the first one replaces."""
    numbers = list(range(100, 200))
    for part, those in enumerate(chunks(numbers, PEER_CHUNK)):
        client.set(f"wgctrl, part {part}", name("wg0"), *identity(), u32(FWMARK, 7),
                   *([] if part else [u32(FLAGS, 1)]),
                   attr(PEERS, [peer(number, u32(PEER_FLAGS, REPLACE), attr(PEER_ALLOWEDIPS, [
                       allowed(2, bytes([10, number, i, 0]), 24, index=i) for i in range(8)]),
                                     index=i) for i, number in enumerate(those)]))
    client.count("after it", "wg0")
    addresses = [bytes([10, 200 + (i >> 8), i & 255, 0]) for i in range(600)]
    for part, those in enumerate(chunks(addresses, IP_CHUNK)):
        client.set(f"wgctrl, one peer, part {part}", name("wg0"), *identity(), u32(FWMARK, 7),
                   attr(PEERS, [peer(
                       200, *([] if part else [u32(PEER_FLAGS, REPLACE)]),
                       attr(PEER_ALLOWEDIPS, [allowed(2, address, 24, index=i)
                                              for i, address in enumerate(those)]))]))
    client.count("after it", "wg0")
    client.set("wgctrl replaces all", name("wg0"), *identity(), u32(FLAGS, 1),
               attr(PEERS, [peer(50 + i, u32(PEER_FLAGS, REPLACE), attr(PEER_ALLOWEDIPS, [
                   allowed(2, bytes([10, 0, i, 0]), 24, index=0)]), index=i)
                            for i in range(4)]))


def flannel(client):
    """Key and port with each new node of the cluster."""
    for number in (51, 52):
        client.set("flannel", name("wg0"), *identity(), attr(PEERS, [peer(
            number, u32(PEER_FLAGS, REPLACE), attr(PEER_ENDPOINT, endpoint4(number)),
            u16(PEER_KEEPALIVE, 25),
            attr(PEER_ALLOWEDIPS, [allowed(2, bytes([10, number, 0, 0]), 24)]))]))


def systemd(client):
    """Elements are counted from 1. Key, port, mark, flags and a preshared key are always
    there."""
    client.set("systemd", name("wg0"), *identity(), u32(FWMARK, 0), u32(FLAGS, 1),
               attr(PEERS, [peer(
                   number, attr(PEER_PRESHARED_KEY, ZERO), u32(PEER_FLAGS, REPLACE),
                   u16(PEER_KEEPALIVE, 0), attr(PEER_ENDPOINT, endpoint4(number)),
                   attr(PEER_ALLOWEDIPS, [allowed(2, bytes([10, number, 0, 0]), 24, index=1)]),
                   index=number - 89) for number in (90, 91)]))


def network_manager(client):
    """The device by its index, and flags of zero."""
    client.set("NetworkManager", u32(IFINDEX, socket.if_nametoindex("wg0")), *identity(),
               u32(FLAGS, 0), attr(PEERS, [peer(91, u32(PEER_FLAGS, 0))]))


def cilium(client):
    """An allowed IP moves to the key of zeros, so that no packet goes in clear meanwhile."""
    client.set("cilium parks allowed IPs", name("wg0"), *identity(), attr(PEERS, [peer(
        ZERO, u32(PEER_FLAGS, REPLACE),
        attr(PEER_ALLOWEDIPS, [allowed(2, bytes([10, 90, 0, 0]), 24)]))]))
    client.get("with the key of zeros", name("wg0"))
    client.set("with a preshared key of zeros", name("wg0"), attr(PEERS, [peer(
        ZERO, attr(PEER_PRESHARED_KEY, ZERO))]))
    client.set("cilium removes that peer", name("wg0"), *identity(), attr(PEERS, [peer(
        ZERO, u32(PEER_FLAGS, REMOVE))]))


def netbird(client):
    """A peer is changed only if it is still there, and an allowed IP goes away."""
    client.set("netbird updates a peer", name("wg0"), attr(PEERS, [peer(
        90, u32(PEER_FLAGS, UPDATE), attr(PEER_ENDPOINT, endpoint4(77)))]))
    client.set("netbird updates no peer", name("wg0"), attr(PEERS, [peer(
        33, u32(PEER_FLAGS, UPDATE | REPLACE))]))
    client.set("one allowed IP away", name("wg0"), attr(PEERS, [peer(
        91, attr(PEER_ALLOWEDIPS, [allowed(2, bytes([10, 91, 0, 0]), 24, 1)]))]))


def clients(client):
    """Shapes of other clients."""
    for shape in (wgctrl, flannel, systemd, network_manager, cilium, netbird):
        shape(client)
        client.get(f"after {shape.__name__}", name("wg0"))
