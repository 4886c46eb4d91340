# SPDX-License-Identifier: GPL-2.0
"""Two namespaces on a veth, tunnels between them, and load through them.

Runs inside the guest. Both drivers stand on the same veth at the same time,
each device with its own port and its own inner network.
"""

import base64
import json
import os
import subprocess

NAAWG, STOCK = "naawg", "wireguard"
KEYS = "/run/keys"
REPO = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
LOAD = os.environ.get("NAAWG_LOAD", "/out/load")
TOOLS = {NAAWG: os.path.join(REPO, "tools/naawg"), STOCK: "wg"}
PATIENCE = 30


class Failed(Exception):
    """A run that gave no number."""


def run(*words, text=None, check=True):
    """A command that must succeed; its output."""
    done = subprocess.run(words, input=text, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False,
                          timeout=120)
    if check and done.returncode:
        raise Failed(f"{' '.join(words[:12])}: {done.stderr.strip()}")
    return done.stdout


def ip(namespace, *words):
    """ip in a namespace."""
    return run("ip", "-n", namespace, *words)


def inside(namespace, *words):
    """The words of a command that runs in a namespace."""
    return ["ip", "netns", "exec", namespace, *words]


def b64(data):
    """The usual form of a key."""
    return base64.b64encode(data).decode()


def key_pair(name):
    """(file of a new private key, public key)"""
    os.makedirs(KEYS, mode=0o700, exist_ok=True)
    path = f"{KEYS}/{name}"
    private = run(TOOLS[NAAWG], "genkey")
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600),
              "w", encoding="ascii") as file:
        file.write(private)
    return path, run(TOOLS[NAAWG], "pubkey", text=private).strip()


def build():
    """The namespaces a and b and what joins them."""
    for name in "ab":
        run("ip", "netns", "add", name)
        ip(name, "link", "set", "lo", "up")
    run("ip", "link", "add", "va", "netns", "a", "type", "veth",
        "peer", "name", "vb", "netns", "b")
    for name, host in (("a", 1), ("b", 2)):
        ip(name, "addr", "add", f"10.0.0.{host}/24", "dev", f"v{name}")
        ip(name, "link", "set", f"v{name}", "mtu", "9100", "up")
    outer_mtu(1500)


def outer_mtu(mtu):
    """Set the MTU of the veth."""
    for name in "ab":
        ip(name, "link", "set", f"v{name}", "mtu", str(mtu))


def offload(**switches):
    """ethtool -K on both ends; a name's underscores are dashes there."""
    words = []
    for name, on in switches.items():
        words += [name.replace("_", "-"), "on" if on else "off"]
    for name in "ab":
        run(*inside(name, "ethtool", "-K", f"v{name}", *words))


def loss(percent):
    """Drop that much of what a sends; nothing for 0."""
    run(*inside("a", "tc", "qdisc", "del", "dev", "va", "root"), check=False)
    if percent:
        run(*inside("a", "tc", "qdisc", "add", "dev", "va", "root", "netem",
                    "limit", "10000", "loss", f"{percent}%"))


def reach(address):
    """The first answer through a tunnel; the wire may be one that loses packets,
    and a lost handshake is repeated after five seconds."""
    words = inside("a", "ping", "-q", "-c", "1", "-W", "6", address)
    if not any(subprocess.run(words, stdout=subprocess.DEVNULL, check=False,
                              timeout=30).returncode == 0 for _ in range(3)):
        raise Failed(f"no answer from {address}")


class Tunnel:
    """One device in each namespace; more clients in a if asked for."""

    def __init__(self, name, kinds, number, clients=1, mtu=1420):
        self.name, self.kinds, self.clients = name, kinds, clients
        self.net = f"10.{number}.0"
        port = 5000 + number * 100
        key, public = key_pair(f"{name}b")
        self.add("b", f"{name}b", kinds[1], mtu)
        self.set("b", f"{name}b", "listen-port", str(port), "private-key", key)
        for client in range(clients):
            self.client(client, port + 1 + client, port, public, mtu)
        ip("b", "addr", "add", f"{self.net}.101/24", "dev", f"{name}b")
        for client in range(1, clients):
            ip("b", "addr", "add", f"{self.net}.{101 + client}/32",
               "dev", f"{name}b")
        ip("b", "link", "set", f"{name}b", "up")
        for address in self.addresses():
            reach(address)

    def addresses(self):
        """Where the clients find the server, one address for each."""
        return [f"{self.net}.{101 + client}" for client in range(self.clients)]

    @staticmethod
    def add(namespace, device, kind, mtu):
        """A new device."""
        ip(namespace, "link", "add", device, "mtu", str(mtu), "type", kind)

    def set(self, namespace, device, *words, verb="set"):
        """The tool that belongs to the kind of device."""
        tool = TOOLS[self.kinds["ab".index(namespace)]]
        run(*inside(namespace, tool, verb, device, *words))

    def client(self, number, port, server_port, server, mtu):
        """A device in a that has the server as its only peer."""
        device = f"{self.name}a{number}"
        own = f"{self.net}.{1 + number}"
        key, public = key_pair(device)
        self.add("a", device, self.kinds[0], mtu)
        self.set("a", device, "listen-port", str(port), "private-key", key,
                 "peer", server, "endpoint", f"10.0.0.2:{server_port}",
                 "allowed-ips", f"{self.net}.0/24")
        self.set("b", f"{self.name}b", "peer", public,
                 "endpoint", f"10.0.0.1:{port}", "allowed-ips", f"{own}/32")
        ip("a", "addr", "add", f"{own}/32", "dev", device)
        ip("a", "link", "set", device, "up")
        ip("a", "route", "add", f"{self.net}.{101 + number}", "dev", device,
           "src", own)

    def idle_peers(self, count):
        """More peers for the server, of whom nobody ever hears."""
        add_peers(self.kinds[1], "b", f"{self.name}b",
                  [os.urandom(32) for _ in range(count)])

    def remove(self):
        """The devices go."""
        ip("b", "link", "del", f"{self.name}b")
        for client in range(self.clients):
            ip("a", "link", "del", f"{self.name}a{client}")


def add_peers(kind, namespace, device, publics):
    """Many peers at once, each with an address of its own."""
    path = f"/run/{device}.conf"
    with open(path, "w", encoding="ascii") as file:
        for number, public in enumerate(publics):
            file.write(f"[Peer]\nPublicKey = {b64(public)}\nAllowedIPs = "
                       f"172.{16 + (number >> 16)}.{number >> 8 & 255}."
                       f"{number & 255}/32\n")
    run(*inside(namespace, TOOLS[kind], "addconf", device, path))
    os.unlink(path)


def start(namespace, *words):
    """A load process."""
    return subprocess.Popen(inside(namespace, LOAD, *words),
                            stdout=subprocess.PIPE, text=True)


def finish(process):
    """The output of a load process."""
    try:
        out = process.communicate(timeout=PATIENCE)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Failed("a load process hangs") from None
    if process.returncode or not out.strip():
        raise Failed(f"a load process ended with {process.returncode}")
    return json.loads(out.strip().splitlines()[-1])


def receiver(kind, port, streams, seconds, warm):
    """A receiver that listens already."""
    process = start("b", "recv", kind, str(port), str(streams), str(warm),
                    str(seconds))
    if process.stdout.readline() != "ready\n":
        process.kill()
        raise Failed("the receiver did not start")
    return process


def stop(process):
    """A sender whose receiver has seen enough."""
    process.terminate()
    process.communicate()


def streams(addresses, seconds, warm=0.3, port=5201):
    """TCP, one stream to each address."""
    sink = receiver("tcp", port, len(addresses), seconds, warm)
    source = start("a", "send-tcp", str(seconds + warm + 3), str(port),
                   *addresses)
    try:
        return finish(sink)
    finally:
        stop(source)


def datagrams(address, seconds, size, segments=1, warm=0.3, port=5202):
    """UDP as fast as it goes out; what arrives."""
    length = seconds + warm + 0.2
    sink = receiver("udp-gro" if segments > 1 else "udp", port, 1, seconds,
                    warm)
    source = start("a", "send-udp", str(length), str(port), address, str(size),
                   str(segments))
    got = finish(sink)
    sent = finish(source)["sent"] / length
    packets = got["bytes"] / size / got["seconds"]
    return {**got, "sent": sent, "pps": packets,
            "lost": max(0, 1 - packets / sent) if sent else 1}


def ping(address, seconds, pause=0):
    """Round trips, one at a time."""
    return finish(start("a", "ping", address, str(seconds), str(pause)))


def loaded_ping(address, seconds, port=5203):
    """Round trips beside one stream."""
    sink = receiver("tcp", port, 1, seconds + 0.5, 0.1)
    source = start("a", "send-tcp", str(seconds + 3), str(port), address)
    try:
        trips = finish(start("a", "ping", address, str(seconds), "2000"))
        trips["stream"] = finish(sink)
        return trips
    finally:
        stop(source)
