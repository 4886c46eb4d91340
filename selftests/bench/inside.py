#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Runs workloads in the guest; one line of JSON per run goes to runs.jsonl.

Everything that is compared is compared in turns, in the same boot: stock,
naawg, stock once more. The second look at the stock driver is the measure of
how much a difference means. as_wireguard.py compares other things with these rows.
"""

import argparse
import contextlib
import json
import os
import sys
import time

import lab
from lab import NAAWG, STOCK, Tunnel, b64, inside, ip, run

OUT = os.environ.get("NAAWG_OUT", "/out")
RAW = ["10.0.0.2"]
MANY = 10000
RESPONDED = 2000
SLICE = 9000
BOTH = (("stock", (STOCK, STOCK)), ("naawg", (NAAWG, NAAWG)))


class Bench:
    """Where results go, and how long and how often."""

    def __init__(self, options, twice="stock"):
        """TWICE is the contender that takes two turns in a round."""
        self.twice = twice
        self.rounds = options.rounds
        self.seconds = options.seconds
        self.cpus = os.cpu_count()
        self.only = options.only
        self.variant = f"-{options.variant}" if options.variant else ""
        self.file = open(f"{OUT}/runs.jsonl", "a", encoding="ascii")

    def note(self, row, who, number, values):
        """One run."""
        print(json.dumps({"row": row + self.variant, "cpus": self.cpus, "who": who,
                          "round": number, **values}), file=self.file,
              flush=True)

    def take_turns(self, row, runs, rounds=None):
        """RUNS: what to do, by contender; one of them comes twice."""
        turns = [turn for turn in runs.items() if self.only in ("", turn[0])]
        again = f"{self.twice} again"
        if self.twice in runs and not self.only:
            turns.append((again, runs[self.twice]))
        print(f"{self.cpus} CPUs, {row}:", end="", flush=True)
        for number in range(rounds or self.rounds):
            for who, what in turns:
                try:
                    values = what(number * 2 + (who == again))
                except lab.Failed as error:
                    print(f"\n  {who}: {error}", flush=True)
                    values = {"failed": str(error)}
                self.note(row, who, number, values)
            print(f" {number + 1}", end="", flush=True)
        print(flush=True)


@contextlib.contextmanager
def tunnels(kinds=BOTH, **more):
    """A tunnel for each kind; they go when they are not needed any more."""
    made = {}
    try:
        for number, (who, pair) in enumerate(kinds):
            made[who] = Tunnel(f"t{number}", pair, 20 + number, **more)
        yield made
    finally:
        for tunnel in made.values():
            tunnel.remove()


def simple(bench, row, measure, raw=None, **more):
    """A workload over one tunnel of each kind."""
    with tunnels(**more) as made:
        runs = {"raw": raw} if raw else {}
        for who, tunnel in made.items():
            runs[who] = (lambda addresses: lambda _: measure(addresses))(
                tunnel.addresses())
        bench.take_turns(row, runs)


def tcp(bench, row="tcp", **more):
    """One stream."""
    def measure(to):
        return lab.streams(to, bench.seconds)
    simple(bench, row, measure, lambda _: measure(RAW), **more)


def peers(bench):
    """Twenty peers of one server, one stream each."""
    simple(bench, "peers", lambda to: lab.streams(to, bench.seconds),
           clients=20)


def udp(bench):
    """Datagrams that nobody put together."""
    simple(bench, "udp", lambda to: lab.datagrams(to[0], bench.seconds, 1350))


def udp_gso(bench):
    """Datagrams as a QUIC server hands them out: 44 with one call."""
    simple(bench, "udp-gso",
           lambda to: lab.datagrams(to[0], bench.seconds, 1350, 44))


def small(bench, **more):
    """64 bytes with the IP header."""
    simple(bench, "small", lambda to: lab.datagrams(to[0], bench.seconds, 36), **more)


def idle(bench):
    """Echo requests with nothing else going on."""
    simple(bench, "idle", lambda to: lab.ping(to[0], bench.seconds),
           lambda _: lab.ping(RAW[0], bench.seconds))


def loaded(bench):
    """Echo requests beside a stream."""
    simple(bench, "loaded", lambda to: lab.loaded_ping(to[0], bench.seconds))


def mixed(bench):
    """One of each, on a wire that carries only real packets."""
    kinds = (("stock", (STOCK, STOCK)), ("naawg to stock", (NAAWG, STOCK)),
             ("stock to naawg", (STOCK, NAAWG)), ("naawg", (NAAWG, NAAWG)))
    lab.offload(tso=False, gso=False, tx_udp_segmentation=False)
    try:
        simple(bench, "mixed", lambda to: lab.streams(to, bench.seconds),
               kinds=kinds)
    finally:
        lab.offload(tso=True, gso=True, tx_udp_segmentation=True)


def path(bench):
    """Packets from a module in one namespace to the same in the other, or to the wire
    between them."""
    run("insmod", f"{OUT}/path.ko")
    parameters = "/sys/module/path/parameters"

    def measure(tunnel, large, sink):
        run(*inside("b", "sh", "-c", f"echo {sink} >{parameters}/sink"))
        found = {"datagrams": 0, "ns": 0, "lost": 0, "from": time.time()}
        try:
            while found["ns"] < bench.seconds * 1e9:
                run(*inside("a", "sh", "-c", f"echo {tunnel.name}a0 {large:d} {tunnel.net}.1 "
                            f"{tunnel.net}.101 20000 >{parameters}/send"))
                with open(f"{parameters}/send", encoding="ascii") as file:
                    for name, value in json.load(file).items():
                        found[name] += value
        finally:
            run(*inside("b", "sh", "-c", f"echo >{parameters}/sink"))
        if found["lost"]:
            raise lab.Failed(f"{found['lost']} packets did not arrive")
        return {**found, "ns": found["ns"] / found["datagrams"], "to": time.time()}

    def turn(tunnel, large, out):
        return lambda _: measure(tunnel, large, "vb" if out else f"{tunnel.name}b")

    with tunnels() as made:
        for large, kind in ((True, "super"), (False, "small")):
            for out in (True, False):
                bench.take_turns(f"path-{kind}{'-out' if out else ''}", {
                    who: turn(tunnel, large, out) for who, tunnel in made.items()})
    run("rmmod", "path")


def handshakes(bench):
    """How many initiations a responder answers."""
    def responder(device, kind, port):
        Tunnel.add("b", device, kind, 1420)
        with open(f"{OUT}/hs/responder.key", "rb") as file:
            key = b64(file.read())
        os.makedirs(lab.KEYS, mode=0o700, exist_ok=True)
        with open(f"{lab.KEYS}/responder", "w", encoding="ascii") as file:
            file.write(key + "\n")
        run(*inside("b", lab.TOOLS[kind], "set", device, "listen-port",
                    str(port), "private-key", f"{lab.KEYS}/responder"))
        with open(f"{OUT}/hs/peers.bin", "rb") as file:
            lab.add_peers(kind, "b", device,
                          list(iter(lambda: file.read(32), b""))[:RESPONDED])
        ip("b", "link", "set", device, "up")

    def measure(port, number):
        # Each run has messages of its own: older ones count as replayed.
        return lab.finish(lab.start(
            "a", "handshakes", RAW[0], str(port), f"{OUT}/hs/initiations.bin",
            str(number * SLICE), str(min(bench.seconds, 1))))

    responder("hs0", STOCK, 6000)
    responder("hs1", NAAWG, 6001)
    bench.take_turns("handshakes", {
        "stock": lambda number: measure(6000, number),
        "naawg": lambda number: measure(6001, number)})
    for device in ("hs0", "hs1"):
        ip("b", "link", "del", device)


def memory_now():
    """The kernel's memory in bytes, and the number of tasks."""
    run("sync")
    with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as file:
        file.write("3\n")
    time.sleep(0.5)
    values = {}
    with open("/proc/meminfo", encoding="ascii") as file:
        for line in file:
            name, value = line.split(":")
            values[name] = int(value.split()[0]) * 1024
    with open("/proc/loadavg", encoding="ascii") as file:
        tasks = int(file.read().split()[3].split("/")[1])
    return {"available": values["MemAvailable"], "slab": values["Slab"],
            "stacks": values.get("KernelStack", 0), "tasks": tasks}


def memory(bench, kinds=(("stock", STOCK), ("naawg", NAAWG))):
    """The memory of ten thousand idle peers."""
    def measure(kind):
        Tunnel.add("b", "mem", kind, 1420)
        path, _ = lab.key_pair("mem")
        run(*inside("b", lab.TOOLS[kind], "set", "mem", "private-key", path))
        ip("b", "link", "set", "mem", "up")
        before = memory_now()
        begin = time.monotonic()
        lab.add_peers(kind, "b", "mem", [os.urandom(32) for _ in range(MANY)])
        took = time.monotonic() - begin
        after = memory_now()
        begin = time.monotonic()
        ip("b", "link", "del", "mem")
        gone = time.monotonic() - begin
        return {"bytes": (before["available"] - after["available"]) / MANY,
                "slab": (after["slab"] - before["slab"]) / MANY,
                "tasks": after["tasks"] - before["tasks"], "peers": MANY,
                "seconds to add": took, "seconds to delete": gone}

    bench.take_turns("memory", {who: (lambda kind: lambda _: measure(kind))(kind)
                                for who, kind in kinds}, 2)


def crowd(bench):
    """One that is busy among ten thousand that are not."""
    kinds = (("stock", (STOCK, STOCK)), ("stock of many", (STOCK, STOCK)),
             ("naawg", (NAAWG, NAAWG)), ("naawg of many", (NAAWG, NAAWG)))
    with tunnels(kinds=kinds) as made:
        made["stock of many"].idle_peers(MANY)
        made["naawg of many"].idle_peers(MANY)
        runs = {who: (lambda to: lambda _: lab.streams(to, bench.seconds))(
            tunnel.addresses()) for who, tunnel in made.items()}
        runs["naawg again"] = runs["naawg"]
        bench.take_turns("crowd", runs)


def gso_off(bench):
    """The veth takes only real packets."""
    lab.offload(tso=False, gso=False, tx_udp_segmentation=False)
    tcp(bench, "gso-off")
    lab.offload(tso=True, gso=True, tx_udp_segmentation=True)


def gro_on(bench):
    """The veth puts together what comes in, which it does with real packets
    only."""
    lab.offload(tso=False, gso=False, tx_udp_segmentation=False, gro=True)
    tcp(bench, "gro-on")
    lab.offload(tso=True, gso=True, tx_udp_segmentation=True, gro=False)


def no_csum(bench):
    """Nobody computes checksums for us."""
    lab.offload(tx_checksum_ip_generic=False)
    tcp(bench, "no-csum")
    lab.offload(tx_checksum_ip_generic=True, tso=True,
                tx_udp_segmentation=True)


def losses(bench):
    """A wire that drops packets."""
    lab.offload(tso=False, gso=False, tx_udp_segmentation=False)
    for percent in (0.1, 1):
        lab.loss(percent)
        tcp(bench, f"loss-{percent}")
    lab.loss(0)
    lab.offload(tso=True, gso=True, tx_udp_segmentation=True)


def mtus(bench):
    """Smaller and larger packets."""
    for mtu in (1280, 8920):
        lab.outer_mtu(1500 if mtu < 1500 else 9000)
        tcp(bench, f"mtu-{mtu}", mtu=mtu)
    lab.outer_mtu(1500)


ROWS = {"tcp": tcp, "peers": peers, "udp": udp, "udp-gso": udp_gso,
        "small": small, "idle": idle, "loaded": loaded, "mixed": mixed,
        "path": path, "crowd": crowd, "handshakes": handshakes, "memory": memory,
        "gso-off": gso_off, "gro-on": gro_on, "no-csum": no_csum,
        "loss": losses, "mtu": mtus}


def main():
    """The rows that were asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--variant", default="")
    parser.add_argument("--only", default="")
    parser.add_argument("rows", nargs="+", choices=list(ROWS))
    options = parser.parse_args()
    for module in ("wireguard", "udp_tunnel", "ip6_udp_tunnel", "nf_nat",
                   "libchacha20poly1305", "libcurve25519"):
        run("modprobe", module, check=False)
    run("insmod", os.environ.get("NAAWG_MODULE", f"{OUT}/naawg.ko"),
        *os.environ.get("NAAWG_PARAMETERS", "").split())
    with open(f"{OUT}/kallsyms", "w", encoding="ascii") as file:
        # Where the modules are, for profile.py.
        file.write("".join(line for line in open("/proc/kallsyms",
                                                 encoding="ascii")
                           if "[" in line))
    lab.build()
    bench = Bench(options)
    status = 0
    for row in options.rows:
        try:
            ROWS[row](bench)
        except (lab.Failed, OSError) as error:
            # A row that cannot be set up must not cost the others.
            print(f"\n{row}: {error}", flush=True)
            bench.note(row, "all", 0, {"failed": str(error)})
            status = 1
    with open(f"{OUT}/dmesg-{bench.cpus}.txt", "a", encoding="ascii") as file:
        file.write(run("dmesg"))
    return status


if __name__ == "__main__":
    sys.exit(main())
