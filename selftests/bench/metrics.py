#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""metrics.py TOOL PEERS ROUNDS: the part of metrics.sh that runs in the guest. It prints a
table in Markdown."""
import base64
import os
import subprocess
import sys
import tempfile
import time

REQUESTS = {"`naawg metrics --http`, `/metrics`": b"GET /metrics HTTP/1.0\r\n\r\n",
            "`naawg metrics --http`, `/`": b"GET / HTTP/1.0\r\n\r\n"}


def key(number):
    """Any public key."""
    return base64.b64encode(b"%032d" % number).decode()


def set_up(tool, peers, directory):
    """The interface m0 with peers that have names."""
    path = os.path.join(directory, "m0.conf")
    private = subprocess.run([tool, "genkey"], stdout=subprocess.PIPE, check=True, text=True).stdout
    with open(path, "w", encoding="ascii") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(f"[Interface]\nPrivateKey = {private}")
        for number in range(peers):
            file.write(f"[Peer]\nPublicKey = {key(number)}\nName = peer-{number}\n"
                       f"AllowedIPs = 10.{number >> 16}.{number >> 8 & 255}.{number & 255}/32\n")
    quick = os.path.join(directory, "naawg-quick")
    os.symlink(tool, quick)
    subprocess.run([quick, "up", path], check=True)


def measure(argv, stdin):
    """Seconds, peak memory in MiB and bytes of output of one run."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        begin = time.monotonic()
        # pylint: disable=consider-using-with
        child = subprocess.Popen(argv, stdin=given, stdout=out)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - begin
        child.returncode = status
        # A diagnosis that finds something ends with 1.
        if os.waitstatus_to_exitcode(status) > int("diag" in argv):
            sys.exit(f"{argv} ended with {status}")
        return seconds, usage.ru_maxrss / 1024, out.seek(0, os.SEEK_END)


def main():
    """All rows."""
    tool, peers, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rows = {"`naawg metrics`": ([tool, "metrics", "m0"], b""),
            "`naawg stats --json`": ([tool, "stats", "--json", "m0"], b""),
            # two samples, and a tenth of a second between them
            "`naawg top --batch -n 1 -d 0.1`":
                ([tool, "top", "--batch", "-n", "1", "-d", "0.1", "m0"], b""),
            "`naawg diag`": ([tool, "diag", "m0"], b"")}
    for name, request in REQUESTS.items():
        rows[name] = ([tool, "metrics", "--http", "m0"], request)
    with tempfile.TemporaryDirectory() as directory:
        set_up(tool, peers, directory)
        print(f"{peers} peers, median of {rounds} runs\n\n"
              "| command | seconds | peak memory, MiB | output, MiB |\n|---|---|---|---|")
        for name, (argv, stdin) in rows.items():
            runs = sorted(measure(argv, stdin) for _ in range(rounds))
            seconds, memory, size = runs[rounds // 2]
            print(f"| {name} | {seconds:.2f} | {memory:.1f} | {size / 1048576:.1f} |")


if __name__ == "__main__":
    main()
