# SPDX-License-Identifier: GPL-2.0
"""A small generic netlink client whose knowledge is module/uapi/naawg.yaml.

It builds messages attribute by attribute and never refuses to build a wrong
one, because that is what the tests are for.
"""
import errno
import os
import socket
import struct

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC_PATH = os.path.join(HERE, "..", "..", "module", "uapi", "naawg.yaml")

SO_RCVBUFFORCE = 33
NETLINK_GENERIC = 16
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP = 1
NETLINK_EXT_ACK = 11
NETLINK_CAP_ACK = 10

NLM_F_REQUEST = 1
NLM_F_ACK = 4
NLM_F_DUMP_INTR = 0x10
NLM_F_DUMP = 0x300
NLM_F_CAPPED = 0x100
NLM_F_ACK_TLVS = 0x200
NLMSG_NOOP = 1
NLMSG_ERROR = 2
NLMSG_DONE = 3
NLA_F_NESTED = 0x8000
NLA_TYPE_MASK = 0x3fff

GENL_ID_CTRL = 16
CTRL_CMD_GETFAMILY = 3
CTRL_ATTR_FAMILY_ID = 1
CTRL_ATTR_FAMILY_NAME = 2
CTRL_ATTR_MCAST_GROUPS = 7
CTRL_ATTR_MCAST_GRP_NAME = 1
CTRL_ATTR_MCAST_GRP_ID = 2

NLMSGERR_ATTR_MSG = 1
NLMSGERR_ATTR_OFFS = 2

SCALARS = {"u8": "=B", "u16": "=H", "u32": "=I", "u64": "=Q"}


class Refused(Exception):
    """The kernel said no: an errno, its words and what it pointed at."""

    def __init__(self, code, message, offset):
        super().__init__(f"{errno.errorcode.get(code, code)}: {message}")
        self.code = code
        self.message = message
        self.offset = offset


class AttributeSet:
    """Names, numbers and types of one attribute set."""

    def __init__(self, entry):
        self.by_name = {}
        self.by_number = {}
        number = 0
        for attribute in entry["attributes"]:
            number = attribute.get("value", number + 1)
            self.by_name[attribute["name"]] = (number, attribute)
            self.by_number[number] = attribute


class Spec:
    """The specification, indexed."""

    def __init__(self, path=SPEC_PATH):
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        with open(path, encoding="utf-8") as stream:
            data = yaml.load(stream, loader)
        self.name = data["name"]
        self.version = data.get("version", 1)
        self.sets = {e["name"]: AttributeSet(e) for e in data["attribute-sets"]}
        self.commands = {}
        number = 0
        for operation in data["operations"]["list"]:
            number = operation.get("value", number + 1)
            self.commands[operation["name"]] = (number, operation)
        self.flags = {}
        for entry in data.get("definitions", []):
            if entry["type"] == "flags":
                for bit, flag in enumerate(entry["entries"]):
                    name = flag["name"] if isinstance(flag, dict) else flag
                    self.flags[entry["name"], name] = 1 << bit


def attr(number, payload):
    """One attribute with exactly these bytes, padded."""
    head = struct.pack("=HH", 4 + len(payload), number)
    return head + payload + bytes(-len(payload) % 4)


def walk(data):
    """(number, payload) of every attribute in data."""
    while len(data) >= 4:
        length, number = struct.unpack_from("=HH", data)
        if length < 4 or length > len(data):
            raise ValueError("attributes do not add up")
        yield number & NLA_TYPE_MASK, data[4:length]
        data = data[(length + 3) & ~3:]


class Netlink:
    """A socket of any netlink protocol: requests, and what they are answered."""

    def __init__(self, protocol):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.sock.settimeout(30)
        self.sock.bind((0, 0))
        self.seq = 0

    def send(self, kind, payload, flags):
        """A request, without waiting for what it is answered."""
        self.seq += 1
        self.sock.send(struct.pack("=IHHII", 16 + len(payload), kind,
                                   NLM_F_REQUEST | flags, self.seq, 0) + payload)

    def messages(self):
        """The answers to the newest request, one by one."""
        while True:
            data = self.sock.recv(1 << 17)
            while len(data) >= 16:
                length, kind, flags, seq, _ = struct.unpack_from("=IHHII", data)
                if seq == self.seq:
                    yield kind, flags, data[16:length]
                data = data[(length + 3) & ~3:]

    def exchange(self, kind, payload, flags=0):
        """Ask once; Refused when the kernel refuses."""
        self.send(kind, payload, flags | NLM_F_ACK)
        replies = []
        for answer, answer_flags, said in self.messages():
            if answer == NLMSG_ERROR:
                code = -struct.unpack_from("=i", said)[0]
                if code:
                    raise Refused(code, *ack_words(answer_flags, said))
                return replies
            if answer == NLMSG_DONE:
                code = -struct.unpack_from("=i", said)[0] if said else 0
                if code:
                    words = done_words(answer_flags, said)
                    raise Refused(code, *words)
                return replies
            if answer != NLMSG_NOOP:
                replies.append(said)
        return replies


class Family(Netlink):
    """The naawg family on a socket of its own."""

    def __init__(self, spec=None, name=None):
        super().__init__(NETLINK_GENERIC)
        self.spec = spec or Spec()
        self.id = self._resolve(name or self.spec.name)

    def _described(self, name):
        """The attributes by which the kernel describes a family."""
        body = attr(CTRL_ATTR_FAMILY_NAME, name.encode() + b"\0")
        for reply in self._exchange(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, body, 0):
            yield from walk(reply[4:])

    def _resolve(self, name):
        for number, payload in self._described(name):
            if number == CTRL_ATTR_FAMILY_ID:
                return struct.unpack("=H", payload)[0]
        raise FileNotFoundError(name)

    def group(self, name):
        """The number of a multicast group."""
        for number, payload in self._described(self.spec.name):
            if number != CTRL_ATTR_MCAST_GROUPS:
                continue
            for _, entry in walk(payload):
                found = dict(walk(entry))
                if found[CTRL_ATTR_MCAST_GRP_NAME].rstrip(b"\0") == name.encode():
                    return struct.unpack("=I", found[CTRL_ATTR_MCAST_GRP_ID])[0]
        raise LookupError(name)

    def _exchange(self, kind, command, version, body, flags):
        return self.exchange(kind, struct.pack("=BBH", command, version, 0) + body,
                             flags)

    def do(self, command, body):
        """Ask once; Refused when the kernel refuses."""
        number = self.spec.commands[command][0] if isinstance(command, str) \
            else command
        return self._exchange(self.id, number, self.spec.version, body, 0)

    def dump_parts(self, command, body):
        """The messages of a dump, each as raw attributes."""
        number = self.spec.commands[command][0]
        return [reply[4:] for reply in
                self._exchange(self.id, number, self.spec.version, body,
                               NLM_F_DUMP)]

    def dump(self, command, body):
        """The messages of a dump, decoded."""
        return [self.decode("device", part)
                for part in self.dump_parts(command, body)]

    def named(self, ifname):
        """The attribute that names a device."""
        return self.build("device", {"ifname": ifname})

    # Encoding and decoding ------------------------------------------------

    def build(self, set_name, values):
        """Attributes from a dict; bytes stand for themselves."""
        out = b""
        for name, value in values.items():
            number, entry = self.spec.sets[set_name].by_name[name]
            out += self._one(number, entry, value)
        return out

    def _one(self, number, entry, value):
        if isinstance(value, bytes):
            return attr(number, value)
        kind = entry["type"]
        if kind in SCALARS:
            return attr(number, struct.pack(SCALARS[kind], value))
        if kind == "string":
            return attr(number, value.encode() + b"\0")
        if kind == "nest":
            # multi-attr: the attribute itself once per entry.
            return b"".join(
                attr(number | NLA_F_NESTED,
                     item if isinstance(item, bytes) else
                     self.build(entry["nested-attributes"], item))
                for item in value)
        raise ValueError(kind)

    def decode(self, set_name, data):
        """Attributes as a dict; multi-attr ones as lists."""
        out = {}
        known = self.spec.sets[set_name].by_number
        for number, payload in walk(data):
            entry = known.get(number)
            if entry is None:
                raise ValueError(f"{set_name} has no attribute {number}")
            if entry["type"] == "pad":
                # only kernels that want numbers of 64 bits aligned send it
                continue
            value = self._value(entry, payload)
            if entry.get("multi-attr"):
                out.setdefault(entry["name"], []).append(value)
            else:
                out[entry["name"]] = value
        return out

    def _value(self, entry, payload):
        kind = entry["type"]
        if kind in SCALARS:
            return struct.unpack(SCALARS[kind], payload)[0]
        if kind == "string":
            return payload.rstrip(b"\0").decode(errors="backslashreplace")
        if kind == "flag":
            return True
        if kind == "nest":
            return self.decode(entry["nested-attributes"], payload)
        return payload


class Events:
    """A socket that hears the events of a family."""

    def __init__(self, family, room=1 << 22):
        self.family = family
        self.names = {number: name
                      for name, (number, _) in family.spec.commands.items()}
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_GENERIC)
        self.sock.bind((0, 0))
        self.sock.settimeout(60)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, room)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                             family.group("events"))

    def next_raw(self):
        """The next message, as bytes."""
        return self.sock.recv(1 << 17)

    def next(self):
        """The next message: the name of the event and its contents."""
        data = self.next_raw()
        return self.names[data[16]], self.family.decode("device", data[20:])


def ack_words(flags, payload):
    """Message and offset out of an error reply."""
    if not flags & NLM_F_ACK_TLVS:
        return "", None
    length = struct.unpack_from("=I", payload, 4)[0]
    at = 4 + (16 if flags & NLM_F_CAPPED else length)
    return tlv_words(payload[(at + 3) & ~3:])


def done_words(flags, payload):
    """The same out of the end of a dump."""
    return tlv_words(payload[4:]) if flags & NLM_F_ACK_TLVS else ("", None)


def tlv_words(data):
    """The message and offset of the extended ack."""
    message, offset = "", None
    for number, value in walk(data):
        if number == NLMSGERR_ATTR_MSG:
            message = value.rstrip(b"\0").decode()
        elif number == NLMSGERR_ATTR_OFFS:
            offset = struct.unpack("=I", value)[0]
    return message, offset
