# SPDX-License-Identifier: GPL-2.0
"""Keeps packets that tunnel t0 queues on the first CPU waiting there.

Queues are polled by threads (t0/threaded is 1), and the first CPU's has a hog of
higher priority beside it. Threads that bring packets into queues have a still higher priority.
"""
import mmap
import os
import socket
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "net"))

# pylint: disable=wrong-import-position
from netns import enter  # noqa: E402

TO = ("10.9.0.2", 7009)
DEADLINE = 20
BEGUN, ENDED = 1, 2
LONGEST = 16	# seconds; a CPU without any for others is soon reported as stalled


def udp(namespace):
    enter(namespace)
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def run_on(cpu, priority):
    """Run on a CPU, as a real-time task unless the priority is 0."""
    policy = os.SCHED_FIFO if priority else os.SCHED_OTHER
    os.sched_setscheduler(0, policy, os.sched_param(priority))
    os.sched_setaffinity(0, {cpu})


def threads(prefix):
    """How often each kernel thread with such a name has gone to sleep."""
    times = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/status", encoding="ascii") as file:
                status = dict(line.split(":", 1) for line in file)
        except OSError:
            continue
        if status["Name"].strip().startswith(prefix):
            times[int(pid)] = int(status["voluntary_ctxt_switches"])
    return times


def prefer_softirqs(priority):
    """On the first CPU, where they may be put off to a thread."""
    policy = os.SCHED_FIFO if priority else os.SCHED_OTHER
    for pid in threads("ksoftirqd/0"):
        os.sched_setscheduler(pid, policy, os.sched_param(priority))


def pin_queues(source, sink):
    """Find the thread that polls each CPU's queue: it is the one that wakes up.

    The first CPU comes last. Packets go to the second CPU as long as earlier ones there
    are not delivered, and on a busy machine that may take any time."""
    for cpu in 1, 0:
        run_on(cpu, 0)
        before = threads("napi/t0-")
        source.sendto(b"0", TO)
        sink.settimeout(DEADLINE)
        try:
            sink.recv(100)
        except socket.timeout:
            sys.exit(f"packets sent by CPU {cpu} do not arrive")
        time.sleep(0.1)
        after = threads("napi/t0-")
        woken = [pid for pid in after if after[pid] != before.get(pid)]
        if len(woken) != 1:
            sys.exit(f"CPU {cpu} woke {len(woken)} threads")
        os.sched_setaffinity(woken[0], {cpu})
    # The hog will be on the first CPU.
    run_on(1, 0)


def hog(state, seconds):
    """Occupy the first CPU, in a process of its own."""
    pid = os.fork()
    if not pid:
        run_on(0, 10)
        state[0] = BEGUN
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pass
        state[0] = ENDED
        os._exit(0)
    while not state[0]:
        time.sleep(0.01)
    return pid


def attempt(act, seconds):
    """The result of ACT, and whether the hog ran until then. It is gone now."""
    state = mmap.mmap(-1, 1)
    pid = hog(state, seconds)
    found = act()
    # Leave the CPU first: beside the hog this process would wait for it.
    run_on(1, 11)
    run_on(1, 0)
    was = state[0]
    os.waitpid(pid, 0)
    return found, was == BEGUN


def meanwhile(act, after):
    """ACT, with what it sends from the first CPU waiting there, and then AFTER, which
    is given what ACT returned. Returns what AFTER did. ACT leaves the process on any CPU.

    They are tried again, with a hog that stays longer, if it was gone too soon."""
    prefer_softirqs(12)
    seconds, in_time = 1, False
    while not in_time and seconds <= LONGEST:
        found, in_time = attempt(act, seconds)
        found = after(found)
        seconds *= 2
    prefer_softirqs(0)
    if not in_time:
        sys.exit("this machine is too slow: the hog went before all was sent")
    return found
