#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Prints what the driver that has the names of the stock driver answers to requests in the
shapes of its clients, and to wrong ones. The same program runs against both drivers."""
import socket
import struct
import subprocess

from wgnl import (FLAGS, FWMARK, IFINDEX, IP_ADDRESS, IP_FAMILY, LISTEN_PORT, PEERS,
                  PEER_ALLOWEDIPS, PEER_ENDPOINT, PEER_FLAGS, PEER_HANDSHAKE,
                  PEER_KEEPALIVE, PEER_PRESHARED_KEY, PEER_PUBLIC_KEY, PEER_RX, PEER_TX,
                  PEER_VERSION, PRIVATE_KEY, PUBLIC_KEY, Client, allowed, attr, ip, key,
                  name, u16, u32)

V4 = socket.inet_pton(socket.AF_INET, "10.0.0.0")
V6 = socket.inet_pton(socket.AF_INET6, "fd00::")
ZERO = bytes(32)
REMOVE, REPLACE, UPDATE = 1, 2, 4


def endpoint4(port, length=16):
    """struct sockaddr_in of 192.0.2.1."""
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + \
        socket.inet_pton(socket.AF_INET, "192.0.2.1") + bytes(length - 8)


def peer(number, *parts, index=0):
    """A peer as an element of an array."""
    return attr(index, [attr(PEER_PUBLIC_KEY, key(number))] + list(parts))


def links(client):
    """Making links, also as netbird looks for the module."""
    client.say(f"link: {ip('link', 'add', 'wg0', 'type', 'wireguard')}")
    client.say(f"again: {ip('link', 'add', 'wg0', 'type', 'wireguard')}")
    client.say(f"MTU: {ip('link', 'add', 'wg1', 'mtu', '2147483647', 'type', 'wireguard')}")
    shown = subprocess.run(("ip", "-d", "link", "show", "wg0"), capture_output=True,
                           text=True, check=True).stdout
    client.say("kind: " + " ".join(word for word in shown.split() if word == "wireguard"))
    with open("/sys/class/net/wg0/uevent", encoding="ascii") as file:
        client.say("uevent: " + file.read().split("IFINDEX")[0].strip().replace("\n", " "))


def names(client):
    """Devices named in every way."""
    index = socket.if_nametoindex("wg0")
    for what, parts in {
            "by index": [u32(IFINDEX, index)],
            "by name": [name("wg0")],
            "by both": [u32(IFINDEX, index), name("wg0")],
            "by neither": [],
            "none such": [name("wg9")],
            "none such index": [u32(IFINDEX, 12345)],
            "another kind": [name("lo")],
            "a long name": [name("a" * 16)],
            "an unknown attribute": [name("wg0"), u32(200, 1)]}.items():
        client.get(f"get, {what}", *parts)
        client.set(f"set, {what}", *parts)


def configures(client):
    """The request of wg, with all attributes of a peer, and others."""
    client.set("all of a device", name("wg0"), attr(PRIVATE_KEY, key(9)),
               u16(LISTEN_PORT, 5555), u32(FWMARK, 7), u32(FLAGS, 1),
               attr(PEERS, [peer(
                   1, attr(PEER_PRESHARED_KEY, key(2)), u32(PEER_FLAGS, REPLACE),
                   attr(PEER_ENDPOINT, endpoint4(7)), u16(PEER_KEEPALIVE, 25),
                   attr(PEER_ALLOWEDIPS, [allowed(2, V4, 8), allowed(10, V6, 64)]))]))
    client.get("after it", name("wg0"))
    client.set("attributes that are only reported", name("wg0"), attr(PUBLIC_KEY, key(77)),
               attr(PEERS, [peer(1, attr(PEER_HANDSHAKE, bytes(16)),
                                 attr(PEER_RX, bytes(8)), attr(PEER_TX, bytes(8)))]))
    client.set("an endpoint of a wrong length", name("wg0"),
               attr(PEERS, [peer(1, attr(PEER_ENDPOINT, endpoint4(8, 20)))]))
    client.set("an endpoint of a wrong family", name("wg0"),
               attr(PEERS, [peer(1, attr(PEER_ENDPOINT, struct.pack("=H", 1) + bytes(14)))]))
    client.set("our own key as a peer's", name("wg0"),
               attr(PEERS, [attr(0, [attr(PEER_PUBLIC_KEY, own_key(client))])]))
    client.set("an unknown peer to update", name("wg0"),
               attr(PEERS, [peer(44, u32(PEER_FLAGS, UPDATE))]))
    client.set("an unknown peer to remove", name("wg0"),
               attr(PEERS, [peer(44, u32(PEER_FLAGS, REMOVE))]))
    client.get("after all of these", name("wg0"))


def own_key(client):
    """The public key of wg0."""
    for line in reversed(client.lines):
        if line.startswith("  public key "):
            return bytes.fromhex(line.split()[-1])
    raise ValueError("no public key")


def clients(client):
    """Shapes of other clients."""
    both = (attr(PRIVATE_KEY, key(9)), u16(LISTEN_PORT, 5555))
    for part in range(3):
        client.set(f"wgctrl, part {part}", name("wg0"), *both, u32(FWMARK, 7),
                   attr(PEERS, [peer(50 + part * 8 + i, u32(PEER_FLAGS, REPLACE),
                                     attr(PEER_ALLOWEDIPS, [
                                         allowed(2, bytes([10, part, i, 0]), 24, index=0),
                                         allowed(2, bytes([10, part, i, 9]), 32, index=1)]),
                                     index=i) for i in range(8)]))
    client.set("flannel", name("wg0"), *both,
               attr(PEERS, [peer(50, attr(PEER_ENDPOINT, endpoint4(51)), index=3)]))
    client.set("systemd", name("wg0"), *both, u32(FWMARK, 0), u32(FLAGS, 0),
               attr(PEERS, [peer(90, attr(PEER_PRESHARED_KEY, ZERO), u32(PEER_FLAGS, REPLACE),
                                 u16(PEER_KEEPALIVE, 0), index=1)]))
    client.set("NetworkManager", u32(IFINDEX, socket.if_nametoindex("wg0")), *both,
               u32(FLAGS, 0), attr(PEERS, [peer(91, u32(PEER_FLAGS, 0))]))
    parked = [attr(0, [attr(PEER_PUBLIC_KEY, ZERO), u32(PEER_FLAGS, REPLACE),
                       attr(PEER_ALLOWEDIPS, [allowed(2, bytes([10, 0, 0, 0]), 24)])])]
    client.set("cilium parks allowed IPs", name("wg0"), attr(PEERS, parked))
    client.get("with the key of zeros", name("wg0"))
    client.set("with a preshared key of zeros", name("wg0"), attr(PEERS, [attr(0, [
        attr(PEER_PUBLIC_KEY, ZERO), attr(PEER_PRESHARED_KEY, ZERO)])]))
    client.set("cilium removes that peer", name("wg0"),
               attr(PEERS, [attr(0, [attr(PEER_PUBLIC_KEY, ZERO), u32(PEER_FLAGS, REMOVE)])]))
    client.set("one allowed IP away", name("wg0"),
               attr(PEERS, [peer(51, attr(PEER_ALLOWEDIPS,
                                          [allowed(2, bytes([10, 0, 1, 0]), 24, 1)]))]))
    client.get("after the clients", name("wg0"))


def malformed(client):
    """Requests that are refused."""
    for what, parts in {
            "short private key": [attr(PRIVATE_KEY, bytes(31))],
            "long private key": [attr(PRIVATE_KEY, bytes(33))],
            "unknown flag of the device": [u32(FLAGS, 2)],
            "peer without a key": [attr(PEERS, [attr(0, [u32(PEER_FLAGS, 0)])])],
            "short key": [attr(PEERS, [attr(0, [attr(PEER_PUBLIC_KEY, bytes(16))])])],
            "unknown flag of a peer": [attr(PEERS, [peer(1, u32(PEER_FLAGS, 8))])],
            "version 2": [attr(PEERS, [peer(1, u32(PEER_VERSION, 2))])],
            "version 1": [attr(PEERS, [peer(1, u32(PEER_VERSION, 1))])],
            "short endpoint": [attr(PEERS, [peer(1, attr(PEER_ENDPOINT, bytes(8)))])],
            "unknown family": [attr(PEERS, [peer(1, attr(PEER_ALLOWEDIPS,
                                                         [allowed(5, V4, 8)]))])],
            "long prefix": [attr(PEERS, [peer(1, attr(PEER_ALLOWEDIPS,
                                                      [allowed(2, V4, 33)]))])],
            "very long prefix": [attr(PEERS, [peer(1, attr(PEER_ALLOWEDIPS,
                                                           [allowed(2, V4, 200)]))])],
            "wrong address": [attr(PEERS, [peer(1, attr(PEER_ALLOWEDIPS,
                                                        [allowed(2, V6, 8)]))])],
            "no length": [attr(PEERS, [peer(1, attr(PEER_ALLOWEDIPS, [attr(0, [
                u16(IP_FAMILY, 2), attr(IP_ADDRESS, V4)])]))])],
            "unknown flag of an allowed IP": [attr(PEERS, [peer(1, attr(
                PEER_ALLOWEDIPS, [allowed(2, V4, 8, 2)]))])],
            "peers without the flag of a nest": [attr(PEERS, b"")],
            "unknown attribute of a peer": [attr(PEERS, [peer(1, u32(99, 0))])],
            "a port of three bytes": [attr(LISTEN_PORT, bytes(3))]}.items():
        client.set(what, name("wg0"), *parts)


def many(client):
    """More than a message holds: parts of one peer, and peers in several messages."""
    client.set("no peer", name("wg0"), u32(FLAGS, 1))
    for start in range(0, 1200, 200):
        client.set("many allowed IPs", name("wg0"), attr(PEERS, [peer(3, attr(
            PEER_ALLOWEDIPS, [allowed(2, struct.pack("!I", 0x0a000000 + (start + i << 8)), 24)
                              for i in range(200)]))]))
    client.set("a last peer", name("wg0"), attr(PEERS, [peer(4)]))
    try:
        replies = client.request(0, 0x300, [name("wg0")])
    except OSError as error:
        client.say(str(error))
        return
    whole = Client()
    for reply in replies:
        whole.device([(kind, value) for kind, value in pairs(reply)])
    entries = [line for line in whole.lines if "allowed" in line]
    client.say(f"{len(entries)} allowed IPs, {len(set(entries))} different, "
               f"in more than one message: {len(replies) > 1}")
    keys = [line for line in whole.lines if line.startswith("    key")]
    client.say(f"peers: {len(set(keys))}, adjacent: {keys == sorted(keys)}")


def pairs(reply):
    """The attributes of a reply."""
    data = reply[20:]
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind & 0x3fff, data[4:length]
        data = data[(length + 3) & ~3:]


def main():
    """Print the transcript."""
    client = Client()
    for part in (links, names, configures, clients, malformed, many):
        client.say(f"--- {part.__doc__}")
        part(client)
    ip("link", "del", "wg0")
    print("\n".join(client.lines))


main()
