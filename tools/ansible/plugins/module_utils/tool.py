# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs naawg and naawg-quick for the modules of this collection, and checks their options."""
from __future__ import absolute_import, division, print_function
__metaclass__ = type

import ipaddress
import json
import os
import re

KEY = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
INTERFACE = re.compile(r"(?!-)[A-Za-z0-9_=+.-]{1,15}")
CREATED = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?")
# Colors and translated messages would change the lines that the modules read.
ENVIRONMENT = {"LC_ALL": "C", "WG_COLOR_MODE": "never", "WG_HIDE_KEYS": "always"}

COMMON_SPEC = {
    "tool": {"type": "str", "default": "naawg"},
    "conf_dir": {"type": "path", "default": "/etc/naawg"},
}


class Tool:
    """The programs naawg and naawg-quick of the host a module runs on."""

    def __init__(self, module):
        self.module = module
        name = module.params["tool"]
        self.path = name if "/" in name else module.get_bin_path(name)
        if not self.path or not os.access(self.path, os.X_OK):
            module.fail_json(msg="there is no program %s on this host: install the package naawg "
                                 "(role naawg.naawg.tunnel does), or set the option tool" % name)

    def run(self, *args, **options):
        """Status, output and errors of naawg; `stdin` is a text for it."""
        return self._run(self.path, args, options.get("stdin"))

    def quick(self, *args):
        """Status, output and errors of naawg-quick, which is a second name of naawg."""
        path = os.path.join(os.path.dirname(self.path), "naawg-quick")
        if not os.access(path, os.X_OK):
            path = self.module.get_bin_path("naawg-quick")
        if not path:
            self.module.fail_json(msg="there is no program naawg-quick beside %s: install the "
                                      "package naawg" % self.path)
        return self._run(path, args, None)

    def _run(self, path, args, stdin):
        # Text as data would be logged if the program did not exist, so that is checked before.
        return self.module.run_command([path] + list(args), data=stdin, binary_data=False,
                                       environ_update=ENVIRONMENT)

    def must(self, *args, **options):
        """The output of naawg, which has to succeed."""
        status, out, err = self.run(*args, **options)
        if status:
            self.module.fail_json(msg=said(err, out) or "naawg %s failed" % args[0])
        return out

    def read_json(self, *args):
        """A value that naawg prints as JSON."""
        return json.loads(self.must(*args))

    def interfaces(self):
        """Names of the links in this network namespace that are of our type."""
        status, out, _err = self.run("show", "interfaces")
        return [] if status else out.split()


def said(*texts):
    """The first of these texts that is not blank, as one message."""
    for text in texts:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if lines:
            return "\n".join(lines)
    return ""


# Each check below raises ValueError with a sentence that the option's name can precede.

def check_interface(name):
    """The name of a network interface, which is a part of a file name, too."""
    if not INTERFACE.fullmatch(name) or name in (".", ".."):
        raise ValueError("'%s' is no name of an interface: it has 1 to 15 letters, digits or "
                         "_ = + . -" % name)


def check_key(text, secret=False):
    """A key in base64. The message does not show a secret."""
    if not KEY.fullmatch(text):
        what = "the value" if secret else "'%s'" % text
        raise ValueError("%s is no key: a key is 44 characters of base64" % what)


def check_range(number, low, high):
    """An integer from low to high."""
    if not low <= number <= high:
        raise ValueError("%d is out of range: %d to %d" % (number, low, high))


def check_port(number):
    """A UDP port, or 0 for one that the kernel chooses."""
    check_range(number, 0, 65535)


def check_prefix(text):
    """An address with or without the length or the mask of its network."""
    try:
        ipaddress.ip_interface(text)
    except ValueError:
        raise ValueError("'%s' is no address or network, such as 10.8.0.2/32" % text) from None


def check_endpoint(text):
    """HOST:PORT; an IPv6 address is in brackets."""
    host, colon, port = text.rpartition(":")
    bad = not host or not colon or (":" in host and not re.match(r"^\[[0-9A-Fa-f:.%\w-]+\]$", host))
    if bad or re.search(r"\s", text) or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise ValueError("'%s' is no endpoint: it is HOST:PORT, with an IPv6 address in brackets"
                         % text)


def check_keepalive(text):
    """Seconds, or off."""
    if str(text) == "off":
        return
    if not str(text).isdigit() or not 0 <= int(text) <= 65535:
        raise ValueError("'%s' is neither off nor a number of seconds from 0 to 65535" % text)


def check_created(text):
    """A time in UTC, or a day. The tool judges whether the calendar has it."""
    if not CREATED.fullmatch(text):
        raise ValueError("'%s' is no time in UTC, such as 2026-11-30T12:00:00Z" % text)


def check_line(text):
    """One line of a file."""
    if "\n" in text or "\r" in text or "\0" in text:
        raise ValueError("the value has a line break")


def check_option(module, name, check, *values, **options):
    """Fail with the name of the option if a check refuses one of the values."""
    for value in values:
        try:
            check(value, **options)
        except ValueError as error:
            module.fail_json(msg="%s: %s" % (name, error))
