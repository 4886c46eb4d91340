#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""How much processor time User-Mode Linux has used, seen from the host.

Arguments: a file that will hold its process ID, and the file to write. A line
is the wall clock, the seconds used by all its processes so far, and the
seconds all others on the machine have used. The guest's own accounting is not
asked: it sees neither the host's system calls nor who else is on the machine.
"""

import os
import sys
import time

PAUSE = 0.1
TICKS = os.sysconf("SC_CLK_TCK")


def read(path):
    """The content of a file of /proc, or nothing if its task has gone."""
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except OSError:
        return ""


def used(pid, seen):
    """Nanoseconds of a process and its descendants, by task."""
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return
    for task in tasks:
        base = f"/proc/{pid}/task/{task}"
        words = read(f"{base}/schedstat").split()
        if words:
            seen[task] = int(words[0])
        for child in read(f"{base}/children").split():
            used(child, seen)


def busy():
    """Seconds all processors of the machine have worked."""
    words = [int(word) for word in read("/proc/stat").split("\n", 1)[0].split()[1:9]]
    return (sum(words) - words[3] - words[4]) / TICKS


def main():
    """Until the guest is gone."""
    while not read(sys.argv[1]).strip():
        time.sleep(0.05)
    pid = read(sys.argv[1]).strip()
    before, total = {}, 0
    with open(sys.argv[2], "a", encoding="ascii") as out:
        while os.path.exists(f"/proc/{pid}"):
            seen = {}
            used(pid, seen)
            # A task that ended takes its sum with it, so only steps count.
            total += sum(max(0, value - before.get(task, 0))
                         for task, value in seen.items())
            before = seen
            print(f"{time.time():.4f} {total / 1e9:.5f} "
                  f"{busy() - total / 1e9:.3f}", file=out, flush=True)
            time.sleep(PAUSE)


main()
