# SPDX-License-Identifier: GPL-2.0
"""The measurements. A function measures one way once and returns numbers."""

import os
import resource
import subprocess
import threading
import time

import lab
from lab import NAAWG, inside, ip, run
from ways import GO, STORE, start_in, until

MEGABYTE = 1 << 20
SECRET = b"MRN 0123456789 diagnosis C50.9 "
PATIENCE = 60


def percentiles(times):
    """The middle and the slow end of times in seconds, in milliseconds."""
    times = sorted(times)
    if len(times) < 10:
        raise lab.Failed(f"only {len(times)} answers")
    return {"p50": times[len(times) // 2] * 1e3, "p99": times[int(len(times) * 0.99)] * 1e3,
            "count": len(times)}


def requests(way, count, *options):
    """Small requests, one after the other, by one process."""
    said = way.curl("-f", "-o", "/dev/null", "-w", "%{time_total}\n", *options,
                    path=f"/health?[1-{count}]", seconds=60)
    if said is None:
        raise lab.Failed("a request failed")
    return percentiles([float(line) for line in said.split()])


def keep_alive(way):
    """All over one connection."""
    return requests(way, 300)


def new_connection(way):
    """Each over a connection of its own, with a whole TLS handshake."""
    return requests(way, 100, "-H", "Connection: close", "--no-sessionid")


def spent_by(namespace):
    """Seconds of processor time that the living programs of a namespace have used."""
    own = os.stat(f"/var/run/netns/{namespace}").st_ino
    total = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat(f"/proc/{pid}/ns/net").st_ino == own:
                with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                    words = file.read().rpartition(")")[2].split()
                total += (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
        except OSError:
            continue
    return total


def bulk(way, size, transfer):
    """A transfer of SIZE bytes with the times of it and the processor time of both sides."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    web, services = spent_by("a"), spent_by("b") + spent_by("s")
    begin = time.time()
    seconds = transfer()
    end = time.time()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    per = 1e9 / size
    return {"bytes": size, "seconds": seconds, "from": begin, "to": end,
            "web": (own + spent_by("a") - web) * per,
            "services": (spent_by("b") + spent_by("s") - services) * per}


def sparse(path, size):
    """A file of zeros that takes no memory."""
    with open(path, "wb") as file:
        file.truncate(size)
    return path


def upload(way, size):
    source = sparse("/run/source", size)

    def transfer():
        said = way.curl("-f", "-o", "/dev/null", "-w", "%{time_total}", "-T", source,
                        path="/files/upload")
        if said is None:
            raise lab.Failed("the upload failed")
        return float(said)
    values = bulk(way, size, transfer)
    if way.curl("-f", "-X", "DELETE", path="/files/upload") is None:
        raise lab.Failed("the upload did not arrive")
    return values


def download(way, size):
    sparse(f"{STORE}/download", size)

    def transfer():
        said = way.curl("-f", "-o", "/dev/null", "-w", "%{time_total} %{size_download}",
                        path="/files/download")
        if said is None or int(said.split()[1]) != size:
            raise lab.Failed("the download failed")
        return float(said.split()[0])
    return bulk(way, size, transfer)


def crowd(way, count, size):
    """Uploads at the same time."""
    source = sparse("/run/source", size)
    begin = time.time()
    said = way.curl("-f", "-o", "/dev/null", "--parallel", "--parallel-immediate",
                    "--parallel-max", str(count), "-w", "%{time_total}\n", "-T", source,
                    path=f"/files/crowd-[1-{count}]")
    end = time.time()
    kept = [name for name in os.listdir(STORE) if name.startswith("crowd-")]
    for name in kept:
        os.unlink(f"{STORE}/{name}")
    if said is None or len(kept) != count:
        raise lab.Failed(f"{len(kept)} of {count} uploads arrived")
    return {"bytes": count * size, "seconds": end - begin, "from": begin, "to": end,
            "slowest": max(float(line) for line in said.split())}


def on_wire(way):
    """How often the text of an upload is to be seen on the wire."""
    with open("/run/secret", "wb") as file:
        file.write(SECRET * (MEGABYTE // len(SECRET)))
    capture = subprocess.Popen(
        inside("b", "tcpdump", "-i", "vb", "-U", "-s", "0", "-w", "/run/wire.pcap"),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    capture.stderr.readline()
    try:
        if way.curl("-f", "-o", "/dev/null", "-T", "/run/secret", path="/files/secret") is None:
            raise lab.Failed("the upload failed")
        time.sleep(0.5)
    finally:
        capture.terminate()
        capture.communicate()
    way.curl("-f", "-X", "DELETE", path="/files/secret")
    with open("/run/wire.pcap", "rb") as file:
        return {"plaintext": file.read().count(SECRET) * len(SECRET)}


def cut(on):
    """Nothing passes between a and b in either direction, or all does again."""
    for name in "ab":
        run(*inside(name, "tc", "qdisc", "del", "dev", f"v{name}", "root"), check=False)
        if on:
            run(*inside(name, "tc", "qdisc", "add", "dev", f"v{name}", "root", "netem",
                        "limit", "10000", "loss", "100%"))


def outage(ways, seconds=20):
    """Cut the wire: {name: {"error", "back"}}, the time until a request fails, whose caller
    waits 5 s for a connection and a minute for an answer, and until one succeeds again."""
    found = {way.name: {} for way in ways}

    def fail(way):
        begin = time.monotonic()
        if way.curl("--connect-timeout", "5", "-f", path="/health", seconds=PATIENCE) is None:
            found[way.name]["error"] = time.monotonic() - begin

    def succeed(way, begin):
        until("an answer", lambda: way.curl("-f", "--connect-timeout", "1", path="/health",
                                            seconds=2), PATIENCE)
        found[way.name]["back"] = time.monotonic() - begin

    def at_once(target, *more):
        threads = [threading.Thread(target=target, args=(way, *more)) for way in ways]
        for thread in threads:
            thread.start()
        return threads

    cut(True)
    begin = time.monotonic()
    threads = at_once(fail)
    time.sleep(max(0, seconds - (time.monotonic() - begin)))
    cut(False)
    for thread in at_once(succeed, time.monotonic()) + threads:
        thread.join()
    return found


def first_answer(tunnel):
    """From a link that comes up to the first answer through it."""
    device, to = f"{tunnel.name}a0", tunnel.addresses()[0]
    ip("a", "link", "set", device, "down")
    begin = time.monotonic()
    ip("a", "link", "set", device, "up")
    ip("a", "route", "replace", to, "dev", device, "src", f"{tunnel.net}.1")
    run(*inside("a", "ping", "-q", "-c", "1", "-W", "10", to))
    return {"seconds": time.monotonic() - begin}


def databases():
    """MariaDB and Redis in s."""
    os.makedirs("/run/db", exist_ok=True)
    start_in("s", "/usr/sbin/mariadbd", "--no-defaults", "--user=root", "--datadir=/run/db",
             "--socket=/run/db/sock", "--bind-address=10.1.0.2", "--skip-grant-tables",
             "--skip-networking=0", "--skip-name-resolve", "--innodb-log-file-size=4M",
             "--innodb-buffer-pool-size=8M", "--innodb-use-native-aio=0",
             "--performance-schema=0")
    start_in("s", "redis-server", "--bind", "10.1.0.2", "--save", "", "--protected-mode", "no")
    for port in (3306, 6379):
        until(f"port {port}", lambda port=port: run(*inside("s", "ss", "-Htln",
                                                            f"sport = :{port}")), 60)


def mariadb(host, count=3000):
    """Queries a second of four clients."""
    begin = time.time()
    run(*inside("a", "mysqlslap", "--no-defaults", "-h", host, "-u", "web",
                "--create-schema=test", "--query=SELECT 1", "--concurrency=4",
                f"--number-of-queries={count}"))
    end = time.time()
    return {"per second": count / (end - begin), "from": begin, "to": end}


def redis(host, count=60000):
    """GETs a second of 8 clients, 16 in a pipeline."""
    begin = time.time()
    run(*inside("a", "redis-benchmark", "-h", host, "-q", "-t", "get", "-P", "16", "-c", "8",
                "-n", str(count)))
    end = time.time()
    return {"per second": count / (end - begin), "from": begin, "to": end}


KINDS_OF = {"stock": lab.STOCK, "go": GO, "naawg": NAAWG}
