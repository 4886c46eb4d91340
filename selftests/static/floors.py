#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# The floors of module/: a file includes and calls only what stands further
# right in its own row, or in a row below. Calls are found in the text, so the
# check needs no build; a prototype copied to where it is wanted does not hide
# one. Files the rows do not name may stand anywhere in their row as long as
# they close no circle.

import os
import re
import sys

ROWS = [
    ("", ["main"]),
    ("ctl", ["netlink", "netlink_set", "netlink_forbidden key_checks",
             "netlink_dev netlink_wipe netlink_prefix",
             "netdev", "peers power", "netlink_gen"]),
    ("rx", ["rx", "handshake_rx", "open open_batch", "deliver gso_hook gro",
            "dispatch", "steer", "queue handshake_queue",
            "opener skb_reader chains"]),
    ("tx", ["timer_actions", "tx", "seal_batch", "hold seal", "icmp nesting"]),
    ("handshake", ["notify", "handshake"]),
    ("nat", ["hooks", "packets", "match checks", "forwards"]),
    ("outer", ["socket", "batch", "packet", "frag_buf"]),
    ("state", ["peer", "session timers endpoint", "dev reason trace",
               "cpu_load staging"]),
    ("core", ["noise", "kdf macs timer_sm timestamps coalesce",
              "crypto replay segment", "wire reason"]),
    ("table", ["forbidden",
               "allowedips indices pubkeys ratelimit known_sources"]),
    ("uapi", []),
    ("compat", []),
]
# A generated table names the handlers of the files above it; that is what it is
# for, and no call.
GENERATED = {"ctl/netlink_gen"}

# What a pure file must not know: packets, devices, locks, clocks, allocation.
IMPURE_INCLUDES = re.compile(
    r"linux/(skbuff|netdevice|etherdevice|rtnetlink|slab|gfp|mm|vmalloc|"
    r"spinlock|mutex|rwsem|rcupdate|ktime|jiffies|timekeeping|timer|workqueue|"
    r"random|wait|sched)\.h|^net/(?!checksum\.h|ip6_checksum\.h)")
IMPURE_CALLS = re.compile(
    r"\b(k[mzc]alloc|kvalloc|kv?free|kmem_cache_\w+|alloc_\w+skb|spin_lock\w*|"
    r"mutex_lock|rcu_read_lock|ktime_get\w*|get_random_\w+|jiffies)\b")

REPO = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
MODULE = os.path.join(REPO, "module")

row_of = {name: n for n, (name, _) in enumerate(ROWS)}
place_of = {}
for row, places in ROWS:
    for n, place in enumerate(places):
        for stem in place.split():
            place_of[os.path.join(row, stem)] = n


def files():
    for top, dirs, names in os.walk(MODULE):
        dirs.sort()
        for name in sorted(names):
            # Kbuild leaves files of its own behind.
            if name.endswith((".c", ".h")) and not name.endswith(".mod.c"):
                yield os.path.relpath(os.path.join(top, name), MODULE)


def unit(path):
    return os.path.splitext(path)[0]


def row(path):
    return path.split(os.sep)[0] if os.sep in path else ""


def strip(text):
    """The code alone: no comments, no strings, lines kept."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'
                  r"'(?:\\.|[^'\\\n])+'", blank, text, flags=re.S)


# A function definition in kernel style: it begins in the first column and its
# body's brace has a line of its own.
DEFINITION = re.compile(
    r"^(?!static|typedef|struct\s+\w+\s*\{|enum|union|#)"
    r"[A-Za-z_][\w\s*]*?\b(\w+)\s*\([^;{}]*\)[\w\s()]*\n\{", re.M)


def allowed(user, used):
    """Whether the file user may know the file used, and why not."""
    a, b = unit(user), unit(used)
    if a == b:
        return None
    if row(b) not in row_of:
        return "is in no row"
    if row(a) == row(b):
        if a in place_of and b in place_of and place_of[a] >= place_of[b]:
            return "stands to the left, or in the same place"
        return None
    if row_of[row(b)] > row_of[row(a)]:
        return None
    # The contract and the shims are there for every floor.
    if row(b) in ("uapi", "compat"):
        return None
    return "is on a floor above"


def circles(edges):
    """One closed path of every knot there is."""
    state, found, path = {}, [], []

    def walk(node):
        state[node] = 1
        path.append(node)
        for other in sorted(edges.get(node, ())):
            if state.get(other) == 1:
                found.append(path[path.index(other):] + [other])
            elif other not in state:
                walk(other)
        path.pop()
        state[node] = 2

    for node in sorted(edges):
        if node not in state:
            walk(node)
    return found


def main():
    paths = list(files())
    raw, code = {}, {}
    for path in paths:
        with open(os.path.join(MODULE, path), encoding="utf-8") as f:
            raw[path] = f.read()
        code[path] = strip(raw[path])

    defined = {}
    for path in paths:
        if path.endswith(".c"):
            for match in DEFINITION.finditer(code[path]):
                defined.setdefault(match.group(1), path)

    rows, includes, calls, impure, versions = [], [], [], [], []
    edges = {}

    def look(user, used, line, what, into):
        why = allowed(user, used)
        if why:
            into.append(f"module/{user}:{line}: {what}: {used} {why}")
        if unit(user) != unit(used):
            edges.setdefault(unit(user), set()).add(unit(used))

    for path in paths:
        if row(path) not in row_of:
            rows.append(f"module/{path}: {row(path)}/ is not a floor")
            continue
        for n, line in enumerate(raw[path].split("\n"), 1):
            match = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
            if not match:
                continue
            name = match.group(2)
            here = os.path.normpath(os.path.join(os.path.dirname(path), name))
            for used in (here, os.path.normpath(name)):
                if used in raw and (match.group(1) == '"' or
                                    row(used) == "uapi"):
                    look(path, used, n, f"includes {name}", includes)
                    break
            if row(path) == "core" and IMPURE_INCLUDES.search(name):
                impure.append(f"module/{path}:{n}: includes {name}")
        for n, line in enumerate(code[path].split("\n"), 1):
            if unit(path) not in GENERATED:
                for word in re.findall(r"\b[a-z_]\w+\b", line):
                    if word in defined:
                        look(path, defined[word], n, f"uses {word}", calls)
            if row(path) == "core" and IMPURE_CALLS.search(line):
                impure.append(f"module/{path}:{n}: {line.strip()}")
            if row(path) != "compat" and re.search(
                    r"\b(LINUX_VERSION_CODE|KERNEL_VERSION)\b", line):
                versions.append(f"module/{path}:{n}: {line.strip()}")

    knots = [" > ".join(knot) for knot in circles(edges)]
    tests = [
        ("every file stands on a floor", rows),
        ("includes go right or down", includes),
        ("calls go right or down", calls),
        ("there is no circle", knots),
        ("core/ is pure", impure),
        ("only compat/ knows kernel versions", versions),
    ]
    print(f"1..{len(tests)}")
    bad = 0
    for n, (what, found) in enumerate(tests, 1):
        print(f"{'not ok' if found else 'ok'} {n} {what}")
        for line in found:
            print(f"# {line}")
        bad += bool(found)
    print(f"# {len(paths)} files, {len(defined)} functions known to others")
    return 1 if bad else 0


sys.exit(main())
