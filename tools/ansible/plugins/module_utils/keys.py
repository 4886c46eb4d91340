# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys of WireGuard: make, check, derive and compare them.

No function prints a key or puts a private one into a message of an error.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import base64
import binascii
import hashlib
import hmac
import os
import subprocess

KEY_LENGTH = 32
SHORT = 8
PROGRAMS = ("naawg", "wg")


class KeyProblem(Exception):
    """A key cannot be used; the message bears no secret."""


def decode(key):
    """The 32 bytes of a key in base64."""
    text = str(key).strip()
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error, UnicodeError):
        raise KeyProblem("it is not base64") from None
    if len(raw) != KEY_LENGTH or len(text) != 44:
        raise KeyProblem("it has %d bytes, and a key has %d" % (len(raw), KEY_LENGTH))
    return raw


def encode(raw):
    """A key as text."""
    return base64.b64encode(raw).decode("ascii")


def is_key(key):
    """Whether a text is a key."""
    try:
        decode(key)
    except KeyProblem:
        return False
    return True


def make_private():
    """A new private key, clamped as by "wg genkey"."""
    raw = bytearray(os.urandom(KEY_LENGTH))
    raw[0] &= 248
    raw[31] = (raw[31] & 127) | 64
    return encode(bytes(raw))


def make_preshared():
    """A new preshared key."""
    return encode(os.urandom(KEY_LENGTH))


def _by_nacl(raw):
    """The public key by PyNaCl; None where that is not installed."""
    try:
        from nacl.bindings import crypto_scalarmult_base
    except ImportError:
        return None
    return encode(crypto_scalarmult_base(raw))


def _by_program(private):
    """The public key by a program that reads the private key from its standard input."""
    for program in PROGRAMS:
        try:
            done = subprocess.run([program, "pubkey"], input=(private + "\n").encode("ascii"),
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  timeout=30, check=False)
        except (OSError, subprocess.SubprocessError):
            continue
        public = done.stdout.decode("ascii", "replace").strip()
        if done.returncode == 0 and is_key(public):
            return public
    return None


def derive_public(private):
    """The public key of a private one."""
    raw = decode(private)
    public = _by_nacl(raw) or _by_program(encode(raw))
    if public is None:
        raise KeyProblem("no program here derives public keys: install python3-nacl, naawg or "
                         "wireguard-tools")
    return public


def short(public):
    """The first characters of a public key, for a sentence."""
    return str(public)[:SHORT] + "…"


def fingerprint(preshared, nonce):
    """HMAC-SHA256 of a nonce under a preshared key, in hexadecimal. It is empty without a
    key, and for the key of zeros, which stands for none."""
    if not preshared:
        return ""
    raw = decode(preshared)
    if not any(raw):
        return ""
    return hmac.new(raw, str(nonce).encode("utf-8"), hashlib.sha256).hexdigest()
