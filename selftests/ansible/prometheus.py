#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The settings that the role prometheus adds to units of the tool: they fit the units and the
options of `naawg metrics`."""
import os
import re
import subprocess
import sys

import jinja2
import yaml

HERE = os.path.dirname(os.path.realpath(__file__))
REPO = os.path.realpath(os.path.join(HERE, "../.."))
sys.path.insert(0, os.path.join(HERE, ".."))

from suite import Suite, same  # noqa: E402 pylint: disable=wrong-import-position

ROLE = os.path.join(REPO, "tools/ansible/roles/prometheus")
UNITS = os.path.join(REPO, "tools/systemd")
TOOL = os.path.join(REPO, "tools/naawg")


def loaded(path):
    """A file of the role."""
    with open(os.path.join(ROLE, path), encoding="utf-8") as file:
        return yaml.safe_load(file)


def variables(**others):
    """Defaults and variables of the role, as far as templates use them."""
    found = {**loaded("defaults/main.yml"), **loaded("vars/main.yml"), "ansible_managed": "x",
             **others}
    text = found["naawg__prometheus_options"]
    found["naawg__prometheus_options"] = jinja2.Template(text).render(found)
    return found


def rendered(unit, **others):
    """The settings of a unit: {name: values}; an empty value ends those before it."""
    with open(os.path.join(ROLE, f"templates/{unit}.j2"), encoding="utf-8") as file:
        text = jinja2.Template(file.read(), trim_blocks=True).render(variables(**others))
    settings = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", text, re.M):
        settings.setdefault(name, [])
        settings[name] = settings[name] + [value] if value else []
    return settings


def unit_text(unit):
    """The unit of the tool that the settings change."""
    path = os.path.join(UNITS, unit)
    with open(path if os.path.exists(path) else path + ".in", encoding="utf-8") as file:
        return file.read()


def units():
    """Each unit is one of the tool, has a template, and has each setting that is replaced."""
    names = [unit for group in loaded("vars/main.yml")["naawg__prometheus_units"].values()
             for unit in group]
    same(sorted(name + ".j2" for name in names),
         sorted(os.listdir(os.path.join(ROLE, "templates"))))
    for unit in names:
        present = set(re.findall(r"^(\w+)=", unit_text(unit), re.M))
        same(set(rendered(unit)) - present - {"FreeBind"}, set(), unit)


def commands():
    """The commands have the options of the role, and the tool knows them."""
    usage = subprocess.run([TOOL, "metrics", "--help"], stdout=subprocess.PIPE, text=True,
                           check=True).stdout
    for unit, last in (("naawg-metrics-textfile.service", "--textfile /srv/naawg.prom"),
                       ("naawg-metrics@.service", "--http")):
        settings = rendered(unit, naawg_prometheus_names="mdlayher",
                            naawg_prometheus_peers_max=7, naawg_prometheus_directory="/srv")
        (command,) = settings["ExecStart"]
        same(command, f"naawg metrics --names mdlayher --peers-max 7 {last}")
        for option in re.findall(r"--[a-z-]+", command):
            same(option in usage, True, option)
    choices = loaded("meta/argument_specs.yml")["argument_specs"]["main"]["options"][
        "naawg_prometheus_names"]["choices"]
    same("|".join(choices) in usage, True)


def places():
    """Directory, user, interval and addresses arrive in the units."""
    service = rendered("naawg-metrics-textfile.service", naawg_prometheus_directory="/srv",
                       naawg_prometheus_user="exporter")
    same((service["User"], service["ReadWritePaths"], service["ConditionPathIsDirectory"]),
         (["exporter"], ["/srv"], ["/srv"]))
    timer = rendered("naawg-metrics-textfile.timer", naawg_prometheus_interval=60)
    same((timer["OnActiveSec"], timer["OnUnitActiveSec"]), (["60"], ["60"]))
    socket = rendered("naawg-metrics.socket", naawg_prometheus_listen=["10.9.0.1:9586", "[::1]:1"])
    same(socket["ListenStream"], ["10.9.0.1:9586", "[::1]:1"])


def defaults():
    """The defaults are those of the units."""
    same(rendered("naawg-metrics.socket")["ListenStream"],
         re.findall(r"^ListenStream=(.+)$", unit_text("naawg-metrics.socket"), re.M))
    interval = re.search(r"^OnUnitActiveSec=(.+)$", unit_text("naawg-metrics-textfile.timer"),
                         re.M).group(1)
    same(rendered("naawg-metrics-textfile.timer")["OnUnitActiveSec"], [interval])


def main():
    """All of it."""
    suite = Suite(kernel=False)
    suite.case("the settings belong to units of the tool", units)
    suite.case("the tool knows the options of the role", commands)
    suite.case("directory, user, interval and addresses arrive in the units", places)
    suite.case("the defaults of the role are those of the units", defaults)
    suite.end()


if __name__ == "__main__":
    main()
