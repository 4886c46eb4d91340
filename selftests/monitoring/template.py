#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The template of Zabbix in tools/monitoring, without Zabbix.

ansible/monitoring imports it into a real server and compares what the server made of it.
"""
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
# The items that ask the host. All others depend on the first two.
ASKED = {"naawg.stats", "naawg.metrics", "net.udp.listen[{#PORT}]"}


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
    """Only these items ask the host. They keep no history if others depend on them."""
    masters = {item["key"] for item in items() if item.get("type") != "DEPENDENT"}
    same(masters, ASKED)
    for master in parts(template(), "master_item"):
        same(master["key"] in ASKED, True)
    for item in items():
        if item["key"] in ("naawg.stats", "naawg.metrics"):
            same((item["history"], item["trends"]), ("0", "0"))
    asked = files.text_of("tools/ansible/roles/zabbix/templates/naawg.conf.j2")
    same(set(re.findall(r"^UserParameter=([^,]+),naawg ", asked, re.M)),
         {key for key in ASKED if key.startswith("naawg")})
    same(re.search("sudo", asked), None)


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
    """Reasons, metrics and commands that are named exist."""
    text = files.text_of(PATH)
    drops, handshakes = files.reasons()
    for reason in re.findall(r'REASON\.MAX:"([a-z-]+)"', text):
        same(reason in drops | handshakes, True, reason)
    for name in re.findall(r"naawg_(?:forward|module|up)\w*", text):
        same(name in files.metrics(), True, name)
    for trigger in triggers():
        for command in re.findall(r'"naawg ([a-z-]+)', trigger["description"].replace("\n", " ")):
            same(command in files.commands(), True, trigger["description"])
        same(bool(re.search('"(naawg|modprobe|systemctl) |macro', trigger["description"])), True,
             trigger["description"])


def importable():
    """The word by which community.zabbix knows a refusal is not in the file."""
    same(re.search("error", files.text_of(PATH)), None)


def main():
    """All of it."""
    suite = Suite(kernel=False)
    for sentence, function in (
            ("the file is for Zabbix 6.0, and identifiers differ", form),
            ("two items ask naawg, without sudo, and all others depend on them", one_question),
            ("macros, items and triggers that are named exist", defined),
            ("reasons, metrics and commands that are named exist", known),
            ("no word is in the file that its importer takes for a refusal", importable)):
        suite.case(sentence, function)
    suite.end()


if __name__ == "__main__":
    main()
