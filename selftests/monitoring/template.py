#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The template of Zabbix in tools/monitoring, without Zabbix.

ansible/monitoring imports it into a real server and compares what the server made of it.
"""
import json
import os
import re
import sys
import uuid

import yaml

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]

import files  # noqa: E402 pylint: disable=wrong-import-position
from suite import Suite, same  # noqa: E402 pylint: disable=wrong-import-position

PATH = "tools/monitoring/zabbix/naawg.yaml"
MASTER = "naawg.stats"
# The items that ask the host. All others depend on the first one.
ASKED = {MASTER, "net.udp.listen[{#PORT}]"}


def template():
    """The template."""
    return yaml.safe_load(files.text_of(PATH))["zabbix_export"]["templates"][0]


def parts(value, name):
    """All values below a value that have that name."""
    if isinstance(value, dict):
        for key, member in value.items():
            if key == name:
                yield member
            yield from parts(member, name)
    elif isinstance(value, list):
        for member in value:
            yield from parts(member, name)


def items():
    """Items and prototypes of items."""
    found = template()
    return found["items"] + [item for rule in found["discovery_rules"]
                             for item in rule["item_prototypes"]]


def triggers():
    """Triggers and prototypes of triggers."""
    return [trigger for name in ("triggers", "trigger_prototypes")
            for group in parts(template(), name) for trigger in group]


def form():
    """The file is for 6.0, and each object has an identifier of its own."""
    export = yaml.safe_load(files.text_of(PATH))["zabbix_export"]
    same(export["version"], "6.0")
    ids = list(parts(export, "uuid"))
    same(len(set(ids)), len(ids))
    for text in ids:
        same((uuid.UUID(text).version, len(text)), (4, 32), text)


def one_question():
    """Only these items ask the host. The master keeps no history, and gets no messages."""
    masters = {item["key"] for item in items() if item.get("type") != "DEPENDENT"}
    same(masters, ASKED)
    for master in parts(template(), "master_item"):
        same(master["key"], MASTER)
    for item in items():
        if item["key"] == MASTER:
            same((item["history"], item["trends"]), ("0", "0"))
    line = f"UserParameter={MASTER},naawg stats --json all 2>/dev/null"
    for path in ("tools/ansible/roles/zabbix/templates/naawg.conf.j2",
                 "tools/monitoring/zabbix/README.md", "docs/monitoring.md"):
        same(re.findall(r"^ *(UserParameter=.*)$", files.text_of(path), re.M), [line], path)


def defined():
    """Macros, items, value maps and triggers that are named exist."""
    text = files.text_of(PATH)
    macros = {macro["macro"] for macro in template()["macros"]}
    used = {name + "}" for name in re.findall(r"\{\$[A-Z.]+", text)}
    same(used - macros, set())
    keys = {item["key"] for item in items()}
    by_name = {trigger["name"]: trigger["expression"] for trigger in triggers()}
    for trigger in triggers():
        for key in re.findall(r"\(/naawg by Zabbix agent 2/([\w.]+(?:\[[^\]]*\])?)",
                              trigger["expression"]):
            same(key in keys, True, f"{trigger['name']}: {key}")
        for cause in trigger.get("dependencies", ()):
            same(by_name.get(cause["name"]), cause["expression"], trigger["name"])
    maps = {found["name"] for found in template()["valuemaps"]}
    same({found["name"] for found in parts(template(), "valuemap")} - maps, set())


def known():
    """Reasons and commands that are named exist."""
    text = files.text_of(PATH)
    drops, handshakes = files.reasons()
    for reason in re.findall(r'REASON\.MAX:"([a-z-]+)"', text):
        same(reason in drops | handshakes, True, reason)
    for trigger in triggers():
        for command in re.findall(r'"naawg ([a-z-]+)', trigger["description"].replace("\n", " ")):
            same(command in files.commands(), True, trigger["description"])
        same(bool(re.search('"(naawg|modprobe|systemctl) |macro', trigger["description"])), True,
             trigger["description"])


def members():
    """Paths and scripts read only members that the schema of the JSON has."""
    schema = json.loads(files.text_of("docs/json/stats.json"))
    known_names = {name for names in parts(schema, "properties") for name in names}
    text = files.text_of(PATH)
    read = set(re.findall(r"\)\]\.(\w+)[.\[]", text))
    for name in ("device", "peer", "reason", "forward"):
        read |= set(re.findall(rf"(?<![.\w]){name}\.(\w+)", text))
    read |= set(re.findall(r"JSON\.parse\(value\)\.(?:module\.)?(\w+)", text))
    same(len(read) > 15, True, sorted(read))
    same(read - known_names, set())


def importable():
    """The word by which community.zabbix knows a refusal is not in the file."""
    same(re.search("error", files.text_of(PATH)), None)


def main():
    """All of it."""
    suite = Suite(kernel=False)
    for sentence, function in (
            ("the file is for Zabbix 6.0, and identifiers differ", form),
            ("one item asks naawg, without sudo, and all others depend on it", one_question),
            ("members that are read are members of the JSON", members),
            ("macros, items and triggers that are named exist", defined),
            ("reasons and commands that are named exist", known),
            ("no word is in the file that its importer takes for a refusal", importable)):
        suite.case(sentence, function)
    suite.end()


if __name__ == "__main__":
    main()
