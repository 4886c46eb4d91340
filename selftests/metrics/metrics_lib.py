# SPDX-License-Identifier: GPL-2.0
"""Shared by the tests of `naawg metrics`: pages without a kernel, and a parser of the text
format."""
import os
import re
import shutil
import subprocess

HERE = os.path.dirname(os.path.realpath(__file__))
PROBE = os.path.join(HERE, "../out/tool/metrics_probe")
TOOL = os.path.join(HERE, "../out/tool/naawg-san")

KEYS = ["qRCwZSKInrMAq5sepfCdaCsRJaoLe5jhtzfiw7CjbwM=",
        "lm+3GDRLCCVbu9OkYTLyBvRBIQWzYpWYCkm2vFCaLAw=",
        "TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=",
        "gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA="]
CONNECTED, UNREACHABLE = 1 << 5, 1 << 6
NOW = 1800000000


def digits(name):
    """A name as the probe wants it."""
    return (name if isinstance(name, bytes) else name.encode()).hex()


class Description:
    """Lines that describe a host to the probe."""

    def __init__(self, version="0.1.0"):
        self.lines = []
        if version:
            self.add("module", version)

    def add(self, *words):
        """A line."""
        self.lines.append("\t".join(str(word) for word in words))
        return self

    def link(self, name, state="up", port=51820, key=KEYS[0]):
        """An interface; what follows belongs to it."""
        return self.add("link", digits(name), state, port, key)

    def peer(self, key, name="", bits=0, handshake=0, traffic=(0, 0, 0, 0), reason=""):
        """A peer of that interface."""
        return self.add("peer", key, digits(name), bits, handshake, *traffic, reason)

    def page(self, kind="naawg", peers_max=1000000):
        """The page as bytes."""
        done = subprocess.run([PROBE, kind, str(peers_max)], timeout=60, check=False,
                              input="\n".join(self.lines).encode() + b"\n",
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode or done.stderr:
            raise AssertionError(f"the probe ended with {done.returncode}: {done.stderr!r}")
        return done.stdout


def promtool():
    """Debian's promtool: installed, or unpacked from its package; None without both."""
    programs = os.path.join(HERE, "../monitoring/programs")
    if shutil.which("promtool") or not os.path.exists(programs):
        return shutil.which("promtool")
    done = subprocess.run([programs], stdout=subprocess.PIPE, text=True, check=False)
    path = os.path.join(done.stdout.strip(), "promtool")
    return path if os.access(path, os.X_OK) else None


def lint(page):
    """The complaints of promtool about a page; "" if it is right."""
    done = subprocess.run([promtool(), "check", "metrics"], input=page, timeout=60, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout.decode() if done.stdout or not done.returncode else "it failed"


LABEL = re.compile(r'([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
SAMPLE = re.compile(r'([a-z_]+)(?:\{(.*)\})? ([0-9]+(?:\.[0-9]+)?)')
UNESCAPED = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


def samples(page):
    """{(name, ((label, value), ...)): value} of a page. Refuses each thing that the format
    does not allow, and each sample that comes twice."""
    found, described, done = {}, None, set()
    text = page.decode() if isinstance(page, bytes) else page
    if text and not text.endswith("\n"):
        raise AssertionError("the last line has no end")
    for line in text.split("\n")[:-1]:
        if line.startswith("# "):
            kind, name, rest = line[2:].split(" ", 2)
            if kind == "HELP":
                if name in done:
                    raise AssertionError(f"{name} comes twice")
                described = name
                done.add(name)
            elif kind != "TYPE" or name != described or rest not in ("counter", "gauge"):
                raise AssertionError(line)
            continue
        match = SAMPLE.fullmatch(line)
        if not match or match.group(1) != described:
            raise AssertionError(line)
        labels = match.group(2) or ""
        if LABEL.sub("", labels):
            raise AssertionError(line)
        key = (described, tuple(
            (label, re.sub(r"\\.", lambda m: UNESCAPED[m.group()], value))
            for label, value in LABEL.findall(labels)))
        if key in found:
            raise AssertionError(f"{line} comes twice")
        found[key] = float(match.group(3))
    return found


def values(page, name):
    """{label values: value} of one metric."""
    return {tuple(value for _, value in labels): number
            for (metric, labels), number in samples(page).items() if metric == name}
