# SPDX-License-Identifier: GPL-2.0
"""A WireGuard peer written from the published paper, for tests only.

Every message can be made wrong on purpose: functions return bytes, and nothing
is checked that a test did not ask to be checked.
"""
import hashlib
import hmac
import os
import struct
import time

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey, X25519PublicKey)
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import (
    Encoding, NoEncryption, PrivateFormat, PublicFormat)

CONSTRUCTION = b"Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s"
IDENTIFIER = b"WireGuard v1 zx2c4 Jason@zx2c4.com"
LABEL_MAC1 = b"mac1----"
LABEL_COOKIE = b"cookie--"

INITIATION, RESPONSE, COOKIE, DATA = 1, 2, 3, 4
INITIATION_SIZE, RESPONSE_SIZE, COOKIE_SIZE, DATA_OVERHEAD = 148, 92, 64, 32
REJECT_AFTER_MESSAGES = 2 ** 64 - 2 ** 13 - 1
NO_PSK = bytes(32)
TAI64_BASE = 0x400000000000000a

__all__ = ["InvalidTag"]


def blake(*parts):
    """Hash of the parts, one after the other."""
    state = hashlib.blake2s()
    for part in parts:
        state.update(part)
    return state.digest()


def mac(key, *parts):
    """The keyed hash of 16 bytes that macs are made of."""
    state = hashlib.blake2s(key=key, digest_size=16)
    for part in parts:
        state.update(part)
    return state.digest()


def hmac_blake(key, data):
    """HMAC over BLAKE2s."""
    return hmac.new(key, data, hashlib.blake2s).digest()


def kdf(count, key, data):
    """The first COUNT keys derived from key and data."""
    secret = hmac_blake(key, data)
    out = []
    last = b""
    for number in range(1, count + 1):
        last = hmac_blake(secret, last + bytes([number]))
        out.append(last)
    return out


def nonce_of(counter):
    """The AEAD's nonce for a counter."""
    return struct.pack("<IQ", 0, counter)


def seal(key, counter, plain, also=b""):
    """AEAD with a counter."""
    return ChaCha20Poly1305(key).encrypt(nonce_of(counter), plain, also)


def unseal(key, counter, sealed, also=b""):
    """Decrypt; InvalidTag if the message is not authentic."""
    return ChaCha20Poly1305(key).decrypt(nonce_of(counter), sealed, also)


def hchacha20(key, nonce):
    """The key that XChaCha20 derives from the first 16 bytes of its nonce."""
    state = list(struct.unpack("<4I", b"expand 32-byte k")
                 + struct.unpack("<8I", key) + struct.unpack("<4I", nonce))

    def rotate(value, bits):
        return ((value << bits) | (value >> (32 - bits))) & 0xffffffff

    def quarter(one, two, three, four):
        for first, other, target, bits in ((one, two, four, 16),
                                           (three, four, two, 12),
                                           (one, two, four, 8),
                                           (three, four, two, 7)):
            state[first] = (state[first] + state[other]) & 0xffffffff
            state[target] = rotate(state[target] ^ state[first], bits)

    for _ in range(10):
        for column in range(4):
            quarter(column, 4 + column, 8 + column, 12 + column)
        for diagonal in range(4):
            quarter(diagonal, 4 + (diagonal + 1) % 4, 8 + (diagonal + 2) % 4,
                    12 + (diagonal + 3) % 4)
    return struct.pack("<8I", *(state[0:4] + state[12:16]))


def xunseal(key, nonce, sealed, also):
    """XChaCha20-Poly1305, opening."""
    return ChaCha20Poly1305(hchacha20(key, nonce[:16])).decrypt(
        bytes(4) + nonce[16:], sealed, also)


def xseal(key, nonce, plain, also):
    """XChaCha20-Poly1305, sealing."""
    return ChaCha20Poly1305(hchacha20(key, nonce[:16])).encrypt(
        bytes(4) + nonce[16:], plain, also)


class Identity:
    """A key pair."""

    def __init__(self, private=None):
        self.key = (X25519PrivateKey.from_private_bytes(private) if private
                    else X25519PrivateKey.generate())
        self.private = self.key.private_bytes(
            Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        self.public = self.key.public_key().public_bytes(
            Encoding.Raw, PublicFormat.Raw)

    def shared(self, public):
        """The Diffie-Hellman product with a public key."""
        return self.key.exchange(X25519PublicKey.from_public_bytes(public))


_last_stamp = 0


def timestamp(offset=0):
    """TAI64N of now, later than any before it unless an offset is given."""
    global _last_stamp  # pylint: disable=global-statement
    now = time.time_ns()
    if not offset:
        now = max(now, _last_stamp + 1)
        _last_stamp = now
    now += offset
    return struct.pack(">QI", TAI64_BASE + now // 10**9, now % 10**9)


def with_macs(message, receiver, cookie=None):
    """The message with new macs."""
    body = message[:-32]
    mac1 = mac(blake(LABEL_MAC1, receiver), body)
    mac2 = mac(cookie, body + mac1) if cookie else bytes(16)
    return body + mac1 + mac2


def mac1_holds(message, receiver):
    """Whether mac1 is the one for the receiver's public key."""
    return message[-32:-16] == mac(blake(LABEL_MAC1, receiver), message[:-32])


def mac2_holds(message, cookie):
    """Whether mac2 was made with the cookie."""
    return message[-16:] == mac(cookie, message[:-16])


def cookie_reply(receiver_index, own_public, mac1, cookie):
    """A cookie for the sender of a message with that mac1."""
    nonce = os.urandom(24)
    return struct.pack("<II", COOKIE, receiver_index) + nonce + xseal(
        blake(LABEL_COOKIE, own_public), nonce, cookie, mac1)


def cookie_in(message, sender_public, mac1):
    """The cookie that a reply to our message with mac1 holds."""
    return xunseal(blake(LABEL_COOKIE, sender_public), message[8:32],
                   message[32:], mac1)


class Session:
    """Transport keys of one handshake."""

    def __init__(self, send_key, receive_key, local, remote):
        self.send_key = send_key
        self.receive_key = receive_key
        self.local = local
        self.remote = remote
        self.counter = 0

    def seal(self, inner, counter=None, pad=True):
        """A data message."""
        if counter is None:
            counter = self.counter
            self.counter += 1
        if pad:
            inner += bytes(-len(inner) % 16)
        return struct.pack("<IIQ", DATA, self.remote, counter) + seal(
            self.send_key, counter, inner)

    def open(self, message):
        """(counter, inner packet with its padding) of a data message."""
        kind, index, counter = struct.unpack_from("<IIQ", message)
        if kind != DATA or index != self.local:
            raise ValueError(f"not data of this session: {kind} {index:#x}")
        return counter, unseal(self.receive_key, counter, message[16:])

    def owns(self, message):
        """Whether this is a data message of the session."""
        return message[:8] == struct.pack("<II", DATA, self.local)


class Handshake:
    """One run of the handshake, in either role."""

    def __init__(self, own, remote_public, psk=NO_PSK):
        self.own = own
        self.remote = remote_public
        self.psk = psk
        self.local_index = struct.unpack("<I", os.urandom(4))[0]
        self.remote_index = None
        self.ephemeral = Identity()
        self.remote_ephemeral = None
        self.chain = self.hash = b""
        self.seen_timestamp = None

    def _begin(self, responder_public):
        self.chain = blake(CONSTRUCTION)
        self.hash = blake(blake(self.chain, IDENTIFIER), responder_public)

    def _mix_hash(self, data):
        self.hash = blake(self.hash, data)

    def _mix_key(self, data):
        self.chain, key = kdf(2, self.chain, data)
        return key

    def _mix_ephemeral(self, public):
        self.chain = kdf(1, self.chain, public)[0]
        self._mix_hash(public)

    def _seal(self, key, plain):
        sealed = seal(key, 0, plain, self.hash)
        self._mix_hash(sealed)
        return sealed

    def _unseal(self, key, sealed):
        plain = unseal(key, 0, sealed, self.hash)
        self._mix_hash(sealed)
        return plain

    def initiate(self, stamp=None, cookie=None):
        """An initiation."""
        self._begin(self.remote)
        self._mix_ephemeral(self.ephemeral.public)
        key = self._mix_key(self.ephemeral.shared(self.remote))
        static = self._seal(key, self.own.public)
        key = self._mix_key(self.own.shared(self.remote))
        sealed = self._seal(key, stamp or timestamp())
        return with_macs(
            struct.pack("<II", INITIATION, self.local_index)
            + self.ephemeral.public + static + sealed + bytes(32),
            self.remote, cookie)

    def take_initiation(self, message):
        """Read an initiation of the remote side."""
        assert len(message) == INITIATION_SIZE, len(message)
        kind, self.remote_index = struct.unpack_from("<II", message)
        assert kind == INITIATION, kind
        assert mac1_holds(message, self.own.public), "mac1 does not hold"
        self._begin(self.own.public)
        self.remote_ephemeral = message[8:40]
        self._mix_ephemeral(self.remote_ephemeral)
        key = self._mix_key(self.own.shared(self.remote_ephemeral))
        static = self._unseal(key, message[40:88])
        assert static == self.remote, "of somebody else"
        key = self._mix_key(self.own.shared(self.remote))
        self.seen_timestamp = self._unseal(key, message[88:116])
        return self

    def respond(self, cookie=None):
        """(response, session) to the initiation that was read."""
        self._mix_ephemeral(self.ephemeral.public)
        self._mix_key(self.ephemeral.shared(self.remote_ephemeral))
        self._mix_key(self.ephemeral.shared(self.remote))
        empty = self._finish_psk(lambda key: self._seal(key, b""))
        message = with_macs(
            struct.pack("<III", RESPONSE, self.local_index, self.remote_index)
            + self.ephemeral.public + empty + bytes(32), self.remote, cookie)
        receive, send = kdf(2, self.chain, b"")
        return message, Session(send, receive, self.local_index,
                                self.remote_index)

    def take_response(self, message):
        """The session that a response makes."""
        assert len(message) == RESPONSE_SIZE, len(message)
        kind, self.remote_index, index = struct.unpack_from("<III", message)
        assert (kind, index) == (RESPONSE, self.local_index)
        assert mac1_holds(message, self.own.public), "mac1 does not hold"
        public = message[12:44]
        self._mix_ephemeral(public)
        self._mix_key(self.ephemeral.shared(public))
        self._mix_key(self.own.shared(public))
        self._finish_psk(lambda key: self._unseal(key, message[44:60]))
        send, receive = kdf(2, self.chain, b"")
        return Session(send, receive, self.local_index, self.remote_index)

    def _finish_psk(self, deed):
        self.chain, temp, key = kdf(3, self.chain, self.psk)
        self._mix_hash(temp)
        return deed(key)
