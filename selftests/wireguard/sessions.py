#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Prints which requests of clients keep the session of a peer: sessions.py LINK ADDRESS sends
them to the only peer of LINK, and ADDRESS is reached through it."""
import struct
import subprocess
import sys

from wgnl import (FLAGS, FWMARK, LISTEN_PORT, PEERS, PEER_ALLOWEDIPS, PEER_ENDPOINT,
                  PEER_FLAGS, PEER_HANDSHAKE, PEER_KEEPALIVE, PEER_PRESHARED_KEY, PEER_RX,
                  PEER_TX, PRIVATE_KEY, Client, allowed, attr, attributes, name, peer, u16, u32)

REPLACE_ALLOWEDIPS = 2


def counters(found):
    """Received and sent bytes."""
    return [struct.unpack("=Q", found[kind])[0] for kind in (PEER_RX, PEER_TX)]


def reaches(address):
    """Whether one of three pings is answered."""
    return subprocess.run(("ping", "-q", "-c", "1", "-W", "2", address), check=False,
                          stdout=subprocess.DEVNULL).returncode == 0


def shapes(ifname, device, public, found):
    """Name and attributes of each request; the values are those that the device has."""
    same = (name(ifname), attr(PRIVATE_KEY, device[PRIVATE_KEY]),
            attr(LISTEN_PORT, device[LISTEN_PORT]))
    entries = [attr(index, [attr(kind, value) for kind, value in attributes(entry)])
               for index, entry in enumerate(found[PEER_ALLOWEDIPS])]
    whole = [u32(PEER_FLAGS, REPLACE_ALLOWEDIPS), attr(PEER_ENDPOINT, found[PEER_ENDPOINT]),
             u16(PEER_KEEPALIVE, 25), attr(PEER_ALLOWEDIPS, entries)]
    other = bytes([64] * 31 + [65])
    return {
        "key and port": same,
        "flannel adds a node": same + (attr(PEERS, [peer(other, attr(PEER_ALLOWEDIPS, [
            allowed(2, bytes([10, 77, 0, 0]), 24)]))]),),
        "flannel repeats this node": same + (attr(PEERS, [peer(public, *whole)]),),
        "cilium adds an allowed IP": same + (attr(PEERS, [peer(public, attr(
            PEER_ALLOWEDIPS, [allowed(2, bytes([10, 78, 0, 0]), 24)]))]),),
        "wgctrl sets the mark": same + (u32(FWMARK, 7),),
        "the same preshared key": same + (attr(PEERS, [peer(public, attr(
            PEER_PRESHARED_KEY, found[PEER_PRESHARED_KEY]))]),),
        "another port": (name(ifname), u16(LISTEN_PORT, 5011)),
        "systemd replaces all peers": same + (u32(FLAGS, 1),
                                              attr(PEERS, [peer(public, *whole)])),
    }


def main():
    """Print the transcript."""
    ifname, address = sys.argv[1:]
    client = Client()
    print("reached at first:", reaches(address))
    device, peers = client.dump(ifname)
    (public, found), = peers.items()
    for what, parts in shapes(ifname, device, public, found).items():
        before = client.dump(ifname)[1][public]
        client.set(what, *parts)
        after = client.dump(ifname)[1][public]
        reached = reaches(address)
        later = client.dump(ifname)[1][public]
        print(client.lines[-1])
        print("  counters go on:", counters(after) >= counters(before))
        print("  time of the handshake stays:", after[PEER_HANDSHAKE] == before[PEER_HANDSHAKE])
        print("  no handshake follows:", later[PEER_HANDSHAKE] == before[PEER_HANDSHAKE])
        print("  reached:", reached)
    seconds, nanoseconds = struct.unpack("=qq", later[PEER_HANDSHAKE])
    print("the time has two parts:", seconds > 10 ** 9, 0 <= nanoseconds < 10 ** 9)


main()
