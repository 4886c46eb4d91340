#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ansible module: the policy of a host, which every file of a tunnel has to follow."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: naawg_policy
short_description: Write the policy of a host for its tunnels
version_added: 1.0.0
author: The naawg authors
description:
  - Writes C(/etc/naawg/policy.conf), which naawg.conf(5) describes. A file of a tunnel that breaks
    one of its rules is refused.
  - Running interfaces stay as they are. The module M(naawg.naawg.naawg_interface) checks files
    under the new policy.
options:
  strict:
    description: Whether warnings about a file are errors.
    type: bool
    default: true
  tunnel_subnets:
    description:
      - Networks that addresses and allowed IPs must be inside of. If the list is empty, there is no
        such rule.
    type: list
    elements: str
    default: []
  forbid_routes:
    description: Networks that a tunnel must not reach.
    type: list
    elements: str
    default: []
  allow_wildcard:
    description: Whether the allowed IPs of a peer may be all addresses.
    type: bool
    default: false
  require_preshared_key:
    description: Whether each peer needs a preshared key.
    type: bool
    default: true
  rotate_after:
    description:
      - Age of a key, such as C(90d) or C(12w), from which on there is a warning. Without it, there
        is no such rule.
    type: str
    default: ""
  content:
    description: The text of the file, in place of the rules. For putting an earlier one back.
    type: str
  state:
    description: Whether the file exists.
    type: str
    choices: [present, absent]
    default: present
  conf_dir:
    description: Directory of the file.
    type: path
    default: /etc/naawg
  actor:
    description: Who makes the change, for the audit line.
    type: str
attributes:
  check_mode:
    description: Changes nothing, and reports what differs.
    support: full
  diff_mode:
    description: Prints the file before and after.
    support: full
  platform:
    description: The platforms of the host.
    support: full
    platforms: posix
"""

EXAMPLES = r"""
- name: Write the policy
  naawg.naawg.naawg_policy:
    tunnel_subnets:
      - 10.8.0.0/24
    forbid_routes:
      - 172.16.10.0/24
"""

RETURN = r"""
previous:
  description: The text of the file before, null if there was none.
  returned: always
  type: str
  sample: "Strict = yes\n"
"""

import ipaddress
import os
import re

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.naawg.naawg.plugins.module_utils import audit

HEAD = "# Rules for all tunnels of this host. Ansible wrote this file, and overwrites it.\n"
FORBIDDEN_AT_MOST = 256
AGE = re.compile(r"0*[1-9]\d{0,4}[dw]")


def networks(module, option):
    """The networks of an option, in their usual form."""
    found = []
    for text in module.params[option]:
        try:
            found.append(str(ipaddress.ip_network(text, strict=False)))
        except ValueError as error:
            module.fail_json(msg="%s: %s is no network: %s" % (option, text, error))
    return found


def text_of(module):
    """The file that the options describe."""
    given = module.params
    if given["content"] is not None:
        return given["content"]
    forbidden = networks(module, "forbid_routes")
    if len(forbidden) > FORBIDDEN_AT_MOST:
        module.fail_json(msg="forbid_routes: %d networks are too many, the policy takes %d"
                             % (len(forbidden), FORBIDDEN_AT_MOST))
    age = given["rotate_after"]
    if age and not AGE.fullmatch(age):
        module.fail_json(msg="rotate_after: %s is no number of days or weeks, such as 90d or 12w"
                             % age)
    lines = ["%s = %s" % (name, "yes" if given[option] else "no") for name, option in (
        ("Strict", "strict"), ("RequirePresharedKey", "require_preshared_key"),
        ("AllowWildcard", "allow_wildcard"))]
    lines += ["RotateAfter = " + age] if age else []
    lines += ["TunnelSubnet = " + network for network in networks(module, "tunnel_subnets")]
    lines += ["ForbidRoutes = " + network for network in forbidden]
    return HEAD + "\n".join(lines) + "\n"


def read(path):
    """The text of a file; None if there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return None


def store(module, path, text):
    """Replace the file in one step."""
    os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
    new = os.path.join(module.tmpdir, "policy.conf")
    with open(new, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(new, 0o644)
    module.atomic_move(new, path)


def main():
    """Run the module."""
    module = AnsibleModule(supports_check_mode=True, argument_spec={
        "strict": {"type": "bool", "default": True},
        "tunnel_subnets": {"type": "list", "elements": "str", "default": []},
        "forbid_routes": {"type": "list", "elements": "str", "default": []},
        "allow_wildcard": {"type": "bool", "default": False},
        "require_preshared_key": {"type": "bool", "default": True, "no_log": False},
        "rotate_after": {"type": "str", "default": ""},
        "content": {"type": "str"},
        "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
        "conf_dir": {"type": "path", "default": "/etc/naawg"},
        "actor": {"type": "str"},
    })
    path = os.path.join(module.params["conf_dir"], "policy.conf")
    before = read(path)
    after = text_of(module) if module.params["state"] == "present" else None
    result = {"changed": before != after, "previous": before}
    if module._diff:
        result["diff"] = {"before": before or "", "after": after or "",
                          "before_header": path, "after_header": path}
    if result["changed"] and not module.check_mode:
        if after is None:
            os.unlink(path)
        else:
            store(module, path, after)
        audit.record([audit.event("policy-changed")], module.params["actor"])
    module.exit_json(**result)


if __name__ == "__main__":
    main()
