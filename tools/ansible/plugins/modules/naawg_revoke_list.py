# SPDX-License-Identifier: GPL-2.0-or-later
"""Documentation of the action naawg_revoke_list, which runs on the controller."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: naawg_revoke_list
author:
  - The naawg authors
version_added: "1.0.0"
short_description: add to the list of revoked hosts, devices and keys
description:
  - Adds names to C(naawg_revoked), and the public keys that these hosts and devices have now. The
    filter C(naawg.naawg.tunnel) leaves out all of them.
  - Refuses a name that no host and no device has.
  - Hosts know the new list in the next run. In this one, set C(naawg_revoked) to the result C(revoked).
options:
  names:
    description: Names of hosts and devices, and public keys.
    type: list
    elements: str
    required: true
  file:
    description:
      - The file with the list, by default C(group_vars/all/naawg_revoked.yml) beside the inventory.
    type: path
attributes:
  check_mode:
    description: leaves the file as it is
    support: full
  diff_mode:
    description: shows nothing
    support: none
  platform:
    description: runs on the controller
    support: full
    platforms: posix
"""

EXAMPLES = r"""
- name: Revoke a device
  naawg.naawg.naawg_revoke_list:
    names:
      - alice-laptop
  run_once: true
  register: revocation

- name: Use the new list in this run
  ansible.builtin.set_fact:
    naawg_revoked: "{{ revocation.revoked }}"
"""

RETURN = r"""
added:
  description: Names and public keys that the list did not have
  returned: always
  type: list
  elements: str
  sample:
    - alice-laptop
public_keys:
  description: Public keys of the names, whether they were on the list or not
  returned: always
  type: list
  elements: str
revoked:
  description: The whole list
  returned: always
  type: list
  elements: str
file:
  description: Path of the file
  returned: always
  type: str
  sample: /etc/fleet/group_vars/all/naawg_revoked.yml
"""
