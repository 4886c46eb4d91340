# SPDX-License-Identifier: GPL-2.0
"""BPF programs that choose the socket of a datagram, made without a compiler.

theirs.py assign PATH ADDRESS PORT: for tc, pinned at PATH; whatever IPv4 brings is
for the socket bound to that address and port.
theirs.py lookup: attached to this network namespace until it is killed; there is no
socket for anything.
theirs.py listen ADDRESS PORT: how many datagrams come within a second of silence.
theirs.py send ADDRESS: four GSO packets of datagrams.
"""
import ctypes
import os
import platform
import signal
import socket
import struct
import sys

BPF = {"x86_64": 321, "aarch64": 280}[platform.machine()]
PROG_LOAD, OBJ_PIN, LINK_CREATE = 5, 6, 28
SCHED_CLS, SK_LOOKUP = 3, 30
ATTACH_SK_LOOKUP = 36
LOOKUP_UDP, RELEASE, ASSIGN = 85, 86, 124
UDP_SEGMENT = 103
SEGMENTS, SIZE = 20, 1000

LIBC = ctypes.CDLL(None, use_errno=True)


def bpf(command, attributes):
    """The system call; a descriptor or 0."""
    block = ctypes.create_string_buffer(attributes, len(attributes))
    found = LIBC.syscall(BPF, command, block, len(attributes))
    if found < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return found


def insn(code, dst=0, src=0, off=0, imm=0):
    return struct.pack("<BBhi", code, dst | src << 4, off, imm)


def mov(dst, src):
    return insn(0xbf, dst, src)


def mov_imm(dst, imm):
    return insn(0xb7, dst, imm=imm)


def store(off, imm):
    """A word on the stack."""
    return insn(0x62, 10, off=off, imm=imm)


def call(number):
    return insn(0x85, imm=number)


def load(kind, program, attach=0):
    code = ctypes.create_string_buffer(program, len(program))
    licence = ctypes.create_string_buffer(b"GPL")
    log = ctypes.create_string_buffer(1 << 16)
    attributes = struct.pack("<IIQQIIQII", kind, len(program) // 8,
                             ctypes.addressof(code), ctypes.addressof(licence),
                             1, len(log), ctypes.addressof(log), 0, 0)
    attributes += bytes(16) + struct.pack("<II", 0, attach)
    try:
        return bpf(PROG_LOAD, attributes)
    except OSError:
        print(log.value.decode(), file=sys.stderr)
        raise


def assign(path, address, port):
    """A tuple on the stack names the socket; datagrams without one are not touched."""
    to = struct.unpack("<i", socket.inet_aton(address))[0]
    ports = struct.unpack("<i", struct.pack("!HH", 0, int(port)))[0]
    give = [mov(7, 0), mov(1, 6), mov(2, 7), mov_imm(3, 0), call(ASSIGN),
            mov(1, 7), call(RELEASE)]
    find = [store(-12, 0), store(-8, to), store(-4, ports),
            mov(1, 6), mov(2, 10), insn(0x07, 2, imm=-12), mov_imm(3, 12),
            mov_imm(4, -1), mov_imm(5, 0), call(LOOKUP_UDP),
            insn(0x15, 0, off=len(give))]
    begin = [mov(6, 1), insn(0x61, 2, 1, 16),
             insn(0x55, 2, off=len(find) + len(give), imm=socket.htons(0x0800))]
    end = [mov_imm(0, 0), insn(0x95)]
    program = load(SCHED_CLS, b"".join(begin + find + give + end))
    name = ctypes.create_string_buffer(path.encode())
    bpf(OBJ_PIN, struct.pack("<QII", ctypes.addressof(name), program, 0))


def lookup():
    program = load(SK_LOOKUP, mov_imm(0, 0) + insn(0x95), ATTACH_SK_LOOKUP)
    here = os.open("/proc/self/ns/net", os.O_RDONLY)
    bpf(LINK_CREATE, struct.pack("<IIIIQQ", program, here, ATTACH_SK_LOOKUP, 0,
                                 0, 0))
    print("ready", flush=True)
    signal.pause()


def listen(address, port):
    count = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((address, int(port)))
        sock.settimeout(20)
        print("ready", flush=True)
        try:
            while True:
                sock.recv(1 << 16)
                count += 1
                sock.settimeout(1)
        except socket.timeout:
            print(count)


def send(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, SIZE)
        for _ in range(4):
            sock.sendto(bytes(SEGMENTS * SIZE), (address, 7009))


{"assign": assign, "lookup": lookup, "listen": listen, "send": send}[
    sys.argv[1]](*sys.argv[2:])
