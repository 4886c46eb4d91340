#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later
"""Documentation of the action naawg_tunnel."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: naawg_tunnel
short_description: Configure the interfaces of a host as the inventory describes them
version_added: 1.0.0
author: The naawg authors
description:
  - Derives the interfaces of the host from the variables of all hosts, as the filter
    C(naawg.naawg.tunnel) does, and runs the module M(naawg.naawg.naawg_interface) for each.
  - Keys are in no variable, loop or result of the play, so a failure can be printed.
  - Fails before it connects to the host, if the vault lacks a key. The message names the variable
    and the command that makes it.
options:
  state:
    description:
      - C(present) writes the files, and applies those of running interfaces.
      - C(up) also brings the interfaces up, without systemd.
    type: str
    choices: [present, up]
    default: present
  names:
    description: Interfaces to configure. Without it, all interfaces of the host.
    type: list
    elements: str
    default: []
  peer:
    description:
      - Name of the only peer to configure. Other peers stay as they are, and so do interfaces
        without this peer.
    type: str
  without:
    description:
      - Name of a peer to remove. Other peers stay as they are.
    type: str
  next:
    description:
      - Names of vault variables that are being replaced. The value of such a variable is that of
        the variable of the same name with C(_next) appended.
    type: list
    elements: str
    default: []
  actor:
    description: Who makes the change, for the audit lines.
    type: str
  conf_dir:
    description: Directory of the files, if it is not C(/etc/naawg).
    type: path
  tool:
    description: Name or path of the program naawg on the host.
    type: str
  policy:
    description:
      - Options of the module M(naawg.naawg.naawg_policy). The policy is written first, as files
        are checked under it. If a file is refused, the host gets its old policy back.
      - Without it, the policy stays as it is.
    type: dict
  delay:
    description: The option of this name of the module M(naawg.naawg.naawg_interface).
    type: int
  after_session:
    description: The option of this name of the module M(naawg.naawg.naawg_interface).
    type: dict
  call:
    description: The option of this name of the module M(naawg.naawg.naawg_interface).
    type: list
    elements: str
attributes:
  check_mode:
    description: Changes nothing, and reports what differs.
    support: full
  diff_mode:
    description: Prints the differences of file and interface, without keys.
    support: full
  platform:
    description: The platforms of the host.
    support: full
    platforms: posix
"""

EXAMPLES = r"""
- name: Configure all interfaces
  naawg.naawg.naawg_tunnel:

- name: Add one peer
  naawg.naawg.naawg_tunnel:
    peer: alice-laptop
"""

RETURN = r"""
interfaces:
  description: What was done, without secrets.
  returned: always
  type: list
  elements: dict
  sample:
    - interface: wg0
      public_key: KYeBqGHRkHLYGYpwwGYyuVXRIdfC9v9ZbiGbLBm5k3M=
      changes:
        - "+ peer alice-laptop"
interface:
  description: The interface that could not be configured.
  returned: failure
  type: str
  sample: wg0
"""
