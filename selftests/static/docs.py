#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Documents agree with the tree: links lead somewhere, and the files, functions, tests
# and make targets that they name exist. The reference part of docs/netlink.md agrees
# with the specification (--write puts it there), and the tables of docs/performance.md
# and README.md with the records in docs/measurements/.

import glob
import os
import re
import sys
import textwrap

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from suite import print_findings  # noqa: E402 pylint: disable=wrong-import-position

REPO = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
NETLINK = "docs/netlink.md"
MARK = "<!-- From here on: module/uapi/naawg.yaml, by make generate. -->\n"
# Names that exist after a build or a run only, or in a kernel tree.
ELSEWHERE = {"module/naawg.ko", "tools/naawg", "tools/wg", "tools/packaging/out",
             "selftests/out", "tools/testing/selftests"}


def read(path):
    with open(os.path.join(REPO, path), encoding="utf-8") as f:
        return f.read()


def pages():
    for path in ["README.md", *sorted(glob.glob("docs/*.md", root_dir=REPO))]:
        yield path, read(path)


# --- the reference ----------------------------------------------------------

def plain(text):
    """The specification's prose as Markdown, on one line."""
    return " ".join(text.replace("``", "`").split())


def wrapped(text, indent=""):
    """Prose for the page, and what is quoted in it on one line."""
    whole = re.sub(r"`[^`]*`", lambda m: m.group(0).replace(" ", "\0"), text)
    return textwrap.fill(whole, 100, subsequent_indent=indent, break_long_words=False,
                         break_on_hyphens=False).replace("\0", " ")


def bounds(attr, consts):
    checks = dict(attr.get("checks", {}))
    if "min" in checks and checks["min"] == checks.get("max"):
        return f"only {checks['min']}"
    words = {"exact-len": "{} bytes", "min-len": "{} bytes or more",
             "max-len": "up to {} characters", "min": "{} or more",
             "max": "up to {}"}
    return ", ".join(words[key].format(consts.get(value, value))
                     for key, value in checks.items())


def type_of(attr, consts):
    kind = attr["type"]
    if kind == "nest":
        kind = f"nest of `{attr['nested-attributes']}`"
    elif "enum" in attr:
        kind += f", `{attr['enum']}` bits"
    if attr.get("multi-attr"):
        kind += ", repeated"
    limits = bounds(attr, consts)
    return kind + (f", {limits}" if limits else "")


def operation(op):
    kind = next(kind for kind in ("do", "dump", "event") if kind in op)
    if kind == "event":
        attrs = ", ".join(f"`{a}`" for a in op["event"]["attributes"])
        contents = wrapped(f"- contents: {attrs}", "  ")
        return (f"### {op['name']}\n\n{wrapped(plain(op['doc']))}\n\n"
                f"- kind: event, multicast to `{op['mcgrp']}`\n{contents}\n")
    right = "`CAP_NET_ADMIN` over the network namespace" \
        if "uns-admin-perm" in op.get("flags", []) else "none"
    out = [f"### {op['name']}\n\n{wrapped(plain(op['doc']))}\n",
           f"- kind: {kind}; privilege: {right}"]
    for way in ("request", "reply"):
        attrs = op[kind].get(way, {}).get("attributes", [])
        if attrs:
            out.append(wrapped(f"- {way}: " + ", ".join(f"`{a}`" for a in attrs), "  "))
    return "\n".join(out) + "\n"


def reference():
    import yaml

    spec = yaml.safe_load(read("module/uapi/naawg.yaml"))
    consts = {f"{spec['name']}-{d['name']}": d["value"]
              for d in spec["definitions"] if d["type"] == "const"}
    out = [MARK, "## Operations\n"]
    out += [operation(op) for op in spec["operations"]["list"]]
    groups = ", ".join(f"`{g['name']}`" for g in spec["mcast-groups"]["list"])
    out.append(f"Multicast groups: {groups}.\n")
    out.append("## Attributes\n")
    for group in spec["attribute-sets"]:
        out.append(f"### {group['name']}\n\n| number | name | type | meaning |"
                   "\n|---|---|---|---|")
        for number, attr in enumerate(group["attributes"], 1):
            if attr["type"] != "pad":
                out.append(f"| {number} | `{attr['name']}` "
                           f"| {type_of(attr, consts)} | {plain(attr['doc'])} |")
        out.append("")
    out.append("## Constants and flags\n\n| name | value | meaning |\n|---|---|---|")
    for d in spec["definitions"]:
        if d["type"] == "const":
            out.append(f"| `{d['name']}` | {d['value']} | {plain(d['doc'])} |")
        for bit, entry in enumerate(d.get("entries", [])):
            out.append(f"| `{d['name']}` `{entry['name']}` | {1 << bit} | "
                       f"{plain(entry['doc'])} |")
    return "\n".join(out) + "\n"


# --- what pages name --------------------------------------------------------

def dead_links():
    for path, text in pages():
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            there = os.path.join(REPO, os.path.dirname(path), target)
            if "://" not in target and not os.path.exists(there):
                yield f"{path}: {target}"


def quoted():
    for path, text in pages():
        for words in re.findall(r"`([^`\n]+)`", text):
            yield path, words


def lost_files():
    rooted = re.compile(r"^(module|tools|selftests|docs)/[\w./-]+$")
    floor = re.compile(r"^(core|ctl|handshake|outer|rx|state|table|tx|uapi|compat)/\w+\.\w+$")
    for path, words in quoted():
        name = words.rstrip("/")
        if floor.match(name):
            name = "module/" + name
        elif not rooted.match(name) or name in ELSEWHERE:
            continue
        if not os.path.exists(os.path.join(REPO, name)):
            yield f"{path}: {words}"


def lost_names():
    code = "".join(read(os.path.relpath(f, REPO)) for f in
                   glob.glob(os.path.join(REPO, "module/**/*.[ch]"), recursive=True))
    called = set(re.findall(r"(\w+)\s*\(", code, re.ASCII))
    # In programs, and system calls that they make.
    called |= {"main", "sendmmsg", "vmsplice", "splice"}
    code += read("Kbuild") + read("Makefile")
    code += "".join(read(os.path.relpath(f, REPO)) for f in
                    glob.glob(os.path.join(REPO, "selftests/**/*.sh"), recursive=True))
    code += read("selftests/unit/vectors.py")
    # Variables, modules and playbooks of the collection.
    code += "".join(read(os.path.relpath(f, REPO)) for f in
                    glob.glob(os.path.join(REPO, "tools/ansible/**/*.yml"), recursive=True))
    # Metrics.
    code += "".join(read(os.path.relpath(f, REPO)) for f in
                    glob.glob(os.path.join(REPO, "tools/monitoring/*/naawg.*")) +
                    glob.glob(os.path.join(REPO, "tools/metrics/*.c")))
    known = set(re.findall(r"\w+", code, re.ASCII))
    for path, words in quoted():
        match = re.fullmatch(r"(\w+)\(\)", words)
        if match and match.group(1) not in called:
            yield f"{path}: {words}"
        match = re.match(r"(?:struct |enum )?((?:naawg|NAAWG)_\w*[a-zA-Z0-9])", words)
        if match and match.group(1) not in known:
            yield f"{path}: {words}"


def lost_targets():
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.M))
    for path, text in pages():
        for name in re.findall(r"(?:^    |`)make ([a-z][a-z-]*)", text, re.M):
            if name not in targets:
                yield f"{path}: make {name}"


def lost_tests():
    """docs/security.md quotes the tests its promises rest on."""
    tests = "".join(read(os.path.relpath(f, REPO)) for f in
                    glob.glob(os.path.join(REPO, "selftests/*/*.*")) if os.path.isfile(f)
                    and f.endswith((".sh", ".py", ".c")))
    for name in re.findall(r'"([^"\n]+)"', read("docs/security.md")):
        if name not in tests:
            yield name


def wrong_tour():
    """The tour for auditors has about as many lines as docs/trust.md says."""
    tour = read("docs/trust.md").partition("## A guided tour")[2]
    table = [line for line in tour.split("\n") if line.startswith("| `")]
    files = re.findall(r"`(module/[\w./]+\.c)`", "\n".join(table))
    lines = sum(read(path).count("\n") for path in files if os.path.exists(
        os.path.join(REPO, path)))
    if not 1800 <= lines <= 2200:
        yield f"docs/trust.md: the tour has {lines} lines in {len(files)} files, not 2000"


def stale_measurements():
    """The tables are those that selftests/bench/record.py writes."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, os.path.join(REPO, "selftests/bench"))
    import record

    rows = record.summary()
    tables = [("docs/performance.md", record.table(rows)),
              ("README.md", record.short_table(rows))]
    if record.comparison():
        tables.append(("docs/comparison.md", record.comparison()))
    for path, table in tables:
        if table not in read(path):
            yield f"{path}: run selftests/bench/record.py"


def main():
    head, mark, rest = read(NETLINK).partition(MARK)
    if sys.argv[1:] == ["--write"]:
        with open(os.path.join(REPO, NETLINK), "w", encoding="utf-8") as f:
            f.write(head + reference())
        return 0
    if not os.path.exists("/usr/lib/python3/dist-packages/yaml"):
        print("1..0 # SKIP python3-yaml is not installed")
        return 4
    stale = [] if mark + rest == reference() else \
        [f"{NETLINK} is out of date: make generate"]
    tests = [
        ("docs/netlink.md is what the specification gives", stale),
        ("docs/performance.md and README.md have the newest measurements",
         stale_measurements()),
        ("links lead somewhere", dead_links()),
        ("files that are named exist", lost_files()),
        ("functions and constants that are named exist", lost_names()),
        ("make targets that are named exist", lost_targets()),
        ("tests that promises rest on exist", lost_tests()),
        ("the tour for auditors has 2 000 lines", wrong_tour()),
    ]
    return print_findings(tests)


sys.exit(main())
