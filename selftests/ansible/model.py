#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The model of a fleet: interfaces of each host derived from the variables of all, as filters of
the collection do it."""

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
    suite.skip("the collection derives interfaces", "ansible or python3-nacl is missing")
    suite.end()

from ansible_collections.naawg.naawg.plugins.module_utils import keys  # noqa: E402

GENERATE = "naawg.naawg.generate_keys"
PSK = keys.make_preshared()
ALICE = keys.derive_public(keys.make_private())
PRIVATE = {name: keys.make_private() for name in ("web", "services", "hub", "spoke1", "spoke2")}
PUBLIC = {name: keys.derive_public(key) for name, key in PRIVATE.items()}


def vault_of(**values):
    """Text of a file of keys, encrypted as a whole."""
    text = "".join(f"vault_wg_{name}: {value}\n" for name, value in values.items())
    return fleet_lib.seal(text)


def two_servers(vault=None, **more):
    """The two-server deployment: private keys referred to, one preshared key for all."""
    web = {"ansible_host": "192.0.2.10", "naawg_interfaces": [{
        "name": "wg0", "address": "10.100.0.10/24", "listen_port": 51820,
        "private_key": "{{ vault_wg_web_private_key }}",
        "peers": [{"host": "services", "persistent_keepalive": 25}]}]}
    services = {"ansible_host": "2001:db8::1", "naawg_interfaces": [{
        "address": ["10.100.0.11/24", "fd00::11/64"], "listen_port": 51820,
        "networks": ["10.101.0.0/24"], "forwards": "3306:tcp:10.101.0.2 6379:tcp:10.101.0.4",
        "peers": [{"host": "web"}]}]}
    web.update(more)
    return fleet_lib.Inventory(
        {"web": web, "services": services},
        vault=vault or vault_of(web_private_key=PRIVATE["web"],
                                services_private_key=PRIVATE["services"], preshared_key=PSK))


def refused(function, *words):
    """The function fails, and its message has all WORDS and no key."""
    try:
        seen = function()
    except Exception as error:  # pylint: disable=broad-except
        for word in words:
            if word not in str(error):
                raise AssertionError(f"no {word!r} in {error}") from error
        for secret in [PSK, *PRIVATE.values()]:
            if secret in str(error):
                raise AssertionError("the message shows a secret") from error
    else:
        raise AssertionError(f"it is accepted: {str(seen)[:200]}")


def keys_are_derived():
    # Alice's keys of RFC 7748, section 6.1.
    same(keys.derive_public("dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo="),
         "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=")
    made = keys.decode(keys.make_private())
    same((made[0] & 7, made[31] & 192), (0, 64), "clamped")
    by_program = keys._by_program(PRIVATE["web"])  # pylint: disable=protected-access
    if by_program is not None:
        same(by_program, PUBLIC["web"], "by a program")
    for wrong in ("", "x", PSK[:-4], PSK[:-1], PSK + "=", "é" * 44, None):
        same(keys.is_key(wrong), False, repr(wrong))


def the_two_servers():
    fleet = two_servers()
    same(fleet.tunnel("web"), [{
        "name": "wg0", "private_key": PRIVATE["web"], "address": ["10.100.0.10/24"],
        "listen_port": 51820, "kill": True, "peers": [{
            "name": "services", "public_key": PUBLIC["services"], "preshared_key": PSK,
            "allowed_ips": ["10.100.0.11/32", "fd00::11/128", "10.101.0.0/24"],
            "endpoint": "[2001:db8::1]:51820", "persistent_keepalive": 25}]}])
    [services] = fleet.tunnel("services")
    same(services["forwards"], ["3306:tcp:10.101.0.2", "6379:tcp:10.101.0.4"])
    same(services["peers"], [{
        "name": "web", "public_key": PUBLIC["web"], "preshared_key": PSK,
        "allowed_ips": ["10.100.0.10/32"], "endpoint": "192.0.2.10:51820"}])
    same(fleet.template("vault_wg_web_private_key | naawg.naawg.public_key", "services"),
         PUBLIC["web"])


def the_users_peers():
    configs = [{"peer_name": "alice-laptop", "public_key": ALICE, "allowed_ips": ["10.8.0.2/32"],
                "endpoint": None, "preshared_key": PSK}]
    [web] = two_servers(wireguard_peer_configs=configs).tunnel("web")
    same(web["peers"][1], {"name": "alice-laptop", "public_key": ALICE, "preshared_key": PSK,
                           "allowed_ips": ["10.8.0.2/32"], "persistent_keepalive": 25})
    del configs[0]["preshared_key"]
    [web] = two_servers(wireguard_peer_configs=configs).tunnel("web")
    same(web["peers"][1]["preshared_key"], PSK, "the one for all")
    configs[0]["preshared_key"] = ""
    [web] = two_servers(wireguard_peer_configs=configs).tunnel("web")
    same("preshared_key" in web["peers"][1], False, "none is wanted")


def hub(spokes, **keys_given):
    """A hub, and spokes that nobody can call."""
    hosts = {"hub": {"naawg_endpoint": "vpn.example.org", "naawg_interfaces": [
        {"address": "10.9.0.1/16", "listen_port": 51820, "peers": [{"group": "spokes"}]}]}}
    for n, name in enumerate(spokes):
        hosts[name] = {"naawg_interfaces": [{
            "address": f"10.9.{1 + n // 200}.{1 + n % 200}/16", "endpoint": "",
            "peers": [{"host": "hub", "allowed_ips": ["10.9.0.0/16"]}]}]}
    return fleet_lib.Inventory(hosts, groups={"spokes": spokes}, vault=vault_of(**keys_given))


def a_hub():
    fleet = hub(["spoke1", "spoke2"], preshared_key=PSK, hub_spoke2_preshared_key=PRIVATE["web"],
                **{f"{name}_private_key": PRIVATE[name] for name in ("hub", "spoke1", "spoke2")})
    [own] = fleet.tunnel("hub")
    same([peer["name"] for peer in own["peers"]], ["spoke1", "spoke2"])
    same([peer["preshared_key"] for peer in own["peers"]], [PSK, PRIVATE["web"]], "of the pair")
    same([peer.get("endpoint") for peer in own["peers"]], [None, None])
    same([peer["allowed_ips"] for peer in own["peers"]], [["10.9.1.1/32"], ["10.9.1.2/32"]])
    [spoke] = fleet.tunnel("spoke2")
    same(spoke["peers"], [{
        "name": "hub", "public_key": PUBLIC["hub"], "preshared_key": PRIVATE["web"],
        "allowed_ips": ["10.9.0.0/16"], "endpoint": "vpn.example.org:51820",
        "persistent_keepalive": 25}])


def two_interfaces():
    interfaces = [{"name": "wg0", "address": "10.1.0.1/24", "peers": []},
                  {"name": "wg-b", "address": "10.2.0.1/24", "listen_port": 5000, "kill": False,
                   "mtu": 1400, "post_up": "echo a, b", "manage_peers": False, "peers": []}]
    hosts = {"web": {"naawg_interfaces": interfaces},
             "hub": {"naawg_interfaces": [{"address": "10.2.0.2/24", "peers": [{"host": "web"}]}]}}
    vault = vault_of(web_private_key=PRIVATE["web"], web_wg_b_private_key=PRIVATE["services"],
                     hub_private_key=PRIVATE["hub"], hub_web_preshared_key=PSK)
    fleet = fleet_lib.Inventory(hosts, vault=vault)
    second = fleet.tunnel("web")[1]
    same(second, {"name": "wg-b", "private_key": PRIVATE["services"], "address": ["10.2.0.1/24"],
                  "listen_port": 5000, "kill": False, "mtu": 1400, "post_up": ["echo a, b"],
                  "manage_peers": False, "peers": []})
    same(fleet.tunnel("hub")[0]["peers"][0]["public_key"], PUBLIC["web"], "the same name")
    interfaces[0]["name"] = "wg1"
    fleet = fleet_lib.Inventory(hosts, vault=vault)
    refused(lambda: fleet.tunnel("hub"), "hub: peer web", "say which interface: wg1, wg-b")
    hosts["hub"]["naawg_interfaces"][0]["peers"][0]["interface"] = "wg-b"
    [peer] = fleet_lib.Inventory(hosts, vault=vault).tunnel("hub")[0]["peers"]
    same((peer["public_key"], peer["endpoint"]), (PUBLIC["services"], "web:5000"))


def made_for(fleet):
    """Secret keys that would be made."""
    made = fleet.action("naawg_vault_keys", check=True)["variables"]
    return [name for name in made if "public" not in name]


def profiles_of_compose():
    hosts = {"a1": {"docker_compose_profile": "web", "ansible_host": "192.0.2.1"},
             "b2": {"docker_compose_profile": "services", "ansible_host": "192.0.2.2"}}
    given = {"web_private_key": PRIVATE["web"], "services_private_key": PRIVATE["services"]}
    for name in ("preshared_key", "services_web_preshared_key"):
        fleet = fleet_lib.Inventory(hosts, vault=vault_of(**given, **{name: PSK}))
        [peer] = fleet.tunnel("a1")[0]["peers"]
        same(peer, {"name": "b2", "public_key": PUBLIC["services"], "preshared_key": PSK,
                    "allowed_ips": ["10.100.0.11/32"], "endpoint": "192.0.2.2:51820",
                    "persistent_keepalive": 25}, name)
        same(fleet.tunnel("b2")[0]["peers"][0]["public_key"], PUBLIC["web"])
        same(made_for(fleet), [], "nothing is missing")
    same(made_for(fleet_lib.Inventory(hosts)), [
        "vault_wg_web_private_key", "vault_wg_services_private_key",
        "vault_wg_services_web_preshared_key"])
    hosts["b2"]["docker_compose_profile"] = "web"
    refused(lambda: fleet_lib.Inventory(hosts).tunnel("a1"), "docker_compose_profile: services")


def revoked_ones():
    configs = [{"peer_name": "alice-laptop", "public_key": ALICE, "allowed_ips": ["10.8.0.2/32"]}]
    for revoked, left in ((["alice-laptop"], ["services"]), ([ALICE], ["services"]),
                          (["services"], ["alice-laptop"]), ([PUBLIC["services"], ALICE], [])):
        fleet = two_servers(wireguard_peer_configs=configs, naawg_revoked=revoked)
        same([peer["name"] for peer in fleet.tunnel("web")[0]["peers"]], left, revoked)
    same(two_servers(naawg_revoked=["web"]).tunnel("web"), [], "a revoked host has nothing")
    same(two_servers(naawg_revoked=[PUBLIC["web"]]).tunnel("web"), [], "nor one by its key")


def successors():
    vault = vault_of(web_private_key=PRIVATE["web"], services_private_key=PRIVATE["services"],
                     services_private_key_next=PRIVATE["hub"], preshared_key=PSK,
                     preshared_key_next=PRIVATE["spoke1"])
    fleet = two_servers(vault)
    [peer] = fleet.tunnel("web", next=["vault_wg_services_private_key"])[0]["peers"]
    same((peer["public_key"], peer["preshared_key"]), (PUBLIC["hub"], PSK))
    [peer] = fleet.tunnel("web", next=["vault_wg_preshared_key"])[0]["peers"]
    same((peer["public_key"], peer["preshared_key"]), (PUBLIC["services"], PRIVATE["spoke1"]))
    refused(lambda: fleet.tunnel("web", next=["vault_wg_web_private_key"]),
            "vault_wg_web_private_key_next is missing")
    same(fleet.template("hostvars | naawg.naawg.key_names(inventory_hostname)", "web"), [{
        "name": "wg0", "private_key": "vault_wg_web_private_key", "public_key": PUBLIC["web"],
        "peers": [{"name": "services", "host": "services", "interface": "wg0",
                   "public_key": PUBLIC["services"],
                   "preshared_key": "vault_wg_preshared_key"}]}])


def missing_keys():
    for name in ("web_private_key", "services_private_key", "preshared_key"):
        given = {"web_private_key": PRIVATE["web"], "services_private_key": PRIVATE["services"],
                 "preshared_key": PSK}
        del given[name]
        wanted = "vault_wg_services_web_preshared_key" if name == "preshared_key" \
            else "vault_wg_" + name
        refused(lambda given=given: two_servers(vault_of(**given)).tunnel("web"),
                "web: " if name != "services_private_key" else "services: ", wanted + " is missing",
                GENERATE)
        if name == "preshared_key":
            fleet = two_servers(vault_of(**given), naawg_policy_require_preshared_key=False)
            same("preshared_key" in fleet.tunnel("web")[0]["peers"][0], False)
    broken = vault_of(web_private_key=PRIVATE["web"][:-8] + "=", preshared_key=PSK,
                      services_private_key=PRIVATE["services"])
    refused(lambda: two_servers(broken).tunnel("web"), "vault_wg_web_private_key is no key")


def bad_inventories():
    def web_with(**options):
        interface = {"address": "10.1.0.1/24", **options}
        return lambda: two_servers(naawg_interfaces=[interface]).tunnel("web")

    refused(web_with(adress="x"), "web: naawg_interfaces", "no option adress")
    refused(web_with(peers=[{"host": "servcies"}]), "peer servcies", "no such host")
    refused(web_with(peers=[{"host": "services", "interface": "wg7"}]), "no interface wg7")
    refused(web_with(peers=[{"group": "spokes"}]), "no group spokes")
    refused(web_with(peers=[{"public_key": ALICE}]), "neither host nor group nor name")
    refused(web_with(peers=[{"name": "bob", "allowed_ips": []}]), "peer bob", "public_key")
    refused(web_with(peers=[{"name": "bob", "public_key": ALICE}]), "bob", "allowed_ips is missing")
    refused(web_with(peers=[{"host": "services"}, {"host": "services"}]), "peer services twice")
    refused(web_with(peers=[{"host": "services", "keepalive": 3}]), "no option keepalive")
    refused(lambda: two_servers(naawg_interfaces=[]).tunnel("web"), "naawg_interfaces is missing")
    refused(lambda: two_servers(naawg_interfaces=[{}, {}]).tunnel("web"), "has wg0 twice")


def without_address():
    """As in the inventory of a mesh, to which a host was added without a line for its address."""
    interface = {"address": "{{ mesh_addresses[inventory_hostname] }}",
                 "peers": [{"group": "naawg"}]}
    fleet = two_servers(naawg_interfaces=[interface], mesh_addresses={"north": "10.30.0.1/24"})
    for host in "web", "services":
        refused(lambda host=host: fleet.tunnel(host), "web: naawg_interfaces: address",
                "has no value for web", "variable mesh_addresses")
    refused(lambda: two_servers(naawg_interfaces=[{}]).tunnel("services"),
            "services: peer web of wg0", "wg0 of web has no address")
    refused(lambda: two_servers(naawg_interfaces=[{
        "address": "10.1.0.1/24", "peers": [{"host": "services", "endpoint": "{{ nat }}:5"}]}])
            .tunnel("web"), "peer services of wg0: endpoint: {{ nat }}", "variable nat")


def wrong_values():
    def web_with(peer=None, **options):
        peers = [{"host": "services", **(peer or {})}]
        interface = {"address": "10.1.0.1/24", "peers": peers, **options}
        return lambda: two_servers(naawg_interfaces=[interface]).tunnel("web")

    refused(web_with(name="x" * 16), "web: an interface cannot be called " + "x" * 16)
    refused(web_with(name="a/b"), "cannot be called a/b")
    refused(web_with(address="10.1.0.300/24"), "interface wg0", "address: 10.1.0.300/24")
    refused(web_with(networks=["10.1.0.0/33"]), "networks: 10.1.0.0/33")
    refused(web_with(listen_port=65536), "listen_port", "0 to 65535, not 65536")
    refused(web_with(listen_port="ssh"), "listen_port", "not ssh")
    refused(web_with(mtu=100), "mtu", "576 to 65535")
    refused(web_with(endpoint="host:x1"), "endpoint host:x1", "port")
    refused(web_with(forwards="3306:tpc:10.101.0.2"), "forwards: 3306:tpc:10.101.0.2")
    refused(web_with(post_up=["true\nPrivateKey = x"]), "post_up has a line break")
    refused(web_with({"persistent_keepalive": "soon"}), "peer services of wg0", "not soon")
    refused(web_with({"allowed_ips": ["10.1"]}), "allowed_ips: 10.1")
    refused(web_with({"endpoint": "[2001:db8::1]:0"}), "endpoint [2001:db8::1]:0")
    refused(web_with({"endpoint": "a:1\n[Peer]"}), "endpoint has a line break")
    refused(web_with(peers=[{"host": "web"}]), "peer web of wg0", "cannot be its own peer")
    for good in ({"listen_port": "51820"}, {"mtu": 1420}, {"address": "fd00::1/64"},
                 {"forwards": ["80-90:tcp", "53:udp:[fd00::2]:53 dev eth0"]}):
        web_with(**good)()


def tunnels_in_docker():
    own = {"profile": {"docker_compose_profile": "web"}, "empty": {"docker_compose_profile": ""},
           "switched": {"naawg_docker_enabled": True}, "text": {"naawg_docker_enabled": "false"},
           "off": {"docker_compose_profile": "web", "naawg_docker_enabled": "no"}, "plain": {}}
    fleet = fleet_lib.Inventory(own)
    same(fleet.template("hostvars | naawg.naawg.in_docker(%r)" % list(own), "plain"),
         ["profile", "switched"])


suite.case("public keys are derived, and private ones clamped", keys_are_derived)
suite.case("two servers get all of each other from the inventory", the_two_servers)
suite.case("the users' list of peers is taken as it is", the_users_peers)
suite.case("a hub lists a group, and each pair may have its preshared key", a_hub)
suite.case("a host with two interfaces has two keys", two_interfaces)
suite.case("the two servers of Compose need no list of interfaces", profiles_of_compose)
suite.case("revoked names and keys are left out", revoked_ones)
suite.case("a successor of a key is used when it is asked for", successors)
suite.case("a missing key is named, with the command that makes it", missing_keys)
suite.case("a mistake in the inventory is named", bad_inventories)
suite.case("a host without an address is named, with the variable", without_address)
suite.case("a value out of its range is named before any host is asked", wrong_values)
suite.case("hosts whose tunnel is in Docker are told by their switches", tunnels_in_docker)
suite.end()
