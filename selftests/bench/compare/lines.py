# SPDX-License-Identifier: GPL-2.0
"""Slow lines: the share of one that a download gets."""

import lab
from lab import inside, run
from ways import STORE

# Mbit/s, milliseconds of a round trip, percent of packets lost.
LINES = [(rate, delay, loss) for rate in (1000, 100) for delay in (5, 50)
         for loss in (0, 0.1, 1)]
WAYS = ("plain", "nginx", "nginx-tls", "stock", "naawg")


def line(rate, delay, loss):
    """Either end delays by half of the round trip. Its queue has twice what the line holds.
    The veth carries real packets, so that a loss is one of a packet."""
    packets = max(200, int(rate * 1e3 * delay / 8 / 1500 * 2))
    for name in "ab":
        run(*inside(name, "tc", "qdisc", "del", "dev", f"v{name}", "root"), check=False)
        words = ["netem", "limit", str(packets), "rate", f"{rate}mbit", "delay",
                 f"{delay / 2}ms"]
        if loss:
            words += ["loss", f"{loss}%"]
        run(*inside(name, "tc", "qdisc", "add", "dev", f"v{name}", "root", "handle", "1:",
                    *words))
        run(*inside(name, "tc", "qdisc", "add", "dev", f"v{name}", "parent", "1:1", "fq"))
        run(*inside(name, "sysctl", "-qw", "net.ipv4.tcp_rmem=4096 131072 33554432",
                    "net.ipv4.tcp_wmem=4096 131072 33554432"))


def no_line():
    """The bare wire again."""
    for name in "ab":
        run(*inside(name, "tc", "qdisc", "del", "dev", f"v{name}", "root"), check=False)


def share(way, rate, seconds):
    """Megabits a second of a download that is cut off after some seconds."""
    with open(f"{STORE}/line", "wb") as file:
        file.truncate(int(rate * 1e6 / 8 * (seconds + 2)))
    said = way.curl("-o", "/dev/null", "-w",
                    "%{size_download} %{time_total} %{time_starttransfer}",
                    path="/files/line", seconds=seconds, may_end=True)
    if said is None:
        raise lab.Failed("the download failed")
    size, total, first = (float(word) for word in said.split())
    return {"rate": size * 8 / 1e6 / (total - first)}
