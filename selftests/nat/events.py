# SPDX-License-Identifier: GPL-2.0
"""Prints forward events: events.py COUNT, one line per forward told of."""

import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "nl"))
import genl  # noqa: E402

CTRL_ATTR_MCAST_GROUPS = 7
NETLINK_ADD_MEMBERSHIP = 1


def group_id(family):
    body = genl.attr(genl.CTRL_ATTR_FAMILY_NAME,
                     family.spec.name.encode() + b"\0")
    for reply in family._exchange(genl.GENL_ID_CTRL, genl.CTRL_CMD_GETFAMILY, 1,
                                  body, 0):
        for number, payload in genl.walk(reply[4:]):
            if number != CTRL_ATTR_MCAST_GROUPS:
                continue
            for _, entry in genl.walk(payload):
                found = dict(genl.walk(entry))
                if found[1].rstrip(b"\0") == b"events":
                    return struct.unpack("=I", found[2])[0]
    raise LookupError("events")


def main():
    family = genl.Family()
    listener = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                             genl.NETLINK_GENERIC)
    listener.bind((0, 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    listener.setsockopt(genl.SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                        group_id(family))
    print("ready", flush=True)
    names = {number[0]: name for name, number in family.spec.commands.items()}
    left = int(sys.argv[1])
    while left > 0:
        data = listener.recv(1 << 17)
        command = data[16]
        event = family.decode("device", data[20:])
        for forward in event["forwards"]:
            print(names[command], event["ifname"], forward["port"], flush=True)
            left -= 1


main()
