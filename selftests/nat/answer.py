# SPDX-License-Identifier: GPL-2.0
"""Says its name and who asked, over TCP and UDP; then echoes.

answer.py NAME {tcp|udp} ADDRESS PORT [{tcp|udp} ADDRESS PORT]...
"""

import selectors
import socket
import sys


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def hello(name, source):
    return f"{name} {source[0]} {source[1]}\n".encode()


def main():
    name, rest = sys.argv[1], sys.argv[2:]
    poll = selectors.DefaultSelector()

    def serve(conn):
        try:
            data = conn.recv(65536)
            if data:
                conn.sendall(data)
        except OSError:
            data = b""
        if not data:
            poll.unregister(conn)
            conn.close()

    def accept(sock):
        conn, source = sock.accept()
        conn.sendall(hello(name, source))
        poll.register(conn, selectors.EVENT_READ, serve)

    def answer(sock):
        data, source = sock.recvfrom(65536)
        sock.sendto(hello(name, source) + data, source)

    while rest:
        proto, address, port = rest[:3]
        rest = rest[3:]
        kind = socket.SOCK_STREAM if proto == "tcp" else socket.SOCK_DGRAM
        sock = socket.socket(family(address), kind)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address, int(port)))
        if proto == "tcp":
            sock.listen(64)
        poll.register(sock, selectors.EVENT_READ,
                      accept if proto == "tcp" else answer)
    print("ready", flush=True)
    while True:
        for key, _ in poll.select():
            key.data(key.fileobj)


main()
