#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The example inventories of the collection: keys are made for each, and the tool accepts the
files and the policy of every host. Also which networks and forwarding the role tunnel derives,
and the order in which the action naawg_tunnel calls modules."""

import os
import shutil
import subprocess
import sys
from unittest import mock

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))

# pylint: disable=wrong-import-position
import fleet_lib  # noqa: E402
from suite import Suite, same  # noqa: E402

TOOL = os.path.join(fleet_lib.REPO, "tools/naawg")
INVENTORIES = os.path.join(fleet_lib.REPO, "tools/ansible/inventories")

suite = Suite(kernel=False)
if not fleet_lib.HAVE_ANSIBLE or not os.path.exists(TOOL):
    suite.skip("the tool accepts the example inventories",
               "ansible, python3-nacl or tools/naawg is missing")
    suite.end()

from ansible.plugins.action import ActionBase  # noqa: E402
from ansible_collections.naawg.naawg.plugins.module_utils import conf_file  # noqa: E402
from ansible_collections.naawg.naawg.plugins.modules import naawg_interface  # noqa: E402

# The public key of nobody in this test
DEVICE = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo="


class Example(fleet_lib.Inventory):
    """A copy of one of the inventories, with keys."""

    def __init__(self, name):  # pylint: disable=super-init-not-called
        self.top = os.path.join(fleet_lib.TMP, name)
        shutil.copytree(os.path.join(INVENTORIES, name), self.top)
        self.known = fleet_lib.secrets()
        inventory = fleet_lib.InventoryManager(
            loader=fleet_lib.DataLoader(), sources=[os.path.join(self.top, "hosts.yml")])
        self.hosts = [host.name for host in inventory.get_hosts("naawg")]

    def make_keys(self):
        """As generate-keys.yml does; a second time makes none."""
        same(self.action("naawg_vault_keys")["changed"], True, "keys are made:")
        same(self.action("naawg_vault_keys")["variables"], [], "keys are made twice:")
        beside = os.path.join(self.top, "group_vars/vault.yml")
        if os.path.exists(beside):
            # Playbooks read this file by tasks/vault.yml, as it is no group's.
            fleet_lib.write(os.path.join(self.top, "group_vars/all/vault.yml"),
                            fleet_lib.read(beside))

    def derived(self):
        """Tunnels, subnets and forwarding of each host, as the role tunnel derives them."""
        loader, own = self.variables()
        found = {}
        for host in self.hosts:
            templar = fleet_lib.Templar(loader=loader, variables=own[host])
            found[host] = [templar.template(fleet_lib.expression(
                "hostvars | naawg.naawg.%s(inventory_hostname)" % name))
                           for name in ("tunnel", "tunnel_subnets", "forwarding")]
        return found


def text_of(interface):
    """The file that the module writes."""
    spec = naawg_interface.spec()
    options = {name: option.get("default") for name, option in spec.items()}
    plain = {name: option.get("default") for name, option in spec["peers"]["options"].items()}
    options.update(interface, peers=[dict(plain, **peer) for peer in interface["peers"]])
    return conf_file.of_options(options).text()


def policy_of(subnets):
    """The policy that the role writes by default."""
    return "Strict = yes\nRequirePresharedKey = yes\nAllowWildcard = no\n" \
        "ForbidRoutes = 172.16.10.0/24\n" + "".join("TunnelSubnet = %s\n" % n for n in subnets)


def accept(text, policy):
    """The tool has no complaint about a file. The policy makes warnings errors."""
    rules = fleet_lib.write(os.path.join(fleet_lib.TMP, "policy.conf"), policy)
    done = subprocess.run([TOOL, "check-config", "--policy", rules, "-"], input=text, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise AssertionError(done.stdout)


def is_accepted(name, size, forwarders, peers):
    """All files of an inventory of SIZE hosts. FORWARDERS are those that forward; the hosts have
    as many PEERS in sum."""
    example = Example(name)
    same(len(example.hosts), size, "hosts:")
    example.make_keys()
    pairs, count, forwarding = {}, 0, []
    for host, (tunnels, subnets, versions) in example.derived().items():
        if versions:
            forwarding.append(host)
        for interface in tunnels:
            accept(text_of(interface), policy_of(subnets))
            count += len(interface["peers"])
            for peer in interface["peers"]:
                pair = tuple(sorted((host, peer["name"])))
                pairs.setdefault(pair, set()).add(peer["preshared_key"])
    same(forwarding, forwarders, "hosts that forward:")
    same(count, peers, "peers:")
    same([pair for pair, found in pairs.items() if len(found) != 1], [], "ends that differ:")
    same(len(set().union(*pairs.values())), len(pairs), "preshared keys:")


def routes_are_derived():
    """Networks and forwarding of hosts in a fleet with networks behind one."""
    fleet = fleet_lib.Inventory({
        "gate": {"naawg_interfaces": [{
            "address": ["10.9.0.1/24", "fd09::1/64"], "networks": ["192.168.7.0/24"],
            "forwards": ["53:udp", "80:tcp:10.9.0.1"], "peers": [{"group": "naawg"}]}]},
        "plain": {"naawg_interfaces": [{
            "address": "10.9.0.2/24", "forwards": ["443:tcp:[fd05::1]:8443"],
            "peers": [{"host": "gate"}]}]},
        "leaf": {"naawg_interfaces": [{
            "address": "10.9.0.3/24", "forwards": "80:tcp:10.9.0.3:8080",
            "peers": [{"host": "gate"}]}]}})
    asked = {host: [fleet.template("hostvars | naawg.naawg.%s(inventory_hostname)" % name, host)
                    for name in ("forwarding", "tunnel_subnets")] for host in fleet.hosts}
    same(asked["gate"], [[4], ["10.9.0.0/24", "fd09::/64"]])
    same(asked["plain"], [[6], ["10.9.0.0/24", "192.168.7.0/24"]])
    same(asked["leaf"][0], [])


def places_are_found():
    """A peer is found by name, as a host, by its group and among the devices."""
    fleet = fleet_lib.Inventory({
        "one": {"naawg_interfaces": [{"peers": [{"host": "two"}, {"name": "phone"}]}],
                "wireguard_peer_configs": [{"peer_name": "alice"}]},
        "two": {"naawg_interfaces": [{}, {"peers": [{"group": "naawg"}]}]}})
    ask = "hostvars | naawg.naawg.peer_places(ansible_play_hosts_all, '%s')"
    for name, wanted in (
            ("phone", ["naawg_interfaces[0].peers of one lists phone"]),
            ("alice", ["wireguard_peer_configs of one lists alice"]),
            ("two", ["naawg_interfaces[0].peers of one lists two"]),
            ("one", ["naawg_interfaces[1].peers of two lists the group naawg, which one is in"]),
            ("nobody", [])):
        same(fleet.template(ask % name, "one"), wanted)


def calls_of(fleet, refused=(), **options):
    """The modules that naawg_tunnel calls for the first host, and its result."""
    calls = []

    def run(_action, module_name, module_args, **_rest):
        calls.append((module_name.rsplit("_", 1)[1], module_args))
        if module_args.get("name") in refused:
            return {"failed": True, "msg": "refused", "invocation": {"module_args": module_args}}
        return {"changed": True, "previous": "old", "diff": {"prepared": "+ x\n"},
                "interface": module_args.get("name"), "invocation": {"module_args": module_args}}

    with mock.patch.object(ActionBase, "_execute_module", run):
        return calls, fleet.action("naawg_tunnel", actor="carol", **options)


def two_tunnels():
    """A host with two interfaces, and its only neighbour."""
    fleet = fleet_lib.Inventory({
        "one": {"naawg_interfaces": [
            {"name": "wg0", "address": "10.9.0.1/24", "listen_port": 1,
             "peers": [{"host": "two"}, {"name": "phone", "allowed_ips": "10.9.0.7/32",
                                         "public_key": DEVICE}]},
            {"name": "wg1", "address": "10.8.0.1/24"}]},
        "two": {"naawg_interfaces": [{"address": "10.9.0.2/24", "peers": [{"host": "one"}]}]}})
    fleet.action("naawg_vault_keys")
    return fleet


def tunnels_are_configured():
    """The policy comes first, then each interface. No result has a key."""
    calls, result = calls_of(two_tunnels(), policy={"strict": True})
    same([(name, args.get("name")) for name, args in calls],
         [("policy", None), ("interface", "wg0"), ("interface", "wg1")])
    same(calls[0][1], {"strict": True, "actor": "carol"})
    same(len(calls[1][1]["peers"]), 2, "peers:")
    same([made["interface"] for made in result["interfaces"]], ["wg0", "wg1"])
    same((result["changed"], "private_key" in str(result)), (True, False))


def old_policy_returns():
    """If an interface is refused, the policy is as before, and the next ones are not tried."""
    calls, result = calls_of(two_tunnels(), refused=("wg0",), policy={"strict": True})
    same([name for name, _args in calls], ["policy", "interface", "policy"])
    same(calls[2][1], {"content": "old", "actor": "carol"})
    same((result["failed"], result["msg"]), (True, "wg0: refused"))
    same("private_key" in str(result), False, "a key in the result:")


def one_peer_is_configured():
    """Other peers and interfaces are left alone."""
    calls, _result = calls_of(two_tunnels(), peer="phone")
    same([args["name"] for _name, args in calls], ["wg0"])
    same(([peer["name"] for peer in calls[0][1]["peers"]], calls[0][1]["manage_peers"]),
         (["phone"], False))


def fails_with(words, inventory, playbook, *options):
    """A playbook fails before it asks any host."""
    done = subprocess.run(["ansible-playbook", "-i", inventory, "-e", "ansible_connection=local",
                           playbook, *options], text=True, check=False,
                          env=dict(os.environ, LC_ALL="C.UTF-8"),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    same((done.returncode != 0, words in done.stdout), (True, True), done.stdout)


def no_group():
    """No host is no success: a verification of nothing must not be green."""
    inventory = os.path.join(fleet_lib.TMP, "other.yml")
    fleet_lib.write(inventory, "other:\n  hosts:\n    a:\n")
    fails_with("has no host in naawg", inventory, "naawg.naawg.verify_wireguard_keys")


for arguments in (("two-servers", 2, ["services"], 2), ("lxc-server", 1, ["wireguard"], 2),
                  ("hub-spokes", 21, ["hub"], 40), ("mesh", 4, [], 12)):
    suite.case("the tool accepts every file of the inventory %s" % arguments[0],
               is_accepted, *arguments)
suite.case("forwarding and tunnel subnets are derived from addresses, networks and forwards",
           routes_are_derived)
suite.case("the variables that list a peer are found", places_are_found)
suite.case("the policy is written before the interfaces", tunnels_are_configured)
suite.case("a refused interface puts the old policy back", old_policy_returns)
suite.case("one peer is configured alone", one_peer_is_configured)
suite.case("an inventory without the group is refused", no_group)
suite.case("a tunnel in a container of Docker is refused by playbooks for hosts", fails_with,
           "The tunnels of web, services are in containers of Docker",
           os.path.join(INVENTORIES, "two-servers/hosts.yml"), "naawg.naawg.rotate_psk")
# On the command line, false is a text.
suite.case("a switch off for Docker is not taken for a switch on", fails_with,
           "vault variable",
           os.path.join(INVENTORIES, "two-servers/hosts.yml"), "naawg.naawg.rotate_psk",
           "-e", "naawg_docker_enabled=false")
suite.end()
