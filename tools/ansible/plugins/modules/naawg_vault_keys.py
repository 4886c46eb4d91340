# SPDX-License-Identifier: GPL-2.0-or-later
"""Documentation of the action naawg_vault_keys, which runs on the controller."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: naawg_vault_keys
author:
  - The naawg authors
version_added: "1.0.0"
short_description: make and renew keys in a vault file
description:
  - Makes private keys and preshared keys on the controller, and writes them into a vault file.
  - A file that is encrypted as a whole stays so. Any other file gets C(!vault) strings.
  - Keys are encrypted with the vault password of this run, under the vault id of the keys that
    are there. Comments and other variables of the file stay as they are.
  - It never prints a key, and never replaces one, except by I(state=promote).
  - The time when a key was made stands beside it, in a variable of the same name with C(_created)
    appended. It is no secret, and comes and goes with the key.
options:
  vault_file:
    description:
      - The file for keys.
      - By default this is C(naawg_vault_file), or else C(group_vars/vault.yml) beside the inventory
        if that exists, or else C(group_vars/all/vault.yml). If C(group_vars/all.yml) exists, it is
        C(group_vars/vault.yml).
    type: path
  hosts:
    description:
      - Hosts whose keys are made by I(state=present), all hosts of the play by default.
      - A host needs its private keys, those of its peers, and a preshared key for each peer.
    type: list
    elements: str
  variables:
    description: Names of the keys for the states C(next), C(promote) and C(drop).
    type: list
    elements: str
    default: []
  state:
    description:
      - C(present) makes keys that are missing, and writes the public key beside each private one,
        for people to read.
      - C(next) makes a successor of each of I(variables), in a variable of the same name with
        C(_next) appended. A successor that is there stays.
      - C(promote) puts the successor in the place of the key, and corrects the public key beside it.
        It does nothing if there is no successor.
      - C(drop) removes the successor.
    type: str
    choices: [present, next, promote, drop]
    default: present
attributes:
  check_mode:
    description: names the keys, and leaves the file as it is
    support: full
  diff_mode:
    description: never shows the file
    support: none
  platform:
    description: runs on the controller
    support: full
    platforms: posix
notes:
  - Needs a vault password. Give it by C(--ask-vault-pass), C(--vault-password-file) or
    C(--vault-id).
  - Refuses a file with a private or preshared key in plain text.
"""

EXAMPLES = r"""
- name: Make the keys that are missing
  naawg.naawg.naawg_vault_keys:
  run_once: true

- name: Make the successor of a preshared key
  naawg.naawg.naawg_vault_keys:
    state: next
    variables:
      - vault_wg_services_web_preshared_key
  run_once: true
"""

RETURN = r"""
variables:
  description:
    - Names of variables that were made, or for C(promote) and C(drop) of keys that have or lost
      a successor
  returned: always
  type: list
  elements: str
  sample:
    - vault_wg_web_private_key
    - vault_wg_web_public_key
vault_file:
  description: Path of the file
  returned: always
  type: str
  sample: /etc/fleet/group_vars/all/vault.yml
"""
