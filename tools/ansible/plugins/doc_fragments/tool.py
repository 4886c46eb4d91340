# SPDX-License-Identifier: GPL-2.0-or-later
"""Documentation of options that all modules for tunnels have."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type


class ModuleDocFragment:  # pylint: disable=too-few-public-methods
    """Where the tool and its files are."""

    DOCUMENTATION = r"""
options:
  tool:
    description: Name or path of the program naawg.
    type: str
    default: naawg
  conf_dir:
    description: Directory of the configuration files. A module that uses none of them ignores it.
    type: path
    default: /etc/naawg
"""
