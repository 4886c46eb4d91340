# SPDX-License-Identifier: GPL-2.0-or-later
"""Filter that derives a public key."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ansible.errors import AnsibleFilterError
from ansible_collections.naawg.naawg.plugins.module_utils import keys


def public_key(private):
    """The public key of a private one."""
    try:
        return keys.derive_public(private)
    except keys.KeyProblem as problem:
        raise AnsibleFilterError("public_key: this is no private key: %s" % problem) from None


class FilterModule:
    """The filter of this file."""

    def filters(self):
        """Names of filters, and their functions."""
        return {"public_key": public_key}
