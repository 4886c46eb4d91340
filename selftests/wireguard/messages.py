#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Prints what the driver that has the names of the stock driver answers to requests in the
shapes of its clients, and to wrong ones. The same program runs against both drivers."""
import socket
import struct
import subprocess

from shapes import REMOVE, REPLACE, UPDATE, clients
from wgnl import (FLAGS, FWMARK, GET, IFINDEX, IP_ADDRESS, IP_FAMILY, LISTEN_PORT, NLM_F_DUMP,
                  NLM_F_DUMP_INTR, PEERS, PEER_ALLOWEDIPS, PEER_ENDPOINT, PEER_FLAGS,
                  PEER_HANDSHAKE, PEER_KEEPALIVE, PEER_PRESHARED_KEY, PEER_PUBLIC_KEY, PEER_RX,
                  PEER_TX, PEER_VERSION, PRIVATE_KEY, PUBLIC_KEY, Client, allowed, attr,
                  attributes, endpoint4, ip, key, merged, name, peer, u16, u32)

V4 = socket.inet_pton(socket.AF_INET, "10.0.0.0")
V6 = socket.inet_pton(socket.AF_INET6, "fd00::")


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


def misplaced(client):
    """Keys in the place of others, which the stock driver takes."""
    for what, parts in {
            "the private key as a peer's": [attr(PEERS, [peer(key(9))])],
            "the private key as a preshared key": [attr(PEERS, [peer(
                1, attr(PEER_PRESHARED_KEY, key(9)))])],
            "a peer's key as its preshared key": [attr(PEERS, [peer(
                2, attr(PEER_PRESHARED_KEY, key(2)))])],
            "the key of a peer as the private key": [attr(PRIVATE_KEY, key(2))],
            "a preshared key as the private key": [attr(PRIVATE_KEY, key(1)), attr(PEERS, [peer(
                3, attr(PEER_PRESHARED_KEY, key(1)))])],
            "the public key as the private key": [attr(PRIVATE_KEY, own_key(client))]}.items():
        client.set(what, name("wg0"), *parts)
    client.get("after it", name("wg0"))
    client.set("the private key again", name("wg0"), attr(PRIVATE_KEY, key(9)))


def own_key(client):
    """The public key of wg0."""
    for line in reversed(client.lines):
        if line.startswith("  public key "):
            return bytes.fromhex(line.split()[-1])
    raise ValueError("no public key")


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
    replies = client.request(GET, NLM_F_DUMP, [name("wg0")])
    keys = [dict(attributes(entry))[PEER_PUBLIC_KEY] for reply in replies
            for kind, value in attributes(reply[20:]) if kind == PEERS
            for _, entry in attributes(value)]
    _, peers = merged(replies)
    entries = [entry for found in peers.values() for entry in found[PEER_ALLOWEDIPS]]
    client.say(f"{len(peers)} peers, {len(entries)} allowed IPs, {len(set(entries))} different, "
               f"in more than one message: {len(replies) > 1}")
    client.say(f"parts of a peer are adjacent: {len(set(keys)) == len(runs(keys))}")


def runs(values):
    """The values without those that equal the one before."""
    return [value for number, value in enumerate(values)
            if not number or value != values[number - 1]]


def interrupted(client):
    """A dump tells its reader that the device was changed in between."""
    for what, change in (("changed", True), ("not changed", False)):
        reader = Client(size=4096)
        reader.send(GET, NLM_F_DUMP, [name("wg0")])
        replies = [reader.sock.recv(reader.size)]
        if change:
            client.set("a peer meanwhile", name("wg0"), attr(PEERS, [peer(5)]))
        replies += reader.receive()
        flags = {struct.unpack_from("=H", reply, 6)[0] & NLM_F_DUMP_INTR for reply in replies}
        client.say(f"{what}: {'interrupted' if NLM_F_DUMP_INTR in flags else 'consistent'}")


def main():
    """Print the transcript."""
    client = Client()
    for part in (links, names, configures, misplaced, clients, malformed, many,
                 interrupted):
        client.say(f"--- {part.__doc__}")
        part(client)
    ip("link", "del", "wg0")
    print("\n".join(client.lines))


main()
