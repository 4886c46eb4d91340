#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# The netlink families keep what released versions had: the numbers of operations, attributes and
# flags, and their types. selftests/static/abi/VERSION.txt has those of each release.
#
#   abi.py --write    records the present ones for the version of dkms.conf, for a release

import glob
import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "../../tools/release")]

import changelog  # noqa: E402 pylint: disable=wrong-import-position
from suite import print_findings  # noqa: E402 pylint: disable=wrong-import-position

SPECIFICATION = "module/uapi/naawg.yaml"
RECORDS = os.path.join(HERE, "abi")
# Notifications whose name changed: programs know them by their number.
RENAMED = {"operation forward-add-ntf": "operation forward-added-ntf",
           "operation forward-del-ntf": "operation forward-removed-ntf"}


def interface(spec):
    """A dictionary: what a program names, and the number and type behind it."""
    found = {"family": spec["name"]}
    for number, operation in enumerate(spec["operations"]["list"], 1):
        found[f"operation {operation['name']}"] = str(number)
    for group in spec["attribute-sets"]:
        for number, attr in enumerate(group["attributes"], 1):
            found[f"attribute {group['name']} {attr['name']}"] = f"{number} {attr['type']}"
    for group in spec["definitions"]:
        if group["type"] == "const":
            found[f"constant {group['name']}"] = str(group["value"])
        for number, entry in enumerate(group.get("entries", [])):
            name = entry if isinstance(entry, str) else entry["name"]
            found[f"entry {group['name']} {name}"] = str(number)
    for group in spec["mcast-groups"]["list"]:
        found[f"group {group['name']}"] = "-"
    return found


def present():
    """The interface of this tree."""
    import yaml

    with open(os.path.join(changelog.REPO, SPECIFICATION), encoding="utf-8") as f:
        return interface(yaml.safe_load(f))


def recorded(path):
    """The interface of a release."""
    with open(path, encoding="utf-8") as f:
        return dict(line.rstrip("\n").split(": ") for line in f)


def broken(before, now):
    """Findings: parts that a program of that time would miss."""
    for name, meaning in before.items():
        found = now.get(name) or now.get(RENAMED.get(name))
        if found != meaning:
            yield f"{name} was {meaning}, and is {found or 'gone'}"


def examples():
    """Changes that break programs are found, additions are not."""
    before = {"operation a": "1", "attribute peer key": "2 binary"}
    cases = [({**before, "operation b": "2"}, 0), ({"operation a": "1"}, 1),
             ({**before, "operation a": "2"}, 1),
             ({**before, "attribute peer key": "2 u32"}, 1)]
    for now, count in cases:
        if len(list(broken(before, now))) != count:
            yield f"{now}: wanted {count} findings"


def main():
    """Print the findings, or write the record."""
    if not os.path.exists("/usr/lib/python3/dist-packages/yaml"):
        print("1..0 # SKIP python3-yaml is not installed")
        return 4
    now = present()
    if sys.argv[1:] == ["--write"]:
        with open(os.path.join(RECORDS, changelog.version() + ".txt"), "w",
                  encoding="utf-8") as f:
            f.writelines(f"{name}: {meaning}\n" for name, meaning in now.items())
        return 0
    tests = [("broken interfaces are found", list(examples()))]
    for path in sorted(glob.glob(os.path.join(RECORDS, "*.txt"))):
        version = os.path.basename(path).removesuffix(".txt")
        findings = list(broken(recorded(path), now))
        tests.append((f"the netlink family has all of {version}", findings))
    return print_findings(tests)


if __name__ == "__main__":
    sys.exit(main())
