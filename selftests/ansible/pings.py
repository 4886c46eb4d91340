#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Pings every 10 ms until it is ended by a signal: `pings.py ADDRESS` prints how many were lost in
a row. ping(8) itself keeps the processor busy at this rate, which stops everything else in a guest
with one processor."""
import select
import signal
import socket
import struct
import sys
import time

INTERVAL = 0.01
IDENTIFIER = 0x6e67


def checksum(data):
    """The sum of an ICMP message of even length."""
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff


def request(number):
    """An echo request; its data is the number."""
    data = struct.pack("!I", number)
    head = struct.pack("!BBHHH", 8, 0, 0, IDENTIFIER, number & 0xffff)
    return head[:2] + struct.pack("!H", checksum(head + data)) + head[4:] + data


def answer(packet):
    """The number in an echo reply to us, or None."""
    message = packet[(packet[0] & 15) * 4:]
    if len(message) < 12 or message[0] != 0 or message[4:6] != struct.pack("!H", IDENTIFIER):
        return None
    return struct.unpack("!I", message[8:12])[0]


def stop(_number, _frame):
    """The end of the stream."""
    raise KeyboardInterrupt


def stream(address, got):
    """Send requests, and keep the numbers of answers in GOT. Returns how many were sent when the
    stream ends."""
    icmp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    sent = 0
    due = time.monotonic()
    try:
        while True:
            left = due - time.monotonic()
            if left <= 0:
                try:
                    icmp.sendto(request(sent), (address, 0))
                except OSError:
                    pass
                sent += 1
                # No burst after a pause of this machine.
                due = max(due + INTERVAL, time.monotonic())
            elif select.select([icmp], [], [], left)[0]:
                number = answer(icmp.recv(2048))
                if number is not None:
                    got.append(number)
                    if len(got) == 1:
                        print("answered", flush=True)
    except KeyboardInterrupt:
        return sent


def main(address):
    """Print the result."""
    signal.signal(signal.SIGTERM, stop)
    got = []
    sent = stream(address, got)
    numbers = sorted(set(got))
    gaps = [after - before - 1 for before, after in zip(numbers, numbers[1:])]
    print("%d of %d pings lost, at most %d in a row (%d ms)"
          % (sent - len(numbers) - (sent - 1 - numbers[-1]), sent, max(gaps, default=0),
             max(gaps, default=0) * INTERVAL * 1000))


if __name__ == "__main__":
    main(sys.argv[1])
