#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The program of the role prometheus. promtool checks its page, if it was fetched."""
import json
import os
import stat
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
REPO = os.path.realpath(os.path.join(HERE, "../.."))
sys.path.insert(0, os.path.join(HERE, ".."))

from suite import Suite, same  # noqa: E402 pylint: disable=wrong-import-position

PROGRAM = os.path.join(REPO, "tools/ansible/roles/prometheus/files/naawg-textfile")
KEYS = ["qRCwZSKInrMAq5sepfCdaCsRJaoLe5jhtzfiw7CjbwM=",
        "lm+3GDRLCCVbu9OkYTLyBvRBIQWzYpWYCkm2vFCaLAw="]
STATS = {"devices": [{
    "name": "wg0", "public_key": KEYS[0], "up": True, "listen_port": 51820,
    "answer_unreachable": False, "counters": [],
    "reasons": [{"name": "unknown-peer", "count": 3, "handshake": True},
                {"name": "unallowed-source", "count": 0, "handshake": False}],
    "peers": [
        {"public_key": KEYS[1], "name": 'a "quoted\\ name', "connected": True,
         "unreachable": False, "latest_handshake": 1700000000, "rx_bytes": 1, "tx_bytes": 2,
         "rx_packets": 3, "tx_packets": 4},
        {"public_key": KEYS[0], "connected": False, "unreachable": False, "rx_bytes": 0,
         "tx_bytes": 0, "rx_packets": 0, "tx_packets": 0}]}]}


def promtool():
    """The program, or None."""
    done = subprocess.run([os.path.join(HERE, "../monitoring/programs")], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    path = os.path.join(done.stdout.strip() or "/nonexistent", "promtool")
    return path if os.access(path, os.X_OK) else None


def written(directory, said, status=0):
    """The page that the program writes if naawg says that."""
    tool = os.path.join(directory, "naawg")
    with open(tool, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\n[ \"$*\" = 'stats --json all' ] || exit 9\n"
                   f"cat <<'END'\n{said}\nEND\nexit {status}\n")
    os.chmod(tool, 0o755)
    path = os.path.join(directory, "naawg.prom")
    subprocess.run([PROGRAM, path], check=True, stderr=subprocess.DEVNULL,
                   env=dict(os.environ, PATH=directory + ":" + os.environ["PATH"]))
    same(stat.S_IMODE(os.stat(path).st_mode), 0o644)
    same(os.path.exists(path + ".new"), False)
    with open(path, encoding="utf-8") as file:
        return file.read()


def all_there(directory):
    """Each value of the counters is on the page."""
    lines = written(directory, json.dumps(STATS)).splitlines()
    peer = f'interface="wg0",public_key="{KEYS[1]}"'
    for wanted in ("naawg_up 1", 'naawg_interface_up{interface="wg0"} 1',
                   'naawg_peers{interface="wg0"} 2', 'naawg_peers_connected{interface="wg0"} 1',
                   f'naawg_peer_info{{{peer},name="a \\"quoted\\\\ name"}} 1',
                   f"naawg_peer_connected{{{peer}}} 1",
                   f"naawg_peer_last_handshake_timestamp_seconds{{{peer}}} 1700000000",
                   f"naawg_peer_receive_bytes_total{{{peer}}} 1",
                   f"naawg_peer_transmit_packets_total{{{peer}}} 4",
                   'naawg_handshake_failures_total{interface="wg0",reason="unknown-peer"} 3',
                   'naawg_drops_total{interface="wg0",reason="unallowed-source"} 0'):
        if wanted not in lines:
            raise AssertionError(f"{wanted} is not in {lines}")
    same(sum(line.startswith("naawg_peer_last_handshake") for line in lines), 1)


def nothing_there(directory):
    """A failure is on the page, and nothing else."""
    for said, status in (("", 1), ("no JSON", 0)):
        lines = [line for line in written(directory, said, status).splitlines()
                 if not line.startswith("#")]
        same(lines, ["naawg_up 0"])


def checked(directory, tool):
    """The page has no fault."""
    written(directory, json.dumps(STATS))
    with open(os.path.join(directory, "naawg.prom"), encoding="utf-8") as page:
        done = subprocess.run([tool, "check", "metrics"], stdin=page, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    same((done.returncode, done.stdout), (0, ""))


def main():
    """All of it."""
    suite = Suite(kernel=False)
    tool = promtool()
    with tempfile.TemporaryDirectory() as directory:
        suite.case("the page has each counter of each peer and interface", all_there, directory)
        suite.case("counters that cannot be read are reported as such", nothing_there, directory)
        sentence = "promtool has no complaint about the page"
        if tool:
            suite.case(sentence, checked, directory, tool)
        else:
            suite.skip(sentence, "no promtool: run selftests/deps.sh monitoring")
    suite.end()


if __name__ == "__main__":
    main()
