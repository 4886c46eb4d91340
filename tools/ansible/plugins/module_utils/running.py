# SPDX-License-Identifier: GPL-2.0-or-later
"""Mistakes in the keys of running interfaces, against the vault and against each other."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ansible_collections.naawg.naawg.plugins.module_utils import keys
from ansible_collections.naawg.naawg.plugins.module_utils.variables import FleetProblem

DEPLOY = "run naawg.naawg.deploy_wireguard for %s"


def flat(results):
    """Results of naawg_keys for each host and interface. It was called once for a host, or
    in a loop."""
    found = {}
    for host, result in (results or {}).items():
        result = result or {}
        for one in result.get("results", [result]):
            if "present" in one:
                found[host, one.get("interface") or one.get("item")] = one
    return found


def silent(results):
    """A sentence for each host that did not tell the keys of all its interfaces."""
    found = []
    for host, result in (results or {}).items():
        result = result or {}
        reasons = [str(one.get("msg") or "no answer").strip().rstrip(".")
                   for one in result.get("results", [result]) if "present" not in one]
        if reasons:
            found.append("%s is not verified: %s." % (host, "; ".join(dict.fromkeys(reasons))))
    return found


class RunningFindings:
    """Findings about interfaces of those hosts that answered."""

    def __init__(self, model, results, nonce):
        self.model = model
        self.nonce = nonce
        found = flat(results)
        self.results = found
        self.running = {}
        for interface in model.interfaces:
            result = found.get((interface.host, interface.name))
            if result is None and interface.first:
                result = found.get((interface.host, None))
            if result is not None:
                self.running[interface] = result

    def keys_of(self, interface):
        """The public key that an interface runs with, as a list."""
        return [key for key in [self.running.get(interface, {}).get("public_key")] if key]

    def present(self):
        """Interfaces that are there."""
        return [interface for interface in self.model.interfaces
                if self.running.get(interface, {}).get("present")]

    def findings(self):
        """All findings about running interfaces."""
        for interface, result in self.running.items():
            if not result["present"]:
                yield ("%s has no interface %s: %s."
                       % (interface.host, interface.name, DEPLOY % interface.host))
        yield from self._own_keys()
        for interface in self.present():
            yield from self._peers(interface)
        yield from self._elsewhere()
        for one, two in self.model.pairs():
            yield from self._preshared(one, two)
        for interface, peer in self.model.devices:
            yield from self._preshared_of_device(interface, peer)

    # --- own keys

    def _swapped(self, interface):
        """Another interface, if each runs with the key of the other one."""
        own = self.keys_of(interface)
        for other in self.present():
            if other is not interface and own == [self.model.public[other]] and \
                    self.keys_of(other) == [self.model.public[interface]]:
                return other
        return None

    def _own_keys(self):
        told = set()
        for interface in self.present():
            public, own = self.model.public[interface], self.keys_of(interface)
            if own == [public] or interface in told:
                continue
            name = self.model.private_name(interface)
            other = self._swapped(interface)
            if other:
                told |= {interface, other}
                yield ("%s and %s run with each other's private key: swap %s and %s, or %s."
                       % (interface.label, other.label, name, self.model.private_name(other),
                          DEPLOY % ("%s and %s" % (interface.host, other.host))))
            elif not own:
                yield ("%s runs without a private key: %s."
                       % (interface.label, DEPLOY % interface.host))
            else:
                owner = self.model.owner(own[0])
                yield ("%s runs with the key %s%s, but %s derives %s: %s, or put its private key "
                       "into the vault. It runs with %s."
                       % (interface.label, keys.short(own[0]),
                          ", which is that of %s" % owner if owner else "", name,
                          keys.short(public), DEPLOY % interface.host, own[0]))

    # --- peers

    def _suspects(self, peer):
        """Wrong keys that somebody may have for a peer."""
        found = [peer.options.get("public_key")]
        if peer.other:
            found.append(self.model.kept_public(peer.other)[1])
            found += self.keys_of(peer.other)
        return found

    def _peers(self, interface):
        model = self.model
        listed = self.running[interface].get("peers") or {}
        wanted = {model.public_of(peer): peer for peer in model.peers[interface]}
        missing = [peer for public, peer in wanted.items() if public and public not in listed]
        unknown = [public for public in listed if public not in wanted]
        for peer in missing:
            wrong = next((key for key in unknown if key in self._suspects(peer)), None)
            if wrong is None and len(missing) == len(unknown) == 1 and \
                    not model.owner(unknown[0]) and unknown[0] not in model.fleet.revoked:
                wrong = unknown[0]
            if wrong is None:
                yield ("%s does not list %s, of which the key is %s: %s."
                       % (interface.label, peer.name, model.public_of(peer),
                          DEPLOY % interface.host))
                continue
            unknown.remove(wrong)
            yield self._wrong(interface, peer, wrong)
        bad = model.fleet.revoked | {model.public[interface]}
        for public in unknown:
            if interface.options.get("manage_peers", True) or public in bad:
                yield self._unknown(interface, public)

    def _wrong(self, interface, peer, wrong):
        """A sentence about a peer with a wrong key."""
        public = self.model.public_of(peer)
        change = DEPLOY % interface.host
        if peer.other:
            name, kept = self.model.kept_public(peer.other)
            if kept == wrong:
                change = "set %s, and %s" % (name, change)
            elif wrong in self.keys_of(peer.other):
                change = DEPLOY % ("%s and %s" % (interface.host, peer.other.host))
        return ("%s expects %s = %s, but %s derives %s: %s. The right key is %s."
                % (interface.label, peer.name, keys.short(wrong), peer.name, keys.short(public),
                   change, public))

    def _unknown(self, interface, public):
        """A sentence about a peer that the inventory does not list."""
        owner = self.model.owner(public)
        if public in [self.model.public[interface], *self.keys_of(interface)]:
            return ("%s lists its own key %s as a peer: %s."
                    % (interface.label, public, DEPLOY % interface.host))
        if public in self.model.fleet.revoked:
            return ("%s lists the revoked key %s: %s."
                    % (interface.label, public, DEPLOY % interface.host))
        if owner:
            return ("%s lists %s (%s), but the inventory does not: add this peer to "
                    "naawg_interfaces of %s, or %s."
                    % (interface.label, owner, public, interface.host, DEPLOY % interface.host))
        return ("%s lists the unknown key %s: find out whose it is, then add it to the peers in "
                "naawg_interfaces of %s, or %s."
                % (interface.label, public, interface.host, DEPLOY % interface.host))

    # --- interfaces and files that the inventory does not list

    def _elsewhere(self):
        """Keys of the fleet on other interfaces, and revoked keys in files."""
        hosts = {}
        for (host, _name), result in self.results.items():
            hosts.setdefault(host, result)
        for host, result in hosts.items():
            listed = [interface.name for interface in self.model.interfaces
                      if interface.host == host]
            for name, link in (result.get("interfaces") or {}).items():
                if name not in listed:
                    yield from self._other_interface(host, name, link)
            for peer in result.get("file_peers") or ():
                if peer["public_key"] in self.model.fleet.revoked:
                    yield ("%s has the revoked key %s in %s: remove this peer there."
                           % (host, peer["public_key"], peer["path"]))

    def _other_interface(self, host, name, link):
        where = "%s has the interface %s, which the inventory does not list. It" % (host, name)
        own = link["public_key"]
        if own in self.model.public.values():
            yield ("%s runs with the key of %s (%s): give it its own key, or remove it."
                   % (where, self.model.owner(own), own))
        for public in link["peers"]:
            if public in self.model.fleet.revoked:
                yield "%s lists the revoked key %s: remove this peer there." % (where, public)
            elif self.model.owner(public):
                yield ("%s lists %s (%s): remove this peer there, or add the interface to "
                       "naawg_interfaces of %s." % (where, self.model.owner(public), public, host))

    # --- preshared keys

    def _digest(self, interface, peer):
        """Digest of the preshared key in use; None if the interface does not list the peer."""
        result = self.running.get(interface, {})
        return (result.get("peers") or {}).get(self.model.public_of(peer)) \
            if result.get("present") else None

    def _wanted(self, interface, peer):
        """Name and digest of the vault's preshared key; None instead of a digest that nobody
        can tell."""
        name, value = self.model.fleet.find_preshared_key(interface, peer)
        if value is None:
            try:
                self.model.fleet.preshared_key(interface, peer)
            except FleetProblem:
                return name, None
        try:
            return name or "preshared_key of the inventory", keys.fingerprint(value, self.nonce)
        except keys.KeyProblem:
            return name, None

    def _preshared(self, one, two):
        """Both ends of a pair have the preshared key of the vault."""
        ends = [(end, self.model.peer_towards(end, other), other)
                for end, other in ((one, two), (two, one))]
        if not all(peer for _end, peer, _other in ends):
            return
        wanted = [self._wanted(end, peer) for end, peer, _other in ends]
        if None in (wanted[0][1], wanted[1][1]):
            name = wanted[0][0] if wanted[0][1] is None else wanted[1][0]
            yield ("The preshared key of %s and %s is missing or no key: %s. Run "
                   "naawg.naawg.generate_keys." % (one.label, two.label, name))
            return
        if wanted[0][1] != wanted[1][1]:
            yield ("The inventory gives %s and %s different preshared keys for each other (%s and "
                   "%s): remove preshared_key from both."
                   % (one.label, two.label, wanted[0][0], wanted[1][0]))
            return
        name, digest = wanted[0]
        seen = [self._digest(end, peer) for end, peer, _other in ends]
        if seen[0] == seen[1] and seen[0] not in (None, "", digest):
            yield ("%s and %s use another preshared key than %s of the vault: %s."
                   % (one.label, two.label, name,
                      DEPLOY % ("%s and %s" % (one.host, two.host))))
            return
        for n, (end, _peer, other) in enumerate(ends):
            if seen[n] not in (None, digest):
                good = ", which %s uses" % other.label if seen[1 - n] == digest else ""
                yield self._wrong_preshared(end, other.label, name, seen[n], digest, good)

    def _preshared_of_device(self, interface, peer):
        name, digest = self._wanted(interface, peer)
        seen = self._digest(interface, peer)
        if digest is None:
            yield ("The preshared key of %s and %s is missing or no key: %s. Run "
                   "naawg.naawg.generate_keys." % (interface.label, peer.name, name))
        elif seen not in (None, digest):
            yield self._wrong_preshared(interface, peer.name, name, seen, digest, "")

    @staticmethod
    def _wrong_preshared(interface, peer, name, seen, digest, good):
        """A sentence about one end of a pair."""
        if not digest:
            what = "has a preshared key for %s, but the inventory wants none" % peer
        elif not seen:
            what = "has no preshared key for %s, but the vault has %s%s" % (peer, name, good)
        else:
            what = "has another preshared key for %s than %s of the vault%s" % (peer, name, good)
        return "%s %s: %s." % (interface.label, what, DEPLOY % interface.host)
