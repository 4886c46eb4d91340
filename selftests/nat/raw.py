# SPDX-License-Identifier: GPL-2.0
"""Sends forwards no tool would send: raw.py IFNAME. Each has to be refused,
with a sentence, and pointed at."""

import errno
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "nl"))
import genl  # noqa: E402

IP4 = bytes((10, 101, 0, 2))
IP6 = bytes.fromhex("fd000101" + "00" * 11 + "02")
GOOD = {"proto": 6, "port": 80, "address": IP4}

BAD = [
    ({}, "no field at all"),
    ({"proto": 6}, "no port"),
    ({"port": 80}, "no protocol"),
    ({**GOOD, "proto": 132}, "sctp"),
    ({**GOOD, "proto": 0}, "protocol 0"),
    ({**GOOD, "port": 0}, "port 0"),
    ({**GOOD, "port-last": 0}, "last port 0"),
    ({**GOOD, "port-last": 79}, "range runs backward"),
    ({**GOOD, "to-port": 0}, "port 0 at the destination"),
    ({**GOOD, "port-last": 65535, "to-port": 81}, "range runs over"),
    ({**GOOD, "address": b"\1\2\3"}, "address of 3 bytes"),
    ({**GOOD, "address": IP4 + b"\0"}, "address of 5 bytes"),
    ({**GOOD, "address": IP6 + b"\0"}, "address of 17 bytes"),
    ({**GOOD, "egress": ""}, "empty name of an interface"),
    ({**GOOD, "egress": "a" * 16}, "name of an interface too long"),
    ({**GOOD, "egress": "a b"}, "name of an interface with a space"),
    ({**GOOD, "from-address": b"\1"}, "source of 1 byte"),
    ({**GOOD, "from-address": IP4, "from-prefix-len": 33}, "/33"),
    ({**GOOD, "from-prefix-len": 8}, "length without a prefix"),
    ({**GOOD, "from-address": IP6}, "source of the other family"),
    ({**GOOD, "from-peer": b"k" * 31}, "key of 31 bytes"),
    ({**GOOD, "from-peer": b"k" * 33}, "key of 33 bytes"),
    ({**GOOD, "from-peer": b"k" * 32, "from-address": IP4}, "peer and prefix"),
    ({**GOOD, "flags": 4}, "unknown flag"),
    ({**GOOD, "flags": 2}, "removes what is not there"),
    ({"proto": 6, "port": 80, "egress": "eth0"}, "this host by an interface"),
]


def refused(family, body, what):
    try:
        family.do("set-forwards", body)
    except genl.Refused as e:
        if e.code in (errno.EINVAL, errno.ERANGE, errno.EAFNOSUPPORT,
                      errno.ENOENT, errno.EEXIST) and e.message:
            return 0
        print(f"{what}: {e}")
        return 1
    print(f"{what}: taken")
    return 1


def main():
    family = genl.Family()
    name = family.named(sys.argv[1])
    failed = 0
    for entry, what in BAD:
        failed += refused(family, name + family.build(
            "device", {"forwards": [entry]}), what)
        # and none of the good ones before it is in force
        failed += refused(family, name + family.build(
            "device", {"forwards": [{**GOOD, "port": 81}, entry]}), what)
    failed += refused(family, name + family.build(
        "device", {"forward-flags": 1, "forwards": [{**GOOD, "flags": 2}]}),
        "replace that removes")
    failed += refused(family, name + family.build(
        "device", {"forward-flags": 4}), "unknown flag of the request")
    failed += refused(family, family.build(
        "device", {"forwards": [GOOD]}), "no device")
    # noise in place of a forward: anything but a crash
    random.seed(1)
    for _ in range(300):
        noise = random.randbytes(random.randrange(0, 60))
        try:
            family.do("set-forwards", name + family.build(
                "device", {"forwards": [noise]}))
        except genl.Refused:
            pass
    family.do("set-forwards", name + family.build("device",
                                                  {"forward-flags": 1}))
    return 1 if failed else 0


sys.exit(main())
