# SPDX-License-Identifier: GPL-2.0
"""Files of tools/monitoring, and names from the sources, for their tests."""
import json
import os
import re
import subprocess

HERE = os.path.dirname(os.path.realpath(__file__))
REPO = os.path.realpath(os.path.join(HERE, "../.."))
TOOLS = os.path.join(REPO, "tools/monitoring")


def text_of(path):
    """A file of the repository."""
    with open(os.path.join(REPO, path), encoding="utf-8") as file:
        return file.read()


def program(name):
    """A program of Prometheus, or None if it was not fetched."""
    done = subprocess.run([os.path.join(HERE, "programs")], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=False)
    path = os.path.join(done.stdout.strip() or "/nonexistent", name)
    return path if os.access(path, os.X_OK) else None


def run(*command):
    """Run a command. Its output is the error if it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    if done.returncode:
        raise AssertionError(done.stdout)
    return done.stdout


def reasons():
    """Names of the kernel's reasons: those of drops, and those of handshakes."""
    found = re.findall(r'NAAWG_REASON\(\w+, "([^"]+)", (true|false)',
                       text_of("module/core/reason_list.h"))
    return ({name for name, handshake in found if handshake == "false"},
            {name for name, handshake in found if handshake == "true"})


def commands():
    """Subcommands of naawg."""
    return set(re.findall(r'\{ "([a-z-]+)", cmd_', text_of("tools/naawg.c")))


def unknown_reasons(expression):
    """Reasons in an expression of Prometheus that the kernel does not have."""
    drops, handshakes = reasons()
    for metric, known in (("drops", drops), ("handshake_failures", handshakes)):
        for body in re.findall(rf"naawg_{metric}[a-z0-9_:]*\{{([^}}]*)\}}", expression):
            for names in re.findall(r'reason[=!]~?\s*"([^"]*)"', body):
                for name in names.split("|"):
                    if not any(re.fullmatch(name, reason) for reason in known):
                        yield f"{name} in {expression}"


def metrics():
    """Names of all metrics of "naawg metrics"."""
    directory = os.path.join(REPO, "tools/metrics")
    if not os.path.isdir(directory):
        return None
    return {name for path in os.listdir(directory) if path.endswith(".c")
            for name in re.findall(r'"(naawg_[a-z_]+)"', text_of(f"tools/metrics/{path}"))}


def unknown_metrics(expression, recorded):
    """Metrics in an expression that nobody makes."""
    known = metrics()
    for name in re.findall(r"(?<![:\w])(naawg_\w+|\w+:naawg_\w+:\w+)", expression):
        if known is not None and name not in known | recorded:
            yield f"{name} in {expression}"


def dashboard():
    """The dashboard of Grafana."""
    return json.loads(text_of("tools/monitoring/grafana/naawg.json"))


def expressions(interval="5m"):
    """Titles and expressions of the dashboard, as Grafana would send them with all chosen."""
    values = {"__rate_interval": interval, "instance": ".*", "interface": ".*", "node": ".*"}
    board = dashboard()
    found = [(panel["title"], target["expr"]) for panel in board["panels"]
             for target in panel.get("targets", ())]
    found += [(note["name"], note["expr"]) for note in board["annotations"]["list"]
              if "expr" in note]
    for title, text in found:
        for name, value in values.items():
            text = text.replace(f"${name}", value)
        yield title, text
