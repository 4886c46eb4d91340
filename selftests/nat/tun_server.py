# SPDX-License-Identifier: GPL-2.0
"""A TCP server of its own behind a tun device: tun_server.py DEVICE.

Answers one call with ten packets of 100 bytes, written as one GSO packet whose
number of segments is left to the kernel. Prints how many packets it sent when the
caller hangs up.
"""

import fcntl
import os
import struct
import sys

TUNSETIFF = 0x400454CA
TUN_NO_PI_VNET_HDR = 0x0001 | 0x1000 | 0x4000
NEEDS_CSUM, GSO_TCPV4 = 1, 1
FIN, SYN, ACK = 1, 2, 16
SEGMENT, SEGMENTS = 100, 10
TEXT = b"tun " + b"x" * (SEGMENT * SEGMENTS - 5) + b"\n"


def ones_sum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def frame(call, flags, seq, ack, data=b""):
    """A packet back to the sender of call, its TCP checksum left to the kernel."""
    source, to = call[16:20], call[12:16]
    ports = call[22:24] + call[20:22]
    pseudo = source + to + struct.pack("!HH", 6, 20 + len(data))
    tcp = ports + struct.pack("!IIBBHHH", seq, ack, 5 << 4, flags, 65535,
                              ones_sum(pseudo), 0)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 40 + len(data), 1, 0x4000, 64, 6, 0) + source + to
    ip = ip[:10] + struct.pack("!H", ~ones_sum(ip) & 0xFFFF) + ip[12:]
    gso = (GSO_TCPV4, 40, SEGMENT) if len(data) > SEGMENT else (0, 40, 0)
    return struct.pack("=BBHHHH", NEEDS_CSUM, *gso, 20, 16) + ip + tcp + data


def main():
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF,
                struct.pack("16sH22x", sys.argv[1].encode(), TUN_NO_PI_VNET_HDR))
    print("ready", flush=True)
    sent, answered = 0, False
    while True:
        call = os.read(tun, 65536)[10:]
        if len(call) < 40 or call[0] != 0x45 or call[9] != 6:
            continue
        seq, ack = struct.unpack("!II", call[24:32])
        flags = call[33]
        if flags & SYN:
            os.write(tun, frame(call, SYN | ACK, 1000, seq + 1))
            sent += 1
        elif flags & FIN:
            os.write(tun, frame(call, FIN | ACK, 1001 + len(TEXT), seq + 1))
            print("sent", sent + 1, flush=True)
            return
        elif not answered:
            os.write(tun, frame(call, ACK, 1001, seq, TEXT))
            sent += SEGMENTS
            answered = True


main()
