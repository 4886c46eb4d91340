#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The tool held against wg, with no kernel module on either side.

wg also speaks to user-space implementations, in a text protocol over a socket
per interface. A small server here plays such an implementation: what wg shows
of a given answer, and what wg asks for given a configuration, is compared with
what the tool's own parsers and printers make of the same input.
"""

import base64
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))

# pylint: disable=wrong-import-position
import saved_files  # noqa: E402
from suite import Suite  # noqa: E402

OUT = os.path.join(HERE, "../out/tool")
TOOL = os.path.join(OUT, "naawg-san")
PROBE = os.path.join(OUT, "model_probe")
WG = "/usr/bin/wg"
SOCKETS = "/var/run/wireguard"
INSIDE = "NAAWG_TEST_INSIDE"

FIELDS = ["public-key", "private-key", "listen-port", "fwmark", "peers", "preshared-keys",
          "endpoints", "allowed-ips", "latest-handshakes", "transfer",
          "persistent-keepalive", "dump"]

K1 = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="
K2 = "TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0="
ZERO = "A" * 43 + "="


suite = Suite(kernel=False)
ok = suite.report


def run(argv, stdin=b"", env=None, **more):
    # the same argv[0] for all: it stands in usage texts
    full = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C",
            "WG_ENDPOINT_RESOLUTION_RETRIES": "0"}
    full.update(env or {})
    done = subprocess.run(argv, input=stdin, capture_output=True, env=full, timeout=60,
                          check=False, **more)
    return done.returncode, done.stdout, done.stderr


def unhex(key):
    return base64.b64decode(key).hex()


class Server(threading.Thread):
    """Plays an implementation: answers get=1, keeps the last set=1."""

    def __init__(self, name):
        super().__init__(daemon=True)
        self.answer = b""
        self.asked = None
        os.makedirs(SOCKETS, exist_ok=True)
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.bind(f"{SOCKETS}/{name}.sock")
        self.sock.listen(4)
        self.start()

    def run(self):
        while True:
            conn, _ = self.sock.accept()
            data = b""
            while not data.endswith(b"\n\n"):
                more = conn.recv(1 << 16)
                if not more:
                    break
                data += more
            try:
                if data.startswith(b"get=1"):
                    conn.sendall(self.answer + b"errno=0\n\n")
                elif data:
                    self.asked = data
                    conn.sendall(b"errno=0\n\n")
            except OSError:
                pass    # wg left early: its exit code tells
            conn.close()


def answer_of_many():
    """A device with peers of every age, size and shape."""
    def key(text):
        return hashlib.sha256(text.encode()).hexdigest()

    now = int(time.time())
    # Not near a change of unit: seconds pass between the two tools.
    ages = [None, 90, 3690, 7290, 86400 + 90, 90090, 31536000 + 90, 3 * 31536000 + 100000,
            -1000, 5 * 86400 + 90, None, None]
    sizes = [0, 1, 1023, 1024, 1500, 1 << 20, 5 * (1 << 20) + 17, 1 << 30, (1 << 40) - 1,
             1 << 40, (5 << 40) + 12345678901, (1 << 64) - 1]
    lines = [f"private_key=70{key('a')[2:-2]}41", "listen_port=51820", "fwmark=4660"]
    for i, age in enumerate(ages):
        lines.append(f"public_key={key('p%d' % i)}")
        lines.append("preshared_key=" + (key('s%d' % i) if i % 3 == 0 else "0" * 64))
        lines += [[], [f"endpoint=10.0.0.{i}:{1000 + i}"], [f"endpoint=[2001:db8::{i}]:{i}"],
                  [f"endpoint=[::ffff:10.0.0.{i}]:65535"]][i % 4]
        lines += [f"last_handshake_time_sec={now - age if age else 0}",
                  f"last_handshake_time_nsec={i if age else 0}",
                  f"tx_bytes={sizes[(i + 3) % len(sizes)]}", f"rx_bytes={sizes[i]}",
                  f"persistent_keepalive_interval={[0, 25, 60, 65535, 1][i % 5]}"]
        for k in range(i % 4):
            lines += [f"allowed_ip=10.{i}.{k}.0/24", f"allowed_ip=fd00:{i}::{k}:0:0/{64 + k * 32}"]
        lines.append("protocol_version=1")
    return "\n".join(lines).encode() + b"\n"


ANSWERS = {
    "many peers": answer_of_many(),
    "nothing set": b"",
    "two bare peers": b"listen_port=7\npublic_key=%s\npublic_key=%s\nrx_bytes=5\n"
                      % (b"01" * 32, b"02" * 32),
    "ends of ranges": b"listen_port=65535\nfwmark=4294967295\npublic_key=%s\n"
                      b"endpoint=255.255.255.255:1\nallowed_ip=0.0.0.0/0\nallowed_ip=::/0\n"
                      % (b"ff" * 32),
}


def diff(a, b):
    return [f"wg:   {a!r}"[:2000], f"here: {b!r}"[:2000]]


def steady(make_wg, make_ours):
    """Both outputs within one second: ages are counted in seconds."""
    for _ in range(50):
        before = int(time.time())
        a, b = make_wg(), make_ours()
        if int(time.time()) == before:
            break
    return a, b


def test_show(server):
    for what, answer in ANSWERS.items():
        server.answer = answer
        for env in ({}, {"WG_COLOR_MODE": "always"}, {"WG_HIDE_KEYS": "never"},
                    {"WG_COLOR_MODE": "always", "WG_HIDE_KEYS": "never"}):
            a, b = steady(lambda: run([WG, "show", "nwt0"], env=env),
                          lambda: run([PROBE, "show", "nwt0"], answer, env=env))
            ok(a == b, f"show: {what} {env or ''}", diff(a, b))
        for field in FIELDS:
            a = run([WG, "show", "nwt0", field])
            b = run([PROBE, "show", "nwt0", field], answer)
            ok(a == b, f"show {field}: {what}", diff(a, b))
        a = run([WG, "showconf", "nwt0"])
        b = run([PROBE, "showconf", "nwt0"], answer)
        ok(a == b, f"showconf: {what}", diff(a, b))


def test_show_all(servers, tmp):
    args = []
    for (name, server), answer in zip(servers.items(), ANSWERS.values()):
        server.answer = answer
        path = os.path.join(tmp, name)
        with open(path, "wb") as out:
            out.write(answer)
        args.append((name, path))
    order = run([WG, "show", "interfaces"])[1].decode().split()
    args = [word for name in order for pair in args if pair[0] == name for word in pair]
    for field in FIELDS + [None]:
        a, b = steady(lambda: run([WG, "show", "all"] + ([field] if field else [])),
                      lambda: run([PROBE, "showall", field or "-"] + args))
        ok(a == b, f"show all {field or ''}", diff(a, b))


I = "[Interface]\n"
P = f"[Peer]\nPublicKey={K1}\n"

# Text of a file, and the place that is blamed (None: the file is good).
FILES = [
    ("", None), ("# only words\n", None), ("[Interface]", None),
    (f"[interface]\nprivatekey={K1}", None),
    (f"{I}PrivateKey={K1}\nListenPort=51820\nFwMark=0x20\n{P}AllowedIPs=10.0.0.0/8\n", None),
    (f"{I}PrivateKey={K1[:-1]}", (2, 12)), (I + "PrivateKey=", (2, 1)),
    (I + "ListenPort=", (2, 1)), (I + "ListenPort=0", None), (I + "ListenPort=65535", None),
    (I + "ListenPort=-1", (2, 12)), (I + "ListenPort=http", (2, 12)),
    (I + "ListenPort=domain", None), (I + "ListenPort = 5 1 8 2 0 # c", None),
    (I + "ListenPort=0x10", (2, 12)), (I + "  ListenPort =  1x", (2, 17)),
    (I + "ListenPort=010", None),
    (I + "FwMark=", (2, 1)), (I + "FwMark=off", None), (I + "FwMark=OFF", None),
    (I + "FwMark=0x10", None), (I + "FwMark=0X10", (2, 8)), (I + "FwMark=010", None),
    (I + "FwMark=0xffffffff", None), (I + "FwMark=0x100000000", (2, 8)),
    (I + "FwMark=4294967295", None), (I + "FwMark=4294967296", (2, 8)),
    (I + "FwMark=-1", (2, 8)), (I + "FwMark=0x", (2, 8)), (I + "FwMark=0x1g", (2, 8)),
    (I + "FwMark=00000000000000000001", None), (I + "FwMark=0x0000000000000000001", None),
    (P, None), ("[Peer]\n", (1, 1)), (f"\n\n[Peer]\n{P}", (3, 1)), (P + P, None),
    (P + "AllowedIPs=", (3, 1)), (P + "AllowedIPs=1.2.3.4", None),
    (P + "AllowedIPs=1.2.3.4/33", (3, 20)), (P + "AllowedIPs=1.2.3.4/24", None),
    (P + "AllowedIPs=::1/129", (3, 16)), (P + "AllowedIPs=fd00::1/64", None),
    (P + "AllowedIPs=1.2.3.4/", (3, 20)), (P + "AllowedIPs=1.2.3.4/-1", (3, 20)),
    (P + "AllowedIPs=1.2.3.4/032", None), (P + "AllowedIPs=1.2.3.4/08, 9.9.9.9 / 9", None),
    (P + "AllowedIPs=1.2.3.4/+3", (3, 20)), (P + "AllowedIPs=1.2.3.4/24/24", (3, 20)),
    (P + "AllowedIPs=1.2.3.4,", (3, 20)), (P + "AllowedIPs=,1.2.3.4", (3, 12)),
    (P + "AllowedIPs = 1.2.3.4, 5.6.7.8/99, 9.9.9.9", (3, 31)),
    (P + "AllowedIPs=1.2.3.4 5.6.7.8", (3, 12)), (P + "AllowedIPs=example", (3, 12)),
    (P + "AllowedIPs=1.2.3", (3, 12)), (P + "AllowedIPs=fe80::1%1/64", (3, 12)),
    (P + "AllowedIPs=1.2.3.4\nAllowedIPs=5.6.7.8/8\n", None),
    (P + "AllowedIPs=::ffff:1.2.3.4/120", None), (P + "AllowedIPs=0.0.0.0/0,::/0", None),
    (P + "Endpoint=", (3, 1)), (P + "Endpoint=1.2.3.4", (3, 17)),
    (P + "Endpoint=1.2.3.4:", (3, 18)), (P + "Endpoint=1.2.3.4:0", None),
    (P + "Endpoint=1.2.3.4:5", None), (P + "Endpoint=:5", (3, 10)),
    (P + "Endpoint=[::1]:5", None), (P + "Endpoint=[::1]5", (3, 16)),
    (P + "Endpoint=[::1", (3, 10)), (P + "Endpoint=[::1]", (3, 15)),
    (P + "Endpoint=::1:5", None), (P + "Endpoint=[fe80::1%lo]:5", None),
    (P + "Endpoint=1.2.3.4:-1", (3, 10)), (P + "Endpoint=[]:5", (3, 10)),
    (P + "Endpoint=localhost:5", None), (P + "Endpoint=1.2.3.4:5:6", (3, 10)),
    (P + "Endpoint=1.2.3:99", None), (P + "Endpoint=1.2.3.4 : 5", None),
    (P + "Endpoint=1.2.3.4:nosuchservice", (3, 10)),
    (P + "PersistentKeepalive=0", None), (P + "PersistentKeepalive=off", None),
    (P + "PersistentKeepalive=OFF", None), (P + "PersistentKeepalive=65535", None),
    (P + "PersistentKeepalive=65536", (3, 21)), (P + "PersistentKeepalive=-1", (3, 21)),
    (P + "PersistentKeepalive=0x10", (3, 21)), (P + "PersistentKeepalive=010", None),
    (P + "PersistentKeepalive=1x", (3, 21)), (P + "PersistentKeepalive=" + "9" * 30, (3, 21)),
    (f"{P}PresharedKey={K2}", None), (f"{P}PresharedKey={ZERO}", None),
    (P + "PresharedKey=x", (3, 14)), (P + "PresharedKey=", (3, 1)),
    (f"[Peer]\nPublicKey={ZERO}", None), (f"{P}PublicKey={K2}", None),
    (f"{I}PrivateKey={K1}\n{I}ListenPort=1", None), (f"{P}{I}ListenPort=1\n{P}", None),
    (f"{I}PublicKey={K1}", (2, 1)), (f"{P}PrivateKey={K1}", (3, 1)),
    (P + "ListenPort=5", (3, 1)), (I + "  Bogus=1", (2, 3)), ("ListenPort=5\n", (1, 1)),
    ("[Bogus]\n", (1, 1)), (I + "ListenPort\n", (2, 1)), (I + "List enP ort = 5\n", None),
    ("[ Interface ]\nListenPort=5", None), (f"[Peer]\nPublicKey={K1} x", (2, 11)),
    ("[Interface]ListenPort=5", (1, 1)), (I + "\tListenPort\t=\t5\r\n", None),
    (I + "ListenPort=5\n\n\n#end", None), (I + "=5", (2, 1)),
    (f"{I}Private\x01Key={K1}", (2, 1)), (f"{I}PrivateKey={K1}\0\nListenPort=5\n", None),
    (f"{I}PrivateKey={K1}{K1}", (2, 12)), (I + "ListenPort=5;x", (2, 12)),
    (I + "Address=10.0.0.1/24", (2, 1)), (I + "ListenPort=\xa05", (2, 12)),
    (f"{I}PrivateKey ={K1[:20]} {K1[20:]}", None), (f"[Peer]\nPublicKey={K1[:-2]}h=", (2, 11)),
    (f"[Peer]\nPublicKey=!{K1[1:]}", (2, 11)), (f"[Peer]\nPublicKey={K1[:-1]}A", (2, 11)),
    ("\xef\xbb\xbf[Interface]\n", (1, 1)), (I + "#" * 100000 + "\nListenPort=1\n", None),
    (P + "AllowedIPs=" + ",".join(f"10.{i}.{j}.0/24" for i in range(64) for j in range(64)),
     None),
]


def hide(text, *keys):
    """wg shows malformed secrets; here they never are."""
    for key in keys:
        text = text.replace(f"`{key}'".encode(), b"`(hidden)'")
    return text


def normal_stderr(err):
    """Our messages without the place, and those of wg with secrets hidden as ours are."""
    keep = []
    err = re.sub(rb"(Line unrecognized: `)Private\x01Key=.*'",
                 rb"\1(hidden)'", err)
    err = re.sub(rb"(Line unrecognized: `PublicKey=)[A-Za-z0-9+/]{43}='", rb"\1(hidden)'", err)
    for line in err.splitlines(True):
        if line.startswith((b"AT ", b"Configuration parsing error", b"Invalid configuration")):
            continue
        for name in (b"PrivateKey=", b"PresharedKey="):
            at = line.lower().find(b"`" + name.lower())
            if at >= 0 and line.startswith(b"Line unrecognized") and \
               line[at + 1 + len(name):at + 2 + len(name)] != b"'":
                line = line[:at + 1 + len(name)] + b"(hidden)'\n"
        keep.append(line)
    return b"".join(keep)


def test_files(server, tmp):
    path = os.path.join(tmp, "conf")
    for verb, mode in (("setconf", "replace"), ("addconf", "append")):
        for text, place in FILES:
            with open(path, "wb") as out:
                out.write(text.encode("latin1"))
            server.asked = None
            rc, _, err = run([WG, verb, "nwt0", path])
            our_rc, our_out, our_err = run([PROBE, mode, path])
            name = f"{verb}: {text[:60]!r}"
            err = normal_stderr(err)
            if place and ("PrivateKey" in text or "PresharedKey" in text):
                err = hide(err, K1[:-1], K1 + K1, "x")
            seen = f"AT {place[0]}:{place[1]}\n".encode() if place else b""
            good = rc == our_rc and (server.asked or b"") == our_out and \
                err == normal_stderr(our_err) and our_err.endswith(seen) and \
                bool(place) == bool(rc)
            ok(good, name, diff((rc, server.asked, err, seen), (our_rc, our_out, our_err)))


def test_args(server, tmp):
    def put(name, text):
        with open(os.path.join(tmp, name), "w", encoding="ascii") as out:
            out.write(text)

    put("k", K2 + "\n")
    put("bad", "abc\n")
    put("trail", K2 + "\n!")
    put("white", K2 + " \n\t\n")
    put("empty", "")
    put("newline", "\n")
    put("format", "!" + K2[1:])
    put("lead", " " + K2)
    put("zero", ZERO + "\n")
    p = ["peer", K1]
    cases = [["listen-port", v] for v in ("5", "0", "x", "", " 5", "65535")]
    cases += [["fwmark", v] for v in ("0x1", "off", "0xz", "")]
    cases += [["private-key", v] for v in ("k", "bad", "trail", "white", "empty", "newline",
                                           "format", "lead", "zero", "nofile", "/dev/null",
                                           "", "/tmp")]
    cases += [p + ["preshared-key", v] for v in ("k", "bad", "empty", "format")]
    cases += [[w] for w in ("listen-port", "fwmark", "private-key", "peer", "remove",
                            "endpoint", "help", "--help", "")]
    cases += [["peer", v] for v in ("x", K1, " " + K1, "")]
    cases += [p + w for w in (
        ["remove"], ["remove", "endpoint", "1.2.3.4:5"], ["endpoint", "1.2.3.4:5", "remove"],
        ["endpoint"], ["endpoint", ""], ["endpoint", "x"], ["endpoint", " 1.2.3.4:5"],
        ["allowed-ips"], ["allowed-ips", ""], ["allowed-ips", " "], ["allowed-ips", ","],
        ["allowed-ips", "1.2.3.4/24,fd00::/8"], ["allowed-ips", "1.2.3.4/24, fd00::/8"],
        ["allowed-ips", "1.2.3.4/24,", "fd00::/8"], ["allowed-ips", "a,b"],
        ["allowed-ips", "1.2.3.4/3x"], ["persistent-keepalive"],
        ["persistent-keepalive", "5"], ["persistent-keepalive", ""],
        ["persistent-keepalive", "off"], ["preshared-key"], ["private-key", "k"],
        ["listen-port", "5"], ["fwmark", "1"], ["peer", K2, "remove"], ["peer"], ["bogus"],
        ["allowed-ips", "1.2.3.4", "allowed-ips", "1.2.3.5"], ["remove", "remove"])]
    cases += [["listen-port", "5", "bogus", "x"], ["PEER", K1], ["preshared-key", "k"],
              ["listen-port", "5"] + p + ["allowed-ips", "1.2.3.4", "peer", K2, "remove"],
              ["private-key", "k", "private-key", "empty"], ["allowed-ips", "1.2.3.4"]]
    for words in cases:
        server.asked = None
        rc, _, err = run([WG, "set", "nwt0"] + words, cwd=tmp)
        our_rc, our_out, our_err = run([PROBE, "args"] + words, cwd=tmp)
        err = hide(err, "!" + K2[1:])
        ok(rc == our_rc and (server.asked or b"") == our_out and err == our_err,
           "set " + " ".join(repr(w) for w in words),
           diff((rc, server.asked, err), (our_rc, our_out, our_err)))

    # Newer than the wg installed here.
    out = run([PROBE, "args"] + p + ["allowed-ips", "+10.0.0.0/8,-fd00::/8"])[1].decode()
    ok("replace" not in out and "=10.0.0.0/8\n" in out and "=-fd00::/8\n" in out,
       "set: signs before allowed IPs leave the others alone", [out])
    out = run([PROBE, "args"] + p + ["allowed-ips", "-10.0.0.0/8", "peer", K2,
                                     "allowed-ips", "1.2.3.4"])[1].decode()
    ok(out.count("replace_allowed_ips") == 1, "set: one peer's signs are not another's",
       [out])


def test_sync(server, tmp):
    path = os.path.join(tmp, "conf")
    now = (f"private_key={unhex(K1)}\nlisten_port=7\nfwmark=3\npublic_key={unhex(K1)}\n"
           f"endpoint=1.1.1.1:1\nallowed_ip=10.0.0.0/8\n"
           f"public_key={unhex(K2)}\nallowed_ip=11.0.0.0/8\n").encode()
    server.answer = now
    for name, text in (
            ("a peer goes", f"{I}ListenPort=7\n[Peer]\nPublicKey={K1}\nAllowedIPs=10.0.0.0/8\n"),
            ("a peer comes", f"{P}[Peer]\nPublicKey={K2}\n[Peer]\nPublicKey={ZERO}\n"),
            ("one goes, one comes", f"[Peer]\nPublicKey={K2}\n[Peer]\nPublicKey={ZERO}\n"),
            ("all go", I), ("the same peers", f"{P}[Peer]\nPublicKey={K2}\n"),
            ("a peer named twice", f"{P}[Peer]\nPublicKey={K2}\n{P}AllowedIPs=1.1.1.1\n")):
        with open(path, "w", encoding="ascii") as out:
            out.write(text)
        server.asked = None
        rc = run([WG, "syncconf", "nwt0", path])[0]
        our_rc, our_out, _ = run([PROBE, "sync", path], now)
        ok(rc == our_rc and server.asked == our_out, f"syncconf: {name}",
           diff(server.asked, our_out))

    with open(path, "w", encoding="ascii") as out:
        out.write(P)
    out = run([PROBE, "sync", path], now.replace(
        b"endpoint=", b"preshared_key=%s\npersistent_keepalive_interval=5\nendpoint="
        % (b"01" * 32)))[1].decode()
    ok(f"preshared_key={'0' * 64}\n" in out and "keepalive_interval=0\n" in out,
       "syncconf: a preshared key and a keepalive gone from the file are unset", [out])


def test_json(server):
    del server
    for what, answer in ANSWERS.items():
        out = run([PROBE, "json", 'a"b\\c\t\xff'.encode("latin1")], answer)[1]
        try:
            data = json.loads(out)
        except ValueError as error:
            ok(False, f"json: {what}", [str(error), repr(out)])
            continue
        secrets = [base64.b64encode(bytes.fromhex(line.split(b"=")[1].decode()))
                   for line in answer.splitlines()
                   if line.startswith((b"private_key", b"preshared_key")) and b"=0000" not in line]
        ok(data["name"] == 'a"b\\c\t\xff' and not any(s in out for s in secrets) and
           len(data["peers"]) == answer.count(b"public_key="),
           f"json: {what}, no secrets in it", [repr(out[:500])])


def test_usage(tmp):
    """Words that fail or explain themselves before any kernel is asked."""
    link = os.path.join(tmp, "wg")
    os.symlink(TOOL, link)
    os.makedirs(os.path.join(tmp, "stock"))
    stock = os.path.join(tmp, "stock", "wg")
    os.symlink(WG, stock)
    commands = [[], ["--help"], ["-h"], ["help"], ["bogus"], [""], ["help", "x"],
                ["-v", "x"], ["show", "a", "b", "c"], ["show", "-h"], ["show", "--help"],
                ["show", "help"], ["show", "--help", "x", "y", "z"],
                ["show", "interfaces", "x"], ["show", "interfaces"], ["show", "all"],
                ["show", "all", "dump"], ["show", "all", "bogus"], ["show"], ["showconf"],
                ["showconf", "a", "b"], ["set"], ["set", "nope"], ["set", "-h"],
                ["set", "nope", "foo"], ["setconf"], ["setconf", "nope"],
                ["setconf", "a", "b", "c"], ["setconf", "nope", "/nofile"], ["addconf"],
                ["addconf", "nope", "/nofile"], ["syncconf"], ["syncconf", "-h"],
                ["syncconf", "nope", "/nofile"], ["genkey", "x"], ["genkey", "-h"],
                ["genpsk", "x"], ["pubkey", "x"], ["pubkey", "--help"], ["pubkey"], ["stats"],
                ["stats", "--json"], ["--json"], ["--version"], ["-v"], ["version"]]
    for words in commands:
        a, b = run(["wg"] + words, executable=stock), run(["wg"] + words, executable=link)
        # Advice may follow on further lines of stderr.
        same = a[:2] == b[:2] and b[2].startswith(a[2])
        ok(same, "wg " + " ".join(words), diff(a, b))
    # A container's manager, no module, or the module: always the same beginning.
    rc, out, err = run(["wg", "show", "nope"], executable=link)
    ok(rc == 1 and not out and err.startswith(b"Unable to access interface: ") and
       err.count(b"\n") >= 2, "wg show nope: advice follows", [repr(err)])
    rc, out, err = run([TOOL, "--version"])
    ok(rc == 0 and out.startswith(b"naawg v") and not err, "naawg --version", [repr(out)])
    rc, out, err = run([TOOL, "stats", "--json"])
    ok(rc == 0 and json.loads(out)["devices"] == [], "naawg stats --json", [repr(out)])
    rc, out, err = run([TOOL, "--help"])
    ok(rc == 0 and b"  stats: " in out, "naawg --help names stats")


def test_conf_errors(tmp):
    """The whole tool: where an error is, that nothing was done, no secrets."""
    path = os.path.join(tmp, "c.conf")
    with open(path, "w", encoding="ascii") as out:
        out.write(f"{I}PrivateKey = {K1[:-1]}\n")
    for verb in ("setconf", "addconf", "syncconf"):
        rc, out, err = run([TOOL, verb, "nope", path])
        ok(rc == 1 and f"{path}:2:14: ".encode() in err and K1[:20].encode() not in err and
           err.splitlines()[1] == b"Configuration parsing error",
           f"{verb}: place of the error, and no key in it", [repr(err)])
    rc, out, err = run([TOOL, "setconf", "nope", tmp])
    ok(rc == 1, "setconf: a directory is no empty configuration", [repr(err)])
    with open(path, "w", encoding="ascii") as out:
        out.write(P + "Endpoint=1.2.3.4:5\n")
    for bad in ("x", "-1", "1x", "18446744073709551616"):
        env = {"WG_ENDPOINT_RESOLUTION_RETRIES": bad}
        a = run([WG, "setconf", "nope", path], env=env)
        b = run([TOOL, "setconf", "nope", path], env=env)
        ok(a[:2] == b[:2] and b[2].startswith(a[2]), f"WG_ENDPOINT_RESOLUTION_RETRIES={bad}",
           diff(a, b))


def test_ports(server, tmp):
    """Beyond 65535 they begin again at 0, as with wg; here that is said."""
    path = os.path.join(tmp, "port.conf")
    for text, said in ((f"{P}Endpoint=1.2.3.4:70000\n", b"`70000' is out of range, taken as 4464"),
                       (f"{P}Endpoint=[::1]:65536\n", b"`65536' is out of range, taken as 0"),
                       (f"{P}Endpoint=1.2.3.4:65535\n", b""),
                       (f"{I}ListenPort=70000\n", b"`70000' is out of range, taken as 4464")):
        with open(path, "w", encoding="ascii") as out:
            out.write(text)
        server.asked = None
        rc, _, _ = run([WG, "setconf", "nwt0", path])
        our_rc, our_out, err = run([PROBE, "replace", path])
        ok(rc == our_rc == 0 and server.asked == our_out and said in err and
           bool(said) == bool(err), f"port: {text.splitlines()[-1]}",
           diff((rc, server.asked), (our_rc, our_out, err)))


def test_keys(tmp):
    bad = 0
    for _ in range(100):
        key = run([TOOL, "genkey"])[1]
        bad += run([TOOL, "pubkey"], key)[:2] != run([WG, "pubkey"], key)[:2]
        key = run([WG, "genkey"])[1]
        bad += run([TOOL, "pubkey"], key)[:2] != run([WG, "pubkey"], key)[:2]
    ok(not bad, "pubkey of 200 keys, from here and from wg")
    psks = {run([TOOL, "genpsk"])[1] for _ in range(20)}
    ok(len(psks) == 20 and all(len(base64.b64decode(k)) == 32 for k in psks), "genpsk")
    good = K1[:-2] + "g="
    for text in ("", "abc", " " + good, good, good + "  x", good + " \n\t", good + "\0",
                 "!" + good[1:], good[:-2] + "h=", good[:-1] + "A", good[:-1]):
        a = run(["wg", "pubkey"], text.encode(), executable=WG)
        b = run(["wg", "pubkey"], text.encode(), executable=TOOL)
        ok(a == b, f"pubkey: {text!r}", diff(a, b))
    for mask in (0o022, 0o077, 0o026):
        old = os.umask(mask)
        seen = []
        for tool in (WG, TOOL):
            path = os.path.join(tmp, f"key-{mask}-{os.path.basename(tool)}")
            with open(path, "wb") as out:
                done = subprocess.run([tool, "genkey"], stdout=out, stderr=subprocess.PIPE,
                                      check=False)
            seen.append((done.returncode, done.stderr, os.path.getsize(path)))
        os.umask(old)
        ok(seen[0] == seen[1], f"genkey into a file, umask {mask:03o}", diff(*seen))
    with open("/dev/full", "wb") as full:
        done = subprocess.run([TOOL, "genkey"], stdout=full, stderr=subprocess.PIPE, check=False)
    ok(done.returncode == 1 and b"No space" in done.stderr,
       "genkey: a key that cannot be written is a failure", [repr(done)])


def test_saved_files(tmp):
    seen = saved_files.crashes(TOOL, tmp, 25)
    ok(not seen, "25 files of saved links that make no sense are handled in order", seen)


def test_large_json(tmp):
    """The state of another host with 10 000 peers fits into little memory."""
    peers = [{"public_key": base64.b64encode(hashlib.sha256(b"%d" % i).digest()).decode(),
              "endpoint": f"192.0.2.1:{i}", "allowed_ips": ["10.0.0.1/32"], "rx_bytes": i,
              "tx_bytes": i, "last_reason": "unanswered", "connected": False}
             for i in range(10000)]
    path = os.path.join(tmp, "large.json")
    with open(path, "w", encoding="ascii") as out:
        json.dump({"devices": [{"name": "wg0", "peers": peers}]}, out)
    rc, out, err = run(["prlimit", "--as=50331648", os.path.join(OUT, "naawg"), "diag", "nope",
                        "--json", "--pair", path])
    ok(rc == 1 and b"nope" in out and b"is not what" not in err,
       "diag --pair reads 10 000 peers in 48 MiB", [repr(out[:500]), repr(err)])


def program(name):
    """A test program with TAP of its own, as one check each."""
    rc, out, err = run([os.path.join(OUT, name)])
    for line in out.decode().splitlines():
        if line.startswith(("ok ", "not ok ")):
            ok(line.startswith("ok "), f"{name}: " + line.split(" - ", 1)[1])
    ok(rc == 0, f"{name} ends well", err.decode("latin1").splitlines()[:40])


def enter_namespaces():
    """A place of our own for sockets and links; needs root."""
    if os.environ.get(INSIDE):
        subprocess.run(["mount", "-t", "tmpfs", "none", "/run"], check=True)
        return True
    probe = subprocess.run(["unshare", "-mn", "true"], stderr=subprocess.DEVNULL, check=False)
    if probe.returncode:
        return False
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "-mn", sys.executable, os.path.realpath(__file__)])


def main():
    if not os.environ.get(INSIDE):
        made = subprocess.run(["make", "-s", "-C", HERE], capture_output=True, check=False)
        if made.returncode:
            print("1..0 # SKIP cannot build the test programs:",
                  made.stderr.decode("latin1").splitlines()[:1])
            return 4
    if not os.path.exists(WG):
        print("1..0 # SKIP wireguard-tools is not installed")
        return 4
    if not enter_namespaces():
        print("1..0 # SKIP needs root, for a mount namespace")
        return 4
    with tempfile.TemporaryDirectory() as tmp:
        program("key_test")
        program("codec_test")
        program("path_test")
        program("json_test")
        test_large_json(tmp)
        test_keys(tmp)
        test_saved_files(tmp)
        test_usage(tmp)
        test_conf_errors(tmp)
        servers = {"nwt0": Server("nwt0")}
        server = servers["nwt0"]
        test_show(server)
        test_files(server, tmp)
        test_ports(server, tmp)
        test_args(server, tmp)
        test_sync(server, tmp)
        test_json(server)
        for name in ("nwt1", "nwt2", "nwt3"):
            servers[name] = Server(name)
        test_show_all(servers, tmp)
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
