# SPDX-License-Identifier: GPL-2.0
"""sendmmsg(), which Python does not have."""
import ctypes

libc = ctypes.CDLL(None, use_errno=True)


class Iovec(ctypes.Structure):
    """struct iovec"""
    _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]


class Msghdr(ctypes.Structure):
    """struct msghdr"""
    _fields_ = [("name", ctypes.c_void_p), ("namelen", ctypes.c_uint),
                ("iov", ctypes.c_void_p), ("iovlen", ctypes.c_size_t),
                ("control", ctypes.c_void_p), ("controllen", ctypes.c_size_t),
                ("flags", ctypes.c_int)]


class Mmsghdr(ctypes.Structure):
    """struct mmsghdr"""
    _fields_ = [("hdr", Msghdr), ("len", ctypes.c_uint)]


def sendmmsg(sock, pieces, name=None, flags=0):
    """Send PIECES, (address, length) of each datagram, with one call, to the socket
    address NAME. Returns how many were sent, or -1."""
    count = len(pieces)
    iovs = (Iovec * count)()
    headers = (Mmsghdr * count)()
    for i, (base, length) in enumerate(pieces):
        iovs[i].base, iovs[i].len = base, length
        headers[i].hdr.iov = ctypes.addressof(iovs[i])
        headers[i].hdr.iovlen = 1
        if name:
            headers[i].hdr.name = ctypes.addressof(name)
            headers[i].hdr.namelen = len(name)
    return libc.sendmmsg(sock.fileno(), headers, count, flags)
