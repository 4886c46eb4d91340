#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ansible module: what a host has for tunnels."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: naawg_host
short_description: Tell what a host has for tunnels
version_added: 1.0.0
author: The naawg authors
description:
  - Tells whether the host is a container, and whether it has the tool and the kernel module. It
    changes nothing.
options:
  tool:
    description: Name or path of the program naawg.
    type: str
    default: naawg
attributes:
  check_mode:
    description: Only reads.
    support: full
  platform:
    description: The platforms of the host.
    support: full
    platforms: posix
"""

EXAMPLES = r"""
- name: Look at the host
  naawg.naawg.naawg_host:
  register: naawg__host
"""

RETURN = r"""
container:
  description: The kind of container that the host is, empty if it has a kernel of its own.
  returned: always
  type: str
  sample: lxc
version:
  description: Versions of the tool and the module, empty if the tool cannot be run.
  returned: always
  type: str
loaded:
  description: Whether the kernel has the module.
  returned: always
  type: bool
problem:
  description: Why the tool cannot be run, empty if it can.
  returned: always
  type: str
kernel_packages:
  description: Installed packages that only make sense where the kernel is.
  returned: always
  type: list
  elements: str
"""

import os

from ansible.module_utils.basic import AnsibleModule

PACKAGES = ("naawg-dkms", "naawg-as-wireguard")


def read(path):
    """The bytes of a file; none if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def container():
    """The kind of container, by what its manager leaves for systemd, or by its own marks."""
    named = read("/run/systemd/container").decode(errors="replace").strip()
    if named:
        return named
    for pair in read("/proc/1/environ").split(b"\0"):
        if pair.startswith(b"container="):
            return pair[len(b"container="):].decode(errors="replace") or "container"
    for path, kind in (("/.dockerenv", "docker"), ("/run/.containerenv", "podman")):
        if os.path.exists(path):
            return kind
    return ""


def installed(module):
    """The installed ones of PACKAGES."""
    query = module.get_bin_path("dpkg-query")
    if not query:
        return []
    _status, out, _err = module.run_command(
        [query, "--show", "--showformat=${db:Status-Status} ${Package}\n"] + list(PACKAGES))
    return [line.split()[1] for line in out.splitlines() if line.startswith("installed ")]


def main():
    """Run the module."""
    module = AnsibleModule(argument_spec={"tool": {"type": "str", "default": "naawg"}},
                           supports_check_mode=True)
    name = module.params["tool"]
    path = name if "/" in name else module.get_bin_path(name)
    version, problem = "", ""
    if not path or not os.access(path, os.X_OK):
        problem = "there is no program %s" % name
    else:
        status, out, err = module.run_command([path, "version"], environ_update={"LC_ALL": "C"})
        version = out.strip() if not status else ""
        problem = "" if not status else (err or out).strip() or "%s exits with %d" % (path, status)
    module.exit_json(changed=False, container=container(), version=version, problem=problem,
                     loaded=bool(version) and "module: not loaded" not in version,
                     kernel_packages=installed(module))


if __name__ == "__main__":
    main()
