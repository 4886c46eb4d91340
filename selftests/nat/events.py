# SPDX-License-Identifier: GPL-2.0
"""Prints forward events: events.py COUNT, one line per forward told of."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "nl"))
import genl  # noqa: E402  pylint: disable=wrong-import-position


def main():
    """Listens until COUNT forwards were told of."""
    events = genl.Events(genl.Family())
    print("ready", flush=True)
    left = int(sys.argv[1])
    while left > 0:
        name, event = events.next()
        for forward in event["forwards"]:
            print(name, event["ifname"], forward["port"], flush=True)
            left -= 1


main()
