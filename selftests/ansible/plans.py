#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Plans for the rotation of keys: which pairs and variables a request means, what is refused, and
what the results of tasks mean."""

import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))

# pylint: disable=wrong-import-position
import fleet_lib  # noqa: E402
from suite import Suite, same  # noqa: E402

suite = Suite(kernel=False)
if not fleet_lib.HAVE_ANSIBLE:
    suite.skip("rotations are planned", "ansible or python3-nacl is missing")
    suite.end()

from ansible_collections.naawg.naawg.plugins.module_utils import keys, rotation  # noqa: E402

NAMES = ("db", "services", "web")
PRIVATE = {name: keys.make_private() for name in NAMES}
PUBLIC = {name: keys.derive_public(key) for name, key in PRIVATE.items()}
SHARED = "vault_wg_preshared_key"
WEB_DB = "vault_wg_db_web_preshared_key"
WEB_SERVICES = "vault_wg_services_web_preshared_key"
DB_SERVICES = "vault_wg_db_services_preshared_key"
ALICE = keys.derive_public(keys.make_private())
DEVICE = {"name": "alice", "public_key": ALICE, "allowed_ips": ["10.1.0.9/32"]}


def three(shared=False, more=(), peers=(), given=None, reached="192.0.2."):
    """Three hosts that are peers of each other. MORE are variables of the vault, PEERS further
    ones of web, GIVEN what web writes as its preshared key of services, REACHED the network that
    Ansible finds them in."""
    hosts = {}
    for n, name in enumerate(NAMES, 1):
        listed = [{"host": other} for other in NAMES if other != name]
        if name == "web":
            listed[1].update({"preshared_key": given} if given else {})
            listed += peers
        hosts[name] = {"ansible_host": f"{reached}{n}", "naawg_interfaces": [
            {"address": f"10.1.0.{n}/24", "listen_port": 51820, "peers": listed}]}
    names = [SHARED] if shared else [WEB_DB, WEB_SERVICES, DB_SERVICES,
                                     "vault_wg_alice_web_preshared_key"]
    vault = {f"vault_wg_{name}_private_key": key for name, key in PRIVATE.items()}
    vault.update({name: keys.make_preshared() for name in [*names, *more]})
    text = "".join(f"{name}: {value}\n" for name, value in vault.items())
    return fleet_lib.Inventory(hosts, vault=fleet_lib.seal(text))


def ask(fleet, step, *args):
    """The filter rotation, as a host evaluates it."""
    words = "".join(", %r" % (arg,) for arg in args)
    return fleet.template("hostvars | naawg.naawg.rotation(%r%s)" % (step, words), fleet.hosts[0])


def psk_plan(fleet, hosts=NAMES, **request):
    """The plan for preshared keys."""
    return ask(fleet, "psk_plan", list(hosts), request)


def refused(function, *words):
    """The function fails, and its message has all WORDS."""
    try:
        seen = function()
    except Exception as error:  # pylint: disable=broad-except
        for word in words:
            if word not in str(error):
                raise AssertionError(f"no {word!r} in {error}") from error
    else:
        raise AssertionError(f"it is accepted: {str(seen)[:200]}")


def pairs():
    fleet = three()
    plan = psk_plan(fleet, pair="web,services")
    same(plan["variables"], [WEB_SERVICES])
    same(plan["hosts"], ["services", "web"])
    same(plan["pending"], [])
    same([(fact["public_key"], fact["first"]) for fact in plan["links"]["web"]],
         [(PUBLIC["services"], False)])
    same(psk_plan(fleet, host="web")["variables"], [WEB_DB, WEB_SERVICES])
    same(psk_plan(fleet)["variables"], [DB_SERVICES, WEB_DB, WEB_SERVICES])
    same(psk_plan(three(more=[WEB_DB + "_next"]))["pending"], [WEB_DB])


def refusals():
    fleet = three()
    refused(lambda: psk_plan(fleet, pair="web"), "two names")
    refused(lambda: psk_plan(fleet, pair="web,mail"), "mail and web", "no peers")
    refused(lambda: psk_plan(fleet, host="mail"), "host=mail", "db, services, web")
    refused(lambda: psk_plan(fleet, hosts=["db", "web"]), "services", "not among the hosts")
    moving = three(more=["vault_wg_web_private_key_next"])
    refused(lambda: psk_plan(moving, pair="web,db"), "naawg.naawg.rotate_identity -e host=web")
    refused(lambda: psk_plan(three(given=keys.make_preshared()), pair="web,services"),
            "not in the vault")


def shared_keys():
    fleet = three(shared=True)
    same(psk_plan(fleet)["variables"], [SHARED], "all pairs have it")
    same(psk_plan(fleet, pair="web,db")["variables"], [WEB_DB], "a part of them")
    given = three(shared=True, given="{{ %s }}" % SHARED)
    refused(lambda: psk_plan(given, pair="web,services"), "remove this line")
    same(psk_plan(given)["variables"], [SHARED], "given for all")


def a_first_own_key():
    fleet = three(shared=True)
    before = fleet.tunnel("web")[0]["peers"]
    fleet.action("naawg_vault_keys", state="next", variables=[WEB_DB])
    same(fleet.tunnel("web")[0]["peers"], before, "until it is asked for")
    [db, services] = fleet.tunnel("web", next=[WEB_DB])[0]["peers"]
    same(db["preshared_key"] == before[0]["preshared_key"], False, "the new one")
    same(services, before[1])
    fleet.action("naawg_vault_keys", state="promote", variables=[WEB_DB])
    same(fleet.tunnel("web")[0]["peers"], [db, services])
    same(fleet.tunnel("db")[0]["peers"][1]["preshared_key"], db["preshared_key"])


def devices():
    fleet = three(peers=[DEVICE])
    plan = psk_plan(fleet, host="web")
    same((plan["variables"], [device["name"] for device in plan["devices"]]),
         ([WEB_DB, WEB_SERVICES], ["alice"]))
    refused(lambda: psk_plan(fleet, pair="alice,web"), "alice", "include_devices=true")
    plan = psk_plan(fleet, pair="alice,web", include_devices=True)
    same(plan["devices"], [{"host": "web", "name": "alice",
                            "variable": "vault_wg_alice_web_preshared_key"}])


def identities():
    fleet = three(peers=[DEVICE], more=["vault_wg_web_private_key_next"])
    plan = ask(fleet, "identity_plan", list(NAMES), "web")
    same((plan["others"], plan["pending"], plan["devices"]),
         (["db", "services"], ["vault_wg_web_private_key"], ["alice"]))
    new = ask(fleet, "new_public_keys", "db", "web", plan["variables"])["wg0"]
    same(new == PUBLIC["web"], False)
    [peer] = ask(fleet, "successors", "db", "web", plan["variables"])
    same((peer["public_key"], peer["name"], "preshared_key" in peer), (new, "web", False))
    secret = ask(fleet, "successor_key", "db", "web", plan["variables"], new)
    same(secret, fleet.tunnel("db")[0]["peers"][1]["preshared_key"])
    [call] = ask(fleet, "identity_calls", "db", "web", plan["variables"])
    same((call["public_key"], call["calls"]), (new, False), "web initiates")
    same([call["calls"] for call in ask(fleet, "identity_calls", "web", "web", [])], [True] * 2)
    refused(lambda: ask(fleet, "identity_plan", list(NAMES), "mail"), "db, services, web")
    text = three(peers=[{"name": "old", "public_key": PUBLIC["db"], "allowed_ips": []}])
    refused(lambda: ask(text, "identity_plan", list(NAMES), "db"), "as text", "host: db")
    moving = three(more=[WEB_DB + "_next"])
    refused(lambda: ask(moving, "identity_plan", list(NAMES), "web"), "-e pair=db,web")
    inside = three(reached="10.1.0.")
    refused(lambda: ask(inside, "identity_plan", list(NAMES), "web"), "through its own tunnel")


def unfinished():
    fleet = three(peers=[DEVICE])
    same(ask(fleet, "pending", list(NAMES)), [])
    names = ["vault_wg_web_private_key", WEB_DB, "vault_wg_alice_web_preshared_key"]
    fleet = three(peers=[DEVICE], more=[name + "_next" for name in names])
    same(ask(fleet, "pending", list(NAMES)), [
        "vault_wg_alice_web_preshared_key_next: naawg.naawg.rotate_psk -e pair=alice,web "
        "-e include_devices=true completes it.",
        "vault_wg_db_web_preshared_key_next: naawg.naawg.rotate_psk -e pair=db,web completes it.",
        "vault_wg_web_private_key_next: naawg.naawg.rotate_identity -e host=web completes it."])
    fleet = three(shared=True, more=[SHARED + "_next"])
    same(ask(fleet, "pending", list(NAMES)),
         [SHARED + "_next: naawg.naawg.rotate_psk completes it."])


def revocations():
    fleet = three(peers=[DEVICE])
    plan = ask(fleet, "revoke_plan", list(NAMES), "alice")
    same((plan["public_keys"], plan["hosts"], plan["knew"]), ([ALICE], list(NAMES), []))
    plan = ask(fleet, "revoke_plan", list(NAMES), "db")
    same((plan["public_keys"], plan["hosts"]), ([PUBLIC["db"]], ["services", "web"]))
    refused(lambda: ask(fleet, "revoke_plan", list(NAMES), "mail"), "mail", "alice")
    fleet = three(shared=True, peers=[DEVICE])
    same(ask(fleet, "revoke_plan", list(NAMES), "alice")["knew"], [SHARED])
    fleet.action("naawg_revoke_list", names=["db"])
    plan = ask(fleet, "revoke_plan", list(NAMES), "alice")
    same((plan["hosts"], plan["listed"], plan["knew"]), (["services", "web"], False, [SHARED]))
    same(ask(fleet, "revoke_plan", list(NAMES), "db")["listed"], True)
    fleet = three(shared=True, peers=[DEVICE])
    plan = psk_plan(fleet, hosts=["services", "web"], variables=[SHARED], split=True,
                    revoked=["db"])
    same((plan["variables"], [device["name"] for device in plan["devices"]]),
         ([WEB_SERVICES], ["alice"]))
    part = ask(fleet, "psk_part", plan, ["web: no route"])
    same((part["variables"], part["hosts"]), ([], []))


def loop(**failed):
    """The registered result of a loop over peers: none failed but for these."""
    return {"results": [{"ansible_loop_var": "link", "link": {"public_key": PUBLIC[name]},
                         **failed.get(name, {})} for name in NAMES]}


def verdicts():
    plan = psk_plan(three(), pair="web,services")
    broken, silent = {"failed": True, "msg": "no answer"}, {"unreachable": True, "msg": "no ssh"}
    judge = rotation.psk_verdict
    same(judge(plan, {"web": {"checked": loop()}, "services": {"proved": loop()}})["good"],
         [WEB_SERVICES])
    verdict = judge(plan, {"web": {}, "services": {"proved": loop(web=broken)}})
    same((verdict["bad"], verdict["reasons"]),
         ([WEB_SERVICES], ["services: peer web: no answer"]))
    verdict = judge(plan, {"web": {"checked": loop(services=silent)},
                           "services": {"proved": loop()}})
    same(verdict["good"], [WEB_SERVICES], "one end has proved it")
    gone = {"ansible_loop_var": "x", "x": {"name": "wg0"}, **silent}
    results = {"web": {"applied": {"results": [gone]}, "checked": loop(services=silent)},
               "services": {"proved": loop(web=broken)}}
    verdict = judge(plan, results)
    same(verdict["bad"], [WEB_SERVICES])
    same(rotation.psk_kept(plan, verdict, results), [WEB_SERVICES], "web may have it")
    same(rotation.psk_kept(plan, verdict, {}), [], "all have the old one")
    refusal = {"web": {"applied": {"results": [dict(gone, unreachable=False, failed=True)]}}}
    same(rotation.psk_kept(plan, judge(plan, refusal), refusal), [], "web never had it")


suite.case("a request names one pair, those of a host, or all", pairs)
suite.case("a rotation that would be half done is refused", refusals)
suite.case("a shared key is replaced for all, or by one of the pair", shared_keys)
suite.case("a pair gets its first own key", a_first_own_key)
suite.case("keys of devices are replaced on demand", devices)
suite.case("others learn the new public key of a host", identities)
suite.case("rotations that are not complete are named", unfinished)
suite.case("a revocation finds keys, hosts and shared keys", revocations)
suite.case("results of tasks decide which keys are kept", verdicts)
suite.end()
