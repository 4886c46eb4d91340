#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""names.py ADDRESS FILE: a name server for whom every host of every domain is
10.9.0.77. Each name that is asked for goes to FILE."""
import socket
import struct
import sys

QUESTION = 12
A = 1

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((sys.argv[1], 53))
with open(sys.argv[2], "a", encoding="ascii", buffering=1) as log:
    log.write("ready\n")
    while True:
        query, client = sock.recvfrom(4096)
        at, labels = QUESTION, []
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("ascii", "replace"))
            at += 1 + query[at]
        question = query[QUESTION:at + 5]
        kind, = struct.unpack_from("!H", query, at + 1)
        log.write(".".join(labels) + "\n")
        answer = b""
        if kind == A:
            answer = b"\xc0\x0c" + struct.pack("!HHIH", A, 1, 60, 4) + bytes([10, 9, 0, 77])
        sock.sendto(query[:2] + struct.pack("!HHHHH", 0x8180, 1, bool(answer), 0, 0) +
                    question + answer, client)
