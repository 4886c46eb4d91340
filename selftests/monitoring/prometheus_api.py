#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Questions of the test servers to a Prometheus.

    prometheus_api.py URL ready                 it answers, and all its targets are up
    prometheus_api.py URL dashboard             each expression of the dashboard has a value
    prometheus_api.py URL rules                 each rule was evaluated without an error
    prometheus_api.py URL firing NAME [LABEL=VALUE]...
                                                an alert of that name fires, with these labels
    prometheus_api.py URL quiet                 no alert of naawg fires
    prometheus_api.py URL page PATH             print a page

Each question but the last one is asked until the answer is as wanted, three minutes at most.
"""
import json
import os
import sys
import time
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)

import files  # noqa: E402 pylint: disable=wrong-import-position

LIMIT = 180


def page(url):
    """The text of a page."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode()


def query(url, expression):
    """The result of an expression."""
    text = page(f"{url}/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
    return json.loads(text)["data"]["result"]


def ready(url):
    """Nothing, or targets that are not up."""
    targets = json.loads(page(f"{url}/api/v1/targets"))["data"]["activeTargets"]
    return [f"{target['scrapeUrl']}: {target['lastError']}" for target in targets
            if target["health"] != "up"] or ([] if targets else ["no targets"])


def dashboard(url):
    """Expressions of the dashboard without a value."""
    return [f"{title}: {expression}" for title, expression in files.expressions("30s")
            if not query(url, expression)]


def rules(url):
    """Rules with an error, or that were not evaluated yet."""
    groups = json.loads(page(f"{url}/api/v1/rules"))["data"]["groups"]
    return [f"{rule['name']}: {rule['health']} {rule.get('lastError', '')}"
            for group in groups for rule in group["rules"] if rule["health"] != "ok"] or (
                [] if groups else ["no rules"])


def firing(url, name, *labels):
    """Nothing if such an alert fires, or all that do."""
    wanted = dict(label.split("=", 1) for label in labels)
    every = [alert["metric"] for alert in query(url, 'ALERTS{alertstate="firing"}')]
    return [] if any(alert["alertname"] == name and wanted.items() <= alert.items()
                     for alert in every) else every


def quiet(url):
    """Alerts of naawg."""
    return [alert["metric"] for alert in query(
        url, 'ALERTS{alertname=~"Naawg.*",alertstate="firing"}')]


def main():
    """One question."""
    url, what, *rest = sys.argv[1:]
    if what == "page":
        print(page(url + rest[0]))
        return
    ask = {"ready": ready, "dashboard": dashboard, "rules": rules, "firing": firing,
           "quiet": quiet}[what]
    end = time.monotonic() + LIMIT
    while True:
        try:
            wrong = ask(url, *rest)
        except OSError as error:
            wrong = [str(error)]
        if not wrong:
            return
        if time.monotonic() > end:
            sys.exit("\n".join(str(line) for line in wrong))
        time.sleep(1)


if __name__ == "__main__":
    main()
