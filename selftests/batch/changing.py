# SPDX-License-Identifier: GPL-2.0
"""changing.py NETNS_A NETNS_B: a sender on the first CPU goes on from the second.

What of tunnel t0 came to the first cannot be opened there meanwhile: queues are
polled by threads (t0/threaded is 1), and that one has a hog of higher priority on its
CPU. What brings packets into queues has a higher one still. Says which datagrams were heard before the hog went, and which in the end.
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
    """As a real-time task, unless the priority is 0."""
    policy = os.SCHED_FIFO if priority else os.SCHED_OTHER
    os.sched_setscheduler(0, policy, os.sched_param(priority))
    os.sched_setaffinity(0, {cpu})


def hear(sock, seconds, count):
    """COUNT of them or those that come in so many seconds."""
    heard = b""
    end = time.monotonic() + seconds
    while len(heard) < count and time.monotonic() < end:
        sock.settimeout(max(end - time.monotonic(), 0.01))
        try:
            heard += sock.recv(100)
        except socket.timeout:
            pass
    return heard


def threads(prefix):
    """How often each thread of the kernel by such a name has gone to sleep."""
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
    """Whose queue is polled by which is seen from who wakes up."""
    for cpu in 0, 1:
        run_on(cpu, 0)
        before = threads("napi/t0-")
        source.sendto(b"0", TO)
        if not hear(sink, DEADLINE, 1):
            sys.exit(f"what CPU {cpu} sends does not arrive")
        time.sleep(0.1)
        after = threads("napi/t0-")
        woken = [pid for pid in after if after[pid] != before.get(pid)]
        if len(woken) != 1:
            sys.exit(f"CPU {cpu} woke {len(woken)} threads")
        os.sched_setaffinity(woken[0], {cpu})


def hog(state, seconds):
    """Has the first CPU for itself, in a process of its own."""
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


def attempt(source, sink, seconds):
    """What was heard before the hog went and after it, or None if it went too soon."""
    state = mmap.mmap(-1, 1)
    pid = hog(state, seconds)
    run_on(0, 11)
    source.sendto(b"1", TO)
    run_on(1, 11)
    source.sendto(b"2", TO)
    run_on(1, 0)
    early = hear(sink, 0.5, 2)
    was = state[0]
    os.waitpid(pid, 0)
    late = hear(sink, DEADLINE, 2 - len(early))
    return (early, late) if was == BEGUN else None


def main():
    here, there = sys.argv[1:]
    sink = udp(there)
    sink.bind(TO)
    source = udp(here)
    # Also leaves this process on the other CPU than the hog will be on.
    pin_queues(source, sink)
    prefer_softirqs(12)
    seconds, heard = 1, None
    while not heard and seconds <= LONGEST:
        heard = attempt(source, sink, seconds)
        seconds *= 2
    prefer_softirqs(0)
    if not heard:
        sys.exit("this machine is too slow: no word of it before the hog went")
    print(f"early {heard[0].decode()}, late {heard[1].decode()}")


main()
