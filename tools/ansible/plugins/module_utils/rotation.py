# SPDX-License-Identifier: GPL-2.0-or-later
"""Plans for replacing keys: which hosts, which peers, which variables of the vault, and what
came of it.

A plan holds names and public keys only, so a play may register and print it.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ansible_collections.naawg.naawg.plugins.module_utils import keys
from ansible_collections.naawg.naawg.plugins.module_utils.fleet import Fleet
from ansible_collections.naawg.naawg.plugins.module_utils.variables import (
    NEXT, SHARED_PRESHARED, FleetProblem, as_list, preshared_key_name)


class Link:
    """A peer of an interface of a host: one end of a pair."""

    def __init__(self, fleet, interface, peer):
        self.host = interface.host
        self.interface = interface
        self.peer = peer
        self.other = peer.other.host if peer.other else None
        self.ends = tuple(sorted((self.host, peer.name)))
        self.variable = fleet.find_preshared_key(interface, peer)[0]
        self.given = peer.options.get("preshared_key") is not None

    def facts(self, fleet, target):
        """This end, as tasks need to know it."""
        return {"host": self.host, "interface": self.interface.name, "name": self.peer.name,
                "public_key": fleet.peer_public_key(self.peer), "device": self.other is None,
                "ends": list(self.ends), "variable": target,
                "calls": bool(fleet.peer_options(self.interface, self.peer).get("endpoint"))}


def links_of(fleet, hosts):
    """All ends of all pairs of these hosts."""
    return [Link(fleet, interface, peer) for host in hosts if host not in fleet.revoked
            for interface in fleet.interfaces(host) for peer in fleet.peers(interface)]


def is_pending(fleet, variable, host):
    """Whether the vault holds a successor of this key."""
    return fleet.variables.secret(variable + NEXT, host) is not None


def private_key_of(fleet, interface):
    """The vault variable of a private key, which a rotation replaces."""
    name = fleet.find_private_key(interface)[0]
    if not name:
        raise FleetProblem("%s: the private key of %s is not in the vault, so it cannot be "
                           "replaced there" % (interface.host, interface.name))
    return name


def refuse_other_rotation(fleet, hosts):
    """Two rotations at once would undo each other's steps."""
    for host in hosts:
        for interface in fleet.interfaces(host):
            name = fleet.find_private_key(interface)[0]
            if name and is_pending(fleet, name, host):
                raise FleetProblem("the private key of %s is being replaced: complete that first "
                                   "by naawg.naawg.rotate_identity -e host=%s" % (host, host))


def pending(hostvars, hosts):
    """A sentence for each successor in the vault: a rotation that is not complete."""
    fleet = Fleet(hostvars, hosts[0])
    found = set()
    for host in hosts:
        for interface in fleet.interfaces(host):
            name = fleet.find_private_key(interface)[0]
            if name and is_pending(fleet, name, host):
                found.add("%s: naawg.naawg.rotate_identity -e host=%s completes it."
                          % (name + NEXT, host))
    for link in links_of(fleet, hosts):
        for name in {link.variable, preshared_key_name(*link.ends)} - {None}:
            if is_pending(fleet, name, link.host):
                words = " -e include_devices=true" if link.other is None else ""
                pair = "" if name == SHARED_PRESHARED else " -e pair=%s,%s" % link.ends
                found.add("%s: naawg.naawg.rotate_psk%s%s completes it."
                          % (name + NEXT, pair, words))
    return sorted(found)


# --- preshared keys


def _names(text):
    return sorted(name.strip() for name in as_list(text) if name.strip())


def _is_selected(link, request):
    if request.get("variables") is not None and link.variable not in request["variables"]:
        return False
    if request.get("pair"):
        return _names(request["pair"]) == list(link.ends)
    return not request.get("host") or request["host"] in link.ends


def _check_request(request, hosts, found):
    pair = _names(request.get("pair"))
    if pair and len(pair) != 2:
        raise FleetProblem("pair takes two names, as in -e pair=web,services")
    if request.get("host") and request["host"] not in hosts:
        raise FleetProblem("host=%s: the play has these hosts: %s"
                           % (request["host"], ", ".join(hosts)))
    if not found and pair:
        raise FleetProblem("%s and %s are no peers of each other" % tuple(pair))
    if pair and found[0].other is None and not request.get("include_devices"):
        raise FleetProblem(
            "%s is a device outside of the inventory. It has no tunnel from the change of the key "
            "until somebody gives it the new one. To accept that: -e include_devices=true"
            % found[0].peer.name)


def _check_ends(link, links, hosts):
    """Both ends must be in this play, or a rotation would be half done."""
    if link.other is None:
        return
    if link.other not in hosts:
        raise FleetProblem("%s is a peer of %s, but not among the hosts of this play"
                           % (link.other, link.host))
    if not [back for back in links if back.host == link.other and back.other == link.host]:
        raise FleetProblem("%s has the peer %s, and %s does not have the peer %s: see "
                           "naawg.naawg.verify_wireguard_keys" % (link.host, link.other, link.other,
                                                          link.host))


def _target(link, links, chosen, request):
    """The vault variable for the new key of a pair."""
    if not link.variable:
        raise FleetProblem("%s: the preshared key of peer %s is not in the vault: remove it from "
                           "the inventory, and run naawg.naawg.generate_keys"
                           % (link.host, link.peer.name))
    users = [user for user in links if user.variable == link.variable]
    alone = all(user in chosen for user in users)
    if link.given and not alone:
        raise FleetProblem("%s: peer %s has preshared_key: {{ %s }}, which others share: replace "
                           "it for all, or remove this line, so that the pair gets a key of its "
                           "own" % (link.host, link.peer.name, link.variable))
    split = request.get("split") and link.variable == SHARED_PRESHARED and not link.given
    return link.variable if alone and not split else preshared_key_name(*link.ends)


def _first_caller(facts, ends):
    """The end that proves the new key. One that knows an endpoint can always call."""
    callers = [fact["host"] for fact in facts if fact["calls"] and fact["ends"] == ends]
    return min(callers) if callers else ends[0]


def psk_plan(hostvars, hosts, request):
    """The pairs whose preshared keys a request means, and the variables for the new ones.
    Members of REQUEST: pair, host, include_devices, variables (only pairs that use these), split
    (a key that all share is replaced by one for each pair), revoked (no pairs of these),
    pending_only (only pairs whose new key is in the vault)."""
    fleet = Fleet(hostvars, hosts[0])
    fleet.revoked |= frozenset(request.get("revoked") or ())
    links = links_of(fleet, hosts)
    chosen = [link for link in links if _is_selected(link, request) and
              (link.variable or request.get("pair") or request.get("host"))]
    _check_request(request, hosts, chosen)
    refuse_other_rotation(fleet, sorted({link.host for link in chosen}))
    devices = [link for link in chosen if link.other is None]
    if not request.get("include_devices"):
        chosen = [link for link in chosen if link.other is not None]
    if request.get("split"):
        # Such a pair cannot have a key of its own, and must not stop the others.
        chosen = [link for link in chosen if not link.given]
    for link in chosen:
        _check_ends(link, links, hosts)
    facts = [link.facts(fleet, _target(link, links, chosen, request)) for link in chosen]
    for fact in facts:
        fact["pending"] = is_pending(fleet, fact["variable"], fact["host"])
    if request.get("pending_only"):
        facts = [fact for fact in facts if fact["pending"]]
    for fact in facts:
        fact["first"] = fact["host"] == _first_caller(facts, fact["ends"])
    return _psk_result(facts, devices)


def _psk_result(facts, devices):
    hosts = sorted({fact["host"] for fact in facts})
    return {
        "hosts": hosts,
        "variables": sorted({fact["variable"] for fact in facts}),
        "pending": sorted({fact["variable"] for fact in facts if fact["pending"]}),
        "pairs": sorted({" and ".join(fact["ends"]) for fact in facts}),
        "links": {host: [fact for fact in facts if fact["host"] == host] for host in hosts},
        "interfaces": {host: sorted({fact["interface"] for fact in facts if fact["host"] == host})
                       for host in hosts},
        "devices": [{"host": link.host, "name": link.peer.name,
                     "variable": next((fact["variable"] for fact in facts
                                       if fact["ends"] == list(link.ends)), None)}
                    for link in devices],
    }


def psk_part(plan, left):
    """The part of a plan without the hosts of these sentences, which begin with a name."""
    silent = {sentence.split(":", 1)[0] for sentence in left}
    facts = [fact for facts in plan["links"].values() for fact in facts]
    held = {fact["variable"] for fact in facts if silent & set(fact["ends"])}
    return dict(_psk_result([fact for fact in facts if fact["variable"] not in held], []),
                devices=plan["devices"])


def psk_users(hostvars, hosts, promoted):
    """The pairs that use each preshared key, after PROMOTED ones have their new values."""
    fleet = Fleet(hostvars, hosts[0], promoted)
    users = {}
    for link in links_of(fleet, hosts):
        if link.variable:
            users.setdefault(link.variable, set()).add(" and ".join(link.ends))
    return {variable: sorted(pairs) for variable, pairs in users.items()}


def _item(part):
    """The item of a loop: a name, or the public key of a peer."""
    item = part.get(part.get("ansible_loop_var", "item"), "")
    if isinstance(item, dict):
        item = item.get("public_key", item.get("name", ""))
    return str(item)


def _is_failure(part):
    return bool(part.get("unreachable") or part.get("failed"))


def failures(result):
    """Failed items of a registered result: {item: (reason, whether unreachable)}."""
    return {_item(part): (str(part.get("msg", "it is not as it should be")).strip(),
                          bool(part.get("unreachable")))
            for part in result.get("results", [result]) if _is_failure(part)}


def successes(result):
    """Items of a registered result that did not fail."""
    return {_item(part) for part in result.get("results", [result])
            if not _is_failure(part) and not part.get("skipped")}


def _link_problems(fact, results):
    """The failure at one end of a pair: (reason, whether unreachable)."""
    for name in "applied", "proved", "checked":
        found = failures(results.get(name) or {})
        for item in fact["interface"] if name == "applied" else fact["public_key"], "":
            if item in found:
                return found[item]
    return None


def _is_proved(fact, plan, results):
    """Whether an end of this pair made a handshake with the new key, which both ends then have."""
    for host in fact["ends"]:
        for other in plan["links"].get(host, ()):
            if other["ends"] == fact["ends"] and other["first"] and \
                    other["public_key"] in successes((results.get(host) or {}).get("proved") or {}):
                return True
    return False


def psk_verdict(plan, results):
    """The variables that are proved to be in force, and the others, by the registered RESULTS of
    each host."""
    bad, refused = {}, set()
    for host, facts in plan["links"].items():
        if any(not lost for _reason, lost in
               failures((results.get(host) or {}).get("applied") or {}).values()):
            refused.add(host)
        for fact in facts:
            problem = _link_problems(fact, results.get(host) or {})
            if problem and not (problem[1] and _is_proved(fact, plan, results)):
                sentence = "%s: peer %s: %s" % (host, fact["name"], problem[0])
                bad.setdefault(fact["variable"], []).append(sentence)
    return {"good": [name for name in plan["variables"] if name not in bad],
            "bad": sorted(bad), "refused": sorted(refused),
            "reasons": sorted({text for texts in bad.values() for text in texts})}


def psk_kept(plan, verdict, results):
    """Variables whose old keys could not be put back everywhere: their successors must stay in
    the vault. RESULTS has those of the tasks that put the old keys back. A host that refused the
    new keys has the old ones."""
    kept = set()
    for host, facts in plan["links"].items():
        failed = failures((results.get(host) or {}).get("applied") or {})
        if host not in verdict["refused"]:
            kept |= {fact["variable"] for fact in facts if fact["variable"] in verdict["bad"] and
                     ("" in failed or fact["interface"] in failed)}
    return sorted(kept)


# --- private keys


def _same_key_as_text(fleet, host, links):
    """A public key that somebody wrote down does not follow a rotation."""
    own = {fleet.public_key(interface) for interface in fleet.interfaces(host)}
    for link in links:
        if link.other is None and fleet.peer_public_key(link.peer) in own:
            raise FleetProblem("%s: the peer %s has the public key of %s as text: write "
                               "\"host: %s\" instead, so that it follows the private key"
                               % (link.host, link.peer.name, host, host))


def _refuse_pending_psk(fleet, host, links):
    for link in links:
        if host in link.ends and link.variable:
            for name in {link.variable, preshared_key_name(*link.ends)}:
                if is_pending(fleet, name, host):
                    raise FleetProblem("the preshared key of %s and %s is being replaced: complete "
                                       "that first by naawg.naawg.rotate_psk -e pair=%s,%s"
                                       % (link.ends * 2))


def _refuse_own_tunnel(fleet, host):
    """Ansible would lose a host that it reaches through the tunnel whose key changes."""
    at = str(fleet.variables.get(host, "ansible_host") or "")
    if at in [address.partition("/")[0] for interface in fleet.interfaces(host)
              for address in interface.addresses]:
        raise FleetProblem("%s: Ansible reaches it at %s, through its own tunnel, which stands "
                           "still while the key changes: set ansible_host to another address of "
                           "it" % (host, at))


def identity_plan(hostvars, hosts, host):
    """The hosts and devices that have to learn the new public keys of a host."""
    if not host or host not in hosts:
        raise FleetProblem("-e host=NAME takes one of the hosts of this play: %s"
                           % ", ".join(hosts))
    fleet = Fleet(hostvars, hosts[0])
    links = links_of(fleet, hosts)
    _refuse_own_tunnel(fleet, host)
    _same_key_as_text(fleet, host, links)
    _refuse_pending_psk(fleet, host, links)
    refuse_other_rotation(fleet, [other for other in hosts if other != host])
    for link in links:
        if host in (link.host, link.other):
            _check_ends(link, links, hosts)
    variables = {interface.name: private_key_of(fleet, interface)
                 for interface in fleet.interfaces(host)}
    others = sorted({link.host for link in links if link.other == host})
    own = {link.interface.name for link in links if link.host == host}
    return {
        "host": host, "others": others, "hosts": [host] + others,
        "variables": sorted(set(variables.values())),
        "pending": sorted({name for name in variables.values() if is_pending(fleet, name, host)}),
        "interfaces": dict({other: sorted({link.interface.name for link in links if
                                           link.host == other and link.other == host})
                            for other in others}, **{host: sorted(own | set(variables))}),
        "devices": sorted({link.peer.name for link in links
                           if link.host == host and link.other is None}),
    }


def _ends_of(fleet, own, host):
    """The ends of pairs of a host and HOST, as OWN has them."""
    return [link for link in links_of(fleet, [own]) if link.other and host in (own, link.other)]


def identity_calls(hostvars, own, host, variables):
    """Peers of OWN after HOST has new keys, and whether OWN initiates. The host with
    new keys does if its file has an endpoint, as the others may be unable to call it."""
    fleet = Fleet(hostvars, own, variables)
    found = []
    for link in _ends_of(fleet, own, host):
        back = [back for back in links_of(fleet, [link.other]) if back.other == own and
                back.interface.name == link.peer.other.name]
        ours, theirs = (any(fleet.peer_options(end.interface, end.peer).get("endpoint")
                            for end in ends) for ends in ([link], back))
        found.append({"interface": link.interface.name, "name": link.peer.name,
                      "public_key": fleet.peer_public_key(link.peer),
                      "calls": (ours or not theirs) if own == host else (ours and not theirs)})
    return found


def successors(hostvars, own, host, variables):
    """The peers of OWN that stand for HOST, with their new public keys and no preshared key."""
    fleet = Fleet(hostvars, own, variables)
    found = []
    for link in _ends_of(fleet, own, host) if own != host else ():
        options = dict(fleet.peer_options(link.interface, link.peer),
                       interface=link.interface.name)
        options.pop("preshared_key", None)
        found.append(options)
    return found


def successor_key(hostvars, own, host, variables, public):
    """The preshared key of one of these peers; empty without one."""
    fleet = Fleet(hostvars, own, variables)
    for link in _ends_of(fleet, own, host):
        if fleet.peer_public_key(link.peer) == public:
            return fleet.preshared_key(link.interface, link.peer) or ""
    return ""


def new_public_keys(hostvars, own, host, variables):
    """The public keys of a host by interface, as they are after a rotation."""
    fleet = Fleet(hostvars, own, variables)
    return {interface.name: fleet.public_key(interface) for interface in fleet.interfaces(host)}


# --- revocation


def _keys_of(fleet, hosts, name):
    """Public keys by which hosts know a host or device."""
    if name in hosts:
        return {fleet.public_key(interface) for interface in fleet.interfaces(name)}
    found = {fleet.peer_public_key(link.peer) for link in links_of(fleet, hosts)
             if name in (link.peer.name, fleet.peer_public_key(link.peer))}
    return found | ({name} if keys.is_key(name) else set())


def revoke_plan(hostvars, hosts, name):
    """Where a host or device is a peer, its public keys, and the shared keys that it knew."""
    own = next((host for host in hosts if host != name), None)
    if not name or not own:
        raise FleetProblem("-e peer=NAME takes a host or a device of the inventory")
    fleet = Fleet(hostvars, own)
    listed = fleet.revoked
    fleet.revoked = frozenset()
    public = _keys_of(fleet, hosts, name)
    if not public:
        known = {link.peer.name for link in links_of(fleet, hosts)}
        raise FleetProblem("no host has a peer %s; these are known: %s"
                           % (name, ", ".join(sorted(known))))
    # Nobody manages a host that was revoked before, or has it as a peer.
    fleet.revoked = listed - public - {name}
    left = [host for host in hosts if host != name and host not in listed]
    links = links_of(fleet, left + [name] * (name in hosts))
    its_own = [link for link in links if name == link.host or
               fleet.peer_public_key(link.peer) in public]
    rest = [link for link in links if link not in its_own]
    knew = sorted({link.variable for link in its_own if link.variable} &
                  {link.variable for link in rest})
    return {"name": name, "public_keys": sorted(public), "knew": knew,
            "listed": name in listed or public <= listed,
            "pending": [name for name in knew if is_pending(fleet, name, own)],
            "hosts": left,
            "interfaces": {host: [interface.name for interface in fleet.interfaces(host)]
                           for host in left}}
