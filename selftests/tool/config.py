#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Configuration files judged, and key pairs, with no kernel module around."""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
TOOL = os.path.join(HERE, "../out/tool/naawg-san")
TOOLS = os.path.join(HERE, "../../tools")
COUNT = FAILED = 0


def ok(good, what, seen=""):
    global COUNT, FAILED
    COUNT += 1
    FAILED += not good
    print(("ok" if good else "not ok"), COUNT, what)
    if not good:
        for line in seen.splitlines():
            print("#", line)
    sys.stdout.flush()


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
Forward = 3306:tcp:10.101.0.2
ForwardInterface = eth0"""))
    for table in ("auto", "off", "main", "0x10", "4294967295"):
        good(f"Table = {table}", conf(f"Table = {table}"))
    for line in ("Table = none-such", "Table = 0", "Table = 4294967296", "Table = -1",
                 "MTU = 575", "MTU = 65536", "MTU = x", "Address = 10.0.0.256",
                 "Address = 10.0.0.1/33", "Address = fd00::1/129", "Address =", "Address = ,",
                 "DNS = a b!c", "DNS = 10.0.0.1/24", "SaveConfig = maybe", "PostUp =",
                 "ForwardInterface = a-name-that-is-too-long", "ForwardInterface = a/b",
                 "Forward = 0:tcp:10.101.0.2", "Forward = 80:sctp:10.101.0.2",
                 "Adress = 10.0.0.1"):
        bad(line, conf(line), ":3:")


def lines_of_a_peer():
    for text in ("Name = laptop", "Name = Anna's phone # the new one", "# Name = x",
                 "# friendly_name = x", "# friendly_name=" + 100 * "x"):
        good(text[:40], conf(peers=[text]))
    bad("a name too long", conf(peers=["Name = " + 64 * "x"]), ":6:")
    bad("an empty name", conf(peers=["Name ="]), ":6:")
    bad("a name with a bell", conf(peers=["Name = a\ab"]), ":6:")
    for where in ("vpn.example.org:51820", "[fd00::1]:1", "192.0.2.1:65535", "a_b-c:51820"):
        good(f"Endpoint = {where}, asked of nobody", conf(peers=[f"Endpoint = {where}"]))
    for where in ("vpn.example.org", "vpn.example.org:0", "vpn.example.org:65536",
                  "192.0.2.256:51820", "a b c!:51820", "[fd00::1:51820", ":51820",
                  "vpn.example.org:http"):
        bad(f"Endpoint = {where}", conf(peers=[f"Endpoint = {where}"]), ":6:")
    bad("a secret in the wrong place", conf(peers=[f"PrivateKey = {OWN}"]), ":6:")
    bad("a peer without a key", "[Peer]\nAllowedIPs = 10.0.0.1/32\n", ":1:")


def what_overlaps():
    good("one prefix in another", conf(peers=["AllowedIPs = 10.0.0.0/8",
                                              "AllowedIPs = 10.1.0.0/16"]))
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
    bad("a wildcard against the policy", conf(peers=["AllowedIPs = 0.0.0.0/0"]), "says no",
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


def no_module():
    status, out, _ = run("check", "wg0")
    what = "check is red without the module, and says so"
    if os.path.exists("/sys/module/naawg"):
        ok(True, what + " # SKIP there is one")
    else:
        ok(status == 1 and "kernel module is not loaded" in out, what, out)


def completed(*words):
    """What the completion of bash offers for the last of these words."""
    script = (f"source {TOOLS}/completion/naawg.bash; COMP_WORDS=({' '.join(words)} '');"
              f"COMP_CWORD={len(words)}; $0; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
    return subprocess.run(["bash", "-c", script, f"_{words[0].replace('-', '_')}"],
                          capture_output=True, text=True, check=False).stdout.split()


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
    with open(f"{TOOLS}/man/naawg.conf.5", encoding="utf-8") as f:
        page = f.read()
    keys = ["PrivateKey", "ListenPort", "FwMark", "Address", "DNS", "MTU", "Table", "PreUp",
            "PostUp", "PreDown", "PostDown", "SaveConfig", "Forward", "ForwardInterface",
            "PublicKey", "PresharedKey", "AllowedIPs", "Endpoint", "PersistentKeepalive",
            "Name", "RequirePresharedKey", "TunnelSubnet", "ForbidRoutes", "AllowWildcard"]
    lost = [key for key in keys if not any(f"{before}{key}" in page for before in
                                           (".B ", ".BR ", '" '))]
    ok(not lost, "each key of a file has its place in naawg.conf(5)", " ".join(lost))


def main():
    for part in (pages_and_completion, lines_of_the_host, lines_of_a_peer, what_overlaps,
                 policies, the_rest, no_module):
        part()
    print(f"1..{COUNT}")
    return 1 if FAILED else 0


sys.exit(main())
