# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds other programs that configure an interface, a port or a file of this host."""
from __future__ import absolute_import, division, print_function
__metaclass__ = type

import fnmatch
import glob
import os
import re

# Names of programs that write files of a host and would undo what we write.
KEEPERS = r"puppet|chef|salt|cfengine|cloud-init|terraform|netplan|pve|proxmox"


def read(path):
    """The text of a file; nothing if it cannot be read."""
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def ifupdown(name, root):
    """Stanzas of ifupdown, and of Proxmox, which writes `sdn` for it."""
    paths = [root + "/etc/network/interfaces"] + sorted(
        glob.glob(root + "/etc/network/interfaces.d/*"))
    stanza = re.compile(r"^\s*(?:iface|auto|allow-\S+)\s+(?:\S+\s+)*%s(?:\s|$)" % re.escape(name),
                        re.M)
    for path in paths:
        if not stanza.search(read(path)):
            continue
        if os.path.basename(path) == "sdn":
            return ("Proxmox SDN configures %s (%s): use another name, or remove the interface "
                    "from the SDN of the datacenter and apply that" % (name, path))
        return ("ifupdown configures %s (%s): use another name, or remove the stanza after "
                "`ifdown %s`" % (name, path, name))
    return None


def wg_quick(name, root):
    """A unit of wg-quick that starts at boot."""
    unit = "wg-quick@%s.service" % name
    for path in glob.glob(root + "/etc/systemd/system/*.wants/" + unit):
        return ("wg-quick starts %s at boot (%s): run `systemctl disable --now wg-quick@%s` "
                "first, or use another name" % (name, path, name))
    return None


def networkd(name, root):
    """A .netdev that makes the link, or a .network that is about it."""
    for directory in "/etc", "/run", "/usr/lib", "/lib":
        for path in sorted(glob.glob(root + directory + "/systemd/network/*.net[dw]*")):
            for line in re.findall(r"^\s*Name\s*=\s*(.+?)\s*$", read(path), re.M):
                # A file about every link is not about this one.
                if any(pattern != "*" and fnmatch.fnmatchcase(name, pattern)
                       for pattern in line.split()):
                    return ("systemd-networkd configures %s (%s): use another name, or remove "
                            "that file and run `networkctl reload`" % (name, path))
    return None


def network_manager(name, root):
    """A connection of NetworkManager, or a tunnel of netplan."""
    wanted = re.compile(r"^\s*interface-name\s*=\s*%s\s*$" % re.escape(name), re.M)
    for directory in "/etc", "/run", "/usr/lib":
        for path in sorted(glob.glob(root + directory + "/NetworkManager/system-connections/*")):
            if wanted.search(read(path)):
                return ("NetworkManager configures %s (%s): use another name, or delete that "
                        "connection with `nmcli connection delete`" % (name, path))
    for path in sorted(glob.glob(root + "/etc/netplan/*.yaml")):
        if re.search(r"^\s+%s\s*:" % re.escape(name), read(path), re.M):
            return ("netplan configures %s (%s): use another name, or remove it there and run "
                    "`netplan apply`" % (name, path))
    return None


def of_interface(name, ours, root=""):
    """A sentence about another manager of this interface, or None. `ours` has the names of
    links of our type."""
    for look in ifupdown, wg_quick, networkd, network_manager:
        found = look(name, root)
        if found:
            return found
    if name not in ours and os.path.isdir("%s/sys/class/net/%s" % (root, name)):
        return ("a link %s exists already and is no naawg interface: use another name, or remove "
                "it with the program that made it (`ip -d link show %s` tells its type)"
                % (name, name))
    return None


def of_file(path):
    """A sentence about another manager of this file, or None."""
    if os.path.islink(path):
        return ("%s is a symbolic link to %s, so another program keeps this file: remove the link "
                "first" % (path, os.readlink(path)))
    for line in read(path).splitlines()[:10]:
        found = re.search(r"(?i)^\s*[#;].*\b(?:managed|generated|written|maintained)\b.*\b(%s)\b"
                          % KEEPERS, line)
        if found:
            return ("%s says that %s writes it: take the file from that program first, or use "
                    "another name" % (path, found.group(1)))
    return None


def udp_sockets(root=""):
    """Pairs of a bound UDP port and the inode of its socket."""
    found = []
    for table in "udp", "udp6":
        for line in read("%s/proc/net/%s" % (root, table)).splitlines()[1:]:
            words = line.split()
            if len(words) > 9:
                found.append((int(words[1].rsplit(":", 1)[1], 16), words[9]))
    return found


def owner_of(inode):
    """The process with this socket, as words, or an empty text."""
    for descriptor in glob.glob("/proc/[0-9]*/fd/*"):
        try:
            if os.readlink(descriptor) != "socket:[%s]" % inode:
                continue
        except OSError:
            continue
        pid = descriptor.split("/")[2]
        return "%s (process %s)" % (read("/proc/%s/comm" % pid).strip() or "a program", pid)
    return ""


def of_port(port, name, tool):
    """A sentence about another user of a UDP port, or None. Only one socket can have it."""
    inodes = [inode for bound, inode in udp_sockets() if bound == port] if port else []
    if not inodes:
        return None
    for line in tool.run("show", "all", "listen-port")[1].splitlines():
        link, bound = line.split("\t")[:2]
        if int(bound) == port and link != name:
            return ("UDP port %d belongs to the naawg interface %s: choose another listen_port"
                    % (port, link))
    # The socket of a tunnel belongs to no process.
    owner = next((found for found in map(owner_of, inodes) if found),
                 "the kernel, perhaps to an interface of wg-quick or to a process that is not "
                 "visible here")
    return ("UDP port %d belongs to %s: choose another listen_port, or stop it first"
            % (port, owner))
