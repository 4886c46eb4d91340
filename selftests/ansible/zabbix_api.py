#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Questions of the test monitoring to the API of a Zabbix server.

    zabbix_api.py URL version                            the API answers
    zabbix_api.py URL token                              make a token and print it
    zabbix_api.py URL value NAME equals|above|is WORD --token FILE
    zabbix_api.py URL problem NAME yes|no --token FILE   a problem of that name is there
    zabbix_api.py URL host NAME yes|no --token FILE      a host of that name is there
    zabbix_api.py URL template FILE --token FILE         the server has the template of a file

The questions for a value, a problem and a host wait until the answer is as wanted, three minutes at most.
"""
import json
import sys
import time
import urllib.request

import yaml

LIMIT = 180


class Api:
    """The API of one server."""

    def __init__(self, url, token=None):
        self.url, self.token = url, token

    def call(self, method, params):
        """The result of a method."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        if self.token:
            body["auth"] = self.token
        request = urllib.request.Request(
            self.url + "/api_jsonrpc.php", json.dumps(body).encode(),
            {"Content-Type": "application/json-rpc"})
        with urllib.request.urlopen(request, timeout=LIMIT) as answer:
            said = json.load(answer)
        if "error" in said:
            raise RuntimeError(f"{method}: {said['error']}")
        return said["result"]

    def make_token(self):
        """A token of the first administrator, whose password is the one after installation."""
        self.token = self.call("user.login", {"username": "Admin", "password": "zabbix"})
        made = self.call("token.create", {"name": "ansible"})["tokenids"]
        return self.call("token.generate", made)[0]["token"]

    def values(self, name):
        """Items of that name: newest values, and errors."""
        items = self.call("item.get", {"filter": {"name": name}, "host": "wireguard",
                                       "output": ["lastvalue", "lastclock", "error", "state"]})
        return [item["lastvalue"] for item in items
                if item["lastclock"] != "0"], items

    def problems(self, name):
        """Open problems of that name, and all open ones of the host."""
        every = self.call("problem.get", {"output": ["name"], "recent": False})
        return [problem for problem in every if problem["name"] == name], every


def until(ask, good):
    """Ask until the answer is good."""
    end = time.monotonic() + LIMIT
    while True:
        answer, seen = ask()
        if good(answer):
            return
        if time.monotonic() > end:
            sys.exit(f"seen for {LIMIT} s: {seen}")
        time.sleep(1)


def in_order(value):
    """A value whose lists are sorted, as the server chooses their order. It also takes the
    newline off the end of a script."""
    if isinstance(value, dict):
        return {name: in_order(member) for name, member in value.items()}
    if isinstance(value, list):
        return sorted((in_order(member) for member in value),
                      key=lambda member: json.dumps(member, sort_keys=True))
    return value.rstrip("\n") if isinstance(value, str) else value


def differences(ours, theirs, where=""):
    """Places where two values differ."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted(set(ours) | set(theirs)):
            yield from differences(ours.get(name), theirs.get(name), f"{where}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, pair in enumerate(zip(ours, theirs)):
            yield from differences(*pair, f"{where}[{number}]")
    elif ours != theirs:
        yield f"{where}: file {ours!r}, server {theirs!r}"


def compare_template(api, path):
    """Compare the template in a file with the one that the server exports."""
    with open(path, encoding="utf-8") as file:
        ours = yaml.safe_load(file)["zabbix_export"]["templates"]
    found = api.call("template.get", {"filter": {"host": ours[0]["template"]}})
    text = api.call("configuration.export", {
        "format": "json", "options": {"templates": [found[0]["templateid"]]}})
    theirs = json.loads(text)["zabbix_export"]["templates"]
    found = list(differences(in_order(ours), in_order(theirs)))
    if found:
        sys.exit("\n".join(found[:20]))


def wait(api, what, name, *wanted):
    """Wait for a value, a problem or a host."""
    if what == "value":
        relation, word = wanted
        good = {"is": lambda value: value == word,
                "equals": lambda value: float(value) == float(word),
                "above": lambda value: float(value) > float(word)}[relation]
        until(lambda: api.values(name), lambda values: any(map(good, values)))
    elif what == "problem":
        until(lambda: api.problems(name), lambda found: bool(found) == (wanted[0] == "yes"))
    elif what == "host":
        until(lambda: (api.call("host.get", {"filter": {"host": name}}), name),
              lambda found: bool(found) == (wanted[0] == "yes"))


def main():
    """One question."""
    url, what, *rest = sys.argv[1:]
    if what == "version":
        print(Api(url).call("apiinfo.version", []))
    elif what == "token":
        print(Api(url).make_token())
    else:
        with open(rest.pop(), encoding="ascii") as file:
            token = file.read().strip()
        rest.remove("--token")
        if what == "template":
            compare_template(Api(url, token), *rest)
        else:
            wait(Api(url, token), what, *rest)


if __name__ == "__main__":
    main()
