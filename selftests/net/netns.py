# SPDX-License-Identifier: GPL-2.0
"""Enters network namespaces, for which Python of Debian 12 has no function."""
import ctypes
import os

CLONE_NEWNET = 0x40000000

libc = ctypes.CDLL(None, use_errno=True)


def enter(namespace):
    """This process moves to it, what it has open stays where it is. NAMESPACE is a
    name ip-netns(8) knows, or the number of an open file."""
    if isinstance(namespace, str):
        with open("/run/netns/" + namespace, encoding="ascii") as file:
            enter(file.fileno())
    elif libc.setns(namespace, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def leave():
    """Move this process to a new namespace."""
    if libc.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")


def here():
    """An open file of this process's namespace."""
    return os.open("/proc/self/ns/net", os.O_RDONLY)
