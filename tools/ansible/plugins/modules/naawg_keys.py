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
  - Also returns the public keys of all other naawg interfaces and of all files in I(conf_dir), as
    a key that was revoked may be there.
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
  absent:
    description: >-
      Public keys of which none may be a peer of any interface or in any file. Otherwise the module
      fails, and names where it is.
    type: list
    elements: str
    default: []
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
interfaces:
  description: >-
    For each naawg interface of the host, its public key as C(public_key), and those of its peers as
    C(peers).
  returned: always
  type: dict
  sample: {wg0: {public_key: KYeBqGHRkHLYGYpwwGYyuVXRIdfC9v9ZbiGbLBm5k3M=, peers: []}}
file_peers:
  description: >-
    The peers of all files of tunnels, with C(path), C(interface), C(name), which may be empty, and
    C(public_key). There are none with I(service).
  returned: always
  type: list
  elements: dict
  sample:
    - path: /etc/naawg/wg0.conf
      interface: wg0
      name: alice
      public_key: KYeBqGHRkHLYGYpwwGYyuVXRIdfC9v9ZbiGbLBm5k3M=
"""

import base64
import glob
import hashlib
import hmac
import os

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.naawg.naawg.plugins.module_utils import conf_file
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


def key_of(tool, name):
    """The public key of an interface, or an empty text."""
    key = tool.must("show", name, "public-key").strip()
    return "" if key == "(none)" else key


def all_interfaces(tool):
    """Public keys of all interfaces and of their peers."""
    return {name: {"public_key": key_of(tool, name),
                   "peers": tool.must("show", name, "peers").split()}
            for name in tool.interfaces()}


def all_files(directory):
    """Names and public keys of the peers in all files."""
    found = []
    for path in sorted(glob.glob(os.path.join(directory, "*.conf"))):
        interface = os.path.basename(path)[:-len(".conf")]
        for peer in conf_file.parse(conf_file.read(path) or "").peers if interface != "policy" \
                else ():
            found.append({"path": path, "interface": interface,
                          "name": conf_file.last(peer, "Name") or "",
                          "public_key": conf_file.last(peer, "PublicKey") or ""})
    return found


def places(result, keys):
    """Interfaces and files that have one of these keys as a peer."""
    found = [name for name, link in result["interfaces"].items() if set(keys) & set(link["peers"])]
    return found + sorted({peer["path"] for peer in result["file_peers"]
                           if peer["public_key"] in keys})


def main():
    """Run the module."""
    module = AnsibleModule(
        argument_spec=dict({"interface": {"type": "str", "default": "wg0"},
                            "nonce": {"type": "str", "required": True, "no_log": False},
                            "absent": {"type": "list", "elements": "str", "default": []},
                            "service": {"type": "str"}},
                           **tools.COMMON_SPEC),
        supports_check_mode=True)
    name = module.params["interface"]
    tools.check_option(module, "interface", tools.check_interface, name)
    service = module.params["service"]
    tool = InContainer(module, service) if service else tools.Tool(module)
    result = {"changed": False, "interface": name, "public_key": "", "peers": {},
              "interfaces": all_interfaces(tool),
              "file_peers": [] if service else all_files(module.params["conf_dir"])}
    result["present"] = name in result["interfaces"]
    if result["present"]:
        result["public_key"] = result["interfaces"][name]["public_key"]
        for line in tool.must("show", name, "preshared-keys").splitlines():
            peer, key = line.split("\t")
            result["peers"][peer] = digest(key, module.params["nonce"])
    found = places(result, module.params["absent"] or [])
    if found:
        module.fail_json(msg="the peer is still in %s: remove it there" % ", ".join(found),
                         **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
