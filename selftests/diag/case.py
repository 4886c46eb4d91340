# SPDX-License-Identifier: GPL-2.0
"""One way to break a tunnel."""
import itertools

COUNT = itertools.count(1)


def no_details(_pair, _first):
    """Nothing more to check."""


class Case:  # pylint: disable=too-few-public-methods
    """A way to break a tunnel: SAYS is the first finding of each host that is looked at,
    and DETAILS checks it."""

    def __init__(self, sentence, breaks, details=no_details, **says):
        # Namespaces have this name, and several files may have such a function.
        self.name = f"{breaks.__name__}{next(COUNT)}"
        self.sentence = sentence
        self.breaks = breaks
        self.details = details
        self.says = says
