#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The dashboard of Grafana in tools/monitoring, without Grafana.

Its form is that of an exported dashboard, its panels do not overlap, and promtool can read each
expression. monitoring/servers asks a real Prometheus for all of them.
"""
import os
import re
import sys
import tempfile

import jsonschema
import yaml

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]

import files  # noqa: E402 pylint: disable=wrong-import-position
from suite import Suite, same  # noqa: E402 pylint: disable=wrong-import-position

ROWS = ["State", "Traffic", "Why packets were dropped", "Why handshakes failed", "Forwards",
        "Batches", "Hosts"]
# Grafana has these itself.
BUILT_IN = {"__rate_interval", "__all"}

NUMBER = {"type": "integer", "minimum": 0}
SOURCE = {"type": "object", "required": ["type", "uid"], "properties": {
    "type": {"const": "prometheus"}, "uid": {"const": "${datasource}"}}}
TARGET = {"type": "object", "required": ["refId", "expr", "datasource"], "properties": {
    "refId": {"type": "string", "pattern": "^[A-Z]$"}, "expr": {"type": "string", "minLength": 1},
    "datasource": SOURCE, "format": {"enum": ["table", "time_series"]}}}
PANEL = {"type": "object", "required": ["id", "type", "title", "gridPos"], "properties": {
    "id": {"type": "integer", "minimum": 1}, "title": {"type": "string", "minLength": 1},
    "type": {"enum": ["row", "stat", "timeseries", "table", "state-timeline"]},
    "gridPos": {"type": "object", "required": ["h", "w", "x", "y"],
                "properties": {"h": NUMBER, "w": {"type": "integer", "maximum": 24},
                               "x": NUMBER, "y": NUMBER}},
    "targets": {"type": "array", "items": TARGET}, "datasource": SOURCE}}
INPUT = {"type": "object", "required": ["name", "label", "type", "pluginId"], "properties": {
    "name": {"const": "DS_PROMETHEUS"}, "type": {"const": "datasource"},
    "pluginId": {"const": "prometheus"}}}
BOARD = {"type": "object",
         "required": ["__inputs", "__requires", "uid", "title", "schemaVersion", "panels",
                      "templating", "annotations", "time"],
         "properties": {
             "id": {"type": "null"}, "uid": {"type": "string", "pattern": "^[a-zA-Z0-9_-]{1,40}$"},
             "schemaVersion": {"type": "integer", "minimum": 36},
             "__inputs": {"type": "array", "minItems": 1, "items": INPUT},
             "panels": {"type": "array", "items": PANEL, "minItems": 1}}}


def form():
    """The file has the form of an exported dashboard."""
    jsonschema.validate(files.dashboard(), BOARD)


def places():
    """Rows are in order, identifiers differ, and no panel is on another one."""
    panels = files.dashboard()["panels"]
    same([panel["title"] for panel in panels if panel["type"] == "row"], ROWS)
    same(len({panel["id"] for panel in panels}), len(panels))
    taken = {}
    for panel in panels:
        grid = panel["gridPos"]
        same(grid["x"] + grid["w"] <= 24, True, panel["title"])
        for column in range(grid["x"], grid["x"] + grid["w"]):
            for line in range(grid["y"], grid["y"] + grid["h"]):
                other = taken.setdefault((column, line), panel["title"])
                same(other, panel["title"], "a panel is on another one:")


def variables():
    """Each variable that is used is defined, and each one defined is used."""
    board = files.dashboard()
    defined = {variable["name"] for variable in board["templating"]["list"]}
    used = set(re.findall(r"\$\{?(\w+)", files.text_of("tools/monitoring/grafana/naawg.json")))
    same(used - BUILT_IN - {entry["name"] for entry in board["__inputs"]}, defined)
    source = board["templating"]["list"][0]
    same((source["type"], source["current"]["value"]), ("datasource", "${DS_PROMETHEUS}"))


def names():
    """Metrics and reasons in expressions exist."""
    for _title, expression in files.expressions():
        same(list(files.unknown_reasons(expression)), [])
        same(list(files.unknown_metrics(expression, set())), [])


def complete():
    """Each metric that a person may want to see is on the dashboard."""
    shown = set(re.findall(r"naawg_\w+", " ".join(text for _, text in files.expressions())))
    hidden = {"naawg_interface_info", "naawg_scrape_errors", "naawg_peers_omitted"}
    same((files.metrics() or set()) - shown - hidden, set())


def readable():
    """promtool can read each expression."""
    rules = [{"record": f"panel:{number}", "expr": expression}
             for number, (_title, expression) in enumerate(files.expressions())]
    with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as file:
        yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
        file.flush()
        files.run(files.program("promtool"), "check", "rules", file.name)


def main():
    """All of it."""
    suite = Suite(kernel=False)
    for sentence, function in (("the file has the form of an exported dashboard", form),
                               ("rows are in order, and no panel is on another one", places),
                               ("variables are defined and used", variables),
                               ("metrics and reasons in expressions exist", names),
                               ("each metric is on the dashboard", complete)):
        suite.case(sentence, function)
    sentence = "promtool can read each expression"
    if files.program("promtool"):
        suite.case(sentence, readable)
    else:
        suite.skip(sentence, "no promtool: run selftests/deps.sh monitoring")
    suite.end()


if __name__ == "__main__":
    main()
