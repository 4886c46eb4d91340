# SPDX-License-Identifier: GPL-2.0
"""Senders that keep the memory of their packets, or wait until a packet is freed.

senders.py HOW ADDRESS PORT  send 1200 letters A from memory of our own, by write,
                             zerocopy, splice or ring; then turn them into B
senders.py mmsg-ring DEVICE ADDRESS PORT   print the result of sendmmsg() with a ring
senders.py mmsg-small ADDRESS PORT         the same of a socket with a small buffer
senders.py mmsg-zerocopy ADDRESS PORT      the same of a socket with MSG_ZEROCOPY
"""

import ctypes
import mmap
import os
import signal
import socket
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
from mmsg import Iovec, libc, sendmmsg  # noqa: E402

SIZE = 1200
SOL_PACKET, PACKET_VERSION, PACKET_TX_RING, TPACKET_V2 = 263, 10, 13, 1
SEND_REQUEST = 1
HEADER = 32


def ours():
    memory = mmap.mmap(-1, mmap.PAGESIZE)
    memory[:SIZE] = b"A" * SIZE
    return memory, ctypes.addressof(ctypes.c_char.from_buffer(memory))


def udp(address, port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect((address, int(port)))
    return sock


def by_write(address, port):
    memory, _ = ours()
    udp(address, port).send(memoryview(memory)[:SIZE])
    return memory, 0


def by_zerocopy(address, port):
    sock = udp(address, port)
    sock.setsockopt(socket.SOL_SOCKET, 60, 1)
    memory, _ = ours()
    sock.send(memoryview(memory)[:SIZE], 0x4000000)
    return memory, 0


def by_splice(address, port):
    reader, writer = os.pipe()
    memory, at = ours()
    iov = Iovec(at, SIZE)
    if libc.vmsplice(writer, ctypes.byref(iov), 1, 0) != SIZE:
        raise OSError(ctypes.get_errno(), "vmsplice")
    sock = udp(address, port)
    os.splice(reader, sock.fileno(), SIZE)
    return memory, 0


def datagram(address, port):
    body = struct.pack("!HHHH", 9, int(port), 8 + SIZE, 0) + b"A" * SIZE
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 1, 0, 64, 17, 0,
                     socket.inet_aton("10.9.0.1"), socket.inet_aton(address))
    total = sum(struct.unpack("!10H", ip))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ip[:10] + struct.pack("!H", ~total & 0xFFFF) + ip[12:] + body


def ring(device, packet):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    sock.setsockopt(SOL_PACKET, PACKET_VERSION, TPACKET_V2)
    sock.setsockopt(SOL_PACKET, PACKET_TX_RING,
                    struct.pack("IIII", 4 * 4096, 1, 2048, 8))
    memory = mmap.mmap(sock.fileno(), 4 * 4096)
    sock.bind((device, 0x0800))
    memory[HEADER:HEADER + len(packet)] = packet
    memory[:8] = struct.pack("II", SEND_REQUEST, len(packet))
    return sock, memory


def by_ring(address, port):
    packet = datagram(address, port)
    sock, memory = ring("t0", packet)
    sock.send(b"")
    return memory, HEADER + len(packet) - SIZE


def mmsg(sock, pieces, name=None, flags=0):
    """Print the result of sendmmsg(), or its error."""
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.siginterrupt(signal.SIGALRM, True)
    signal.alarm(20)
    count = sendmmsg(sock, pieces, name, flags)
    signal.alarm(0)
    print(count if count >= 0 else os.strerror(ctypes.get_errno()))


def mmsg_ring(device, address, port):
    sock, _memory = ring(device, datagram(address, port))
    mmsg(sock, [(None, 0)])


def mmsg_datagrams(sock, address, port, count, flags=0):
    _memory, at = ours()
    name = ctypes.create_string_buffer(
        struct.pack("=H", socket.AF_INET) +
        struct.pack("!H4s8x", int(port), socket.inet_aton(address)), 16)
    mmsg(sock, [(at, SIZE)] * count, name, flags)


# Not connected, so that an ICMP error of a closed port does not reach the socket.
def mmsg_small(address, port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    mmsg_datagrams(sock, address, port, 20)


def mmsg_zerocopy(address, port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, 60, 1)
    mmsg_datagrams(sock, address, port, 60, 0x4000000)


def main():
    how, rest = sys.argv[1], sys.argv[2:]
    if how.startswith("mmsg-"):
        {"mmsg-ring": mmsg_ring, "mmsg-small": mmsg_small,
         "mmsg-zerocopy": mmsg_zerocopy}[how](*rest)
        return
    memory, at = {"write": by_write, "zerocopy": by_zerocopy, "splice": by_splice,
                  "ring": by_ring}[how](*rest)
    memory[at:at + SIZE] = b"B" * SIZE
    print("sent")


main()
