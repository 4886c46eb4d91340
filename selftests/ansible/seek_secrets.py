#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Searches logs for secrets: `seek_secrets.py PASSWORD-FILE SECRETS DIR... -- LOG...`

Secrets are the lines of the file SECRETS, and every string of an encrypted file or of a
`!vault` value below the directories. Only public keys are no secrets. Prints the name of a
variable that was found, and exits with 1."""
import os
import re
import sys

import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

BLOCK = re.compile(r"^([ \t]*)([\w.-]+):[ \t]*!vault[^\n]*\n((?:[ \t]+\S+\n?)+)", re.M)


def leaves(name, value):
    """Pairs of a name and a text in a value of YAML."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(str(key), inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(name, inner)
    elif isinstance(value, str):
        yield name, value.strip()


def secrets_of(vault, text):
    """Pairs of a name and a secret of a file."""
    if text.startswith("$ANSIBLE_VAULT;"):
        yield from leaves("", yaml.safe_load(vault.decrypt(text.encode())) or {})
    for found in BLOCK.finditer(text):
        sealed = "\n".join(line.strip() for line in found[3].splitlines())
        yield found[2], vault.decrypt(sealed.encode()).decode().strip()


def files_below(directories):
    """The texts of all files."""
    for directory in directories:
        for path, _, names in os.walk(directory):
            for name in names:
                with open(os.path.join(path, name), encoding="utf-8", errors="replace") as file:
                    yield file.read()


def main(password, listed, *rest):
    """Compare each secret with each log."""
    split = rest.index("--")
    with open(password, "rb") as file:
        vault = VaultLib([("default", VaultSecret(file.read().strip()))])
    with open(listed, encoding="utf-8") as file:
        known = {("a secret of the test", line.strip()) for line in file if line.strip()}
    for text in files_below(rest[:split]):
        known.update(pair for pair in secrets_of(vault, text)
                     if len(pair[1]) >= 8 and "public_key" not in pair[0])
    found = 0
    for log in rest[split + 1:]:
        with open(log, encoding="utf-8", errors="replace") as file:
            text = file.read()
        for name, secret in sorted(known):
            if secret in text:
                print(f"{log} shows {name}")
                found = 1
    return found


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
