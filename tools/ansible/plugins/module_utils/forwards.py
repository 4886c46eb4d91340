# SPDX-License-Identifier: GPL-2.0-or-later
"""Port forwards as texts: one spelling for each, and the lines of a file with them."""
from __future__ import absolute_import, division, print_function
__metaclass__ = type

import ipaddress
import re

HEAD = re.compile(r"^(\d+)(?:-(\d+))?:(tcp|udp)(?::(.*))?$", re.I)
TARGET = re.compile(r"^(?:\[([^]]*)\]|([^:]*)):(\d+)$")


def target(text):
    """Address and port of a destination; either may be missing."""
    found = TARGET.match(text)
    if found:
        return (found.group(1) or found.group(2) or ""), int(found.group(3))
    return text.strip("[]"), None


def canonical(text, interface=None):
    """A forward as `naawg forward list` prints it. INTERFACE is that of forwards without dev.
    Raises ValueError with a sentence about the text."""
    words = text.split()
    head = HEAD.match(words[0]) if words else None
    try:
        if not head or (len(words) > 1 and not words[1:]):
            raise ValueError
        first, last = int(head.group(1)), int(head.group(2) or head.group(1))
        if not 1 <= first <= last <= 65535:
            raise ValueError
        return " ".join([destination(head, first, last)] + options(words[1:], interface))
    except (ValueError, IndexError):
        raise ValueError("'%s' is no forward, such as 3306:tcp:10.101.0.2 (naawg(8) has the form)"
                         % text) from None


def destination(head, first, last):
    """The first word of a forward."""
    line = "%d" % first + ("-%d" % last if last != first else "") + ":" + head.group(3).lower()
    address, port = target(head.group(4) or "")
    moved = port is not None and port != first
    if port is not None and not 1 <= port <= 65535:
        raise ValueError
    if address:
        parsed = ipaddress.ip_address(address)
        line += (":[%s]" if parsed.version == 6 else ":%s") % parsed
    elif moved:
        line += ":"
    return line + (":%d" % port if moved else "")


def options(words, interface):
    """The other words, in the order of the tool."""
    found = {}
    rest = list(words)
    while rest:
        word = rest.pop(0).lower()
        if word not in ("dev", "from", "no-masquerade") or word in found:
            raise ValueError
        found[word] = rest.pop(0) if word != "no-masquerade" else ""
    if interface:
        found.setdefault("dev", interface)
    source = found.get("from")
    if source and "=" not in source:
        found["from"] = str(ipaddress.ip_network(source, strict=False))
    return [("%s %s" % (word, found[word])).strip()
            for word in ("dev", "from", "no-masquerade") if word in found]


def ports(text):
    """Ports and protocol of a forward, by which it is removed."""
    return ":".join(text.split()[0].split(":")[:2])


def takes(given, present):
    """Whether a forward to remove, perhaps without a destination, is this one."""
    if ports(given) != ports(present):
        return False
    return given == ports(given) or present.split()[0] == given.split()[0]


def edit(text, wanted):
    """The text of a file with these forwards instead of its own. Other lines stay."""
    lines, place, section = [], None, ""
    kept = set()
    for line in text.splitlines():
        head = re.match(r"^\s*\[(\w+)\]", line)
        section = head.group(1).lower() if head else section
        found = re.match(r"(?i)^\s*Forward\s*=\s*([^#]*)", line)
        if found and section == "interface":
            values = [canonical(value) for value in found.group(1).strip().split(",") if value]
            if not values or any(value not in wanted or value in kept for value in values):
                place = len(lines) if place is None else place
                # A line with several forwards is split.
                for value in values:
                    if value in wanted and value not in kept:
                        lines.append("Forward = " + value)
                        kept.add(value)
                continue
            kept.update(values)
        lines.append(line)
        if section == "interface" and line.strip() and not line.lstrip().startswith("#"):
            place = len(lines)
    new = ["Forward = " + value for value in wanted if value not in kept]
    if place is not None:
        lines[place:place] = new
    return "".join(line + "\n" for line in lines)
