# SPDX-License-Identifier: GPL-2.0
"""Within the guest: a tunnel of two namespaces, and a third that floods one end.

Making a flood costs time too, on the same processors. So the flood goes to a
plain socket of the same host first: what the stream has then is the whole, and
what it has when the same flood goes to the link is what it kept of that.
"""
import base64
import json
import os
import socket
import statistics
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
for directory in "net", "wire":
    sys.path.insert(0, os.path.join(HERE, "..", directory))

# pylint: disable=wrong-import-position
from netns import enter  # noqa: E402
from peer import INITIATION, Identity, with_macs  # noqa: E402

ROUNDS, SECONDS = int(sys.argv[1]), float(sys.argv[2])
RATE = 20000		# messages a second
UDP_SEGMENT, A_CALL = 103, 40
NOWHERE, PORT = 5999, 5001
WG = os.environ["WG"]
OUT = os.environ.get("NAAWG_OUT", ".")


def run(*words, **more):
    """A command that must succeed."""
    subprocess.run(words, check=True, **more)


def build():
    """a and b, whose links of both kinds know each other, and c on their bridge."""
    for name in "abc":
        run("ip", "netns", "add", name)
        run("ip", "-n", name, "link", "set", "lo", "up")
    run("ip", "link", "add", "lan", "type", "bridge")
    run("ip", "link", "set", "lan", "up")
    for number, name in enumerate("abc", 1):
        run("ip", "link", "add", f"p{name}", "type", "veth", "peer", "name",
            "v", "netns", name)
        run("ip", "link", "set", f"p{name}", "master", "lan", "up")
        run("ip", "-n", name, "addr", "add", f"192.0.2.{number}/24", "dev", "v")
        run("ip", "-n", name, "link", "set", "v", "up")
    # All of this is c's, so that any of it may be a source.
    run("ip", "-n", "c", "route", "add", "local", "198.18.0.0/16", "dev", "lo")
    run("ip", "-n", "b", "route", "add", "198.18.0.0/16", "via", "192.0.2.3")
    links = {}
    for offset, kind in enumerate(("wireguard", "naawg")):
        ids = Identity(), Identity()
        port = PORT + 10 * offset
        for number, name in enumerate("ab"):
            run("ip", "-n", name, "link", "add", kind, "type", kind)
            tool = WG if kind == "naawg" else "wg"
            run("ip", "netns", "exec", name, tool, "set", kind, "private-key",
                "/dev/stdin", "listen-port", str(port), "peer",
                base64.b64encode(ids[1 - number].public).decode(),
                "allowed-ips", f"10.{offset}.0.0/16", "endpoint",
                f"192.0.2.{2 - number}:{port}",
                input=base64.b64encode(ids[number].private))
            run("ip", "-n", name, "addr", "add",
                f"10.{offset}.0.{number + 1}/24", "dev", kind)
            run("ip", "-n", name, "link", "set", kind, "up")
        links[kind] = (f"10.{offset}.0.2", port, ids[1].public)
    return links


def flood(port, public, many):
    """A process in c that sends that many a second to b until killed."""
    pid = os.fork()
    if pid:
        return pid
    enter("c")
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IP, 15, 1)		# IP_FREEBIND
    sock.bind(("0.0.0.0", 0))
    messages = b"".join(with_macs(struct.pack("<II", INITIATION, n + 1)
                                  + os.urandom(140), public)
                        for n in range(A_CALL))
    start, calls = time.monotonic(), 0
    while True:
        number = calls % 60000 if many else 0
        source = struct.pack("!I", (198 << 24) + (18 << 16) + 1 + number)
        sock.sendmsg([messages],
                     [(socket.IPPROTO_IP, 8, struct.pack("I", 0) + source
                       + bytes(4)),
                      (socket.IPPROTO_UDP, UDP_SEGMENT,
                       struct.pack("H", 148))], 0, ("192.0.2.2", port))
        calls += 1
        ahead = calls * A_CALL / RATE - (time.monotonic() - start)
        if ahead > 0:
            time.sleep(ahead)


def stream(address):
    """Bytes a second from a to b."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        enter("b")
        server = socket.create_server((address, 7000))
        os.write(writer, b"x")
        sock = server.accept()[0]
        total = 0
        while got := sock.recv(1 << 18):
            total += len(got)
        os.write(writer, struct.pack("Q", total))
        os._exit(0)
    os.read(reader, 1)
    sender = os.fork()
    if not sender:
        enter("a")
        sock = socket.create_connection((address, 7000), timeout=30)
        sock.settimeout(30)
        data = bytes(1 << 18)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            sock.sendall(data)
        sock.close()
        os._exit(0)
    start = time.monotonic()
    os.waitpid(sender, 0)
    total = struct.unpack("Q", os.read(reader, 8))[0]
    elapsed = time.monotonic() - start
    os.waitpid(pid, 0)
    os.close(reader)
    os.close(writer)
    return total / elapsed


def measure(link, many):
    """The rate that is kept with the flood at the link, over that with it at a socket."""
    address, port, public = link
    rates = []
    for target in (NOWHERE, port):
        pid = flood(target, public, many)
        time.sleep(0.3)
        rates.append(stream(address))
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        # until the load is forgotten
        time.sleep(1.2)
    return rates


def main():
    """All rounds, drivers taking turns; JSON and a table."""
    links = build()
    deaf = os.fork()
    if not deaf:
        enter("b")
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("0.0.0.0", NOWHERE))
        while True:
            time.sleep(3600)
    for link in links.values():
        stream(link[0])
    runs = []
    for number in range(ROUNDS):
        for many in (False, True):
            for kind, link in links.items():
                whole, kept = measure(link, many)
                runs.append({"round": number, "kind": kind,
                             "sources": "many" if many else "one",
                             "whole": whole, "kept": kept})
    os.kill(deaf, 9)
    lines = ["| flood from | driver | Mbit/s, flood elsewhere | Mbit/s, flood here | kept, median (least, most) |",
             "|---|---|---|---|---|"]
    for sources in ("one", "many"):
        for kind in links:
            mine = [r for r in runs if (r["kind"], r["sources"]) == (kind, sources)]
            ratios = [r["kept"] / r["whole"] for r in mine]
            speeds = [statistics.median(r[k] for r in mine) * 8 / 1e6
                      for k in ("whole", "kept")]
            lines.append(
                f"| {sources} | {kind} | {speeds[0]:.0f} | {speeds[1]:.0f} | "
                f"{statistics.median(ratios):.2f} ({min(ratios):.2f}, {max(ratios):.2f}) |")
    with open(os.path.join(OUT, "result.json"), "w", encoding="ascii") as file:
        json.dump({"rate": RATE, "runs": runs}, file)
    with open(os.path.join(OUT, "table.md"), "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
    print("\n".join(lines))


main()
