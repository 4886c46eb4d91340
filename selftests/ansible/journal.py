#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The journals of the hosts of ansible_lib.sh: `journal.py DIR` writes what arrives at the
sockets of DIR/HOST to DIR/HOST/journal.log, one line a datagram, for every HOST in DIR."""
import os
import selectors
import socket
import sys
import time


def listen(path):
    """A socket that receives datagrams at a path."""
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.bind(path)
    return receiver


def attend(selector, host):
    """Make the sockets of a host: syslog and the journal."""
    directory = os.path.join(host, "root/run/systemd/journal")
    os.makedirs(directory, exist_ok=True)
    log = os.path.join(host, "journal.log")
    with open(log, "a", encoding="utf-8"):
        pass
    for path in os.path.join(directory, "socket"), os.path.join(host, "log"):
        selector.register(listen(path), selectors.EVENT_READ, log)


def write(key):
    """Add one datagram to the log of its host."""
    text = key.fileobj.recv(1 << 20).decode(errors="replace").rstrip("\n")
    with open(key.data, "a", encoding="utf-8") as log:
        log.write(text.replace("\n", " | ") + "\n")


def main(top):
    """Look for new hosts, and wait for datagrams."""
    selector = selectors.DefaultSelector()
    known = {"bin", "cp", "collections", "inventory", "ansible"}
    while True:
        for entry in os.scandir(top):
            if entry.is_dir() and entry.name not in known and not entry.name.startswith("."):
                known.add(entry.name)
                attend(selector, entry.path)
        if selector.get_map():
            for key, _ in selector.select(0.1):
                write(key)
        else:
            time.sleep(0.1)


if __name__ == "__main__":
    main(sys.argv[1])
