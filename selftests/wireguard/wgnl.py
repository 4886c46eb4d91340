# SPDX-License-Identifier: GPL-2.0
"""A client of the netlink family "wireguard" that builds messages byte by byte, also wrong
ones, and prints what the kernel answers."""
import base64
import errno
import hashlib
import os
import socket
import struct
import subprocess

NETLINK_GENERIC = 16
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP_INTR, NLM_F_DUMP = 1, 4, 0x10, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
NESTED = 0x8000
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_FAMILY_ID, CTRL_FAMILY_NAME = 1, 2

GET, SET = 0, 1
# Attributes of a device, of a peer, and of an allowed IP.
IFINDEX, IFNAME, PRIVATE_KEY, PUBLIC_KEY, FLAGS, LISTEN_PORT, FWMARK, PEERS = range(1, 9)
(PEER_PUBLIC_KEY, PEER_PRESHARED_KEY, PEER_FLAGS, PEER_ENDPOINT, PEER_KEEPALIVE,
 PEER_HANDSHAKE, PEER_RX, PEER_TX, PEER_ALLOWEDIPS, PEER_VERSION) = range(1, 11)
IP_FAMILY, IP_ADDRESS, IP_LEN, IP_FLAGS = range(1, 5)

DEVICE_NAMES = {IFINDEX: "ifindex", IFNAME: "ifname", PRIVATE_KEY: "private key",
                PUBLIC_KEY: "public key", FLAGS: "flags", LISTEN_PORT: "port",
                FWMARK: "fwmark"}
PEER_NAMES = {PEER_PUBLIC_KEY: "key", PEER_PRESHARED_KEY: "preshared",
              PEER_ENDPOINT: "endpoint", PEER_KEEPALIVE: "keepalive",
              PEER_HANDSHAKE: "handshake", PEER_RX: "rx", PEER_TX: "tx",
              PEER_VERSION: "version"}


def attr(kind, value):
    """An attribute: bytes as they are, a list of attributes as a nest."""
    if isinstance(value, list):
        kind |= NESTED
        value = b"".join(value)
    length = 4 + len(value)
    return struct.pack("=HH", length, kind) + value + bytes(-length % 4)


def u8(kind, value):
    """An attribute of one byte."""
    return attr(kind, struct.pack("=B", value))


def u16(kind, value):
    """An attribute of two bytes."""
    return attr(kind, struct.pack("=H", value))


def u32(kind, value):
    """An attribute of four bytes."""
    return attr(kind, struct.pack("=I", value))


def name(text):
    """The name of the device."""
    return attr(IFNAME, text.encode() + b"\0")


def key(number):
    """A key that looks like no other and stays as it is when it is clamped."""
    return bytes([number & 0xf8] + [number] * 30 + [64 | number & 63])


def allowed(family, address, length, flags=None, index=0):
    """An allowed IP as an element of an array."""
    return attr(index, [u16(IP_FAMILY, family), attr(IP_ADDRESS, address),
                        u8(IP_LEN, length)] +
                ([] if flags is None else [u32(IP_FLAGS, flags)]))


def endpoint4(port, length=16, address="192.0.2.1"):
    """struct sockaddr_in, or one of a wrong length."""
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + \
        socket.inet_pton(socket.AF_INET, address) + bytes(length - 8)


def peer(number, *parts, index=0):
    """A peer as an element of an array; its key is a number or bytes."""
    public = key(number) if isinstance(number, int) else number
    return attr(index, [attr(PEER_PUBLIC_KEY, public)] + list(parts))


def attributes(data):
    """Pairs of type and value."""
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind & 0x3fff, data[4:length]
        data = data[(length + 3) & ~3:]


def merged(replies):
    """The messages of a dump as wgctrl reads them: attributes of the device, and those of
    each peer by its key, with all of its allowed IPs."""
    device, peers = {}, {}
    for reply in replies:
        for kind, value in attributes(reply[20:]):
            if kind != PEERS:
                device[kind] = value
                continue
            for _, entry in attributes(value):
                found = dict(attributes(entry))
                entries = [raw for _, raw in attributes(found.pop(PEER_ALLOWEDIPS, b""))]
                known = peers.setdefault(found[PEER_PUBLIC_KEY], {PEER_ALLOWEDIPS: []})
                known[PEER_ALLOWEDIPS] += entries
                known.update(found)
    return device, peers


class Client:
    """A socket of the family, whose requests add lines to a transcript."""

    def __init__(self, family="wireguard", size=1 << 16):
        """Messages of a dump are no longer than SIZE, or 4 KB."""
        self.size = size
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.bind((0, 0))
        self.seq = 0
        self.family = GENL_ID_CTRL
        self.lines = []
        for reply in self.request(CTRL_CMD_GETFAMILY, NLM_F_ACK,
                                  [attr(CTRL_FAMILY_NAME, family.encode() + b"\0")]):
            for kind, value in attributes(reply[20:]):
                if kind == CTRL_FAMILY_ID:
                    self.family, = struct.unpack("=H", value)

    def send(self, cmd, flags, parts):
        """Send a request."""
        self.seq += 1
        body = struct.pack("=BBH", cmd, 1, 0) + b"".join(parts)
        self.sock.send(struct.pack("=IHHII", 16 + len(body), self.family,
                                   NLM_F_REQUEST | flags, self.seq, 0) + body)

    def receive(self):
        """Return the messages of the answer, raise OSError for an error."""
        replies = []
        while True:
            data = self.sock.recv(self.size)
            while data:
                length, kind, _, _, _ = struct.unpack_from("=IHHII", data)
                message, data = data[:length], data[(length + 3) & ~3:]
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    code, = struct.unpack_from("=i", message, 16)
                    if code:
                        raise OSError(-code, os.strerror(-code))
                    return replies
                replies.append(message)

    def request(self, cmd, flags, parts):
        """Send a request, and return the messages of the answer."""
        self.send(cmd, flags, parts)
        return self.receive()

    def dump(self, ifname):
        """A device as wgctrl sees it."""
        return merged(self.request(GET, NLM_F_DUMP, [name(ifname)]))

    def say(self, text):
        """Add a line to the transcript."""
        self.lines.append(text)

    def set(self, what, *parts):
        """A set-device request, and what comes of it."""
        try:
            self.request(SET, NLM_F_ACK, parts)
            self.say(f"{what}: done")
        except OSError as error:
            self.say(f"{what}: {errno.errorcode[error.errno]}")

    def get(self, what, *parts):
        """Note all that get-device says, in the order of the messages."""
        self.say(f"{what}:")
        try:
            replies = self.request(GET, NLM_F_DUMP, parts)
        except OSError as error:
            self.say(f"  {errno.errorcode[error.errno]}")
            return
        for reply in replies:
            self.device(attributes(reply[20:]))

    def count(self, what, ifname):
        """Note how many peers and allowed IPs a large device has, and a hash of them."""
        _, peers = self.dump(ifname)
        entries = sorted(public + b"".join(value for _, value in sorted(attributes(entry)))
                         for public, found in peers.items()
                         for entry in found[PEER_ALLOWEDIPS])
        digest = hashlib.sha256(b"".join(sorted(peers) + entries)).hexdigest()
        self.say(f"{what}: {len(peers)} peers, {len(entries)} allowed IPs, {digest[:16]}")

    def device(self, found):
        """Note the attributes of one message."""
        for kind, value in found:
            if kind == PEERS:
                for index, peer in attributes(value):
                    self.say(f"  peer, index {index}")
                    self.peer(attributes(peer))
            elif kind == IFINDEX:
                self.say("  ifindex")
            else:
                self.say(f"  {DEVICE_NAMES.get(kind, kind)} {value.hex()}")

    def peer(self, found):
        """Note the attributes of a peer."""
        for kind, value in found:
            if kind == PEER_ALLOWEDIPS:
                for index, entry in attributes(value):
                    words = " ".join(sorted(f"{k}={v.hex()}" for k, v in attributes(entry)))
                    self.say(f"    allowed, index {index}: {words}")
            else:
                self.say(f"    {PEER_NAMES.get(kind, kind)} {value.hex()}")


def ip(*args):
    """Run ip; return its standard error, or None if it succeeded."""
    done = subprocess.run(("ip",) + args, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else done.stderr.strip()


def text(raw):
    """A key as wg prints it."""
    return base64.b64encode(raw).decode()
