#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ansible module: which keys an interface uses, without showing one."""
from __future__ import absolute_import, division, print_function
__metaclass__ = type

DOCUMENTATION = r"""
---
module: naawg_keys
short_description: Tell which keys a naawg interface uses, without showing them
version_added: 1.0.0
description:
  - Returns the public keys of a running interface and of its peers, and a digest of each preshared
    key.
  - Both ends of a tunnel have the same preshared key if their digests under one nonce are equal.
    The digest does not tell the key.
options:
  interface:
    description: Name of the interface.
    type: str
    default: wg0
  nonce:
    description: >-
      A text that the digests depend on. Use a new one for each run, the same one on all hosts.
    type: str
    required: true
  service:
    description: >-
      Service of Docker Compose that has the interface. The program naawg runs in its container.
    type: str
extends_documentation_fragment:
  - naawg.naawg.tool
author:
  - the naawg authors (@naawg)
attributes:
  check_mode:
    description: Only reads.
    support: full
"""

EXAMPLES = r"""
- name: Read the keys in use
  naawg.naawg.naawg_keys:
    interface: wg0
    nonce: "{{ naawg__nonce }}"
  register: naawg__running
"""

RETURN = r"""
present:
  description: Whether there is such an interface.
  returned: always
  type: bool
interface:
  description: Name of the interface.
  returned: always
  type: str
public_key:
  description: Public key of the interface; empty without a private key.
  returned: always
  type: str
peers:
  description: >-
    For the public key of each peer, the HMAC-SHA256 of the nonce under the preshared key, in
    hexadecimal; empty without a preshared key.
  returned: always
  type: dict
"""

import base64
import hashlib
import hmac

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.naawg.naawg.plugins.module_utils import tool as tools


def digest(key, nonce):
    """The digest of one preshared key."""
    if key == "(none)":
        return ""
    return hmac.new(base64.b64decode(key), nonce.encode(), hashlib.sha256).hexdigest()


class InContainer(tools.Tool):
    """The program naawg in the container of a service of Docker Compose."""

    def __init__(self, module, service):  # pylint: disable=super-init-not-called
        self.module = module
        docker = module.get_bin_path("docker", required=True)
        label = "label=com.docker.compose.service=" + service
        status, out, err = module.run_command([docker, "ps", "--quiet", "--filter", label])
        found = out.split()
        if status or len(found) != 1:
            module.fail_json(msg=tools.said(err) or "%d containers of the service %s run here, and "
                             "one has to" % (len(found), service))
        self.command = [docker, "exec", found[0], "naawg"]

    def run(self, *args, **options):
        """Status, output and errors of naawg."""
        return self.module.run_command(self.command + list(args))


def main():
    """Run the module."""
    module = AnsibleModule(
        argument_spec=dict({"interface": {"type": "str", "default": "wg0"},
                            "nonce": {"type": "str", "required": True, "no_log": False},
                            "service": {"type": "str"}},
                           **tools.COMMON_SPEC),
        supports_check_mode=True)
    name = module.params["interface"]
    tools.check_option(module, "interface", tools.check_interface, name)
    service = module.params["service"]
    tool = InContainer(module, service) if service else tools.Tool(module)
    result = {"changed": False, "interface": name, "present": name in tool.interfaces(),
              "public_key": "", "peers": {}}
    if result["present"]:
        public_key = tool.must("show", name, "public-key").strip()
        result["public_key"] = "" if public_key == "(none)" else public_key
        for line in tool.must("show", name, "preshared-keys").splitlines():
            peer, key = line.split("\t")
            result["peers"][peer] = digest(key, module.params["nonce"])
    module.exit_json(**result)


if __name__ == "__main__":
    main()
