#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The alerts in tools/monitoring: each fires when it should, and says what helps.

naawg.rules.test.yml has the tests that promtool runs, with series written by hand.
monitoring/servers lets a real tunnel break.
"""
import os
import re
import sys
import tempfile

import yaml

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]

import files  # noqa: E402 pylint: disable=wrong-import-position
from suite import Suite, same  # noqa: E402 pylint: disable=wrong-import-position

RULES = os.path.join(files.TOOLS, "prometheus/naawg.rules.yml")
TESTS = os.path.join(HERE, "naawg.rules.test.yml")
ROUTES = os.path.join(files.TOOLS, "alertmanager/alertmanager.yml")
SEVERITIES = {"critical", "warning", "info"}
# Commands of other programs that an alert may name.
OTHERS = {"naawg-quick up", "modprobe naawg", "journalctl -u", "dkms status",
          "naawg-upgrade --adopt"}


def alerts():
    """All alerts."""
    groups = yaml.safe_load(files.text_of(RULES))["groups"]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def fire():
    """promtool has no complaint about the rules and their tests."""
    promtool = files.program("promtool")
    files.run(promtool, "check", "rules", RULES)
    with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as copy:
        copy.write(files.text_of(TESTS).replace("RULES", RULES))
        copy.flush()
        files.run(promtool, "test", "rules", copy.name)


def tested():
    """Each alert is the only one that fires in some test."""
    expected = re.findall(r'exp_samples: \[\{labels: \'\{alertname="(\w+)"\}\',\s+value: 1\}\]',
                          files.text_of(TESTS))
    same({alert["alert"] for alert in alerts()} - set(expected), set())


def helpful():
    """Each alert has a severity and one sentence with a command that exists."""
    known = files.commands()
    for alert in alerts():
        summary = alert["annotations"]["summary"]
        same(alert["labels"]["severity"] in SEVERITIES, True, alert["alert"])
        quoted = [text for text in re.findall(r'"([^"]*)"', summary)
                  if text.startswith("naawg ") or " " in text]
        same(bool(quoted), True, summary)
        for text in quoted:
            first, second = text.split()[:2]
            if first == "naawg":
                same(second in known, True, f"{alert['alert']}: {text}")
            else:
                same(f"{first} {second}" in OTHERS, True, f"{alert['alert']}: {text}")


def names():
    """Metrics and reasons in expressions exist."""
    rules = [rule for group in yaml.safe_load(files.text_of(RULES))["groups"]
             for rule in group["rules"]]
    recorded = {rule["record"] for rule in rules if "record" in rule}
    for rule in rules:
        same(list(files.unknown_reasons(rule["expr"])), [])
        same(list(files.unknown_metrics(rule["expr"], recorded)), [])


def described():
    """docs/monitoring.md has a row for each alert, and no other."""
    rows = re.findall(r"^\| `(Naawg\w+)` \|", files.text_of("docs/monitoring.md"), re.M)
    same(rows, [alert["alert"] for alert in alerts()])


def routed():
    """amtool has no complaint about the routes, and each severity has a receiver."""
    amtool = files.program("amtool")
    files.run(amtool, "check-config", ROUTES)
    for labels, receiver in ((("severity=critical",), "pager"), (("severity=warning",), "mail"),
                             (("severity=info",), "nobody"),
                             (("severity=warning", "name=alice-laptop",
                               "alertname=NaawgPeerDisconnected"), "nobody")):
        said = files.run(amtool, "config", "routes", "test", f"--config.file={ROUTES}", *labels)
        same(said.splitlines()[-1], receiver, labels)


def main():
    """All of it."""
    suite = Suite(kernel=False)
    for sentence, function, needed in (
            ("each alert fires, and only when it should", fire, "promtool"),
            ("each alert has a test in which only it fires", tested, None),
            ("each alert names a command that exists", helpful, None),
            ("metrics and reasons in expressions exist", names, None),
            ("docs/monitoring.md describes each alert", described, None),
            ("Alertmanager sends each alert where its labels say", routed, "amtool")):
        if needed and not files.program(needed):
            suite.skip(sentence, f"no {needed}: run selftests/deps.sh monitoring")
        else:
            suite.case(sentence, function)
    suite.end()


if __name__ == "__main__":
    main()
