# SPDX-License-Identifier: GPL-2.0
"""One way to break a tunnel."""


def no_details(_pair, _first):
    """Nothing more to check."""


class Case:  # pylint: disable=too-few-public-methods
    """A way to break a tunnel: SAYS is the first finding of each host that is looked at,
    and DETAILS checks it."""

    def __init__(self, sentence, breaks, details=no_details, **says):
        self.name = breaks.__name__.replace("_", "")[:9]
        self.sentence = sentence
        self.breaks = breaks
        self.details = details
        self.says = says
