# SPDX-License-Identifier: GPL-2.0
"""Pairs of hosts with a cable and a tunnel, for tests that break many tunnels at once.

    +- namespace NAME-a ---------+         +- namespace NAME-b ---------+
    |  t0 10.9.0.1/24 port 5001  | tunnel  |  t0 10.9.0.2/24 port 5002  |
    |  va 192.0.2.1/24           |  cable  |  vb 192.0.2.2/24           |
    +----------------------------+         +----------------------------+

Host a knows the endpoint of b and keeps the tunnel alive; b waits. Each test changes what
it wants before tunnel() or after it."""
import json
import os
import shutil
import subprocess
import tempfile
import time

WG = os.environ["WG"]
PREFIX = f"dg{os.getpid()}"
TMP = tempfile.mkdtemp(prefix="naawg-diag.")


def run(*words, check=True, given=None, timeout=60):
    """The output of a program."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, input=given, timeout=timeout)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.returncode}: {done.stdout}")
    return done.stdout


class Host:
    """A network namespace with a key pair."""

    def __init__(self, name):
        self.name = f"{PREFIX}-{name}"
        self.key = os.path.join(TMP, name + ".key")
        self.private = run(WG, "genkey").strip()
        with open(self.key, "w", encoding="ascii", opener=_private) as out:
            out.write(self.private)
        self.public = run(WG, "pubkey", given=self.private).strip()
        self.background = []
        self.around = ()
        run("ip", "netns", "add", self.name)
        self.ip("link", "set", "lo", "up")

    def at(self, *words, check=True):
        """The output of a program on this host."""
        return run("ip", "netns", "exec", self.name, *words, check=check)

    def start(self, *words):
        """A program on this host, until the test ends."""
        self.background.append(subprocess.Popen(  # pylint: disable=consider-using-with
            ["ip", "netns", "exec", self.name, *words], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def ip(self, *words):
        """ip(8) on this host."""
        return run("ip", "-n", self.name, *words)

    def set(self, *words):
        """naawg set t0 on this host."""
        self.at(WG, "set", "t0", *words)

    def nft(self, hook, rule):
        """A firewall with one rule."""
        self.at("nft", f"add table inet t; add chain inet t c {{ type filter hook {hook} "
                       f"priority 0; }}; add rule inet t c {rule}")

    def sysctl(self, *settings):
        """Settings of the kernel for this host."""
        self.at("sysctl", "-qw", *settings)

    def state(self):
        """The state and counters of t0, and its forwards."""
        return json.loads(self.at(WG, "stats", "t0", "--json"))["devices"][0]

    def wait_for(self, condition):
        """Waits until the state is as CONDITION wants it. Ends after a while without that."""
        for _ in range(100):
            if condition(self.state()):
                break
            time.sleep(0.2)

    def diag(self, *words):
        """Exit status, and the findings of an interface as naawg diag --json has them."""
        done = subprocess.run(["ip", "netns", "exec", self.name, *self.around, WG, "diag",
                               "--json",
                               *(words or ("t0",))],
                              stdout=subprocess.PIPE, text=True, check=False, timeout=60)
        return done.returncode, json.loads(done.stdout)["interfaces"][0]

    def diag_text(self, *words):
        """The same in words."""
        return self.at(*self.around, WG, "diag", *(words or ("t0",)), check=False)

    def end(self):
        """Ends the programs of this host, and removes it."""
        for process in self.background:
            process.kill()
            process.wait()
        run("ip", "netns", "del", self.name, check=False)
        shutil.rmtree(f"/etc/netns/{self.name}", ignore_errors=True)


def _private(path, flags):
    return os.open(path, flags, 0o600)


class Pair:
    """Two hosts, a cable, and links t0 without peers."""

    def __init__(self, name):
        self.name = name
        self.a, self.b = Host(name + "-a"), Host(name + "-b")
        self.hosts = [self.a, self.b]
        run("ip", "link", "add", "va", "netns", self.a.name, "type", "veth", "peer", "name",
            "vb", "netns", self.b.name)
        for number, host, dev in ((1, self.a, "va"), (2, self.b, "vb")):
            run("ip", "-n", host.name, "-batch", "-", given=f"""
                addr add 192.0.2.{number}/24 dev {dev}
                link set {dev} up
                link add t0 type naawg
                addr add 10.9.0.{number}/24 dev t0""")
            host.set("private-key", host.key, "listen-port", str(5000 + number))

    def up(self):
        """Sets both links up."""
        self.a.ip("link", "set", "t0", "up")
        self.b.ip("link", "set", "t0", "up")

    def peers(self, a_words=(), b_words=(), a_key=None, b_key=None,
              endpoint="192.0.2.2:5002"):
        """Makes the hosts peers. A_KEY and B_KEY are what the other one has as their key."""
        place = ("endpoint", endpoint, "persistent-keepalive", "25") if endpoint else ()
        self.b.set("peer", a_key or self.a.public, "allowed-ips", "10.9.0.1/32", *b_words)
        self.a.set("peer", b_key or self.b.public, "allowed-ips", "10.9.0.2/32", *place,
                   *a_words)

    def tunnel(self, **words):
        """A tunnel as peers() makes it."""
        self.up()
        self.peers(**words)

    def host(self, name):
        """One more host, which is connected to nothing."""
        self.hosts.append(Host(f"{self.name}-{name}"))
        return self.hosts[-1]

    def path(self, name):
        """Where a file of a tunnel of a is, in a directory of its own."""
        return os.path.join(TMP, self.name, name)

    def directory(self, name, text):
        """Writes such a file; returns its path."""
        os.makedirs(os.path.join(TMP, self.name), 0o700, exist_ok=True)
        with open(self.path(name), "w", encoding="ascii", opener=_private) as out:
            out.write(text)
        return self.path(name)

    def file(self, name, text):
        """A private file; returns its path."""
        path = os.path.join(TMP, f"{self.name}-{name}")
        with open(path, "w", encoding="ascii", opener=_private) as out:
            out.write(text)
        return path

    def end(self):
        """Removes both hosts."""
        for host in self.hosts:
            host.end()


def other_key():
    """A public key that nobody has."""
    return run(WG, "pubkey", given=run(WG, "genkey")).strip()


def new_psk():
    """A preshared key."""
    return run(WG, "genpsk").strip()
