# SPDX-License-Identifier: GPL-2.0-or-later
"""The two files of a backup: one without keys, for version control, and one to be sealed."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import base64
import re

import yaml

SEALED = "(sealed)"
SECRET_LINE = re.compile(r"^(?P<head>[\s#;]*(?:private|preshared)[\s_-]*key\s*=\s*).*$", re.I)
PUBLIC_LINE = re.compile(r"^\s*publickey\s*=\s*[A-Za-z0-9+/]{43}=\s*(?:#(?P<comment>.*))?$", re.I)
# A key in base64 or in hexadecimal digits, also in a command or a comment.
KEY = re.compile(r"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{43}=|[0-9A-Fa-f]{64})(?![A-Za-z0-9+/=])")


class Literal(str):
    """Text that is written as a block of YAML."""


class Dumper(yaml.SafeDumper):  # pylint: disable=too-many-ancestors
    """Writes the lines of a file as lines."""


Dumper.add_representer(Literal, lambda dumper, text: dumper.represent_scalar(
    "tag:yaml.org,2002:str", str(text), style="|"))


def _line_without_keys(line):
    found = SECRET_LINE.match(line)
    if found:
        return found.group("head") + SEALED
    found = PUBLIC_LINE.match(line)
    if not found:
        return KEY.sub(SEALED, line)
    comment = found.group("comment")
    if comment is None:
        return line
    at = len(line) - len(comment)
    return line[:at] + KEY.sub(SEALED, comment)


def without_keys(path, text):
    """The text of a file with a word in the place of each key. Nothing stays of a file that is
    no configuration file, as all of it may be a key."""
    if text is None or not path.endswith(".conf"):
        return SEALED
    return "".join(_line_without_keys(line.rstrip("\r\n")) + "\n" for line in text.splitlines())


def decoded(data):
    """Bytes as text, or None."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if re.search(r"[^\t\n\r\x20-\x7e\xa0-\U0010ffff]", text) else text


def _entry(item, sealed):
    """A file of the host as it stands in one of the two files."""
    text = decoded(item["data"])
    # Ansible marks the texts of a host by classes of its own; join() makes plain ones.
    entry = dict((name, "".join(item[name])) for name in ("path", "mode", "owner", "group"))
    if not sealed:
        entry["content"] = Literal(without_keys(item["path"], text))
    elif text is None:
        entry["content_base64"] = base64.b64encode(item["data"]).decode("ascii")
    else:
        entry["content"] = Literal(text)
    return entry


def document(host, files, sealed):
    """One of the two files, as text. FILES are dicts with path, mode, owner, group and data."""
    head = "# Files of %s%s\n" % (host, "" if sealed else ", without keys. naawg_backup wrote it.")
    ordered = sorted(files, key=lambda item: item["path"])
    return head + yaml.dump({"files": [_entry(item, sealed) for item in ordered]}, Dumper=Dumper,
                            default_flow_style=False, sort_keys=False, allow_unicode=True,
                            explicit_start=True, width=4096)


def kept(text, paths, files):
    """Those of PATHS that the text of a sealed file has, and FILES does not."""
    present = [item["path"] for item in files]
    found = []
    for item in (yaml.safe_load(text or "") or {}).get("files") or []:
        if item["path"] in paths and item["path"] not in present:
            data = base64.b64decode(item["content_base64"]) if "content_base64" in item \
                else item["content"].encode("utf-8")
            found.append(dict(item, data=data))
    return found
