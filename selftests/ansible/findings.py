#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The judge of verify-wireguard-keys: mistakes planted one by one in a fleet that is right, each
named by its sentence; and nothing found in fleets without a mistake."""

import copy
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
    suite.skip("mistakes in keys are found", "ansible or python3-nacl is missing")
    suite.end()

from ansible_collections.naawg.naawg.plugins.module_utils import keys  # noqa: E402
from ansible_collections.naawg.naawg.plugins.module_utils.findings import find  # noqa: E402
from ansible_collections.naawg.naawg.plugins.module_utils.fleet import Fleet  # noqa: E402
from ansible_collections.naawg.naawg.plugins.module_utils.running import silent  # noqa: E402

NONCE = "nonce of this run"


def key_pair():
    private = keys.make_private()
    return private, keys.derive_public(private)


class World:
    """Variables of a fleet without a mistake, and its running interfaces."""

    def __init__(self, hosts):
        """HOSTS: the interface of each host."""
        self.vault, self.hosts = {}, {}
        self.public = {}
        for host, interface in hosts.items():
            private, self.public[host] = key_pair()
            self.vault[f"vault_wg_{host}_private_key"] = private
            self.vault[f"vault_wg_{host}_public_key"] = self.public[host]
            self.hosts[host] = {"naawg_interfaces": [interface]}
        self.groups = {"all": list(hosts), "naawg": list(hosts),
                       "spokes": [host for host in hosts if host.startswith("spoke")]}
        for name in self.fleet().needed(list(hosts)):
            self.vault.setdefault(name, keys.make_preshared())
        self.running = {host: {"results": [self.as_running(options)
                                           for options in self.fleet().tunnel(host)]}
                        for host in hosts}

    @staticmethod
    def as_running(options):
        """The result of naawg_keys for an interface that was deployed."""
        return {"present": True, "interface": options["name"],
                "public_key": keys.derive_public(options["private_key"]),
                "peers": {peer["public_key"]: keys.fingerprint(peer.get("preshared_key"), NONCE)
                          for peer in options["peers"]}}

    def variables(self):
        """Variables of all hosts."""
        return {host: {**self.vault, **own, "groups": self.groups}
                for host, own in self.hosts.items()}

    def fleet(self):
        """The model of this fleet."""
        return Fleet(self.variables(), next(iter(self.hosts)))

    def findings(self):
        """Sentences about this fleet; none may show a secret."""
        found = find(self.fleet(), list(self.hosts), self.running, NONCE)
        for name, value in self.vault.items():
            if not name.endswith("_public_key") and value in " ".join(found):
                raise AssertionError(f"a finding shows {name}")
        return found

    def interface(self, host):
        """The interface of a host in the inventory."""
        return self.hosts[host]["naawg_interfaces"][0]

    def link(self, host):
        """The running interface of a host."""
        return self.running[host]["results"][0]


PHONE = key_pair()[1]
TWO = World({
    "web": {"address": "10.100.0.10/24", "listen_port": 51820, "peers": [{"host": "services"}]},
    "services": {"address": "10.100.0.11/24", "networks": ["10.101.0.0/24"], "peers": [
        {"group": "naawg"},
        {"name": "phone", "public_key": PHONE, "allowed_ips": ["10.100.0.50/32"]}]}})
WEB, SERVICES = TWO.public["web"], TWO.public["services"]
OTHER_PRIVATE, OTHER = key_pair()
PSK = "vault_wg_services_web_preshared_key"


def planted(change, *expected):
    """One finding for each of EXPECTED, which is a list of words, after CHANGE."""
    world = copy.deepcopy(TWO)
    change(world)
    found = world.findings()
    for words in expected:
        if not any(all(word in line for word in words) for line in found):
            raise AssertionError(f"no finding with {words} in {found}")
    same(len(found), len(expected), f"findings {found}")


def planted_case(sentence, *expected):
    """Make a case of a function that plants a mistake."""
    def decorate(function):
        suite.case(sentence, planted, function, *expected)
        return function
    return decorate


def short(public):
    return public[:8] + "…"


def nothing_to_find():
    same(TWO.findings(), [])
    world = copy.deepcopy(TWO)
    world.running = {}
    same(world.findings(), [], "no host answered")


def limited():
    """With --limit, the preshared key of a peer that is not verified is still compared."""
    world = copy.deepcopy(TWO)
    world.link("web")["peers"][SERVICES] = keys.fingerprint(keys.make_preshared(), NONCE)
    found = find(world.fleet(), ["web"], {"web": world.running["web"]}, NONCE)
    same((len(found), "another preshared key" in "".join(found)), (1, True), str(found))
    same(find(TWO.fleet(), ["web"], {"web": TWO.running["web"]}, NONCE), [])


def big_fleets():
    spokes = {f"spoke{n}": {"address": f"10.9.0.{n}/16", "endpoint": "", "peers": [
        {"host": "hub", "allowed_ips": ["10.9.0.0/16"]}]} for n in range(2, 22)}
    hub = {"hub": {"address": "10.9.0.1/16", "listen_port": 51820, "peers": [{"group": "spokes"}]}}
    same(World({**hub, **spokes}).findings(), [], "a hub and 20 spokes")
    mesh = World({f"m{n}": {"address": f"10.8.0.{n}/24", "listen_port": 51820,
                            "peers": [{"group": "naawg"}]} for n in range(1, 11)})
    same(mesh.findings(), [], "a mesh of 10")
    del mesh.link("m3")["peers"][mesh.public["m7"]]
    found = mesh.findings()
    same(len(found), 1, found)
    same("m3 does not list m7" in found[0], True, found)


def by_the_filter():
    """The filter gives the same, from variables as Ansible reads them."""
    text = "".join(f"{name}: {value}\n" for name, value in TWO.vault.items())
    fleet = fleet_lib.Inventory(TWO.hosts, vault=fleet_lib.seal(text))
    call = "hostvars | naawg.naawg.key_findings(%r, %r, %r)"
    same(fleet.template(call % (["web", "services"], TWO.running, NONCE), "web"), [])
    running = copy.deepcopy(TWO.running)
    running["web"]["results"][0]["public_key"] = OTHER
    found = fleet.template(call % (["web", "services"], running, NONCE), "web")
    same(len(found) == 1 and "web runs with the key" in found[0], True, found)


def silent_hosts():
    running = {"web": TWO.running["web"], "hub": {}, "services": {"results": [
        {"unreachable": True, "msg": "Failed to connect."}, {"failed": True, "msg": "no tool"}]}}
    same(silent(running), ["hub is not verified: no answer.",
                           "services is not verified: Failed to connect; no tool."])


suite.case("nothing is found where nothing is wrong", nothing_to_find)
suite.case("the preshared key towards a host that is not verified is compared", limited)
suite.case("nothing is found in a hub with 20 spokes and a mesh of 10", big_fleets)
suite.case("a host that did not answer is named with the reason", silent_hosts)
suite.case("the filter judges what Ansible reads", by_the_filter)


@planted_case("a public key that was generated, not derived", [
    "vault_wg_services_public_key = " + short(OTHER), "derives " + short(SERVICES),
    "set vault_wg_services_public_key to " + SERVICES])
def generated(world):
    world.vault["vault_wg_services_public_key"] = OTHER


@planted_case("a public key that was generated, and deployed", [
    "vault_wg_services_public_key = " + short(OTHER)], [
    "web expects services = " + short(OTHER), "services derives " + short(SERVICES),
    "set vault_wg_services_public_key", "naawg.naawg.deploy_wireguard for web", SERVICES])
def deployed(world):
    generated(world)
    listed = world.link("web")["peers"]
    listed[OTHER] = listed.pop(SERVICES)


@planted_case("public keys that are swapped", [
    "swap vault_wg_web_public_key and vault_wg_services_public_key"])
def swapped_public(world):
    world.vault.update(vault_wg_web_public_key=SERVICES, vault_wg_services_public_key=WEB)


@planted_case("private keys that are swapped", [
    "swap vault_wg_web_private_key and vault_wg_services_private_key"])
def swapped_private(world):
    vault = world.vault
    one, two = "vault_wg_web_private_key", "vault_wg_services_private_key"
    vault[one], vault[two] = vault[two], vault[one]


@planted_case("an interface with an old key", [
    "web runs with the key " + short(OTHER), "vault_wg_web_private_key derives " + short(WEB),
    "naawg.naawg.deploy_wireguard for web", OTHER])
def old_key(world):
    world.link("web")["public_key"] = OTHER


@planted_case("an interface with the key of another host", [
    "web runs with the key " + short(SERVICES) + ", which is that of services", short(WEB)])
def key_of_another(world):
    world.link("web")["public_key"] = SERVICES


@planted_case("interfaces that were swapped", [
    "web and services run with each other's private key", "naawg.naawg.deploy_wireguard"])
def swapped_interfaces(world):
    world.link("web")["public_key"], world.link("services")["public_key"] = SERVICES, WEB


@planted_case("an interface that is not there", ["web has no interface wg0"])
def absent(world):
    world.running["web"]["results"] = [{"present": False, "interface": "wg0", "public_key": "",
                                        "peers": {}}]


@planted_case("an interface without a private key", ["web runs without a private key"])
def keyless(world):
    world.link("web")["public_key"] = ""


@planted_case("a host that does not list another one", [
    "web does not list services", SERVICES, "naawg.naawg.deploy_wireguard for web"])
def unlisted(world):
    world.link("web")["peers"].clear()


@planted_case("an inventory in which only one lists the other", [
    "services lists web, but web does not list services"], ["services (" + SERVICES])
def one_sided(world):
    world.interface("web")["peers"] = []


@planted_case("an unknown peer", ["services lists the unknown key " + OTHER])
def unknown(world):
    world.link("services")["peers"][OTHER] = ""


@planted_case("an unknown peer of an interface that keeps such peers")
def kept(world):
    unknown(world)
    world.interface("services")["manage_peers"] = False


@planted_case("a revoked peer", ["services lists the revoked key " + PHONE])
def revoked(world):
    world.hosts["web"]["naawg_revoked"] = ["phone", PHONE]


@planted_case("a revoked peer of an interface that keeps unknown ones", [
    "services lists the revoked key " + PHONE])
def revoked_but_kept(world):
    revoked(world)
    world.interface("services")["manage_peers"] = False


def other_interface(public="", peers=()):
    """web has another interface than that of the inventory."""
    def plant(world):
        revoked(world)
        del world.link("services")["peers"][PHONE]
        world.link("web")["interfaces"] = {
            "wg0": {"public_key": WEB, "peers": [SERVICES]},
            "old": {"public_key": public, "peers": list(peers)}}
    return plant


planted_case("another interface with strange keys only")(other_interface(OTHER, [OTHER]))
planted_case("another interface with the key of a host", [
    "web has the interface old, which the inventory does not list", "runs with the key of services",
    SERVICES])(other_interface(SERVICES))
planted_case("another interface with a revoked peer", [
    "web has the interface old", "lists the revoked key " + PHONE])(other_interface(OTHER, [PHONE]))
planted_case("another interface with a host as its peer", [
    "web has the interface old", "lists services (" + SERVICES, "naawg_interfaces of web"])(
        other_interface(OTHER, [SERVICES]))


@planted_case("a revoked peer in a file", [
    "web has the revoked key " + PHONE + " in /etc/naawg/old.conf"])
def revoked_in_a_file(world):
    other_interface()(world)
    world.link("web")["file_peers"] = [
        {"path": "/etc/naawg/old.conf", "interface": "old", "name": "", "public_key": PHONE}]


@planted_case("another preshared key at one end", [
    "services has another preshared key for web than " + PSK, "which web uses",
    "naawg.naawg.deploy_wireguard for services"])
def one_preshared(world):
    world.link("services")["peers"][WEB] = keys.fingerprint(keys.make_preshared(), NONCE)


@planted_case("no preshared key at one end", ["web has no preshared key for services", PSK])
def no_preshared(world):
    world.link("web")["peers"][SERVICES] = ""


@planted_case("a preshared key at both ends that the vault has not", [
    "web and services use another preshared key than " + PSK])
def both_preshared(world):
    digest = keys.fingerprint(keys.make_preshared(), NONCE)
    world.link("web")["peers"][SERVICES] = world.link("services")["peers"][WEB] = digest


@planted_case("another preshared key for a device", ["services has another preshared key for "
                                                     "phone than vault_wg_phone_services"])
def device_preshared(world):
    world.link("services")["peers"][PHONE] = keys.fingerprint(OTHER_PRIVATE, NONCE)


@planted_case("preshared keys in the inventory that differ", [
    "different preshared keys", "preshared_key of the inventory and " + PSK])
def preshared_by_hand(world):
    world.interface("web")["peers"][0]["preshared_key"] = OTHER_PRIVATE


@planted_case("one private key for two hosts", [
    "web and services have the same private key", "vault_wg_services_private_key", WEB])
def one_key_for_two(world):
    world.vault.update(vault_wg_services_private_key=world.vault["vault_wg_web_private_key"],
                       vault_wg_services_public_key=WEB)
    world.running = {}


@planted_case("one preshared key for two pairs", [
    "Several pairs have the same preshared key", PSK, "vault_wg_phone_services_preshared_key"])
def one_preshared_for_two(world):
    world.vault["vault_wg_phone_services_preshared_key"] = world.vault[PSK]
    world.running = {}


@planted_case("a device with the key of a host", ["phone and web have the same public key " + WEB])
def key_of_a_host(world):
    world.interface("services")["peers"][1]["public_key"] = WEB
    world.running = {}


@planted_case("two devices with one key", ["phone and tablet have the same public key " + PHONE])
def two_devices(world):
    world.vault["vault_wg_services_tablet_preshared_key"] = keys.make_preshared()
    world.interface("services")["peers"].append(
        {"name": "tablet", "public_key": PHONE, "allowed_ips": ["10.100.0.51/32"]})
    world.running = {}


@planted_case("a device with the key of the host that lists it", [
    "services lists its own key " + short(SERVICES) + " as the peer phone"])
def own_key(world):
    world.interface("services")["peers"][1]["public_key"] = SERVICES
    world.running = {}


@planted_case("a host that lists itself", ["web lists its own key " + WEB + " as a peer"])
def itself(world):
    world.link("web")["peers"][WEB] = ""


@planted_case("a wrong key by hand in the inventory", [
    "web expects services = " + short(OTHER), "services derives " + short(SERVICES),
    "remove public_key", SERVICES])
def by_hand(world):
    world.interface("web")["peers"][0]["public_key"] = OTHER


@planted_case("its own key by hand in the inventory", [
    "web expects services = " + short(WEB) + ", which is its own key"])
def own_by_hand(world):
    world.interface("web")["peers"][0]["public_key"] = WEB


@planted_case("allowed IPs of two peers that overlap", [
    "services: allowed IPs overlap: peer phone (10.100.0.0/28) and peer web (10.100.0.10/32)"])
def overlap(world):
    world.interface("services")["peers"][1]["allowed_ips"] = ["10.100.0.0/28"]


@planted_case("one address at two hosts", ["web has the address 10.100.0.11", "peer services"],
              ["services has the address 10.100.0.11", "peer web"])
def one_address(world):
    world.interface("web")["address"] = "10.100.0.11/24"


@planted_case("networks of two interfaces that overlap", [
    "web: networks of two interfaces overlap: wg0 (10.101.0.0/24) and wg1 (10.101.0.128/25)"])
def two_networks(world):
    world.vault["vault_wg_web_wg1_private_key"] = OTHER_PRIVATE
    world.hosts["web"]["naawg_interfaces"].append(
        {"name": "wg1", "address": "10.101.0.129/25", "peers": []})
    world.interface("services")["peers"][0] = {"host": "web", "interface": "wg0"}


@planted_case("a key that is missing in the vault", [
    "services: the vault variable vault_wg_services_private_key is missing",
    "naawg.naawg.generate_keys"])
def missing(world):
    del world.vault["vault_wg_services_private_key"]
    world.running = {}


@planted_case("a preshared key that is none", [PSK, "web", "services"])
def broken(world):
    world.vault[PSK] = "secret"
    world.running = {}


suite.end()
