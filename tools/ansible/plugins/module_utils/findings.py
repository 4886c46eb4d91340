# SPDX-License-Identifier: GPL-2.0-or-later
"""Mistakes in the keys of a fleet: of the vault, of the inventory, and of running interfaces.

A finding is a sentence. It says which host has which wrong key, and what to change. No sentence
has a private or preshared key.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ansible_collections.naawg.naawg.plugins.module_utils import keys
from ansible_collections.naawg.naawg.plugins.module_utils.overlaps import Claim, overlapping
from ansible_collections.naawg.naawg.plugins.module_utils.running import RunningFindings
from ansible_collections.naawg.naawg.plugins.module_utils.variables import (
    SHARED_PRESHARED, FleetProblem, host_network, public_key_name)

GENERATE = "naawg.naawg.generate_keys"


class Model:
    """Interfaces of the hosts with their peers, as far as the vault has their keys."""

    def __init__(self, fleet, hosts):
        self.fleet = fleet
        self.problems = []
        self.interfaces = []
        self.peers = {}
        self.public = {}
        for host in hosts:
            if host not in fleet.revoked:
                self._add(host)
        for interface in self.interfaces:
            self.peers[interface] = self._try(lambda i=interface: fleet.peers(i)) or []
        # Only one end is known of hosts that are not verified, as of devices.
        self.devices = [(interface, peer) for interface in self.interfaces
                        for peer in self.peers[interface] if peer.other not in self.public]

    def _try(self, function):
        """The value of a function; a problem of it is a finding."""
        try:
            return function()
        except (FleetProblem, keys.KeyProblem) as problem:
            self.problems.append(str(problem) + ".")
            return None

    def _add(self, host):
        for interface in self._try(lambda: self.fleet.interfaces(host)) or []:
            public = self._try(lambda i=interface: self.fleet.public_key(i))
            if public and public not in self.fleet.revoked:
                self.interfaces.append(interface)
                self.public[interface] = public

    def public_of(self, peer):
        """The public key of a peer; None if the vault lacks it."""
        if peer.other in self.public:
            return self.public[peer.other]
        try:
            return self.fleet.peer_public_key(peer)
        except (FleetProblem, keys.KeyProblem):
            return None

    def owners(self, public):
        """Names of hosts and devices that have a public key."""
        found = [interface.label for interface in self.interfaces
                 if self.public[interface] == public]
        found += [peer.name for _interface, peer in self.devices
                  if self.public_of(peer) == public]
        return sorted(set(found))

    def owner(self, public):
        """The first one that has a public key; None if nobody is known to."""
        return next(iter(self.owners(public)), None)

    def private_name(self, interface):
        """The variable with the private key, for a sentence."""
        return self.fleet.find_private_key(interface)[0] or \
            "private_key of %s on %s" % (interface.name, interface.host)

    def kept_public(self, interface):
        """Name and value of the public key that the vault keeps; None and None without one."""
        private = self.fleet.find_private_key(interface)[0]
        if not private or not private.endswith("_private_key"):
            return None, None
        name = public_key_name(private)
        value = self.fleet.variables.secret(name, interface.host)
        return (name, value) if value else (None, None)

    def peer_towards(self, interface, other):
        """The entry of another interface in the peers of an interface; None without one."""
        for peer in self.peers.get(interface, ()):
            if peer.other is other:
                return peer
        return None

    def pairs(self):
        """Pairs of interfaces of which at least one lists the other."""
        seen = []
        for interface in self.interfaces:
            for peer in self.peers[interface]:
                pair = {interface, peer.other}
                if peer.other in self.public and len(pair) == 2 and pair not in seen:
                    seen.append(pair)
                    yield interface, peer.other


def vault_findings(model, running):
    """Public keys kept in the vault are those of the private keys. If private keys are swapped, the
    model is corrected, so that no other finding comes of it."""
    wrong = {}
    for interface in model.interfaces:
        name, value = model.kept_public(interface)
        if name and value != model.public[interface]:
            wrong[interface] = name, value
    told = set()
    for interface, (name, value) in wrong.items():
        other = next((other for other, (_name, kept) in wrong.items()
                      if value == model.public[other] and kept == model.public[interface]), None)
        if interface in told:
            continue
        if other:
            told |= {interface, other}
            privates = value in running.keys_of(interface)
            one, two = (model.private_name(interface), model.private_name(other)) if privates \
                else (name, wrong[other][0])
            yield ("The vault has the keys of %s and %s swapped: swap %s and %s."
                   % (interface.label, other.label, one, two))
            if privates:
                public = model.public
                public[interface], public[other] = public[other], public[interface]
            continue
        public, owner = model.public[interface], model.owner(value)
        yield ("The vault says %s = %s%s, but %s derives %s: set %s to %s."
               % (name, keys.short(value), ", which is the key of %s" % owner if owner else "",
                  model.private_name(interface), keys.short(public), name, public))


def inventory_findings(model):
    """Keys by hand are right, and each of two hosts lists the other one."""
    for interface in model.interfaces:
        for peer in model.peers[interface]:
            given, public = peer.options.get("public_key"), model.public_of(peer)
            if peer.other and given and public and given != public:
                owner = model.owner(given)
                whose = "" if not owner else ", which is its own key" \
                    if given == model.public[interface] else ", which is the key of " + owner
                yield ("%s expects %s = %s%s, but %s derives %s: remove public_key of the peer %s "
                       "from naawg_interfaces of %s. The right key is %s."
                       % (interface.label, peer.name, keys.short(given), whose, peer.name,
                          keys.short(public), peer.name, interface.host, public))
            if not peer.other and public == model.public[interface]:
                yield ("%s lists its own key %s as the peer %s: give the peer its own public key."
                       % (interface.label, keys.short(public), peer.name))
    for one, two in model.pairs():
        for interface, other in ((one, two), (two, one)):
            if not model.peer_towards(interface, other):
                yield ("%s lists %s, but %s does not list %s: add the peer %s to naawg_interfaces "
                       "of %s." % (other.label, interface.label, interface.label, other.label,
                                   other.host, interface.host))


def repeated_findings(model):
    """No key serves twice."""
    by_key = {}
    for interface in model.interfaces:
        by_key.setdefault(model.public[interface], []).append(interface)
    for public, found in by_key.items():
        if len(found) > 1:
            names = sorted({model.private_name(interface) for interface in found})
            change = "remove %s from the vault and run %s" % (names[-1], GENERATE) \
                if len(names) > 1 else "give each its own key"
            yield ("%s have the same private key (%s), of which the public key is %s: %s."
                   % (" and ".join(interface.label for interface in found), ", ".join(names),
                      public, change))
    devices = {}
    for interface, peer in model.devices:
        devices.setdefault(model.public_of(peer), {}).setdefault(peer.name, interface)
    for public, names in devices.items():
        owners = list(names) + [interface.label for interface in by_key.get(public, ())
                                if interface not in names.values()]
        if len(owners) > 1:
            yield ("%s have the same public key %s: give each its own key."
                   % (" and ".join(sorted(owners)), public))
    yield from _repeated_preshared(model)


def _repeated_preshared(model):
    by_key = {}
    for interface in model.interfaces:
        for peer in model.peers[interface]:
            name, value = model.fleet.find_preshared_key(interface, peer)
            pair = " and ".join(sorted((interface.host, peer.name)))
            if value and name != SHARED_PRESHARED:
                by_key.setdefault(value, {})[pair] = name or "preshared_key in the inventory"
    for pairs in by_key.values():
        names = sorted(set(pairs.values()))
        if len(pairs) > 1:
            yield ("Several pairs have the same preshared key: %s (%s). Remove all but one of them "
                   "and run %s." % ("; ".join(sorted(pairs)), ", ".join(names), GENERATE))


def network_findings(model):
    """Networks of peers and of interfaces do not overlap."""
    by_host = {}
    for interface in model.interfaces:
        try:
            claims = [Claim(network, "peer " + peer.name) for peer in model.peers[interface]
                      for network in model.fleet.allowed_ips(interface, peer)]
            own = [Claim(network, "networks of this host") for network in interface.networks]
            connected = [Claim(address, interface.name) for address in interface.addresses]
            addresses = [host_network(address) for address in interface.addresses]
        except (FleetProblem, ValueError) as problem:
            yield "%s: %s." % (interface.label, problem)
            continue
        for one, two in overlapping(claims + own):
            yield ("%s: allowed IPs overlap: %s and %s. Change allowed_ips of one of them."
                   % (interface.label, one, two))
        for claim in claims:
            if str(claim.network) in addresses:
                yield ("%s has the address %s, which is an allowed IP of %s: change one of them."
                       % (interface.label, claim.network.network_address, claim.owner))
        by_host.setdefault(interface.host, []).extend(
            Claim(claim.network, interface.name) for claim in claims + connected)
    for host, claims in by_host.items():
        said = set()
        for one, two in overlapping(claims):
            if frozenset((one.owner, two.owner)) not in said:
                said.add(frozenset((one.owner, two.owner)))
                yield ("%s: networks of two interfaces overlap: %s and %s. Change the addresses or "
                       "allowed IPs of one of them." % (host, one, two))


def find(fleet, hosts, results, nonce):
    """All findings. RESULTS has what naawg_keys returned for each host that answered."""
    model = Model(fleet, hosts)
    running = RunningFindings(model, results, nonce)
    found = []
    for part in (vault_findings(model, running), inventory_findings(model),
                 repeated_findings(model), network_findings(model), running.findings()):
        found += part
    return list(dict.fromkeys(model.problems + found))
