#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The time when a key was made: from the vault to the file of a tunnel, which the tool reads."""

import os
import re
import subprocess
import sys
import time
import types

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))

# pylint: disable=wrong-import-position
import fleet_lib  # noqa: E402
from suite import Suite, same  # noqa: E402

suite = Suite(kernel=False)
if not fleet_lib.HAVE_ANSIBLE:
    suite.skip("the collection keeps times of keys", "ansible or python3-nacl is missing")
    suite.end()

from ansible_collections.naawg.naawg.plugins.module_utils import (  # noqa: E402
    audit, conf_file, keys)
from ansible_collections.naawg.naawg.plugins.modules import naawg_policy  # noqa: E402

TOOL = os.path.join(fleet_lib.REPO, "tools/naawg")
PRIVATE = "vault_wg_web_private_key"
PAIR = "vault_wg_services_web_preshared_key"
HOSTS = {
    "web": {"naawg_interfaces": [{"address": "10.1.0.1/24", "peers": [{"host": "services"}]}]},
    "services": {"naawg_interfaces": [{"address": "10.1.0.2/24", "peers": [{"host": "web"}]}]},
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
DAY = 24 * 60 * 60


def ago(days):
    """The time so many days ago."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - days * DAY))


def set_time(fleet, name, value):
    """Write a time into the vault by hand."""
    text = fleet_lib.read(fleet.vault)
    changed = re.sub(r"(?m)^(%s_created:) .*" % name, r"\1 %s" % value, text)
    same(changed == text, False, name + " has a time")
    fleet_lib.write(fleet.vault, changed)


def made():
    """A fleet with keys."""
    fleet = fleet_lib.Inventory(HOSTS)
    fleet.action("naawg_vault_keys")
    return fleet


def conf_of(options):
    """The file that an interface gets."""
    return conf_file.of_options({**{name: None for name, _key in conf_file.OPTIONS}, **options})


def beside_the_keys():
    fleet = made()
    values = dict(re.findall(r'(?m)^(\w+)_created: "(.*)"$', fleet_lib.read(fleet.vault)))
    same(sorted(values), sorted([PRIVATE, "vault_wg_services_private_key", PAIR]))
    for value in values.values():
        same(TIME.fullmatch(value) is not None, True, value)
    [web] = fleet.tunnel("web")
    [services] = fleet.tunnel("services")
    same((web["created"], web["peers"][0]["created"]), (values[PRIVATE], values[PAIR]))
    same(services["peers"][0]["created"], values[PAIR], "the other end")


def with_a_successor():
    fleet = made()
    names = [PRIVATE, PAIR]
    for name in names:
        set_time(fleet, name, '"2020-01-01"')
    fleet.action("naawg_vault_keys", state="next", variables=names)
    [old], [new] = fleet.tunnel("web"), fleet.tunnel("web", next=names)
    same((old["created"], old["peers"][0]["created"]), ("2020-01-01", "2020-01-01"))
    same([text[:4] > "2020" for text in (new["created"], new["peers"][0]["created"])],
         [True, True])
    fleet.action("naawg_vault_keys", state="drop", variables=[PAIR])
    same(fleet.tunnel("web")[0]["peers"][0]["created"], "2020-01-01", "dropped")
    fleet.action("naawg_vault_keys", state="promote", variables=[PRIVATE])
    same(fleet.tunnel("web")[0]["created"], new["created"], "in place")
    same("_next" in fleet_lib.read(fleet.vault), False, "nothing is left")


def of_another_key():
    """A time never stays beside a key that it does not belong to."""
    fleet = made()
    fleet.action("naawg_vault_keys", state="next", variables=[PRIVATE])
    text = re.sub(r"(?m)^%s_next_created: .*\n" % PRIVATE, "", fleet_lib.read(fleet.vault))
    fleet_lib.write(fleet.vault, text)
    fleet.action("naawg_vault_keys", state="promote", variables=[PRIVATE])
    same("created" in fleet.tunnel("web")[0], False, "a successor of unknown age")
    fleet = made()
    set_time(fleet, PAIR, '"2020-01-01"')
    text = re.sub(r"(?m)^%s: .*\n( {10}.*\n)+" % PAIR, "", fleet_lib.read(fleet.vault))
    fleet_lib.write(fleet.vault, text)
    same(fleet.action("naawg_vault_keys")["variables"], [PAIR])
    same(fleet.tunnel("web")[0]["peers"][0]["created"] > "2020-01-01", True, "a lost key")


def by_hand():
    fleet = made()
    for value, wanted in (("2026-01-31", "2026-01-31"), ("2026-01-31T12:00:00Z",) * 2,
                          ("2026-01-31 12:00:00Z", "2026-01-31T12:00:00Z"), ("''", None)):
        set_time(fleet, PRIVATE, value)
        same(fleet.tunnel("web")[0].get("created"), wanted, value)
    for value in ("soon", '"2026-02-30"', '"2026-01-31T25:00:00Z"', '"2026-01-31\\n[Peer]"'):
        set_time(fleet, PRIVATE, value.replace("\\", "\\\\"))
        try:
            seen = fleet.tunnel("web")
        except Exception as error:  # pylint: disable=broad-except
            same(f"web: {PRIVATE}_created: " in str(error), True, str(error))
        else:
            raise AssertionError(f"{value} is accepted: {seen[0]['created']}")


def in_the_file():
    [web] = made().tunnel("web")
    conf = conf_of(web)
    text = conf.text()
    line = "# Created = %s\n"
    same("[Interface]\n" + line % web["created"] in text, True, text.split("\n\n")[0][:200])
    same("Name = services\n" + line % web["peers"][0]["created"] in text, True)
    same(conf_file.parse(text).text(), text, "read and written")
    for options in web, web["peers"][0]:
        del options["created"]
    kept = conf_of(web)
    conf_file.keep_times(kept, conf)
    same(kept.text(), text, "the keys are the same")
    web["private_key"] = keys.make_private()
    web["peers"][0]["preshared_key"] = keys.make_preshared()
    other = conf_of(web)
    conf_file.keep_times(other, conf)
    same("Created" in other.text(), False, "other keys")


def as_events():
    lines = ["file: ~ Created 2020-01-01 -> 2026-01-01",
             "file: ~ peer web: Created 2020-01-01 -> 2026-01-01"]
    same(audit.of_lines(lines, "wg0", {}), [], "a time alone")
    lines.append("file: ~ peer web: PresharedKey changed")
    same([found["event"] for found in audit.of_lines(lines, "wg0", {})], ["psk-rotated"])


def as_the_tool_reads():
    fleet = made()
    set_time(fleet, PRIVATE, '"%s"' % ago(100))
    set_time(fleet, PAIR, '"%s"' % ago(80))
    policy = {"content": None, "strict": True, "require_preshared_key": True,
              "allow_wildcard": False, "tunnel_subnets": [], "forbid_routes": []}
    path = fleet_lib.write(os.path.join(fleet.top, "wg0.conf"),
                           conf_of(fleet.tunnel("web")[0]).text(), 0o600)
    for age, old in (("", []), ("90d", ["our key is 100 days old"]),
                     ("10w", ["our key is 100 days old",
                              "the preshared key of peer services is 80 days old"])):
        module = types.SimpleNamespace(params={**policy, "rotate_after": age})
        rules = fleet_lib.write(os.path.join(fleet.top, "policy.conf"),
                                naawg_policy.text_of(module))
        done = subprocess.run([TOOL, "check-config", "--policy", rules, path], text=True,
                              stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, check=False)
        same(done.returncode, 0, done.stderr)
        same([line for line in done.stderr.splitlines() if not any(said in line for said in old)],
             [], age)
        same(len(done.stderr.splitlines()), len(old), done.stderr)


suite.case("generate_keys writes the time beside each key, and interfaces have it",
           beside_the_keys)
suite.case("a successor has its own time", with_a_successor)
suite.case("a key never gets the time of another one", of_another_key)
suite.case("a time may be written by hand, and a wrong one is named", by_hand)
suite.case("a file has times as comments, and keeps them as long as its keys", in_the_file)
suite.case("a new time alone is no event", as_events)
if os.access(TOOL, os.X_OK):
    suite.case("the tool warns of keys that are older than the policy wants", as_the_tool_reads)
else:
    suite.skip("the tool warns of keys that are older than the policy wants",
               "tools/naawg is not built")
suite.end()
