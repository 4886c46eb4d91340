# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks of the tunnels of a host, whether it forwards packets, and where a peer is listed."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import ipaddress

from ansible_collections.naawg.naawg.plugins.module_utils.variables import as_list


def version_of(text):
    """4 or 6: the version of an address or network."""
    return ipaddress.ip_interface(text.strip("[]")).version


def destination(forward):
    """The address of PORT:PROTOCOL[:ADDRESS[:PORT]]; empty if it is this host."""
    parts = forward.split()[0].split(":", 2)
    rest = parts[2] if len(parts) > 2 else ""
    if rest.startswith("["):
        return rest[1:rest.index("]")]
    return rest if rest.count(":") > 1 else rest.split(":")[0]


def tunnel_subnets(fleet, host):
    """Networks of our own addresses, and networks behind our peers."""
    found = []
    for interface in fleet.interfaces(host):
        found += [str(ipaddress.ip_interface(address).network) for address in interface.addresses]
        for peer in fleet.peers(interface):
            if peer.other:
                found += peer.other.networks
    return list(dict.fromkeys(found))


def routed_for(fleet, interface):
    """Networks that packets of peers reach through an interface, besides its own addresses."""
    found = list(interface.networks)
    own = interface.own_networks()
    for peer in fleet.peers(interface):
        for back in fleet.peers(peer.other) if peer.other else ():
            if back.other and (back.other.host, back.other.name) == \
                    (interface.host, interface.name):
                found += [str(network) for network in as_list(back.options.get("allowed_ips"))
                          if str(network) not in own]
    return found


def forwarding(fleet, host):
    """Versions of IP, 4 and 6, that a host has to forward."""
    found = set()
    for interface in fleet.interfaces(host):
        own = [str(ipaddress.ip_interface(address).ip) for address in interface.addresses]
        found.update(version_of(network) for network in routed_for(fleet, interface))
        for forward in as_list(interface.options.get("forwards")):
            to = destination(str(forward))
            if to and to not in own:
                found.add(version_of(to))
    return sorted(found)


def places(hostvars, groups, host, name):
    """Sentences: where the variables of a host list a peer."""
    found = []
    variables = hostvars[host]
    for number, interface in enumerate(variables.get("naawg_interfaces") or []):
        where = "naawg_interfaces[%d].peers of %s" % (number, host)
        for peer in as_list(interface.get("peers"), split=False):
            if name in (peer.get("host"), peer.get("name"), peer.get("peer_name")):
                found.append("%s lists %s" % (where, name))
            elif name in groups.get(peer.get("group"), ()) and name != host:
                found.append("%s lists the group %s, which %s is in"
                             % (where, peer["group"], name))
    for peer in as_list(variables.get("wireguard_peer_configs"), split=False):
        if name in (peer.get("peer_name"), peer.get("name")):
            found.append("wireguard_peer_configs of %s lists %s" % (host, name))
    return found
