#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compares the ways in the guest, in turns; one line of JSON per run goes to runs.jsonl.

A row takes its ways one after the other, and the stock driver once more at the end: what it
differs from itself is what the machine adds.
"""

import argparse
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

import lab  # noqa: E402 pylint: disable=wrong-import-position
import lines  # noqa: E402 pylint: disable=wrong-import-position
import rows  # noqa: E402 pylint: disable=wrong-import-position
import ways  # noqa: E402 pylint: disable=wrong-import-position
from lab import NAAWG, STOCK, Tunnel, run  # noqa: E402 pylint: disable=wrong-import-position

OUT = os.environ.get("NAAWG_OUT", "/out")
AGAIN = " again"
SERVICES = "10.1.0.2"
SIZE_OF_GO = 100 * rows.MEGABYTE


class Book:
    """Where results go."""

    def __init__(self, options):
        self.options = options
        self.file = open(f"{OUT}/runs.jsonl", "a", encoding="ascii")
        self.failed = 0

    def note(self, row, who, number, values):
        boot = "drop-in" if self.options.drop_in else "all"
        print(json.dumps({"row": row, "who": who, "round": number, "boot": boot, **values}),
              file=self.file, flush=True)

    def take(self, row, runs, rounds=None, again="stock"):
        """RUNS: what to do, by way; AGAIN takes a second turn."""
        turns = list(runs.items())
        if again in runs:
            turns.append((again + AGAIN, runs[again]))
        print(f"{row}:", end="", flush=True)
        for number in range(rounds or self.options.rounds):
            for who, what in turns:
                try:
                    values = what()
                except (lab.Failed, OSError) as error:
                    print(f"\n  {who}: {error}", flush=True)
                    self.failed += 1
                    values = {"failed": str(error)}
                self.note(row, who, number, values)
            print(f" {number + 1}", end="", flush=True)
        print(flush=True)


def small(book, chosen):
    """Small requests and what of an upload can be read on the wire."""
    for row, measure in (("keep-alive", rows.keep_alive), ("new", rows.new_connection)):
        book.take(row, {way.name: lambda way=way, measure=measure: measure(way)
                        for way in chosen.values()})


def large(book, chosen):
    """Files, one and many at a time."""
    def size_of(way):
        # The implementation in Go would take an hour.
        whole = book.options.megabytes * rows.MEGABYTE
        return min(whole, SIZE_OF_GO) if way.name == "go" else whole

    for row, measure in (("upload", rows.upload), ("download", rows.download)):
        book.take(row, {way.name: lambda way=way, measure=measure: measure(way, size_of(way))
                        for way in chosen.values()}, 1)
    book.take("crowd", {way.name: lambda way=way: rows.crowd(way, 100, size_of(way) // 100)
                        for way in chosen.values()}, 1)


def outages(book, chosen):
    """A wire that is cut, and whole again. All ways see the same one."""
    apart = [way for way in chosen.values() if way.client == "a"]
    print("outage:", end="", flush=True)
    for number in range(book.options.outages):
        for who, values in rows.outage(apart).items():
            book.note("outage", who, number, values)
        print(f" {number + 1}", end="", flush=True)
    print(flush=True)


def kernels(book, made):
    """Tunnels alone: the first answer, and 20 clients of one server."""
    book.take("first answer", {
        name: lambda kind=kind: rows.first_answer(made[kind])
        for name, kind in rows.KINDS_OF.items()}, 4 * book.options.rounds)
    crowds = {name: Tunnel(f"p{number}", (kind, kind), 40 + number, clients=20)
              for number, (name, kind) in enumerate((("stock", STOCK), ("naawg", NAAWG)))}
    book.take("peers", {name: lambda to=tunnel.addresses(): lab.streams(to, 1.2)
                        for name, tunnel in crowds.items()})
    for tunnel in crowds.values():
        tunnel.remove()


def databases(book, made):
    """MariaDB and Redis, through forwards but for the plain way."""
    rows.databases()
    hosts = {"plain": SERVICES, "stock": made[STOCK].addresses()[0],
             "naawg": made[NAAWG].addresses()[0]}
    for row, measure in (("mariadb", rows.mariadb), ("redis", rows.redis)):
        book.take(row, {who: lambda host=host, measure=measure: measure(host)
                        for who, host in hosts.items()})


def slow_lines(book, chosen):
    """Downloads over lines with a rate, a delay and losses."""
    lab.offload(tso=False, gso=False, tx_udp_segmentation=False)
    for rate, delay, loss in lines.LINES:
        lines.line(rate, delay, loss)
        book.take(f"line {rate} {delay} {loss}", {
            name: lambda way=chosen[name], rate=rate: lines.share(
                way, rate, book.options.line_seconds) for name in lines.WAYS},
                  book.options.line_rounds)
    lines.no_line()
    lab.offload(tso=True, gso=True, tx_udp_segmentation=True)


def main():
    """All rows, or those of the drop-in."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=int, default=2048)
    parser.add_argument("--outages", type=int, default=3)
    parser.add_argument("--line-seconds", type=float, default=4)
    parser.add_argument("--line-rounds", type=int, default=3)
    parser.add_argument("--drop-in", action="store_true")
    parser.add_argument("parts", nargs="*")
    options = parser.parse_args()
    book = Book(options)
    for module in ("udp_tunnel", "ip6_udp_tunnel", "nf_nat", "nft_nat", "nft_masq",
                   "libchacha20poly1305", "libcurve25519"):
        run("modprobe", module, check=False)
    run("modprobe", "naawg_wireguard" if options.drop_in else "wireguard")
    run("modprobe", "naawg")
    try:
        chosen, made = ways.drop_in() if options.drop_in else ways.all_ways()
    except lab.Failed:
        run("sh", "-c", f"cat /run/*.log >{OUT}/programs.txt")
        raise
    parts = {"small": lambda: small(book, chosen), "large": lambda: large(book, chosen),
             "wire": lambda: book.take("wire", {
                 way.name: lambda way=way: rows.on_wire(way) for way in chosen.values()}, 1),
             "kernels": lambda: kernels(book, made), "databases": lambda: databases(book, made),
             "outages": lambda: outages(book, chosen),
             "lines": lambda: slow_lines(book, chosen)}
    if options.drop_in:
        parts = {name: parts[name] for name in ("small", "large", "wire")}
    for name, part in parts.items():
        if not options.parts or name in options.parts:
            part()
    with open(f"{OUT}/dmesg.txt", "a", encoding="ascii") as file:
        file.write(run("dmesg"))
    return 1 if book.failed else 0


if __name__ == "__main__":
    sys.exit(main())
