#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# The floors of module/ and tools/: a file includes and calls only files further
# right in its own row, or in a row below. Calls are found in the text, so the
# check needs no build; a prototype copied to where it is wanted does not hide
# one. Files the rows do not name may stand anywhere in their row as long as
# they close no circle.

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from suite import print_findings  # noqa: E402 pylint: disable=wrong-import-position

ROWS = [
    ("", ["main"]),
    ("wireguard", ["main", "get set", "lookup", "wireguard netlink_gen"]),
    ("ctl", ["netlink", "netlink_set", "set", "netlink_forbidden key_checks",
             "dump", "netlink_dev netlink_wipe netlink_prefix netlink_put",
             "netdev", "peers power parts", "multicast", "set_form netlink_gen"]),
    ("rx", ["rx", "handshake_rx", "admission open open_batch", "deliver gso_hook gro",
            "dispatch", "queue handshake_queue",
            "steer defer", "cpu_load",
            "opener skb_reader chains"]),
    ("tx", ["timer_actions", "tx", "seal_batch", "hold seal", "sealing", "icmp nesting"]),
    ("handshake", ["notify", "handshake"]),
    ("nat", ["hooks", "packets", "match checks", "forwards"]),
    ("outer", ["socket", "batch", "packet", "frag_buf"]),
    ("state", ["peer", "session timers endpoint", "dev reason trace", "staging debug_log"]),
    ("simd", ["choose", "check", "run", "avx2 avx512", "section",
              "chacha2 chacha512 poly2 poly512", "chacha", "backend", "simd", "ymm zmm fpu"]),
    ("core", ["noise", "kdf macs timer_sm timestamps coalesce",
              "crypto replay segment", "wire reason"]),
    ("table", ["forbidden",
               "allowedips indices pubkeys ratelimit known_sources"]),
    ("uapi", []),
    ("compat", []),
]
# A generated table names the handlers of the files above it; that is what it is
# for, and no call.
GENERATED = {"ctl/netlink_gen", "wireguard/netlink_gen"}

# The tool, likewise. Directories without a row hold no C files.
TOOL_ROWS = [
    ("", ["naawg"]),
    ("cmds", ["cmd_apply cmd_callers cmd_check cmd_check_config cmd_client cmd_conf cmd_diag "
              "cmd_endpoints cmd_explain cmd_forward cmd_key cmd_link cmd_metrics cmd_monitor "
              "cmd_peer cmd_rekey cmd_set cmd_show cmd_stats cmd_top naawg_quick",
              "complete peer_list peer_reissue", "peer_change client_file",
              "peer_book peer_file peer_forwards peer_reason client_peer cmd_strip show_conf "
              "event_exec event_journal",
              "event_fields event_print",
              "show_pretty", "show_caller show_field show_forward",
              "cmds event peer show"]),
    ("view", ["top_json", "top_view", "watch", "sample cells screen"]),
    ("metrics", ["listen", "serve", "page", "page_tables chart",
                 "history words answer",
                 "names_naawg", "names_wireguard", "names forward_metrics peer_metrics",
                 "prom scrape", "escape", "request stream style unprivileged"]),
    ("diag", ["diag",
              "data endpoints firewall flood forwards keys lasting link mtu names nets pair "
              "peers ways",
              "blocks calls connect lookup neighbours ping procfs reach", "parts",
              "facts", "ids", "findings"]),
    ("apply", ["save", "apply", "gone",
               "device_diff endpoint forwards_diff hook_wg lock moved"]),
    ("audit", ["audit",
               "audit_ages audit_forward audit_host audit_keys audit_kill audit_nets local",
               "parts", "finding"]),
    ("saved", ["steps", "link_save link_restore blockers", "addresses birth routes rules sysctls",
               "route_form", "saved", "records saved_file namespaces"]),
    ("netcfg", ["dns kill", "netcfg",
                "forward_report fwmarks leak_guard tunnel_mtu",
                "rt_way sysctl", "rt rt_link state"]),
    ("conf", ["conf_file", "conf conf_args peer_edit policy resolve",
              "pasted quick_conf value"]),
    ("lib", ["nl nl_listen nl_stock hints", "nl_links", "served", "stock_codec",
             "codec event_codec forward_codec genl link_dump spawn", "codec_parts",
             "prefix forward reference", "format", "age keys loaded peer_index",
             "model nlsock similar table text prog files json json_read modprobe",
             "utf8"]),
]

# Includes that a pure file must not have: packets, devices, locks, clocks, allocation.
IMPURE_INCLUDES = re.compile(
    r"linux/(skbuff|netdevice|etherdevice|rtnetlink|slab|gfp|mm|vmalloc|"
    r"spinlock|mutex|rwsem|rcupdate|ktime|jiffies|timekeeping|timer|workqueue|"
    r"random|wait|sched)\.h|^net/(?!checksum\.h|ip6_checksum\.h)")
IMPURE_CALLS = re.compile(
    r"\b(k[mzc]alloc|kvalloc|kv?free|kmem_cache_\w+|alloc_\w+skb|spin_lock\w*|"
    r"mutex_lock|rcu_read_lock|ktime_get\w*|get_random_\w+|jiffies)\b")

REPO = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))


class Tree:
    """One tree of files and its rows."""

    def __init__(self, name, rows, shared=(), generated=()):
        self.name = name
        self.path = os.path.join(REPO, name)
        self.shared = shared          # rows that every row may include
        self.generated = generated
        self.row_of = {row: n for n, (row, _) in enumerate(rows)}
        self.place_of = {os.path.join(row, stem): n for row, places in rows
                         for n, place in enumerate(places) for stem in place.split()}

    def files(self):
        for top, dirs, names in os.walk(self.path):
            dirs.sort()
            for name in sorted(names):
                # Kbuild leaves files of its own behind.
                if name.endswith((".c", ".h")) and not name.endswith(".mod.c"):
                    yield os.path.relpath(os.path.join(top, name), self.path)

    def allowed(self, user, used):
        """Why the file user must not know the file used, or None."""
        a, b = unit(user), unit(used)
        if a == b:
            return None
        if row(b) not in self.row_of:
            return "is in no row"
        if row(a) == row(b):
            if a in self.place_of and b in self.place_of and \
                    self.place_of[a] >= self.place_of[b]:
                return "stands to the left, or in the same place"
            return None
        if self.row_of[row(b)] > self.row_of[row(a)] or row(b) in self.shared:
            return None
        return "is on a floor above"


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


INCLUDE = re.compile(r'\s*#\s*include\s+(["<])([^">]+)[">]')
VERSIONS = re.compile(r"\b(LINUX_VERSION_CODE|KERNEL_VERSION)\b")
# A member of a structure is no function, whatever its name.
WORD = re.compile(r"(?<![.\w])(?<!->)[a-z_]\w+\b")
# A function definition in kernel style: it begins in the first column and its
# body's brace has a line of its own.
DEFINITION = re.compile(
    r"^(?!static|typedef|struct\s+\w+\s*\{|enum|union|#)"
    r"[A-Za-z_][\w\s*]*?\b(\w+)\s*\([^;{}]*\)[\w\s()]*\n\{", re.M)


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


class Findings:
    """The findings about one tree, by kind."""

    def __init__(self, tree):
        self.tree = tree
        self.raw, self.code, self.defined, self.edges = {}, {}, {}, {}
        self.rows, self.includes, self.calls = [], [], []
        for path in tree.files():
            with open(os.path.join(tree.path, path), encoding="utf-8") as f:
                self.raw[path] = f.read()
            self.code[path] = strip(self.raw[path])
        for path, text in self.code.items():
            if path.endswith(".c"):
                for match in DEFINITION.finditer(text):
                    self.defined.setdefault(match.group(1), path)
        for path in self.raw:
            if row(path) in tree.row_of:
                self.read_includes(path)
                self.read_calls(path)
            else:
                self.rows.append(f"{tree.name}/{path}: {row(path)}/ is not a floor")
        self.knots = [" > ".join(knot) for knot in circles(self.edges)]

    def note(self, user, used, line, what, into):
        why = self.tree.allowed(user, used)
        if why:
            into.append(f"{self.tree.name}/{user}:{line}: {what}: {used} {why}")
        if unit(user) != unit(used):
            self.edges.setdefault(unit(user), set()).add(unit(used))

    def read_includes(self, path):
        for n, line in enumerate(self.raw[path].split("\n"), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            name = match.group(2)
            here = os.path.normpath(os.path.join(os.path.dirname(path), name))
            for used in (here, os.path.normpath(name)):
                if used in self.raw and (match.group(1) == '"' or row(used) == "uapi"):
                    self.note(path, used, n, f"includes {name}", self.includes)
                    break

    def read_calls(self, path):
        if unit(path) in self.tree.generated:
            return
        for n, line in enumerate(self.code[path].split("\n"), 1):
            # A prototype in a header is no call; it begins in the first column.
            if path.endswith(".h") and not line.startswith("\t"):
                continue
            for word in WORD.findall(line):
                if word in self.defined:
                    self.note(path, self.defined[word], n, f"uses {word}", self.calls)

    def tests(self):
        name = self.tree.name
        return [
            (f"{name}/: every file stands on a floor", self.rows),
            (f"{name}/: includes go right or down", self.includes),
            (f"{name}/: calls go right or down", self.calls),
            (f"{name}/: there is no circle", self.knots),
        ]


def module_rules(module):
    """Purity of core/, and knowledge of kernel versions."""
    impure, versions = [], []
    for path in module.raw:
        for n, line in enumerate(module.raw[path].split("\n"), 1):
            match = INCLUDE.match(line)
            if match and row(path) == "core" and IMPURE_INCLUDES.search(match.group(2)):
                impure.append(f"module/{path}:{n}: includes {match.group(2)}")
        for n, line in enumerate(module.code[path].split("\n"), 1):
            if row(path) == "core" and IMPURE_CALLS.search(line):
                impure.append(f"module/{path}:{n}: {line.strip()}")
            if row(path) != "compat" and VERSIONS.search(line):
                versions.append(f"module/{path}:{n}: {line.strip()}")
    return [("core/ is pure", impure),
            ("only compat/ knows kernel versions", versions)]


def main():
    # The contract and the shims are there for every floor.
    module = Findings(Tree("module", ROWS, ("uapi", "compat"), GENERATED))
    tool = Findings(Tree("tools", TOOL_ROWS))
    tests = module.tests() + module_rules(module) + tool.tests()
    status = print_findings(tests)
    for found in (module, tool):
        print(f"# {found.tree.name}/: {len(found.raw)} files, "
              f"{len(found.defined)} functions known to others")
    return status


sys.exit(main())
