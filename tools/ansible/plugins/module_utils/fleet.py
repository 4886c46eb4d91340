# SPDX-License-Identifier: GPL-2.0-or-later
"""The model of a fleet: interfaces and peers of each host, from the variables of all hosts."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ansible_collections.naawg.naawg.plugins.module_utils import keys
from ansible_collections.naawg.naawg.plugins.module_utils.checks import (
    check_interface, check_peer, created)
from ansible_collections.naawg.naawg.plugins.module_utils.variables import (
    NEXT, PRESHARED, PRIVATE, SHARED_PRESHARED, TEMPLATE, FleetProblem, Variables, as_list,
    created_name, host_network, preshared_key_name, private_key_name, with_port)

GENERATE = "ansible-playbook -i INVENTORY naawg.naawg.generate_keys"
LISTS = ("address", "dns", "forwards")
COMMANDS = ("pre_up", "post_up", "pre_down", "post_down")
PLAIN = ("listen_port", "fwmark", "mtu", "table", "answer_unreachable", "forward_interface",
         "manage_peers")
INTERFACE_OPTIONS = frozenset(LISTS + COMMANDS + PLAIN + (
    "name", "private_key", "kill", "endpoint", "networks", "peers"))
PEER_OPTIONS = frozenset((
    "host", "group", "interface", "name", "peer_name", "public_key", "preshared_key",
    "allowed_ips", "endpoint", "persistent_keepalive"))
KEEPALIVE = 25
# The two servers of the Compose files.
PROFILES = {
    "web": {"other": "services", "interface": {"address": "10.100.0.10/24", "endpoint": ""}},
    "services": {"other": "web", "interface": {"address": "10.100.0.11/24", "listen_port": 51820}},
}


class Interface:
    """An interface of a host, as its variables describe it."""

    def __init__(self, host, options, first):
        self.host = host
        self.options = options
        self.first = first
        self.name = str(options.get("name") or "wg0")
        self.addresses = [str(address) for address in as_list(options.get("address"))]
        self.networks = [str(network) for network in as_list(options.get("networks"))]

    @property
    def label(self):
        """How sentences call it: the host, and the interface unless it is the first one."""
        return self.host if self.first else "%s %s" % (self.host, self.name)

    def own_networks(self):
        """Allowed IPs that others give us."""
        return [host_network(address) for address in self.addresses] + self.networks


class Peer:
    """A peer of an interface: another interface of the fleet, or a device."""

    def __init__(self, name, options, other=None):
        self.name = str(name)
        self.options = options
        self.other = other


def refuse_unknown(where, options, known):
    """An option with a typing error would else be without effect."""
    if not isinstance(options, dict):
        raise FleetProblem("%s: this must be a dictionary of options" % where)
    for name in options:
        if name not in known:
            raise FleetProblem("%s: there is no option %s. Options are: %s"
                               % (where, name, ", ".join(sorted(known))))


def named_values(options):
    """A copy of a dictionary. dict() would skip the templates of newer Ansible."""
    return {name: options[name] for name in options}


def key_option(options, name):
    """A key in the inventory. Newer Ansible raises an error if it refers to a missing variable; it
    is then the usual variable that is missing."""
    try:
        return options.get(name)
    except Exception:  # pylint: disable=broad-except
        return None


class Fleet:
    """Interfaces, peers and keys of all hosts. RENEWED names vault variables of which NAME_next
    is taken."""

    def __init__(self, hostvars, own, renewed=()):
        self.variables = Variables(hostvars, own)
        self.renewed = frozenset(renewed or ())
        self.revoked = frozenset(str(name) for name in
                                 as_list(self.variables.get(own, "naawg_revoked")))
        self._interfaces = {}
        self._public = {}

    # --- interfaces and peers

    def interfaces(self, host):
        """Interfaces of a host."""
        if host not in self._interfaces:
            listed = self.variables.get(host, "naawg_interfaces") or self._of_profile(host)
            if not isinstance(listed, (list, tuple)) or not listed:
                raise FleetProblem("%s: naawg_interfaces is missing: list the interfaces of this "
                                   "host in its variables" % host)
            for options in listed:
                refuse_unknown("%s: naawg_interfaces" % host, options, INTERFACE_OPTIONS)
                check_interface(host, options)
            found = [Interface(host, options, n == 0) for n, options in enumerate(listed)]
            names = [interface.name for interface in found]
            for name in names:
                if names.count(name) > 1:
                    raise FleetProblem("%s: naawg_interfaces has %s twice" % (host, name))
            self._interfaces[host] = found
        return self._interfaces[host]

    def _of_profile(self, host):
        """The interface of a host that has a docker_compose_profile and no naawg_interfaces."""
        own = self.variables.get(host, "docker_compose_profile")
        if own not in PROFILES:
            return None
        profile = PROFILES[own]
        others = [other for other in self.variables.hosts()
                  if self.variables.get(other, "docker_compose_profile") == profile["other"]]
        if len(others) != 1:
            raise FleetProblem("%s: one host needs docker_compose_profile: %s, as this one has %s; "
                               "%d have" % (host, profile["other"], own, len(others)))
        preshared = preshared_key_name(own, profile["other"])
        if self.variables.where(preshared, host) is None and \
                self.variables.where(SHARED_PRESHARED, host) is not None:
            preshared = SHARED_PRESHARED
        return [{**profile["interface"],
                 "private_key": "{{ %s }}" % private_key_name(own),
                 "peers": [{"host": others[0], "preshared_key": "{{ %s }}" % preshared}]}]

    def interface(self, host, name, wanted, asker):
        """The interface of another host that a peer entry of ASKER means."""
        if host not in self.variables.hosts():
            raise FleetProblem("%s: peer %s: the inventory has no such host" % (asker, host))
        found = self.interfaces(host)
        names = [interface.name for interface in found]
        if wanted and wanted not in names:
            raise FleetProblem("%s: peer %s: it has no interface %s, but %s"
                               % (asker, host, wanted, ", ".join(names)))
        if not wanted and name not in names and len(names) > 1:
            raise FleetProblem("%s: peer %s: say which interface: %s"
                               % (asker, host, ", ".join(names)))
        wanted = wanted or (name if name in names else names[0])
        return found[names.index(wanted)]

    def _entries(self, interface):
        """Peer entries of the inventory; those of a group follow the single ones."""
        where = "%s: peers of %s" % (interface.host, interface.name)
        listed = as_list(interface.options.get("peers"), split=False)
        single, groups = [], []
        for options in listed:
            refuse_unknown(where, options, PEER_OPTIONS)
            (groups if options.get("group") else single).append(options)
        if interface.first:
            for options in as_list(self.variables.get(interface.host, "wireguard_peer_configs"),
                                   split=False):
                options = named_values(options)
                options.setdefault("persistent_keepalive", KEEPALIVE)
                single.append(options)
        for options in groups:
            hosts = self.variables.members(options["group"])
            if hosts is None:
                raise FleetProblem("%s: the inventory has no group %s" % (where, options["group"]))
            named = [entry.get("host") for entry in single]
            single += [{**named_values(options), "host": host} for host in hosts
                       if host != interface.host and host not in named]
        return single

    def _peer(self, interface, options):
        check_peer(interface.host, interface.name, options)
        if options.get("host"):
            other = self.interface(options["host"], interface.name, options.get("interface"),
                                   interface.host)
            return Peer(options["host"], options, other)
        name = options.get("name") or options.get("peer_name")
        if not name:
            raise FleetProblem("%s: a peer of %s has neither host nor group nor name"
                               % (interface.host, interface.name))
        if not keys.is_key(options.get("public_key") or ""):
            raise FleetProblem("%s: peer %s of %s: public_key is missing or no key"
                               % (interface.host, name, interface.name))
        return Peer(name, options)

    def is_revoked(self, name, public):
        """Whether a host or device is on the list of revoked ones."""
        return name in self.revoked or (bool(self.revoked) and public() in self.revoked)

    def listed_peers(self, interface):
        """Peers of an interface, but for those that are revoked by name."""
        for options in self._entries(interface):
            name = options.get("host") or options.get("name") or options.get("peer_name")
            if name not in self.revoked:
                yield self._peer(interface, options)

    def peers(self, interface):
        """Peers of an interface, without revoked ones."""
        found = []
        for peer in self.listed_peers(interface):
            if self.is_revoked(peer.name, lambda peer=peer: self.peer_public_key(peer)):
                continue
            if (peer.name, peer.other) in [(known.name, known.other) for known in found]:
                raise FleetProblem("%s: %s has the peer %s twice"
                                   % (interface.host, interface.name, peer.name))
            found.append(peer)
        return found

    # --- keys

    def _renewed(self, name, value, host):
        """The name and value of a key, or of its successor."""
        if name in self.renewed:
            return name, self.variables.secret(name + NEXT, host)
        return name, value

    def _given(self, value, names, ending, host):
        """Name and value of a key that the inventory gives. NAMES are the usual names."""
        template = TEMPLATE.fullmatch(str(value))
        if template:
            name = template.group(1)
            return self._renewed(name, self.variables.secret(name, host), host)
        value = str(value).strip()
        for name in names:
            if self.variables.secret(name, host) == value:
                return self._renewed(name, value, host)
        return self._renewed(self.variables.name_of_secret(value, ending, host), value, host)

    def find_private_key(self, interface):
        """Vault variable of a private key (None if it is in no such variable) and the key
        (None if it is missing)."""
        host = interface.host
        usual = private_key_name(host, None if interface.first else interface.name)
        given = key_option(interface.options, "private_key")
        if given:
            return self._given(given, [usual], PRIVATE, host)
        return self._renewed(usual, self.variables.secret(usual, host), host)

    def find_preshared_key(self, interface, peer):
        """Vault variable of a preshared key and the key, as for a private one. The key is empty
        if the inventory wants none."""
        host = interface.host
        usual = preshared_key_name(host, peer.name)
        given = key_option(peer.options, "preshared_key")
        if given is not None and not given:
            return None, ""
        if given:
            return self._given(given, [usual, SHARED_PRESHARED], PRESHARED, host)
        for name in (usual, SHARED_PRESHARED):
            value = self.variables.secret(name, host)
            # A pair that used the shared key may be about to get a key of its own.
            if value is not None or name in self.renewed:
                return self._renewed(name, value, host)
        return usual, None

    def _missing(self, host, name):
        if name in self.renewed:
            name += NEXT
        return FleetProblem("%s: the vault variable %s is missing. To make it, run: %s"
                            % (host, name, GENERATE))

    @staticmethod
    def _checked(host, name, value, what):
        try:
            keys.decode(value)
        except keys.KeyProblem as problem:
            raise FleetProblem("%s: %s is no key: %s" % (host, name or what, problem)) from None
        return value

    def private_key(self, interface):
        """The private key of an interface."""
        name, value = self.find_private_key(interface)
        if not value:
            raise self._missing(interface.host, name)
        return self._checked(interface.host, name, value, "private_key of " + interface.name)

    def public_key(self, interface):
        """The public key of an interface."""
        at = interface.host, interface.name
        if at not in self._public:
            self._public[at] = keys.derive_public(self.private_key(interface))
        return self._public[at]

    def peer_public_key(self, peer):
        """The public key of a peer; that of a host is derived."""
        return self.public_key(peer.other) if peer.other else str(peer.options["public_key"])

    def preshared_key(self, interface, peer):
        """The preshared key towards a peer; None if there is none, and none is demanded."""
        name, value = self.find_preshared_key(interface, peer)
        host = interface.host
        if value is None:
            if self.variables.get(host, "naawg_policy_require_preshared_key", True):
                raise self._missing(host, name)
            return None
        if not value:
            return None
        return self._checked(host, name, value, "preshared_key of peer " + peer.name)

    def _created(self, host, name):
        """The time when a key was made, as an option; none if the vault does not tell it."""
        if name in self.renewed:
            name += NEXT
        value = self.variables.secret(created_name(name), host) if name else None
        if value is None:
            return {}
        return {"created": created("%s: %s" % (host, created_name(name)), value)}

    # --- what a host configures

    def reached_at(self, interface):
        """The endpoint of an interface for others; empty if nobody can call it."""
        port = interface.options.get("listen_port")
        if "endpoint" in interface.options:
            return with_port(interface.options["endpoint"], port)
        host = interface.host
        for name in ("naawg_endpoint", "ansible_host"):
            value = self.variables.get(host, name)
            if value is not None:
                return with_port(value, port)
        return with_port(host, port)

    def peer_options(self, interface, peer):
        """A peer as the module naawg_interface takes it."""
        options, other = peer.options, peer.other
        result = {"name": peer.name, "public_key": self.peer_public_key(peer)}
        preshared = self.preshared_key(interface, peer)
        if preshared:
            result["preshared_key"] = preshared
            result.update(self._created(interface.host,
                                        self.find_preshared_key(interface, peer)[0]))
        result["allowed_ips"] = self.allowed_ips(interface, peer)
        endpoint = with_port(options.get("endpoint"), None)
        if "endpoint" not in options and other:
            endpoint = self.reached_at(other)
        elif options.get("endpoint") and not endpoint:
            endpoint = with_port(options["endpoint"],
                                 other.options.get("listen_port") if other else None)
            if not endpoint:
                raise FleetProblem("%s: endpoint of peer %s has no port"
                                   % (interface.host, peer.name))
        if endpoint:
            result["endpoint"] = endpoint
        keepalive = options.get("persistent_keepalive")
        if keepalive is None and endpoint and not self.reached_at(interface):
            keepalive = KEEPALIVE
        if keepalive is not None:
            result["persistent_keepalive"] = int(keepalive)
        return result

    def allowed_ips(self, interface, peer):
        """Allowed IPs of a peer."""
        given = peer.options.get("allowed_ips")
        if given is not None:
            return [str(network) for network in as_list(given)]
        if peer.other:
            networks = peer.other.own_networks()
            if networks:
                return networks
            raise FleetProblem("%s: peer %s of %s has no allowed IPs, as %s of %s has no address: "
                               "set address in naawg_interfaces of %s"
                               % (interface.host, peer.name, interface.name, peer.other.name,
                                  peer.name, peer.name))
        raise FleetProblem("%s: peer %s of %s: allowed_ips is missing"
                           % (interface.host, peer.name, interface.name))

    def interface_options(self, interface):
        """An interface as the module naawg_interface takes it."""
        options = interface.options
        result = {"name": interface.name, "private_key": self.private_key(interface)}
        result.update(self._created(interface.host, self.find_private_key(interface)[0]))
        for name in LISTS + COMMANDS:
            if options.get(name):
                result[name] = as_list(options[name], split=name in LISTS)
        for name in PLAIN:
            if options.get(name) is not None:
                result[name] = options[name]
        kill = options.get("kill")
        result["kill"] = self.variables.get(interface.host, "naawg_kill", True) \
            if kill is None else kill
        result["peers"] = [self.peer_options(interface, peer) for peer in self.peers(interface)]
        return result

    def tunnel(self, host):
        """Interfaces of a host, without revoked ones, as the module naawg_interface takes them."""
        if host in self.revoked:
            return []
        return [self.interface_options(interface) for interface in self.interfaces(host)
                if not self.is_revoked(host, lambda interface=interface:
                                       self.public_key(interface))]

    def key_names(self, host):
        """Where the keys of a host are: names of vault variables, and public keys."""
        return [{"name": interface.name,
                 "private_key": self.find_private_key(interface)[0],
                 "public_key": self.public_key(interface),
                 "peers": [{"name": peer.name,
                            "host": peer.other.host if peer.other else None,
                            "interface": peer.other.name if peer.other else None,
                            "public_key": self.peer_public_key(peer),
                            "preshared_key": self.find_preshared_key(interface, peer)[0]}
                           for peer in self.peers(interface)]}
                for interface in self.interfaces(host)]

    def _needs(self, host):
        """Owner, vault variable and value of each key that a host needs."""
        for interface in self.interfaces(host):
            yield interface.label, self.find_private_key(interface)
            for peer in self.listed_peers(interface):
                if peer.other:
                    yield peer.other.label, self.find_private_key(peer.other)
                pair = " and ".join(sorted((host, peer.name)))
                yield pair, self.find_preshared_key(interface, peer)

    def needed(self, hosts):
        """Vault variables that the hosts need, and whether each is missing."""
        owners, missing = {}, {}
        for host in hosts:
            for owner, (name, value) in self._needs(host) if host not in self.revoked else ():
                if name is None or name == SHARED_PRESHARED:
                    continue
                if owners.setdefault(name, owner) != owner:
                    raise FleetProblem("%s and %s would both have their key in %s: rename one"
                                       % (owners[name], owner, name))
                missing[name] = value is None
        return missing
