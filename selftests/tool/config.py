#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Configuration files judged, and key pairs, with no kernel module around."""

import base64
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
OUT = os.path.join(HERE, "../out/tool")
TOOL = os.path.join(OUT, "naawg-san")
TOOLS = os.path.join(HERE, "../../tools")

sys.path.insert(0, os.path.join(HERE, ".."))

# pylint: disable=wrong-import-position
from suite import Suite  # noqa: E402

suite = Suite(kernel=False)
ok = suite.report


def run(*argv, stdin=""):
    done = subprocess.run([TOOL, *argv], input=stdin, capture_output=True, text=True,
                          timeout=60, check=False, env={"PATH": "/usr/bin:/bin"})
    return done.returncode, done.stdout, done.stderr


def public(private):
    return run("pubkey", stdin=private)[1].strip()


subprocess.run(["make", "-s", "-C", HERE], stdout=sys.stderr, check=True)
OWN = run("genkey")[1].strip()
KEYS = [public(run("genkey")[1]) for _ in range(3)]
PSK = run("genpsk")[1].strip()


def conf(interface="", peers=("AllowedIPs = 10.100.0.10/32",)):
    text = f"[Interface]\nPrivateKey = {OWN}\n{interface}\n"
    for key, lines in zip(KEYS, peers):
        text += f"[Peer]\nPublicKey = {key}\n{lines}\n"
    return text


def changed_bits(key):
    """A private key that is the same one once it is clamped."""
    raw = bytearray(base64.b64decode(key))
    raw[0] ^= 5
    raw[31] ^= 128
    return base64.b64encode(raw).decode()


def judged(text, *options, policy=""):
    """Status and words about a file with this text."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "wg0.conf")
        rules = os.path.join(folder, "policy.conf")
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w",
                  encoding="utf-8") as f:
            f.write(text)
        with open(rules, "w", encoding="utf-8") as f:
            f.write(policy)
        before = os.stat(path)
        status, out, err = run("check-config", "--policy", rules, *options, path)
        if os.stat(path).st_mtime_ns != before.st_mtime_ns:
            return -1, out, "the file was touched"
        return status, out, err


def good(what, text, *options, policy=""):
    status, out, err = judged(text, *options, policy=policy)
    ok(status == 0 and ": fine, " in out and OWN not in out + err, f"good: {what}", out + err)


def bad(what, text, *words, options=(), policy=""):
    """Refused, each of the words is said, and no secret is."""
    status, out, err = judged(text, *options, policy=policy)
    ok(status == 1 and all(w in err for w in words) and OWN not in out + err
       and PSK not in out + err, f"refused: {what}", f"{status} {out}{err}")


def warned(what, text, *words, policy="", number=1):
    """Fine with warnings of these words; refused where warnings are errors."""
    status, out, err = judged(text, policy=policy)
    ok(status == 0 and ": fine, " in out and err.count(": warning: ") == number
       and all(w in err for w in words), f"warned: {what}", f"{status} {out}{err}")
    for options, rule in ((["--strict"], policy), ([], policy + "Strict = yes\n")):
        status, out, err = judged(text, *options, policy=rule)
        ok(status == 1 and not out and all(w in err for w in words),
           f"refused under {' '.join(options) or 'Strict = yes'}: {what}",
           f"{status} {out}{err}")


def lines_of_the_host():
    good("all keys of an interface", conf("""
Address = 10.100.0.11/24, fd00:100::11/64
ADDRESS=10.100.1.1
DNS = 10.0.0.1,fd00::53 , example.org
MTU = 1420
Table = 1234
PreUp = echo up > /tmp/x # no comment
PostUp = ip rule add from %i
PreDown = :
PostDown = :
SaveConfig = true
Kill = no
Forward = 3306:tcp:10.101.0.2
ForwardInterface = eth0"""))
    for table in ("auto", "off", "main", "0x10", "4294967295"):
        good(f"Table = {table}", conf(f"Table = {table}"))
    for line in ("Table = none-such", "Table = 0", "Table = 4294967296", "Table = -1",
                 "MTU = 575", "MTU = 65536", "MTU = x", "Address = 10.0.0.256",
                 "Address = 10.0.0.1/33", "Address = fd00::1/129", "Address = 10.0.0.1/",
                 "Address = 10.0.0.1/255.0.255.0", "Address = fd00::1/255.255.255.0",
                 "Address = 10.0.0.1/24 10.0.0.300", "DNS = a b!c", "DNS = 10.0.0.1/24",
                 "DNS = 10.0.0.256", "DNS = 10.0.0.1:53", "DNS = 10.0.0.1%eth0", "DNS = fe80::1%",
                 "DNS = ~", "DNS = ~10.0.0.1", "DNS = a~b", "SaveConfig = maybe", "SaveConfig =",
                 "Kill = maybe", "Kill =",
                 "ForwardInterface = a-name-that-is-too-long", "ForwardInterface = a/b",
                 "Forward = 0:tcp:10.101.0.2", "Forward = 80:sctp:10.101.0.2",
                 "Adress = 10.0.0.1"):
        bad(line, conf(line), ":3:")


def lists_and_blanks():
    """As wg-quick takes them: programs and people leave keys empty and commas behind."""
    for line in ("Address = 10.0.0.1/24,", "Address = ,", "Address = , 10.0.0.1/24 ,, fd00::1 ,",
                 "Address = 10.0.0.1/24 fd00::1/64", "Address = 10.0.0.1/24\t10.0.0.2 # , x",
                 "Address = 10.0.0.1/255.255.255.0", "DNS = 10.0.0.1 10.0.0.2 corp.example",
                 "DNS = 10.0.0.1, ~corp.example", "DNS = 10.0.0.1 ~.", "DNS = fe80::1%eth0,",
                 "DNS = 10.0.0.1\r"):
        good(line.strip(), conf(line))
    for key in ("Address", "DNS", "MTU", "Table", "PreUp", "PostUp", "PreDown", "PostDown"):
        good(f"{key} without a value", conf(f"{key} ="))
        good(f"{key} without a value, but a blank", conf(f"{key} = \t\r"))
    for where in ("[fe80::1%eth7]:51820", "[fe80::1%no-such-link]:1"):
        good(f"Endpoint = {where}, the link being another machine's",
             conf(peers=[f"Endpoint = {where}"]))
    for where in ("[fe80::1%]:1", "[fe80::1%a-name-that-is-too-long]:1", "[fe80::1%a/b]:1",
                  "[fe80::x%eth7]:1", "[2001:db8::1%eth7]:1", "10.0.0.1%eth7:1"):
        bad(f"Endpoint = {where}", conf(peers=[f"Endpoint = {where}"]), ":6:")


def lines_of_a_peer():
    for text in ("Name = laptop", "Name = Anna's phone # the new one", "# Name = x",
                 "# friendly_name = x", "# friendly_name=" + 100 * "x"):
        good(text[:40], conf(peers=[text]))
    bad("a name too long", conf(peers=["Name = " + 64 * "x"]), ":6:")
    bad("an empty name", conf(peers=["Name ="]), ":6:")
    bad("a name with a bell", conf(peers=["Name = a\ab"]), ":6:")
    for where in ("vpn.example.org:51820", "[fd00::1]:1", "192.0.2.1:65535", "a_b-c:51820"):
        good(f"Endpoint = {where}, asked of nobody", conf(peers=[f"Endpoint = {where}"]))
    for where in ("vpn.example.org", "vpn.example.org:0", "vpn.example.org:65536", "10.0.0.1:70000",
                  "192.0.2.256:51820", "a b c!:51820", "[fd00::1:51820", ":51820",
                  "vpn.example.org:http"):
        bad(f"Endpoint = {where}", conf(peers=[f"Endpoint = {where}"]), ":6:")
    bad("a secret in the wrong place", conf(peers=[f"PrivateKey = {OWN}"]), ":6:")
    bad("a peer without a key", "[Peer]\nAllowedIPs = 10.0.0.1/32\n", ":1:")


def secrets_in_the_wrong_place():
    """A key, or the command of a hook, is not repeated wherever it stands."""
    for line in ("PrivateKey: {}", "PrivateKey {}", "PrivatKey = {}", "PreSharedKeys = {}", "{}",
                 "= {}", "PublicKey {}", "[PrivateKey = {}]", "Endpoint = {}", "Forward = {}",
                 "Forward = {}:tcp", "Forward = 80:{}", "Forward = 80:tcp:{}",
                 "Forward = 80:tcp:[{}", "Forward = 80:tcp:10.1.0.1:{}",
                 "Forward = 80:tcp:10.1.0.1 from {}x", "Forward = 80:tcp:10.1.0.1 from 10.1.0.1/{}",
                 "Forward = 80:tcp:10.1.0.1 dev {}", "ListenPort = {}", "FwMark = {}",
                 "AllowedIPs = {}", "AllowedIPs = 10.0.0.1/{}", "AllowedIPs = 10.0.0.1, {}",
                 "PersistentKeepalive = {}", "Endpoint = [{}", "Endpoint = 10.0.0.1:{}",
                 "Endpoint = {}!:1", "MTU = {}", "Table = {}", "DNS = {}", "Address = {}",
                 "SaveConfig = {}", "ForwardInterface = {}", "PublicKey = {} PresharedKey = {}"):
        # each begins with a letter, and has a slash early on, at which some values are cut
        key = "kLT5abc/" + PSK[8:]
        for text in (conf(line.replace("{}", key)), conf(peers=[line.replace("{}", key)])):
            status, out, err = judged(text)
            shown = [at for at in range(43 - 4) if key[at:at + 5] in out + err]
            ok(status == 1 and not shown, f"a key is not repeated: {line}", f"{status} {out}{err}")
    for line in ("PostUp = curl -H token:hunter2", "PreUpp = curl -H token:hunter2",
                 "Private Key = hunter2", "PrivateKey = hunter2", "PreSharedKey hunter2"):
        status, out, err = judged(conf(peers=["Name = x\n" + line.replace("Upp", "Down")]))
        ok(status == 1 and "hunter2" not in out + err and line[:3] in err,
           f"a hook or secret below [Peer] is not repeated: {line}", f"{status} {out}{err}")
    ours = "this PublicKey is our own private key"
    shown = "this PublicKey is a PresharedKey of this file"
    interface = f"[Interface]\nPrivateKey = {OWN}\n"
    bad("our private key as a peer's public one",
        conf(peers=["AllowedIPs = 10.0.0.2/32"]) + f"[Peer]\nName = x\nPublicKey = {OWN}\n",
        ":7:", ours, "naawg pubkey")
    bad("the same, twice, and before [Interface]",
        2 * f"[Peer]\nPublicKey = {OWN}\n" + interface, ":1:", ":3:", ours)
    bad("the same without clamping", interface.replace(OWN, changed_bits(OWN)) +
        f"[Peer]\nPublicKey = {OWN}\n", ":3:", ours)
    bad("the same, with a character lost", conf(peers=[]) +
        f"[Peer]\nPublicKey = {OWN[:20] + OWN[21:]}\n", ":5:", "(hidden)")
    bad("our private key as a preshared one", conf(peers=[f"PresharedKey = {OWN}"]),
        ":4:", "this PresharedKey is our own private key", "naawg genpsk")
    bad("our private key as a name", conf(peers=[f"Name = {OWN}"]), ":4:", "this Name is")
    bad("our private key in a forward", conf(f"Forward = 80:tcp:10.1.0.1 from {OWN}"),
        "a Forward has our own private key")
    bad("a peer's public key as its preshared one",
        conf(peers=[f"PresharedKey = {KEYS[0]}"]), ":4:", "are the same key")
    bad("a preshared key as another peer's public one",
        conf(peers=[f"PresharedKey = {PSK}"]) + f"[Peer]\nPublicKey = {PSK}\n", ":7:", shown)
    bad("a wrong line without a secret is quoted", conf("Adress = 10.0.0.1"), "`Adress=10.0.0.1'")
    bad("a public key with too little", conf(peers=[]) + f"[Peer]\nPublicKey = {KEYS[1][:-2]}\n",
        ":5:", "This PublicKey has 42 characters")
    for part in (f"{PSK[:20]} {PSK[20:]}", PSK[:40], PSK + "A", "10.1.0.1/" + PSK[:30]):
        status, out, err = judged(conf(f"Forward = 80:tcp:10.1.0.1 from {part}"))
        ok(status == 1 and PSK[:9] not in out + err and "(hidden)" in err,
           "nor as the source of a forward", f"{status} {out}{err}")
    bad("a short source is repeated", conf("Forward = 80:tcp:10.1.0.1 from laptop"), "`laptop'")
    bad("and so is an address", conf("Forward = 80:tcp:10.1.0.1 from 10.10.100.200.300"),
        "`10.10.100.200.300'")
    for key in (OWN, PSK):
        for bad_key in (f"{key}A", f"{key[:30]}", f"{key[:-1]}", f"!{key}", f"{key} x"):
            line = f"PublicKey = {bad_key}\n"
            for text in (f"{interface}[Peer]\n{line}", f"[Peer]\n{line}{interface}",
                         f"{interface}{line}", line):
                status, out, err = judged(text)
                shown = [at for at in range(43 - 4) if key[at:at + 5] in out + err]
                ok(status == 1 and not shown and "(hidden)" in err,
                   "a secret is not repeated as a malformed PublicKey", f"{status} {out}{err}")


def said_twice():
    """A key with one value takes one, and lines after a missing [Peer] are refused."""
    bad("a forgotten [Peer]", conf(peers=[f"AllowedIPs = 10.0.0.2/32\n"
                                          f"PublicKey = {KEYS[1]}\nAllowedIPs = 10.0.0.3/32"]),
        ":7:", "PublicKey", "line 5", "[Peer]")
    for line in (f"PrivateKey = {PSK}", "ListenPort = 1", "FwMark = 1", "MTU = 1400", "Table = off",
                 "SaveConfig = true", "ForwardInterface = eth0"):
        key = line.split(" ", maxsplit=1)[0]
        first = "" if key == "PrivateKey" else line.replace("off", "auto")
        bad(f"{key} twice", conf(f"{first}\n# between\n{line.replace('Key', 'key')}"), ":5:", key,
            "line 2" if key == "PrivateKey" else "line 3")
        bad(f"{key} in a second [Interface]", conf(f"{first}\n[Interface]\n{line}"), ":5:",
            "A second [Interface] begins in line 4")
    for line in (f"PresharedKey = {PSK}", "Endpoint = 10.0.0.1:1", "PersistentKeepalive = 25",
                 "Name = x"):
        bad(f"{line[:12]} twice", conf(peers=[f"{line}\n{line}"]), ":7:", "line 6", "[Peer]")
        good(f"{line[:12]} of two peers", conf(peers=[line, line]))
    good("lists go on in further lines", conf(
        "Address = 10.100.0.1/24\nAddress = fd00::1/64\nDNS = 10.0.0.1\nDNS = 10.0.0.2\n"
        "Forward = 80:tcp:10.1.0.1\nForward = 81:tcp:10.1.0.1\nPostUp = :\nPostUp = :\n"
        "PreUp = :\nPreUp = :\nPreDown = :\nPreDown = :\nPostDown = :\nPostDown = :",
        ["AllowedIPs = 10.100.0.5/32\nAllowedIPs = 10.100.0.6/32\n# Name = x\nName = y"]))
    for key in ("RequirePresharedKey", "AllowWildcard", "Strict"):
        bad(f"{key} twice in the policy", conf(), "policy.conf:3:", key, "line 1",
            policy=f"{key} = yes\n\n{key} = no\n")
    bad("lists of the policy in further lines", conf(peers=["AllowedIPs = 10.3.0.1/32"]),
        "10.3.0.0/16", policy="ForbidRoutes = 10.2.0.0/16\nForbidRoutes = 10.3.0.0/16\n")
    nets = [f"ForbidRoutes = 172.16.{n}.0/24, 172.17.{n}.0/24\n" for n in range(128)]
    good("as many forbidden networks as an interface takes", conf(), policy="".join(nets))
    bad("one more", conf(), "policy.conf: ForbidRoutes has 257 networks", "256",
        policy="".join(nets) + "ForbidRoutes = fd00::/64\n")
    good("an MTU in decimal", conf("MTU = 01420"))
    bad("an MTU that is not", conf("MTU = 0x58c"), ":3:", "MTU")


def what_overlaps():
    bad("an allowed IP of two peers", conf(peers=["AllowedIPs = 10.1.0.0/16\nName = anna",
                                                  "AllowedIPs = 10.1.2.3/16\nName = bert"]),
        "anna", "bert", "10.1.0.0/16")
    bad("likewise IPv6", conf(peers=["AllowedIPs = fd00::/64", "AllowedIPs = fd00::1/64"]),
        "fd00::/64")
    bad("a peer twice", conf() + f"[Peer]\nPublicKey = {KEYS[0]}\n", "line 4", ":7:")
    bad("our own public key", conf() + f"[Peer]\nPublicKey = {public(OWN)}\n", "our own")
    bad("a service in the tunnel's network",
        conf("Address = 10.100.0.11/24\nForward = 80:tcp:10.100.0.5"), "10.100.0.5")
    good("a service in a network of its own",
         conf("Address = 10.100.0.11/24\nForward = 80:tcp:10.101.0.5"))
    bad("a peer that is everybody", conf(peers=["AllowedIPs = 0.0.0.0/0"]), "0.0.0.0/0")
    bad("likewise IPv6", conf(peers=["AllowedIPs = ::/0"]), "::/0")
    good("that, when asked for", conf(peers=["AllowedIPs = 0.0.0.0/0, ::/0"]),
         "--allow-wildcard")


EDGES = ("0.0.0.0/0, ::/0", "0.0.0.0/1, 128.0.0.0/1", "::/1, 8000::/1", "128.0.0.0/1, 0.0.0.0/1",
         "0.0.0.0/2, 64.0.0.0/2, 10.0.0.0/8, 128.0.0.0/1", "0.0.0.9/1, 129.0.0.0/1",
         ", ".join(f"{n}.0.0.0/6" for n in range(0, 256, 4)),
         ", ".join(f"{n:x}00::/8" for n in range(256)),
         # everything but one address, and that one
         ", ".join([f"{(0xffffffff << (32 - n)) % 2**32 >> 24 & 255}."
                    f"{(0xffffffff << (32 - n)) % 2**32 >> 16 & 255}."
                    f"{(0xffffffff << (32 - n)) % 2**32 >> 8 & 255}."
                    f"{(0xffffffff << (32 - n)) & 255}/{n + 1}" for n in range(32)]
                   + ["255.255.255.255/32"]))


def everything():
    """All addresses as allowed IPs, however they are cut."""
    for cut in EDGES:
        text = conf(peers=[f"AllowedIPs = {cut}"])
        name = cut if len(cut) < 60 else f"{cut[:25]} ... {cut[-25:]}"
        bad(f"not asked for: {name}", text, "every address", "--allow-wildcard")
        good(f"asked for: {name}", text, "--allow-wildcard")
        good(f"by policy: {name}", text, policy="AllowWildcard = yes\n")
        bad(f"against the policy: {name}", text, "AllowWildcard = no", options=["--allow-wildcard"],
            policy="AllowWildcard = no\n")
        bad(f"strictly: {name}", text, "--strict", options=["--strict", "--allow-wildcard"])
        good(f"strictly, by policy: {name}", text, "--strict",
             policy="AllowWildcard = yes\nStrict = yes\n")
        text = conf(peers=[f"# AllowWildcard = yes\nAllowedIPs = {cut}"])
        good(f"asked for in the file: {name}", text)
        bad(f"against that: {name}", text, "AllowWildcard = no", policy="AllowWildcard = no\n")
        if ", " in cut and "/0" not in cut:
            text = conf(peers=[f"AllowedIPs = {cut.rsplit(', ', 1)[0]}"])
            good(f"all but the last of {name}", text)
    bad("a half for each of two peers", conf(peers=["AllowedIPs = 0.0.0.0/1",
                                                    "AllowedIPs = 128.0.0.0/1"]),
        "all peers together", "0.0.0.0/0")
    good("a half of each family", conf(peers=["AllowedIPs = 0.0.0.0/1, 8000::/1"]))
    good("a comment that is none", conf(peers=["# allowwildcard=YES\nAllowedIPs = ::/0"]))
    bad("a comment that says no", conf(peers=["# AllowWildcard = no\nAllowedIPs = ::/0"]),
        "every address")


def sections():
    bad("an empty file", "", "is empty", "[Interface]")
    bad("comments alone", "# nothing\n\n", "is empty")
    bad("no [Interface]", f"[Peer]\nPublicKey = {KEYS[0]}\n", "no section [Interface]")
    bad("two of them", conf("[interface]\nAddress = 10.0.0.1/24"), ":3:", "[Interface]")
    bad("two of them, apart", conf() + "[Interface]\n", ":7:")
    bad("a second one behind a peer", conf() + f"[Interface]\nPrivateKey = {PSK}\n",
        "A second [Interface] begins in line 7", ":8:")


def addresses():
    for address, why in (("10.8.0.0/24", "network itself"), ("10.8.0.255/24", "broadcast"),
                         ("10.0.0.0/8", "network itself"), ("10.255.255.255/8", "broadcast"),
                         ("10.8.0.4/30", "network itself"), ("10.8.0.7/30", "broadcast"),
                         ("fd00::/64", "network itself"), ("fd00::4/126", "network itself")):
        bad(f"Address = {address}", conf(f"\nAddress = 10.1.0.1/24, {address}"), why, address,
            ":4:")
    for address in ("10.8.0.0/31", "10.8.0.1/31", "10.8.0.0/32", "10.8.0.0", "10.8.0.255/32",
                    "10.8.0.255/23", "fd00::/127", "fd00::1/127", "fd00::/128", "fd00::",
                    "fd00::ffff:ffff:ffff:ffff/64", "10.8.0.254/24", "10.8.0.6/30"):
        good(f"Address = {address}", conf(f"Address = {address}"))
    for ours, theirs in (("10.8.0.1/24", "10.8.0.1/32"), ("fd00::1/64", "fd00::1/128"),
                         ("10.8.0.1", "10.8.0.1"), ("10.1.0.1/24, 10.8.0.1/24", "10.8.0.1/32")):
        bad(f"our own {theirs} as an allowed IP", conf(f"Address = {ours}",
                                                      [f"AllowedIPs = 10.9.0.0/16, {theirs}"]),
            "our own Address", theirs, ":4:")
    good("our own network as an allowed IP", conf("Address = 10.8.0.2/24",
                                                  ["AllowedIPs = 10.8.0.0/24"]))
    bad("IPv6 with a small MTU", conf("Address = fd00::1/64\n\nMTU = 1279"), ":5:", "1280")
    bad("a peer's IPv6 with a small MTU", conf("MTU = 1279", ["AllowedIPs = fd00::5/128"]), ":3:",
        "1280", "fd00::5/128")
    good("IPv6 with the least MTU", conf("Address = fd00::1/64\nMTU = 1280"))
    good("IPv4 with a small MTU", conf("Address = 10.0.0.1/24\nMTU = 576"))
    for port in ("65536", "99999", "4294967297", "99999999999999999999", "-1"):
        bad(f"ListenPort = {port}", conf(f"ListenPort = {port}"), ":3:")
    for port in ("0", "1", "65535"):
        good(f"ListenPort = {port}", conf(f"ListenPort = {port}"))


def warnings():
    keyless = conf().replace(f"PrivateKey = {OWN}\n", "")
    warned("no PrivateKey", keyless, "no PrivateKey")
    warned("a PrivateKey of zeroes", conf().replace(OWN, 43 * "A" + "="), "no PrivateKey")
    warned("no AllowedIPs", conf(peers=["Name = x"]), "no AllowedIPs", ":4:")
    warned("one network in another", conf(peers=["AllowedIPs = 10.1.0.0/16\nName = anna",
                                                 "AllowedIPs = 10.0.0.0/8\nName = bert"]),
           "10.1.0.0/16 of anna", "10.0.0.0/8 of bert", ":4:")
    warned("each of them", conf(peers=["AllowedIPs = 10.0.0.0/8, 10.3.0.0/16, fd00::/8",
                                       "AllowedIPs = 10.1.0.0/16, 10.1.2.0/24, fd00::1/128",
                                       "AllowedIPs = 10.1.2.3/32, 11.0.0.0/8, 10.3.1.0/24"]),
           "10.1.0.0/16", "fd00::1/128", "10.1.2.3/32", "10.3.1.0/24", number=4)
    good("networks of one peer", conf(peers=["AllowedIPs = 10.0.0.0/8, 10.1.0.0/16, 10.1.0.0/16"]),
         "--strict")
    for endpoint, net in (("198.51.100.2:5002", "198.51.100.0/24"),
                          ("198.51.100.2:5002", "198.51.100.2/32"),
                          ("[2001:db8::2]:5002", "2001:db8::/32")):
        lines = f"AllowedIPs = 10.0.0.2/32, {net}\nEndpoint = {endpoint}"
        warned(f"endpoint {endpoint} in {net}", conf(peers=[lines]), net, "enter the tunnel",
               ":4:")
        warned("likewise with a mark", conf("FwMark = 5", [lines]), net)
        good("not with routes of one's own", conf("Table = off", [lines]), "--strict")
    good("an endpoint behind a default route", conf(peers=["AllowedIPs = 0.0.0.0/0\n"
                                                           "Endpoint = 198.51.100.2:5002"]),
         "--allow-wildcard")
    warned("all are said", keyless + f"[Peer]\nPublicKey = {KEYS[1]}\n", "PrivateKey",
           "AllowedIPs", number=2)
    status, out, err = judged(conf("Address = 10.0.0.0/24", ["Name = x"]))
    ok(status == 1 and not out and "network itself" in err and "warning: this peer" in err,
       "errors and warnings are both said", err)


def names_and_owners():
    with tempfile.TemporaryDirectory() as folder:
        def checked(name, mode=0o600, owner=None):
            path = os.path.join(folder, name)
            with open(os.open(path, os.O_CREAT | os.O_WRONLY, mode), "w",
                      encoding="utf-8") as f:
                f.write(conf())
            if owner is not None:
                os.chown(path, owner, -1)
            status, out, err = run("check-config", path)
            os.unlink(path)
            return status, out + err
        for name in ("wg0.conf", "a-b_c=d+e.f.conf", "fifteenletters.conf"):
            status, said = checked(name)
            ok(status == 0, f"the name {name}", said)
        for name in ("thisnameistoolong.conf", "wg0.txt", "wg0", "wg 0.conf", ".conf", "wg0.conf~"):
            status, said = checked(name)
            ok(status == 1 and "neither an interface nor a file" in said, f"the name {name}", said)
        if not os.getuid():
            status, said = checked("wg0.conf", owner=65534)
            ok(status == 1 and "belongs to user 65534" in said, "a file of user 65534", said)
        status, said = checked("wg0.conf", mode=0o644)
        ok(status == 0 and "warning: mode 0644" in said, "a file others can read", said)


def forwards():
    """Forwards that the kernel (module/nat/) would refuse, as far as the file tells."""
    def some(*lines, port="51820"):
        return conf(f"ListenPort = {port}\n" + "\n".join("Forward = " + line for line in lines))
    good("ports side by side", some("80:tcp:10.101.0.2", "80:udp:10.101.0.2",
                                    "81-90:tcp:10.101.0.2", "80:tcp:[fd00:101::2]",
                                    "51820:tcp:10.101.0.2", "51821-51830:udp:10.101.0.2"))
    for port in ("51820", "51000-52000"):
        bad(f"the link's own port in {port}", some(f"{port}:udp:10.101.0.2"), "ListenPort 51820")
    for first, second in (("80:tcp:10.101.0.2", "80:tcp:10.101.0.2"),
                          ("80:tcp:10.101.0.2", "70-90:tcp:10.101.0.3"),
                          ("70-90:tcp:10.101.0.3", "90:tcp:10.101.0.2:8080"),
                          ("80:tcp:[fd00:101::2]", "80:tcp"), ("80:tcp", "80:tcp:10.101.0.2"),
                          ("80:tcp:10.101.0.2 from 10.0.0.1", "80:tcp:10.101.0.2 from 10.0.0.2")):
        bad(f"{second} after {first}", some(first, second), f"Forward = {second.split()[0]}",
            f"forward {first.split()[0]}", "already")
    for address in ("127.0.0.1", "127.9.9.9", "[::1]"):
        bad(f"a service at {address}", some(f"80:tcp:{address}"), "loopback")
    for address in ("0.0.0.0", "224.0.0.1", "255.255.255.255", "[::]", "[ff02::1]"):
        bad(f"a service at {address}", some(f"80:tcp:{address}"), "not the address of a host")
    bad("a service at [fe80::1]", some("80:tcp:[fe80::1]"), "ambiguous")
    for name in ("a/b", "a:b", ".", ".."):
        bad(f"dev {name}", some(f"80:tcp:10.101.0.2 dev {name}"), "name of an interface")
    many = [f"{port}:tcp:10.101.0.2" for port in range(1, 4098)]
    good("4096 forwards", some(*many[1:]))
    bad("4097 forwards", some(*many), "4096")


def policies():
    rule = "[Policy]\nRequirePresharedKey = yes\n"
    bad("no preshared key", conf(), "PresharedKey", policy=rule)
    good("a preshared key", conf(peers=[f"PresharedKey = {PSK}"]), policy=rule)
    rule = "TunnelSubnet = 10.100.0.0/24, fd00::/64 # ours\n"
    good("a peer in the tunnel's network", conf("Address = 10.100.0.1/24"), policy=rule)
    bad("a peer outside", conf(peers=["AllowedIPs = 10.100.1.0/24"]), "TunnelSubnet",
        policy=rule)
    bad("a peer wider than that", conf(peers=["AllowedIPs = 10.100.0.0/23"]),
        "TunnelSubnet", policy=rule)
    bad("an address outside", conf("Address = 10.99.0.1/24"), "TunnelSubnet", policy=rule)
    bad("IPv6 under a policy of IPv4", conf(peers=["AllowedIPs = fd00::1/128"]),
        "TunnelSubnet", policy="TunnelSubnet = 10.0.0.0/8\n")
    rule = "ForbidRoutes = 192.168.50.0/24\n"
    good("far from the DMZ", conf(), policy=rule)
    bad("a forward into the DMZ", conf("Forward = 80:tcp:192.168.50.3"), "ForbidRoutes",
        policy=rule)
    bad("a peer in the DMZ", conf(peers=["AllowedIPs = 192.168.50.7/32"]), "ForbidRoutes",
        policy=rule)
    bad("a peer around the DMZ", conf(peers=["AllowedIPs = 192.168.0.0/16"]),
        "ForbidRoutes", policy=rule)
    bad("a wildcard against the policy", conf(peers=["AllowedIPs = 0.0.0.0/0"]), "AllowWildcard = no",
        options=["--allow-wildcard"], policy="AllowWildcard = no\n")
    good("a wildcard by policy", conf(peers=["AllowedIPs = 0.0.0.0/0"]),
         policy="AllowWildcard = yes\n")
    for rule in ("RequirePresharedKeys = yes", "RequirePresharedKey = 2", "TunnelSubnet = x",
                 "ForbidRoutes", "ForbidRoutes = 10.0.0.0/33"):
        bad(f"a policy nobody understands: {rule}", conf(), "policy.conf:1:",
            policy=rule + "\n")


def the_rest():
    status, out, _ = run("check-config", "-", stdin=conf())
    ok(status == 0 and "1 peer" in out, "a file from standard input")
    ok(run("check-config", "/none/such")[0] == 1, "a file that is not there")
    ok(run("check-config", "/")[0] == 1, "a directory")
    ok(run("check-config")[0] == 1, "no file")
    ok(run("check-config", "--policy", "/none/such", "-", stdin=conf())[0] == 1,
       "a policy that is not there")
    with tempfile.TemporaryDirectory() as folder:
        def pair(text):
            path = os.path.join(folder, "pub")
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            return run("pubkey", "--check", path, stdin=OWN + "\n")
        status, out, _ = pair(public(OWN) + "\n")
        ok(status == 0 and public(OWN) in out, "a public key that belongs to the private one")
        status, _, err = pair(KEYS[0])
        ok(status == 1 and public(OWN) in err, "one that does not, and which would", err)
        status, out, err = pair(OWN)
        ok(status == 1 and "private key itself" in err and OWN not in out + err,
           "the private key in place of the public one", err)
        ok(pair("")[0] == 1 and pair("x")[0] == 1 and pair(KEYS[0] + "x")[0] == 1,
           "no key in the file")


def what_a_build_lacks():
    """make names the packages, all of them at once."""
    for folder, target, words in (
            ("tools", "need-libs", ["gcc", "libmnl-dev", "libsodium-dev"]),
            (".", "install", ["linux-headers-amd64", "libmnl-dev", "libsodium-dev"])):
        done = subprocess.run(["make", "-s", "-C", os.path.join(TOOLS, "..", folder), target,
                               "CC=false", "KDIR=/none"], capture_output=True, text=True,
                              timeout=60, check=False)
        ok(done.returncode and all(word in done.stderr for word in words),
           f"make {target} without them", done.stdout + done.stderr)
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "tools")
        shutil.copytree(TOOLS, copy, symlinks=True)
        argv = ["make", "-s", "-C", copy, "install", f"DESTDIR={folder}", "VERSION=1", "CC=false"]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
        ok(not done.returncode and os.path.exists(os.path.join(folder, "usr/bin/naawg")),
           "a finished build is installed without a compiler", done.stdout + done.stderr)
        os.unlink(os.path.join(copy, "build/lib/json.o"))
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
        ok(done.returncode and done.stderr.count("libsodium-dev") == 1,
           "an unfinished build is not installed, and the missing packages are named", done.stdout + done.stderr)


def marked_text():
    """Editors put a byte order mark before text, and do not show it."""
    mark = "\ufeff"
    good("a file with a byte order mark", mark + conf("Address = 10.0.0.1/24"))
    bad("a policy with one is obeyed", conf(), "PresharedKey", policy=mark + "RequirePresharedKey = yes")
    ok(public(mark + OWN) == public(OWN), "a key with one")
    for name in ("naawg", "naawg-quick"):
        with tempfile.TemporaryDirectory() as folder:
            path, tool = os.path.join(folder, "wg0.conf"), os.path.join(folder, name)
            with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as f:
                f.write(mark + conf("Address = 10.0.0.1/24"))
            os.symlink(TOOL, tool)
            done = subprocess.run([tool, "strip", path], capture_output=True, text=True, check=False)
            ok(done.returncode == 0 and done.stdout.startswith("[Interface]\n"),
               f"{name} strip leaves it out", done.stdout[:12] + done.stderr)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "wg0.conf")
        for encoding in ("utf-16-le", "utf-16-be"):
            with open(path, "wb") as f:
                f.write((mark + conf()).encode(encoding))
            status, _, err = run("check-config", path)
            ok(status == 1 and "save the file as UTF-8" in err and ":1:1:" in err,
               f"{encoding} is named", err)
    for start in ("\u00ef", "\ufeff\ufeff"):
        bad(f"an unknown byte order mark: {start!r}", start + conf(), ":1:")


def files_of_naawg_quick():
    """setconf names what takes the file, before it asks the kernel for anything."""
    for verb in ("setconf", "addconf", "syncconf"):
        for line, peer_lines in (("Address = 10.0.0.1/24", []), ("DNS=10.0.0.1", []),
                                 ("mtu = 1400", []), ("PostUp = true", []), ("", ["Name = x"])):
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "wg0.conf")
                with open(path, "w", encoding="utf-8") as f:
                    f.write(conf(line, peer_lines))
                status, _, err = run(verb, "no-such", path)
            ok(status == 1 and "naawg-quick up" in err and "naawg-quick strip" in err
               and "naawg strip" in err and OWN not in err,
               f"{verb} of a file with {line or peer_lines[0]}", err)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "wg0.conf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(conf("Adress = 10.0.0.1/24"))
        ok("naawg-quick" not in run("setconf", "no-such", path)[2],
           "setconf of a misspelt line says nothing of it")


def refused_by_naawg_quick():
    """A file that is refused has a status of its own, which its unit goes by."""
    if os.getuid():
        ok(True, "status of naawg-quick # SKIP this is not root")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "wg0.conf")
        quick = os.path.join(folder, "naawg-quick")
        os.symlink(TOOL, quick)

        def status(text, mode, verb):
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            os.chmod(path, mode)
            return subprocess.run([quick, verb, path], capture_output=True, check=False,
                                  timeout=60).returncode

        fine = conf("Address = 10.0.0.1/24")
        ok(status(fine, 0o600, "check") == 0, "naawg-quick: 0 for a file it takes")
        for verb in ("check", "up"):
            for what, text, mode in (("a line that cannot be read", fine + "Nonsense\n", 0o600),
                                     ("an error", conf("Address = 10.0.0.0/24"), 0o600),
                                     ("its mode", fine, 0o644)):
                ok(status(text, mode, verb) == 78,
                   f"naawg-quick {verb}: 78 for a file refused for {what}")
        ok(status("Nonsense\n", 0o600, "down") == 1,
           "naawg-quick down: 1 without a link, whatever the file says")
        os.unlink(path)
        missing = subprocess.run([quick, "up", path], capture_output=True, check=False)
        ok(missing.returncode == 78, "naawg-quick up: 78 without the file")
        typing = subprocess.run([quick, "up"], capture_output=True, check=False)
        ok(typing.returncode == 1, "naawg-quick up: 1 without an argument")


def without_root():
    if os.getuid() or not os.access(TOOL, os.X_OK):
        ok(True, "without root # SKIP this is not root")
        return
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o711)
        path = os.path.join(folder, "wg0.conf")
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as f:
            f.write(conf())
        for name, verb in (("naawg", "check-config"), ("naawg", "apply"), ("naawg", "setconf"),
                           ("naawg-quick", "up"), ("naawg-quick", "down"), ("naawg-quick", "strip"),
                           ("naawg-quick", "reload")):
            tool = os.path.join(folder, name)
            if not os.path.exists(tool):
                shutil.copy(TOOL, tool)
            argv = [tool, verb, *(["wg0"] if verb == "setconf" else []), path]
            done = subprocess.run(argv, capture_output=True, text=True, check=False, user=65534,
                                  group=65534, extra_groups=[])
            ok(done.returncode == 1 and "Run it as root" in done.stderr, f"{name} {verb} as nobody",
               done.stderr)


def left_behind(secret, *argv, stdin=None):
    """How often a secret is in the memory of the tool as it ends, and what it printed."""
    turned = "".join(chr(ord(c) ^ 1) for c in secret)
    done = subprocess.run([os.path.join(OUT, "naawg"), *argv], input=stdin, capture_output=True,
                          text=True, timeout=60, check=False,
                          env={"PATH": "/usr/bin:/bin", "NAAWG_LEFTOVER": turned,
                               "LD_PRELOAD": os.path.join(OUT, "leftover.so")})
    counts = [line.split()[1] for line in done.stderr.splitlines()
              if line.startswith("leftover: ")]
    return int(counts[0]) if len(counts) == 1 else -1, done.stdout


def nothing_left_behind():
    text = conf(peers=[f"PresharedKey = {PSK}"])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "wg0.conf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        n, _ = left_behind(path, "strip", path)
        ok(n > 0, "a secret in an argument is found", str(n))
        for what, secret in (("private", OWN), ("preshared", PSK)):
            n, out = left_behind(secret, "strip", path)
            ok(n == 0 and secret in out, f"strip wipes the {what} key", f"{n} {out}")
            n, out = left_behind(secret, "strip", "-", stdin=text)
            ok(n == 0 and secret in out, f"likewise from standard input: {what} key", f"{n} {out}")
            n, out = left_behind(secret, "check-config", path)
            ok(n == 0 and "fine" in out, f"check-config wipes the {what} key", f"{n} {out}")
    n, out = left_behind(OWN, "pubkey", stdin=OWN + "\n")
    ok(n == 0 and out.strip() == public(OWN), "pubkey wipes the private key", f"{n} {out}")
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([TOOL, "strip", "-"], input=text, stdout=full, text=True,
                              stderr=subprocess.PIPE, check=False)
    ok(done.returncode == 1 and "No space" in done.stderr,
       "a configuration that cannot be written is a failure", done.stderr)


def no_module():
    status, out, _ = run("check", "wg0")
    what = "check is red without the module, and says so"
    if os.path.exists("/sys/module/naawg"):
        ok(True, what + " # SKIP there is one")
    else:
        ok(status == 1 and "kernel module is not loaded" in out, what, out)


def completed(*words):
    """The words that the completion of bash offers after these words."""
    program = words[0].replace("naawg", TOOL, 1)
    script = (f"source {TOOLS}/completion/naawg.bash;"
              f"COMP_WORDS=({' '.join([program, *words[1:]])} '');"
              f"COMP_CWORD={len(words)}; _naawg; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True,
                          check=False).stdout.split()


def helps():
    """--help of every command: usage on standard output, and nothing is done."""
    listed = [line.split(":")[0].strip() for line in run("help")[1].splitlines()
              if line.startswith("  ")]
    asked = [[word, *more] for word in listed for more in (["--help"], ["-h"], ["x", "--help"])]
    for argv in [*asked, ["help", "--help"], ["version", "--help"]]:
        status, out, err = run(*argv)
        ok(status == 0 and out.startswith("Usage: ") and not err, f"naawg {' '.join(argv)}",
           f"{status} {out} {err}")
    with tempfile.TemporaryDirectory() as folder:
        quick = os.path.join(folder, "naawg-quick")
        os.symlink(TOOL, quick)
        for argv in (["--help"], ["help"], *([word, "--help"] for word in
                                             ("up", "down", "check", "save", "strip", "reload"))):
            done = subprocess.run([quick, *argv], capture_output=True, text=True, timeout=60,
                                  check=False)
            ok(done.returncode == 0 and done.stdout.startswith("Usage: ") and not done.stderr,
               f"naawg-quick {' '.join(argv)}", done.stdout + done.stderr)


def pages_and_completion():
    listed = [line.split(":")[0].strip() for line in run("help")[1].splitlines()
              if line.startswith("  ")]
    ok(len(listed) > 15, "the commands are listed")
    offered = completed("naawg")
    lost = [word for word in listed if word not in offered]
    ok(not lost, "each is completed", " ".join(lost))
    with open(f"{TOOLS}/man/naawg.8", encoding="utf-8") as f:
        page = f.read().replace("\\fB", "").replace("\\fR", "").replace("\\-", "-")
    lost = [word for word in listed if f"\n.B {word}" not in page
            and f"\n.BI {word} " not in page and f"\n.BR {word} " not in page
            and f"\n{word} " not in page]
    ok(not lost, "each has its place in the manual page", " ".join(lost))
    ok("--max-age" in completed("naawg", "check", "wg0") and
       "refresh" in completed("naawg", "endpoints") and
       "reload" in completed("naawg-quick"), "options and subcommands are completed")
    ok(set(completed("naawg-quick", "up")) >= {"--strict", "--adopt"} and
       "--adopt" not in completed("naawg-quick", "reload"), "those of naawg-quick as well")
    with open(f"{TOOLS}/man/naawg.conf.5", encoding="utf-8") as f:
        page = f.read()
    keys = ["PrivateKey", "ListenPort", "FwMark", "AnswerUnreachable", "Address", "DNS", "MTU", "Table", "PreUp",
            "PostUp", "PreDown", "PostDown", "SaveConfig", "Kill", "Forward", "ForwardInterface",
            "PublicKey", "PresharedKey", "AllowedIPs", "Endpoint", "PersistentKeepalive",
            "Name", "RequirePresharedKey", "TunnelSubnet", "ForbidRoutes", "AllowWildcard", "Strict"]
    lost = [key for key in keys if not any(f"{before}{key}" in page for before in
                                           (".B ", ".BR ", '" '))]
    ok(not lost, "each key of a file has its place in naawg.conf(5)", " ".join(lost))


def main():
    for part in (pages_and_completion, helps, lines_of_the_host, lists_and_blanks,
                 lines_of_a_peer,
                 secrets_in_the_wrong_place, said_twice, what_overlaps, policies,
                 the_rest, nothing_left_behind, no_module, forwards, everything, sections,
                 addresses, warnings, names_and_owners, marked_text, files_of_naawg_quick,
                 refused_by_naawg_quick, what_a_build_lacks, without_root):
        part()
    suite.end()


main()
