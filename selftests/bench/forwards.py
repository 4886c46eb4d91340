#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Runs load through port forwards in the guest; one line of JSON per run.

    a t0..t4 ==tunnels== t0..t4 g0..g4 right -- 10.1.N.2 s

Every gateway is a namespace of its own with a naawg link, so that none has the
hooks of another. g0 routes and does nothing else, and the server knows the way
back through it; the others hide the client behind their own address.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys

import lab
from lab import NAAWG, TOOLS, inside, ip, key_pair, run

CONNS = os.path.join(os.path.dirname(lab.LOAD), "conns")
OUT = os.environ.get("NAAWG_OUT", "/out")
PORT = 5201
FIRST = 10001
SIZES = (1, 100, 1000)
FLOWS = 50000
IN_FLIGHT = 32


class Gateway:
    """One way from a to s."""

    def __init__(self, number, translates):
        self.name, self.dev = f"g{number}", f"t{number}"
        self.server = f"10.1.{number}.2"
        self.own = f"10.20.{number}.2"
        self.client = f"10.20.{number}.1"
        self.wire(number)
        self.tunnel(number)
        run(*inside(self.name, "sysctl", "-qw", "net.ipv4.ip_forward=1"))
        if translates:
            self.target = self.own
        else:
            self.target = self.server
            ip("a", "route", "add", f"{self.server}/32", "dev", self.dev)
            ip("s", "route", "add", f"{self.client}/32",
               "via", f"10.1.{number}.1")

    def wire(self, number):
        """Cables to both sides."""
        run("ip", "netns", "add", self.name)
        ip(self.name, "link", "set", "lo", "up")
        for here, dev, net, there in (("left", f"o{number}", "10.0", "a"),
                                      ("right", f"i{number}", "10.1", "s")):
            run("ip", "link", "add", here, "netns", self.name, "type", "veth",
                "peer", "name", dev, "netns", there)
            ip(self.name, "addr", "add", f"{net}.{number}.1/24", "dev", here)
            ip(there, "addr", "add", f"{net}.{number}.2/24", "dev", dev)
            ip(self.name, "link", "set", here, "up")
            ip(there, "link", "set", dev, "up")

    def tunnel(self, number):
        """naawg at both ends."""
        ours, public = key_pair(f"{self.name}g")
        theirs, client = key_pair(f"{self.name}a")
        for place, key, peer, allowed, own in (
                (self.name, ours, client, f"{self.client}/32", self.own),
                ("a", theirs, public, f"{self.own}/32,{self.server}/32",
                 self.client)):
            ip(place, "link", "add", self.dev, "type", NAAWG)
            run(*inside(place, TOOLS[NAAWG], "set", self.dev, "private-key",
                        key, "listen-port", str(6000 + number),
                        "peer", peer, "allowed-ips", allowed))
            ip(place, "addr", "add", f"{own}/24", "dev", self.dev)
            ip(place, "link", "set", self.dev, "up")
        run(*inside("a", TOOLS[NAAWG], "set", self.dev, "peer", public,
                    "endpoint", f"10.0.{number}.1:{6000 + number}"))
        run(*inside("a", "ping", "-q", "-c", "1", "-W", "5", self.own))

    def ports(self, size):
        """The ports of so many rules."""
        return range(FIRST, FIRST + size)

    def set(self, proto, size):
        """Rules for so many ports; a plain gateway has none."""

    def settle(self):
        """No connection of the run before; a plain gateway tracks none."""
        if self.target == self.own:
            run(*inside(self.name, "conntrack", "-F"), check=False)


class Forwards(Gateway):
    """naawg's own."""

    def set(self, proto, size):
        run(*inside(self.name, TOOLS[NAAWG], "forward", self.dev, "replace",
                    "-"),
            text="".join(f"{port}:{proto}:{self.server}:{PORT}\n"
                         for port in self.ports(size)))


class List(Gateway):
    """iptables: one rule after the other."""

    restore = "iptables-legacy-restore"

    def set(self, proto, size):
        rules = "".join(
            f"-A PREROUTING -i {self.dev} -p {proto} --dport {port} "
            f"-j DNAT --to-destination {self.server}:{PORT}\n"
            for port in self.ports(size))
        run(*inside(self.name, self.restore),
            text=f"*nat\n{rules}-A POSTROUTING -o right -j MASQUERADE\nCOMMIT\n")


class NftList(List):
    """iptables as Debian has it, over nftables."""

    restore = "iptables-nft-restore"


class Map(Gateway):
    """nft with one rule and a map."""

    def set(self, proto, size):
        pairs = ", ".join(f"{port} : {self.server} . {PORT}"
                          for port in self.ports(size))
        run(*inside(self.name, "nft", "-f", "-"), text=f"""
            table ip forwards
            delete table ip forwards
            table ip forwards {{
                chain pre {{
                    type nat hook prerouting priority dstnat;
                    iifname "{self.dev}" dnat ip to {proto} dport map {{ {pairs} }}
                }}
                chain post {{
                    type nat hook postrouting priority srcnat;
                    oifname "right" masquerade
                }}
            }}""")


KINDS = (("no NAT", Gateway, False), ("naawg", Forwards, True),
         ("nft map", Map, True), ("iptables-legacy", List, True),
         ("iptables-nft", NftList, True))


def conns(namespace, *words):
    """A process that makes or takes connections."""
    return subprocess.Popen(inside(namespace, CONNS, *words),
                            stdout=subprocess.PIPE, text=True)


@contextlib.contextmanager
def serving(process):
    """A process that has said it is ready, and ends with what is done."""
    try:
        if process.stdout.readline() != "ready\n":
            raise lab.Failed("the server did not start")
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def result(got, work, **more):
    """The result of a load process, under the names the report uses."""
    return {"work": work, "seconds": got["seconds"], "from": got["from"],
            "to": got["to"], **more}


def throughput(way, size, seconds):
    """One TCP stream through the last of the rules."""
    port = FIRST + size - 1 if way.target == way.own else PORT
    with serving(lab.start("s", "recv", "tcp", str(PORT), "1", "0.2",
                           str(seconds))) as sink:
        source = lab.start("a", "send-tcp", str(seconds + 3), str(port),
                           way.target)
        try:
            got = lab.finish(sink)
        finally:
            lab.stop(source)
    return result(got, got["bytes"] * 8 / 1e6)


def connections(way, size, seconds):
    """TCP connections made and reset, over all rules in turn."""
    first = FIRST if way.target == way.own else PORT
    with serving(conns("s", "accept", str(PORT))):
        got = lab.finish(conns(
            "a", "connect", way.target, str(first),
            str(size if first == FIRST else 1), str(seconds), str(IN_FLIGHT)))
    return result(got, got["connected"], failed=got["failed"])


def flows(way, size, _):
    """UDP datagrams of which each is a connection of its own to conntrack."""
    first = FIRST if way.target == way.own else PORT
    with serving(conns("s", "count", str(PORT))) as sink:
        source = conns("a", "flows", way.client, way.target, str(first),
                           str(size if first == FIRST else 1), str(FLOWS))
        got = lab.finish(sink)
        lab.finish(source)
    if got["packets"] < FLOWS / 10:
        raise lab.Failed(f"only {got['packets']} of {FLOWS} arrived")
    return result(got, got["packets"], lost=1 - got["packets"] / FLOWS)


MEASURES = (("throughput", "tcp", throughput),
            ("connections", "tcp", connections), ("flows", "udp", flows))


def build():
    """Namespaces, gateways and what must not be the bottleneck."""
    for name in "as":
        run("ip", "netns", "add", name)
        ip(name, "link", "set", "lo", "up")
        run(*inside(name, "sysctl", "-qew", "net.core.somaxconn=4096",
                    "net.ipv4.tcp_max_syn_backlog=4096",
                    "net.ipv4.tcp_syncookies=0",
                    "net.ipv4.ip_local_port_range=1024 65000"))
    made = {who: kind(number, translates)
            for number, (who, kind, translates) in enumerate(KINDS)}
    run("sysctl", "-qw", "net.netfilter.nf_conntrack_max=1000000", check=False)
    run("sysctl", "-qw", "net.netfilter.nf_conntrack_buckets=65536",
        check=False)
    return made


def turns(ways):
    """The contenders of one round: the plain gateway comes twice."""
    for who, way in ways.items():
        for size in SIZES if way.target == way.own else (0,):
            yield who, way, size
    yield "no NAT again", ways["no NAT"], 0


def main():
    """All measures, in turns."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.8)
    options = parser.parse_args()
    for module in ("udp_tunnel", "ip6_udp_tunnel", "nf_nat", "nf_tables",
                   "nf_conntrack_netlink",
                   "libchacha20poly1305", "libcurve25519"):
        run("modprobe", module, check=False)
    run("insmod", os.environ.get("NAAWG_MODULE", f"{OUT}/naawg.ko"))
    ways = build()
    status = 0
    with open(f"{OUT}/runs.jsonl", "w", encoding="ascii") as file:
        for number in range(options.rounds):
            print(f"round {number + 1}:", end="", flush=True)
            for what, proto, measure in MEASURES:
                for who, way, size in turns(ways):
                    try:
                        way.set(proto, size)
                        way.settle()
                        values = measure(way, size, options.seconds)
                    except (lab.Failed, OSError,
                            subprocess.SubprocessError) as error:
                        print(f"\n  {what}, {who}, {size}: {error}", flush=True)
                        values = {"error": str(error)}
                        status = 1
                    finally:
                        way.settle()
                    print(json.dumps({"what": what, "who": who, "rules": size,
                                      "round": number, **values}), file=file,
                          flush=True)
                print(f" {what}", end="", flush=True)
            print(flush=True)
    with open(f"{OUT}/stats.txt", "w", encoding="ascii") as file:
        file.write(run("dmesg"))
    return status


if __name__ == "__main__":
    sys.exit(main())
