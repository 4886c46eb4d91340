# SPDX-License-Identifier: GPL-2.0-or-later
"""Documentation of the action naawg_backup, which runs on the controller."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: naawg_backup
author:
  - The naawg authors
version_added: "1.0.0"
short_description: back up the configuration of a host
description:
  - Reads the configuration files of a host, and writes two files on the controller.
  - The file C(NAME.yml) has the files without their keys. It suits version control.
  - The file C(NAME.sealed.yml) has all of them, encrypted with the vault password of this run.
    C(ansible-vault view) shows it.
  - In the file without keys, C((sealed)) stands in the place of each private or preshared key, and of
    each text of that form in a command or a comment. It has nothing of a file whose name does not
    end in C(.conf). A password of another form in a command stays.
  - Neither file is written again while the files of the host stay as they are.
options:
  directory:
    description: Directory on the controller. It is made with mode 0700 if it does not exist.
    type: path
    required: true
  name:
    description: First part of the names of both files, the host's name in the inventory by default.
    type: str
  paths:
    description: Directories of the host whose files are read, with all directories in them.
    type: list
    elements: str
    default: [/etc/naawg]
  keep:
    description: >-
      Files that stay in the backup as they are there, if the host does not have them any more.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    description: names the files that would be written
    support: full
  diff_mode:
    description: shows the file without keys
    support: full
  platform:
    description: the host is a POSIX system
    support: full
    platforms: posix
notes:
  - Needs a vault password. Give it by C(--ask-vault-pass), C(--vault-password-file) or
    C(--vault-id).
"""

EXAMPLES = r"""
- name: Back the host up
  naawg.naawg.naawg_backup:
    directory: "{{ inventory_dir }}/backup"
  register: backup

- name: Name the files that changed
  ansible.builtin.debug:
    var: backup.written
"""

RETURN = r"""
plain:
  description: the file without keys
  returned: success
  type: str
  sample: /srv/fleet/backup/web.yml
sealed:
  description: the encrypted file
  returned: success
  type: str
  sample: /srv/fleet/backup/web.sealed.yml
files:
  description: files of the host
  returned: success
  type: list
  elements: str
  sample: [/etc/naawg/policy.conf, /etc/naawg/wg0.conf]
written:
  description: those of the two files that changed
  returned: success
  type: list
  elements: str
  sample: [/srv/fleet/backup/web.sealed.yml]
"""
