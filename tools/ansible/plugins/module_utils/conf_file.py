# SPDX-License-Identifier: GPL-2.0-or-later
"""The file of a tunnel, /etc/naawg/INTERFACE.conf: renders, reads, compares and replaces it.

A file is a pair of [Interface], a list of pairs (key, value), and of peers, a list of such
lists. Lines about differences never show a key, nor a command, which may hold a password."""
from __future__ import absolute_import, division, print_function
__metaclass__ = type

import glob
import os
import re
import shutil
import tempfile
import time

HEADER = ("# Ansible writes this file (module naawg.naawg.naawg_interface) from its inventory.\n"
          "# A change that is made here is lost with the next run.\n")
# Directories of candidates. One that is older belongs to no run any more.
PREFIX = ".ansible-"
OLD_SECONDS = 3600
HOOKS = ("PreUp", "PostUp", "PreDown", "PostDown")
LISTS = ("Address", "DNS", "Forward", "AllowedIPs")
SECRET = ("PrivateKey", "PresharedKey")
# The time when the key of a section was made. It stands in a comment.
CREATED = "Created"
KEYS = (CREATED, "PrivateKey", "ListenPort", "FwMark", "AnswerUnreachable", "Address", "DNS", "MTU", "Table",
        "SaveConfig", "Kill", "ForwardInterface", "Forward", "Name", "PublicKey", "PresharedKey",
        "AllowedIPs", "Endpoint", "PersistentKeepalive") + HOOKS
SPELLING = {key.lower(): key for key in KEYS}
NAME_COMMENT = re.compile(r"(?i)^\s*#\s*(?:Name|friendly_name)\s*=\s*(.+?)\s*$")
CREATED_COMMENT = re.compile(r"(?i)^\s*#\s*Created\s*=\s*(.+?)\s*$")
# The options of the module and the keys of [Interface], in the order of the file.
OPTIONS = (("created", CREATED), ("private_key", "PrivateKey"), ("listen_port", "ListenPort"),
           ("fwmark", "FwMark"), ("answer_unreachable", "AnswerUnreachable"),
           ("address", "Address"), ("dns", "DNS"), ("mtu", "MTU"), ("table", "Table"), ("kill", "Kill"), ("pre_up", "PreUp"),
           ("post_up", "PostUp"), ("pre_down", "PreDown"), ("post_down", "PostDown"),
           ("forward_interface", "ForwardInterface"), ("forwards", "Forward"))
PEER_OPTIONS = (("name", "Name"), ("created", CREATED), ("public_key", "PublicKey"),
                ("preshared_key", "PresharedKey"), ("allowed_ips", "AllowedIPs"),
                ("endpoint", "Endpoint"),
                ("persistent_keepalive", "PersistentKeepalive"))


class Conf:
    """The lines of a file."""

    def __init__(self, interface=(), peers=()):
        self.interface = list(interface)
        self.peers = [list(peer) for peer in peers]

    def get(self, key):
        """The last value of a key of [Interface], or None."""
        return last(self.interface, key)

    def text(self):
        """The file, as Ansible writes it."""
        parts = [HEADER, "[Interface]\n"] + [line(*pair) for pair in self.interface]
        for peer in self.peers:
            parts += ["\n[Peer]\n"] + [line(*pair) for pair in peer]
        return "".join(parts)


def line(key, value):
    """A line of a file."""
    return "%s%s = %s\n" % ("# " if key == CREATED else "", key, value)


def last(pairs, key):
    """The last value of a key, or None."""
    values = [value for name, value in pairs if name == key]
    return values[-1] if values else None


def pairs_of(values, table):
    """The lines of a section for options of a module."""
    pairs = []
    for option, key in table:
        value = values.get(option)
        if value is None or value == "" or value == []:
            continue
        if isinstance(value, bool):
            value = "yes" if value else "no"
        if key in HOOKS or key == "Forward":
            pairs += [(key, item) for item in value]
        else:
            pairs.append((key, ", ".join(value) if isinstance(value, list) else str(value)))
    return pairs


def of_options(params):
    """The file that the options of naawg_interface describe."""
    peers = [pairs_of(peer, PEER_OPTIONS) for peer in params["peers"] or []]
    return Conf(pairs_of(params, OPTIONS), peers)


def parse(text):
    """Read a file that anybody wrote. The tool judges it, so an unknown line is just left out."""
    conf = Conf()
    section = None
    for written in text.lstrip("\ufeff").splitlines():
        named = NAME_COMMENT.match(written)
        created = CREATED_COMMENT.match(written)
        head = re.match(r"^\s*\[(\w+)\]", written)
        pair = re.match(r"^\s*(\w+)\s*=\s*(.*?)\s*$", written)
        if head:
            section = conf.interface
            if head.group(1).lower() == "peer":
                section = []
                conf.peers.append(section)
        elif named and section is not None and not last(section, "Name"):
            section.append(("Name", named.group(1)))
        elif created and section is not None and not last(section, CREATED):
            section.append((CREATED, created.group(1)))
        elif pair and section is not None:
            key = SPELLING.get(pair.group(1).lower(), pair.group(1))
            value = pair.group(2) if key in HOOKS else pair.group(2).split("#")[0].rstrip()
            if value:
                section.append((key, value))
    return conf


def label(peer):
    """The name of a peer in lines; without a name, its public key."""
    return last(peer, "Name") or last(peer, "PublicKey") or "without a key"


def values_of(pairs, key):
    """The values of a key: those of a list one by one."""
    values = [value for name, value in pairs if name == key]
    if key in LISTS and key != "Forward":
        values = [item for value in values for item in re.split(r"[,\s]+", value) if item]
    return values


def shown(key, values):
    """Values as a line shows them."""
    if key in SECRET or key in HOOKS:
        return ""
    return ", ".join(values)


def section_lines(old, new, prefix=""):
    """Differences of two sections."""
    keys = [key for key in KEYS if last(old, key) or last(new, key)]
    for key in keys:
        before, after = values_of(old, key), values_of(new, key)
        if key in ("Name", "PublicKey") and prefix and not before:
            continue
        if before == after or (key in LISTS and sorted(before) == sorted(after)):
            continue
        if key == "Forward":
            for sign, values, others in ("-", before, after), ("+", after, before):
                for value in values:
                    if value not in others:
                        yield "%s forward %s" % (sign, value)
        elif key in SECRET or key in HOOKS:
            verb = "changed" if before and after else "added" if after else "removed"
            yield "~ %s%s %s" % (prefix, key, verb)
        else:
            yield "~ %s%s %s -> %s" % (prefix, key, shown(key, before) or "(none)",
                                       shown(key, after) or "(none)")


def same_peer(peer, others):
    """The peer among others with the same public key, or else with the same name."""
    for key in "PublicKey", "Name":
        wanted = last(peer, key)
        for other in others:
            if wanted and last(other, key) == wanted:
                return other
    return None


def differences(old, new):
    """Lines about the differences of two files, without secrets."""
    lines = list(section_lines(old.interface, new.interface))
    rest = list(old.peers)
    for peer in new.peers:
        before = same_peer(peer, rest)
        if before is None:
            lines.append("+ peer " + label(peer))
            continue
        rest.remove(before)
        lines += section_lines(before, peer, "peer %s: " % label(peer))
    lines += ["- peer " + label(peer) for peer in rest]
    return lines


def keep_times(conf, present):
    """Keep the times of keys that stay, where the options do not tell them."""
    pairs = [(conf.interface, present.interface, "PrivateKey")]
    pairs += [(peer, same_peer(peer, present.peers) or [], "PresharedKey") for peer in conf.peers]
    for section, before, key in pairs:
        created = last(before, CREATED)
        if created and not last(section, CREATED) and last(section, key) == last(before, key):
            section.insert(1 if section[0][0] == "Name" else 0, (CREATED, created))


def keep_peers(conf, present, gone=()):
    """Add the present peers that a file does not list, by key or by name, but for those that shall
    be gone."""
    conf.peers += [peer for peer in present.peers if same_peer(peer, conf.peers) is None
                   and not {last(peer, "Name"), last(peer, "PublicKey")} & set(gone)]


# --- the file on the disk --------------------------------------------------

def read(path):
    """The text of a file, or None if there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def mode_lines(path, wanted):
    """A line if a file or directory belongs to another user or has another mode."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return []
    mode = found.st_mode & 0o7777
    if mode == wanted and found.st_uid == os.geteuid():
        return []
    if found.st_uid != os.geteuid():
        return ["~ owner of %s: user %d -> %d" % (path, found.st_uid, os.geteuid())]
    return ["~ mode of %s: %04o -> %04o" % (path, mode, wanted)]


def mend_mode(path, wanted):
    """Make a file or directory ours, with this mode."""
    os.chown(path, os.geteuid(), os.getegid())
    os.chmod(path, wanted)


def write(path, text):
    """Write a file for its owner only, down to the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def replace(source, path):
    """Let a file take the place of another one in the same file system."""
    os.rename(source, path)
    directory = os.open(os.path.dirname(path), os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


class Candidates:
    """A directory for files that shall be checked before they take the place of others."""

    def __init__(self, directory, fallback, tidy=False):
        """Beside the final file if that directory exists, as the tool compares files there with
        the links of this host, and a rename stays in one file system. TIDY removes what a run
        that was killed has left."""
        if not os.path.isdir(directory):
            directory = fallback
        for left in glob.glob(os.path.join(directory, PREFIX + "*")) if tidy else ():
            if time.time() - os.stat(left).st_mtime > OLD_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
        self.path = tempfile.mkdtemp(prefix=PREFIX, dir=directory)

    def add(self, name, text):
        """Write a candidate; returns its path. The file name has to be that of the interface."""
        directory = tempfile.mkdtemp(dir=self.path)
        path = os.path.join(directory, name)
        write(path, text)
        return path

    def remove(self):
        """Remove what is left."""
        shutil.rmtree(self.path, ignore_errors=True)
