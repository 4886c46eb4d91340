# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks that overlap: of two peers, and of two interfaces of a host."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import ipaddress


class Claim:
    """A network, and the peer or interface that claims it."""

    def __init__(self, network, owner):
        self.network = ipaddress.ip_network(network, strict=False)
        self.owner = owner
        self.first = int(self.network.network_address)
        self.last = int(self.network.broadcast_address)

    def __str__(self):
        return "%s (%s)" % (self.owner, self.network)


def overlapping(claims):
    """Pairs of claims of different owners that overlap. A default route overlaps nothing, as
    everything else is more specific on purpose."""
    claims = [claim for claim in claims if claim.network.prefixlen]
    for version in (4, 6):
        around = []
        for claim in sorted((claim for claim in claims if claim.network.version == version),
                            key=lambda claim: (claim.first, -claim.last)):
            around = [outer for outer in around if outer.last >= claim.first]
            for outer in around:
                if outer.owner != claim.owner:
                    yield outer, claim
            around.append(claim)
