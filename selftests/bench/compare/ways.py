# SPDX-License-Identifier: GPL-2.0
"""The ways by which a web host reaches the services program.

    a 10.0.0.1 ---- veth ---- 10.0.0.2 b 10.1.0.1 ---- veth ---- 10.1.0.2 s

The client is in a. The services program runs in b, and once more in s for ways with a port
forward. All ways stand at the same time; the files of tools/examples are used as they are.
"""

import os
import shutil
import subprocess
import time

import lab
from lab import NAAWG, STOCK, Tunnel, inside, ip, run

GO = "wireguard-go"
EXAMPLES = os.path.join(lab.REPO, "tools/examples")
APPS = os.path.join(lab.REPO, "selftests/apps")
TLS = "/etc/services-tls"
SOCKET = "/run/services.sock"
STORE = "/run/store"
HOME = "/home/tunnel"
# The status of curl.
OUT_OF_TIME = 28
lab.TOOLS[GO] = "wg"
started = []


def start_in(namespace, *words, env=None):
    """A program that runs until the guest ends."""
    log = open(f"/run/{os.path.basename(words[0])}-{len(started)}.log", "w", encoding="utf-8")
    started.append(subprocess.Popen(inside(namespace, *words), stdin=subprocess.DEVNULL,
                                    stdout=log, stderr=log, env={**os.environ, **(env or {})}))
    return started[-1]


def until(what, attempt, seconds=30):
    """Wait until ATTEMPT returns something true, and return that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = attempt()
        if got:
            return got
        time.sleep(0.1)
    raise lab.Failed(f"waited in vain for {what}")


class Way:
    """A URL and how curl has to ask for it."""

    def __init__(self, name, base, *options, client="a"):
        self.name, self.base, self.options, self.client = name, base, options, client
        self.process = None

    def curl(self, *words, path, seconds=300, may_end=False):
        """The output of curl, or None if it fails. With MAY_END the end of its time is no
        failure."""
        done = subprocess.run(
            inside(self.client, "curl", "-s", "-m", str(seconds), *self.options, *words,
                   f"{self.base}{path}"),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
            timeout=seconds + 30)
        good = (0, OUT_OF_TIME) if may_end else (0,)
        return done.stdout if done.returncode in good else None

    def answers(self):
        """Does the services program answer this way?"""
        return self.curl("-f", "--connect-timeout", "2", path="/health", seconds=5) is not None


class GoTunnel(Tunnel):
    """A tunnel of the implementation in Go."""

    @staticmethod
    def add(namespace, device, _kind, mtu):
        run(*inside(namespace, GO, device))
        ip(namespace, "link", "set", device, "mtu", str(mtu))


def world():
    """The namespaces, and s behind b. Addresses of neighbours do not expire, as if routers
    lay between the hosts."""
    lab.build()
    run("ip", "netns", "add", "s")
    ip("s", "link", "set", "lo", "up")
    run("ip", "link", "add", "in", "netns", "b", "type", "veth", "peer", "name", "eth0",
        "netns", "s")
    ip("b", "addr", "add", "10.1.0.1/24", "dev", "in")
    ip("s", "addr", "add", "10.1.0.2/24", "dev", "eth0")
    ip("b", "link", "set", "in", "up")
    ip("s", "link", "set", "eth0", "up")
    ip("s", "route", "add", "default", "via", "10.1.0.1")
    ip("a", "route", "add", "10.1.0.0/24", "via", "10.0.0.2")
    run(*inside("b", "sysctl", "-qw", "net.ipv4.ip_forward=1"))
    for here, there, host in (("a", "b", 2), ("b", "a", 1)):
        address = run(*inside(there, "cat", f"/sys/class/net/v{there}/address")).strip()
        ip(here, "neigh", "replace", f"10.0.0.{host}", "lladdr", address, "dev", f"v{here}",
           "nud", "permanent")


def services():
    """The services program, with two processes of 64 threads each."""
    os.makedirs(STORE, exist_ok=True)
    words = ["gunicorn", "-k", "gthread", "--workers", "2", "--threads", "64", "--keep-alive",
             "60", "--timeout", "600", "--chdir", APPS]
    env = {"STORE": STORE, "PYTHONDONTWRITEBYTECODE": "1"}
    start_in("b", *words, "-b", "0.0.0.0:8001", "-b", f"unix:{SOCKET}", "services:app", env=env)
    start_in("s", *words, "-b", "0.0.0.0:8001", "services:app", env=env)


def unpack():
    """nginx and HAProxy from packages, as installing them would start them on the machine."""
    debs = os.path.join(os.environ.get("NAAWG_CACHE", "/var/cache/naawg"), "debs")
    names = ("nginx_", "nginx-common_", "haproxy_", "liblua5.3-0_", "libopentracing")
    for name in sorted(os.listdir(debs)):
        if name.startswith(names):
            run("dpkg-deb", "-x", f"{debs}/{name}", "/run/unpacked")
    for directory in os.listdir("/run/unpacked"):
        run("cp", "-a", f"/run/unpacked/{directory}/.", f"/{directory}/")
    run("ldconfig")
    os.makedirs("/var/log/nginx", exist_ok=True)
    os.makedirs("/var/lib/nginx", exist_ok=True)
    os.makedirs("/var/lib/haproxy", exist_ok=True)
    run("useradd", "--system", "--home-dir", "/var/lib/haproxy", "haproxy")


def proxies():
    """nginx and HAProxy with the examples; nginx has one more port without TLS."""
    unpack()
    os.makedirs(TLS, exist_ok=True)
    run("sh", "-c", f"cd {TLS} && exec {EXAMPLES}/tls/certificates.sh services 10.0.0.2")
    shutil.copy(f"{EXAMPLES}/tls/nginx.conf", "/etc/nginx/conf.d/services.conf")
    with open(f"{EXAMPLES}/tls/nginx.conf", encoding="utf-8") as file:
        body = file.read().partition("\nserver {")[2]
    plain = [line for line in body.splitlines() if "ssl" not in line]
    with open("/etc/nginx/conf.d/plain.conf", "w", encoding="utf-8") as file:
        file.write("server {\n\tlisten 8080;\n" + "\n".join(plain) + "\n")
    for path in os.listdir("/etc/nginx/sites-enabled"):
        os.unlink(f"/etc/nginx/sites-enabled/{path}")
    run(*inside("b", "nginx", "-t"))
    start_in("b", "nginx", "-g", "daemon off;")
    start_in("b", "haproxy", "-db", "-f", f"{EXAMPLES}/tls/haproxy.cfg")


def ssh():
    """sshd with the example, and autossh as the unit of the example starts it."""
    run("useradd", "--system", "--create-home", "--shell", "/usr/sbin/nologin", "tunnel")
    os.makedirs("/root/.ssh", mode=0o700, exist_ok=True)
    os.makedirs(f"{HOME}/.ssh", mode=0o700, exist_ok=True)
    os.makedirs("/run/sshd", exist_ok=True)
    for path in ("/root/.ssh/services", "/run/hostkey"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path)
    with open("/root/.ssh/services.pub", encoding="ascii") as file:
        key = file.read()
    with open(f"{HOME}/.ssh/authorized_keys", "w", encoding="ascii") as file:
        file.write(f'restrict,port-forwarding,permitopen="127.0.0.1:8001" {key}')
    run("chown", "-R", "tunnel:", HOME)
    with open("/run/sshd_config", "w", encoding="ascii") as file:
        file.write("HostKey /run/hostkey\nUsePAM yes\n"
                   f"Include {EXAMPLES}/ssh/sshd.conf\n")
    with open("/etc/hosts", "a", encoding="ascii") as file:
        file.write("10.0.0.2 services.example.org\n")
    shutil.copy(f"{EXAMPLES}/ssh/config", "/root/.ssh/config")
    start_in("b", "/usr/sbin/sshd", "-D", "-f", "/run/sshd_config")
    until("sshd", lambda: run(*inside("b", "ss", "-Htln", "sport = :22")))
    with open("/run/hostkey.pub", encoding="ascii") as file:
        known = file.read().split()
    with open("/root/.ssh/known_hosts", "w", encoding="ascii") as file:
        file.write(f"services.example.org {known[0]} {known[1]}\n")


def autossh():
    """As ExecStart of the example's unit has it."""
    with open(f"{EXAMPLES}/ssh/services-tunnel.service", encoding="ascii") as file:
        lines = dict(line.strip().split("=", 1) for line in file if "=" in line)
    name, value = lines["Environment"].split("=")
    return start_in("a", *lines["ExecStart"].split(), env={name: value})


def tunnels(kinds):
    """(name, tunnel) of each kind."""
    return {kind: (GoTunnel if kind == GO else Tunnel)(f"t{number}", (kind, kind), 20 + number)
            for number, kind in enumerate(kinds)}


def stock_forward(tunnel):
    """The forwards that users of wg-quick write into PostUp, with nft."""
    run(*inside("b", "nft", "-f", "-"), text=f"""
table ip forward {{
	chain pre {{
		type nat hook prerouting priority dstnat;
		iifname "{tunnel.name}b" tcp dport 8101 dnat to 10.1.0.2:8001
		iifname "{tunnel.name}b" tcp dport {{ 3306, 6379 }} dnat to 10.1.0.2
	}}
	chain post {{
		type nat hook postrouting priority srcnat;
		iifname "{tunnel.name}b" oifname "in" masquerade
	}}
}}
""")


def naawg_forward(tunnel):
    """The same by naawg."""
    run(*inside("b", lab.TOOLS[NAAWG], "forward", f"{tunnel.name}b", "add",
                "8101:tcp:10.1.0.2:8001 3306:tcp:10.1.0.2 6379:tcp:10.1.0.2"))


def all_ways():
    """Every way, set up, and the tunnels by kind."""
    world()
    services()
    proxies()
    ssh()
    made = tunnels((STOCK, GO, NAAWG))
    stock_forward(made[STOCK])
    naawg_forward(made[NAAWG])
    mutual = ("--cacert", f"{TLS}/ca.crt", "--cert", f"{TLS}/web.crt", "--key", f"{TLS}/web.key")
    inner = {kind: tunnel.addresses()[0] for kind, tunnel in made.items()}
    ways = [Way("plain", "http://10.0.0.2:8001"),
            Way("unix", "http://services", "--unix-socket", SOCKET, client="b"),
            Way("nginx", "http://10.0.0.2:8080"),
            Way("nginx-tls", "https://10.0.0.2:8443", *mutual),
            Way("haproxy-tls", "https://10.0.0.2:8444", *mutual),
            Way("ssh", "http://127.0.0.1:8001"),
            Way("stock", f"http://{inner[STOCK]}:8001"),
            Way("go", f"http://{inner[GO]}:8001"),
            Way("naawg", f"http://{inner[NAAWG]}:8001"),
            Way("stock-forward", f"http://{inner[STOCK]}:8101"),
            Way("naawg-forward", f"http://{inner[NAAWG]}:8101")]
    ways[5].process = autossh()
    for way in ways:
        until(f"an answer by way of {way.name}", way.answers)
    return {way.name: way for way in ways}, made


def drop_in():
    """A plain way, and a link of kind wireguard that naawg serves."""
    world()
    services()
    made = tunnels((STOCK,))
    ways = [Way("plain", "http://10.0.0.2:8001"),
            Way("drop-in", f"http://{made[STOCK].addresses()[0]}:8001")]
    for way in ways:
        until(f"an answer by way of {way.name}", way.answers)
    return {way.name: way for way in ways}, made
