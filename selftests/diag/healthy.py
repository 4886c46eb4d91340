# SPDX-License-Identifier: GPL-2.0
"""Tunnels with which nothing is wrong: naawg diag finds nothing and exits with 0."""
import json
import os
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))

# pylint: disable=wrong-import-position
from breakages_time import CALLER  # noqa: E402
from pairs import WG, Pair, new_psk, other_key, run  # noqa: E402
from suite import Suite, same  # noqa: E402

PATIENCE = 60


def connected(host, peers=1):
    """Waits until peers of a host have a session."""
    end = time.monotonic() + PATIENCE
    while host.at(WG, "stats", "t0").count("connected: yes") < peers:
        if time.monotonic() > end:
            raise AssertionError(host.at(WG, "stats", "t0"))
        time.sleep(0.1)


def nothing(host, *words):
    """Diag finds nothing, in either form."""
    status, report = host.diag(*words)
    same(report["findings"], [])
    same((status, report["healthy"]), (0, True))
    text = host.diag_text(*words)
    assert "t0: healthy" in text and "[" not in text, text
    same(report["not_looked_at"], [])
    return report


def unused(pair):
    """Nobody ever used the tunnel."""
    pair.a.set("peer", pair.b.public, "persistent-keepalive", "off")
    same(nothing(pair.a)["peers"], {"connected": 0, "idle": 0, "never_seen": 1,
                                    "without_answer": 0})
    nothing(pair.b)


def used(pair):
    """Data passes."""
    pair.a.at("ping", "-q", "-c", "2", "-i", "0.2", "10.9.0.2")
    connected(pair.b)
    same(nothing(pair.a)["peers"]["connected"], 1)
    nothing(pair.b)


def idle(pair):
    """The session ended, and nothing wants a new one."""
    for host in pair.hosts:
        host.ip("link", "set", "t0", "down")
        host.ip("link", "set", "t0", "up")
    for host in pair.hosts:
        same(nothing(host)["peers"]["idle"], 1)


def road_warrior(pair):
    """A peer without an endpoint never called."""
    key = other_key()
    pair.a.set("peer", key, "allowed-ips", "10.9.0.3/32")
    same(nothing(pair.a)["peers"]["never_seen"], 1)
    pair.a.set("peer", key, "remove")


def mended_psk(pair):
    """The preshared keys differed, and do not any more."""
    pair.a.set("peer", pair.b.public, "preshared-key", pair.file("psk", new_psk()))
    for host in pair.hosts:
        host.ip("link", "set", "t0", "down")
        host.ip("link", "set", "t0", "up")
    pair.a.at("ping", "-q", "-c", "1", "-W", "1", "10.9.0.2", check=False)
    pair.a.set("peer", pair.b.public, "preshared-key", "/dev/null")
    end = time.monotonic() + PATIENCE
    while " 0% packet loss" not in pair.a.at("ping", "-q", "-c", "1", "-W", "1", "10.9.0.2",
                                             check=False):
        assert time.monotonic() < end, "no session"
    nothing(pair.a)
    nothing(pair.b)


def shared_network(pair):
    """Two tunnels of a host have the same network."""
    pair.a.ip("link", "add", "t1", "type", "naawg")
    pair.a.ip("addr", "add", "10.9.0.9/24", "dev", "t1")
    nothing(pair.a)
    pair.a.ip("link", "del", "t1")


def without_root(pair):
    """Any user may look, and is told what is missing."""
    text = pair.a.at("setpriv", "--reuid", "65534", "--clear-groups", "--inh-caps=-all",
                     WG, "diag", "t0")
    assert "t0: healthy" in text, text
    assert "not looked at without root: endpoints" in text, text


def quick_program(pair):
    """The path of naawg-quick."""
    path = os.path.join(os.path.dirname(pair.a.key), "naawg-quick")
    if not os.path.islink(path):
        os.symlink(WG, path)
    return path


def whole(pair):
    """A tunnel for all addresses that naawg-quick made."""
    pair.a.ip("link", "del", "t0")
    path = os.path.join(os.path.dirname(pair.a.key), "t0.conf")
    with open(path, "w", encoding="ascii", opener=lambda p, f: os.open(p, f, 0o600)) as out:
        out.write(f"""[Interface]
PrivateKey = {pair.a.private}
Address = 10.9.0.1/24
Kill = yes
[Peer]
# AllowWildcard = yes
PublicKey = {pair.b.public}
AllowedIPs = 0.0.0.0/0
Endpoint = 192.0.2.2:5002
""")
    quick = quick_program(pair)
    pair.a.at(quick, "up", path)
    pair.a.at("ping", "-q", "-c", "2", "-i", "0.2", "10.9.0.2")
    nothing(pair.a)
    status, report = pair.a.diag("all")
    same((status, report["name"]), (0, "t0"))


def open_firewall(pair):
    """A rule lets the tunnel pass, and its comment has the word drop."""
    pair.a.nft("input", 'udp dport 5001 counter accept comment "never drop this"')
    pair.b.at("ping", "-q", "-c", "2", "-i", "0.2", "10.9.0.1")
    key = other_key()
    pair.a.set("peer", key, "allowed-ips", "10.9.0.77/32", "endpoint", "192.0.2.2:5002")
    pair.a.at("ping", "-q", "-c", "1", "-W", "1", "10.9.0.77", check=False)
    ids = [finding["id"] for finding in pair.a.diag()[1]["findings"]]
    assert ids and "firewall-here" not in ids, ids
    pair.a.at("nft", "delete", "table", "inet", "t")
    pair.a.set("peer", key, "remove")


def errors(host, *words):
    """The ids of all findings; none of them is an error."""
    status, report = host.diag(*words)
    same(([f for f in report["findings"] if f["severity"] == "error"], status), ([], 0))
    return [finding["id"] for finding in report["findings"]]


def phone(pair):
    """A phone that never connected got one packet once."""
    key = other_key()
    pair.a.set("peer", key, "allowed-ips", "10.9.0.3/32")
    pair.a.at("ping", "-q", "-c", "1", "-W", "1", "10.9.0.3", check=False)
    same(errors(pair.a), ["no-endpoint"])
    pair.a.set("peer", key, "remove")


def scanned(pair):
    """A scanner, and a host whose key was removed, call beside two phones that never did."""
    keys = [other_key(), other_key()]
    for number, key in enumerate(keys):
        pair.a.set("peer", key, "allowed-ips", f"10.9.0.{3 + number}/32")
    for name, other in (("r", pair.a.public), ("s", other_key())):
        gone = pair.host(name)
        pair.b.start("python3", CALLER, "outsider", gone.key, other, "192.0.2.1", "5001",
                     "0" if name == "s" else "5001")
    end = time.monotonic() + 30
    while len(json.loads(pair.a.at(WG, "callers", "t0", "--json"))["callers"]) < 2:
        assert time.monotonic() < end, "no callers"
        time.sleep(0.2)
    pair.a.set("peer", keys[1], "remove")
    same(set(errors(pair.a)), {"their-key-wrong", "our-key-wrong-there"})
    pair.a.set("peer", keys[0], "remove")
    for process in pair.b.background:
        process.kill()


def sleeping_names(pair):
    """The name server is behind a tunnel that has no session, as nobody asked for one."""
    os.makedirs(f"/etc/netns/{pair.a.name}", exist_ok=True)
    with open(f"/etc/netns/{pair.a.name}/resolv.conf", "w", encoding="ascii") as out:
        out.write("nameserver 10.9.0.2\n")
    for host in pair.hosts[:2]:
        host.ip("link", "set", "t0", "down")
        host.ip("link", "set", "t0", "up")
    same(errors(pair.a), [])
    os.unlink(f"/etc/netns/{pair.a.name}/resolv.conf")


def behind_nat(pair):
    """The other host learned the port of a NAT, and the peer sleeps now."""
    text = pair.a.at(WG, "show", "--json", "t0")
    pair.b.set("peer", pair.a.public, "endpoint", "192.0.2.1:39211")
    pair.b.start("ping", "-i", "0.5", "10.9.0.1")
    end = time.monotonic() + PATIENCE
    while '"unreachable": true' not in pair.b.at(WG, "stats", "--json", "t0"):
        assert time.monotonic() < end, "it is not unreachable"
        time.sleep(0.2)
    found = pair.b.diag("t0", "--pair", pair.file("nat.json", text))[1]["findings"]
    assert "pair-port" not in [finding["id"] for finding in found], found
    for process in pair.b.background:
        process.kill()
    pair.b.set("peer", pair.a.public, "endpoint", "192.0.2.1:5001")


def by_source(pair):
    """A table of its own has the route, and a rule asks for it by the source."""
    pair.a.ip("addr", "flush", "dev", "t0")
    pair.a.ip("addr", "add", "10.9.0.1/32", "dev", "t0")
    pair.a.ip("route", "add", "10.9.0.2/32", "dev", "t0", "table", "123")
    pair.a.ip("rule", "add", "from", "10.9.0.1", "lookup", "123")
    pair.a.at("ping", "-q", "-c", "1", "-W", "5", "-I", "10.9.0.1", "10.9.0.2")
    # The callers of the tests before are told for five minutes.
    same(set(errors(pair.a)) - {"unknown-caller"}, set())
    pair.a.ip("rule", "del", "from", "10.9.0.1")
    pair.a.ip("route", "flush", "table", "123")
    pair.a.ip("addr", "flush", "dev", "t0")
    pair.a.ip("addr", "add", "10.9.0.1/24", "dev", "t0")


def slow_names(pair):
    """A name server that does not answer delays the diagnosis by seconds only."""
    os.makedirs(f"/etc/netns/{pair.a.name}", exist_ok=True)
    for name, text in (("resolv.conf", "nameserver 192.0.2.2\nnameserver 192.0.2.3\n"),
                       ("nsswitch.conf", "hosts: dns\n")):
        with open(f"/etc/netns/{pair.a.name}/{name}", "w", encoding="ascii") as out:
            out.write(text)
    pair.b.nft("input", "udp dport 53 drop")
    pair.a.ip("link", "del", "t0")
    text = f"[Interface]\nPrivateKey = {pair.a.private}\nAddress = 10.9.0.1/24\n"
    for number in range(4):
        text += (f"[Peer]\nPublicKey = {other_key()}\nAllowedIPs = 10.9.0.{number + 10}/32\n"
                 f"Endpoint = peer{number}.test:5002\n")
    path = os.path.join(os.path.dirname(pair.a.key), "t0.conf")
    with open(path, "w", encoding="ascii", opener=lambda p, f: os.open(p, f, 0o600)) as out:
        out.write(text)
    quick = quick_program(pair)
    pair.a.at(quick, "up", path)
    begin = time.monotonic()
    found = pair.a.diag()[1]["findings"]
    print(f"# the diagnosis took {time.monotonic() - begin:.1f} s")
    same([f["id"] for f in found].count("endpoint-unresolved"), 4, found)
    assert all("do not answer in time" in f["text"] for f in found
               if f["id"] == "endpoint-unresolved"), found
    pair.a.at(quick, "down", path)
    pair.a.ip("link", "add", "t0", "type", "naawg")
    shutil.rmtree(f"/etc/netns/{pair.a.name}")


def together(pair):
    """With all, each interface has the findings that it has alone."""
    pair.a.ip("link", "add", "t1", "type", "naawg")
    pair.a.set("peer", pair.b.public, "allowed-ips", "")
    both = json.loads(pair.a.at(WG, "diag", "--json", "all", check=False))["interfaces"]
    same([found["name"] for found in both], ["t0", "t1"])
    for found in both:
        same(found["findings"], pair.a.diag(found["name"])[1]["findings"])
        assert found["findings"], both
    pair.a.ip("link", "del", "t1")
    pair.a.set("peer", pair.b.public, "allowed-ips", "10.9.0.2/32")


def no_module(_pair):
    """Without a module, each form of the command says so."""
    with open("/proc/sys/kernel/modprobe", encoding="ascii") as file:
        before = file.read()
    end = time.monotonic() + PATIENCE
    while os.path.exists("/sys/module/naawg"):
        assert time.monotonic() < end, "it does not unload"
        run("rmmod", "naawg_wireguard", check=False)
        run("rmmod", "naawg", check=False)
        time.sleep(0.5)
    with open("/proc/sys/kernel/modprobe", "w", encoding="ascii") as file:
        file.write("/bin/false")
    try:
        for words in ([], ["all"], ["t0"]):
            text = run(WG, "diag", *words, check=False)
            assert "[module-missing]" in text and "modprobe naawg" in text, text
            report = json.loads(run(WG, "diag", "--json", *words, check=False))
            same([f["id"] for f in report["interfaces"][0]["findings"]], ["module-missing"])
    finally:
        with open("/proc/sys/kernel/modprobe", "w", encoding="ascii") as file:
            file.write(before)
        run("modprobe", "naawg", check=False)


def lasting(pair):
    """A command says which file needs the same change."""
    os.makedirs("/etc/naawg", exist_ok=True)
    with open("/etc/naawg/t0.conf", "w", encoding="ascii") as out:
        out.write("[Interface]\n")
    pair.a.set("peer", pair.b.public, "allowed-ips", "")
    first = pair.a.diag()[1]["findings"][0]
    same((first["id"], first.get("file")), ("no-allowed-ips", "/etc/naawg/t0.conf"))
    assert "and the same in /etc/naawg/t0.conf" in pair.a.diag_text(), pair.a.diag_text()
    os.unlink("/etc/naawg/t0.conf")
    first = pair.a.diag()[1]["findings"][0]
    same((first["id"], first.get("file")), ("no-allowed-ips", None))
    pair.a.set("peer", pair.b.public, "allowed-ips", "10.9.0.2/32")


def odd_names(pair):
    """A name that has a mark of direction, or that controls terminals, prints neither."""
    pair.a.ip("link", "add", "t\x1b[2J", "type", "naawg")
    text = pair.a.at(WG, "diag", "all", check=False)
    pair.a.ip("link", "del", "t\x1b[2J")
    assert "\x1b" not in text and "t\ufffd[2J" in text, repr(text)


def absent(_pair):
    """A file without an interface is told, also if no name is given."""
    same(run(WG, "diag").strip(), "there is no naawg interface in this network namespace")
    os.makedirs("/etc/naawg", exist_ok=True)
    with open("/etc/naawg/gone.conf", "w", encoding="ascii") as out:
        out.write("[Interface]\n")
    text = run(WG, "diag", check=False)
    os.unlink("/etc/naawg/gone.conf")
    assert "there is no interface gone" in text and "naawg-quick up gone" in text, text


def usage(_pair):
    """Wrong words are refused, and --help lists the findings."""
    for words in (["--pair"], ["t0", "t1"], ["--nonsense"]):
        assert "Usage:" in run(WG, "diag", *words, check=False)
    text = run(WG, "diag", "--help")
    assert "their-key-wrong" in text, text


def main():
    """All on one pair of hosts."""
    suite = Suite()
    pair = Pair("h")
    pair.up()
    pair.a.set("peer", pair.b.public, "allowed-ips", "10.9.0.2/32", "endpoint",
               "192.0.2.2:5002")
    pair.b.set("peer", pair.a.public, "allowed-ips", "10.9.0.1/32")
    suite.case("a tunnel that nobody used is healthy", unused, pair)
    suite.case("a tunnel that carries data is healthy", used, pair)
    suite.case("so is one with a peer that never called", road_warrior, pair)
    suite.case("so is one that shares its network with another tunnel", shared_network, pair)
    suite.case("any user may look at it, and is told what needs root", without_root, pair)
    suite.case("one whose session ended is healthy", idle, pair)
    suite.case("one whose preshared keys were mended is healthy", mended_psk, pair)
    suite.case("a rule that lets packets pass is no drop", open_firewall, pair)
    suite.case("a phone that got a packet once is no error", phone, pair)
    suite.case("a name server behind an idle tunnel is well", sleeping_names, pair)
    suite.case("scanners and removed keys are no error", scanned, pair)
    suite.case("nor is the port of a NAT", behind_nat, pair)
    suite.case("nor are routes that a rule finds by the source", by_source, pair)
    suite.case("a command names the file that needs the same change", lasting, pair)
    suite.case("with all, each interface has its own findings", together, pair)
    suite.case("names of interfaces do not control the terminal", odd_names, pair)
    suite.case("a file without an interface is told", absent, pair)
    suite.case("name servers that do not answer delay it by seconds only", slow_names, pair)
    suite.case("one for all addresses, with Kill = yes, is healthy", whole, pair)
    suite.case("wrong words are refused, and --help lists the findings", usage, pair)
    pair.end()
    suite.case("a missing module is told", no_module, pair)
    suite.end()


if __name__ == "__main__":
    main()
