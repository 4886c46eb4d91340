#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Collect test vectors as lines of words: a kind and its fields in hex.

Published vectors are read where their packages put them; what the protocol
builds from them is computed by a model that shares no code with the module and
is first measured against the published handshakes. More of them may stand in
../shared/vectors beside the checkout, or in the directory NAAWG_VECTORS names.
"skip KIND REASON" stands for what is missing.
"""

import glob
import hashlib
import hmac
import json
import os
import re
import struct
import sys

try:
    from cryptography.hazmat.primitives.asymmetric import x25519
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
except ImportError:
    sys.exit("vectors.py: python3-cryptography is not installed")

PUBLISHED = "/usr/lib/python3/dist-packages/cryptography_vectors"
FLYNN = "/usr/share/gocode/src/github.com/flynn/noise/vectors.txt"
MORE = os.environ.get("NAAWG_VECTORS") or os.path.normpath(os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "../../../shared/vectors"))

NAME = b"Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s"
PROLOGUE = b"WireGuard v1 zx2c4 Jason@zx2c4.com"


def emit(kind, *fields):
    print(kind, *(f.hex() or "-" if isinstance(f, bytes) else f
                  for f in fields))


def skip(kind, reason):
    print("skip", kind, reason)


def blob(label, size):
    """Bytes that look random and are the same everywhere."""
    return hashlib.shake_128(label.encode()).digest(size)


# -- the model ---------------------------------------------------------------

def clamp(key):
    key = bytearray(key)
    key[0] &= 248
    key[31] = key[31] & 127 | 64
    return bytes(key)


def public(private):
    return dh(private, b"\x09" + bytes(31))


def dh(private, point):
    return x25519.X25519PrivateKey.from_private_bytes(private).exchange(
        x25519.X25519PublicKey.from_public_bytes(point))


def H(*parts):
    return hashlib.blake2s(b"".join(parts)).digest()


def mac(key, size, *parts):
    return hashlib.blake2s(b"".join(parts), key=key, digest_size=size).digest()


def hkdf(chain, material, count):
    secret = hmac.new(chain, material, hashlib.blake2s).digest()
    out, block = [], b""
    for number in range(1, count + 1):
        block = hmac.new(secret, block + bytes([number]),
                         hashlib.blake2s).digest()
        out.append(block)
    return out


def seal(key, counter, plain, ad):
    return ChaCha20Poly1305(key).encrypt(
        bytes(4) + struct.pack("<Q", counter), plain, ad)


class Noise:
    """IKpsk2, both sides at once: all four private keys are known here."""

    def __init__(self, prologue, responder_public):
        self.chain = self.hash = H(NAME) if len(NAME) > 32 else \
            NAME + bytes(32 - len(NAME))
        self.mix_hash(prologue)
        self.mix_hash(responder_public)

    def mix_hash(self, data):
        self.hash = H(self.hash, data)

    def mix_key(self, material):
        self.chain, self.key = hkdf(self.chain, material, 2)

    def e(self, point):
        self.mix_hash(point)
        self.chain, = hkdf(self.chain, point, 1)

    def psk(self, key):
        self.chain, middle, self.key = hkdf(self.chain, key, 3)
        self.mix_hash(middle)

    def seal(self, plain):
        sealed = seal(self.key, 0, plain, self.hash)
        self.mix_hash(sealed)
        return sealed


def run(prologue, si, sr, ei, er, psk, payload1, payload2):
    """Returns the fields of both messages and what both sides end up with."""
    n = Noise(prologue, public(sr))
    n.e(public(ei))
    n.mix_key(dh(ei, public(sr)))
    static = n.seal(public(si))
    n.mix_key(dh(si, public(sr)))
    first = n.seal(payload1)
    middle = n.hash, n.chain
    n.e(public(er))
    n.mix_key(dh(er, public(ei)))
    n.mix_key(dh(er, public(si)))
    n.psk(psk)
    second = n.seal(payload2)
    send, recv = hkdf(n.chain, b"", 2)
    return dict(static=static, first=first, middle=middle, second=second,
                hash=n.hash, send=send, recv=recv)


def quarter(s, a, b, c, d):
    for left, right, to, turn in ((a, b, d, 16), (c, d, b, 12),
                                  (a, b, d, 8), (c, d, b, 7)):
        s[left] = s[left] + s[right] & 0xffffffff
        x = s[to] ^ s[left]
        s[to] = (x << turn | x >> 32 - turn) & 0xffffffff


def hchacha20(key, nonce):
    s = list(struct.unpack("<16I", b"expand 32-byte k" + key + nonce))
    for _ in range(10):
        for i in range(4):
            quarter(s, i, i + 4, i + 8, i + 12)
        for i in range(4):
            quarter(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return struct.pack("<8I", *s[:4], *s[12:])


def xseal(key, nonce, plain, ad):
    return ChaCha20Poly1305(hchacha20(key, nonce[:16])).encrypt(
        bytes(4) + nonce[16:], plain, ad)


# -- primitives ----------------------------------------------------------------

def records(path):
    """Blocks of "name = value" lines; values are hex or quoted."""
    record = {}
    for line in open(path, encoding="utf-8"):
        found = re.match(r"(\w+)\s*=\s*(.*?)\s*$", line)
        if found:
            record[found[1].lower()] = found[2]
        elif not line.strip() and record:
            yield record
            record = {}
    if record:
        yield record


def value(text):
    if text.startswith('"'):
        return text[1:-1].encode()
    return bytes.fromhex(text)


def x25519_vectors():
    path = PUBLISHED + "/asymmetric/X25519/rfc7748.txt"
    if not os.path.exists(path):
        return skip("x25519", "python3-cryptography-vectors is missing")
    for r in records(path):
        if "input_u" in r:
            emit("x25519", value(r["input_scalar"]), value(r["input_u"]),
                 value(r["output_u"]))


def wycheproof_x25519():
    kind = "wycheproof-x25519"
    path = MORE + "/wycheproof_x25519_test.json"
    if not os.path.exists(path):
        return skip(kind, "no %s (NAAWG_VECTORS)" % path)
    for group in json.load(open(path))["testGroups"]:
        for t in group["tests"]:
            emit(kind, *(bytes.fromhex(t[f])
                         for f in ("private", "public", "shared")))


def wycheproof_aead():
    kind = "wycheproof-aead"
    path = MORE + "/wycheproof_chacha20_poly1305_test.json"
    if not os.path.exists(path):
        return skip(kind, "no %s (NAAWG_VECTORS)" % path)
    for group in json.load(open(path))["testGroups"]:
        for t in group["tests"]:
            nonce = bytes.fromhex(t["iv"])
            # the protocol's nonces are counters
            if len(nonce) != 12 or any(nonce[:4]):
                continue
            fields = [bytes.fromhex(t[f]) for f in ("key", "aad", "msg")]
            sealed = bytes.fromhex(t["ct"] + t["tag"])
            emit(kind, fields[0], nonce[4:], *fields[1:], sealed,
                 b"\x01" if t["result"] == "valid" else b"\x00")


def aead_vectors():
    kind = "aead"
    paths = sorted(glob.glob(PUBLISHED + "/ciphers/ChaCha20Poly1305/*.txt"))
    if not paths:
        return skip(kind, "python3-cryptography-vectors is missing")
    for path in paths:
        for r in records(path):
            names = {"plaintext": "in", "aad": "ad"}
            r = {names.get(k, k): v for k, v in r.items()}
            if not {"key", "nonce", "in", "ad", "ct", "tag"} <= set(r):
                continue
            nonce = value(r["nonce"])
            if len(nonce) != 12 or any(nonce[:4]):
                continue
            emit(kind, value(r["key"]), nonce[4:], value(r["ad"]),
                 value(r["in"]), value(r["ct"]) + value(r["tag"]), b"\x01")


def blake2s_vectors():
    # RFC 7693, appendix B
    emit("blake2s", b"abc", bytes.fromhex(
        "508c5e8c327c14e2e1a72ba34eeb452f"
        "37458b209ed63a294d999b4c86675982"))
    path = PUBLISHED + "/hashes/blake2/blake2s.txt"
    if os.path.exists(path):
        for r in records(path):
            size = int(r["len"]) // 8
            emit("blake2s", value(r["msg"])[:size], value(r["md"]))
    # appendix E walks through lengths of output, input and key
    def sequence(length, seed):
        a, b, out = 0xdead4bad * seed & 0xffffffff, 1, bytearray()
        for _ in range(length):
            a, b = b, a + b & 0xffffffff
            out.append(b >> 24)
        return bytes(out)

    total = hashlib.blake2s()
    for size in (16, 20, 28, 32):
        for length in (0, 3, 64, 65, 255, 1024):
            data, key = sequence(length, length), sequence(size, size)
            plain, keyed = mac(b"", size, data), mac(key, size, data)
            total.update(plain + keyed)
            emit("blake2s-keyed", key, data, keyed)
    if total.hexdigest() != ("6a411f08ce25adcdfb02aba641451cec"
                             "53c598b24f4fc787fbdc88797f4c1dfe"):
        sys.exit("vectors.py: hashlib's BLAKE2s fails RFC 7693's self-test")


def kdf_vectors():
    for size in (0, 1, 32, 63, 64, 65, 200):
        key, data = blob("hmac key", 32), blob("hmac data", size)
        emit("hmac", key, data,
             hmac.new(key, data, hashlib.blake2s).digest())
    for size in (0, 32, 100):
        key, data = blob("kdf key", 32), blob("kdf data", size)
        emit("kdf", key, data, *hkdf(key, data, 3))


def xaead_vectors():
    # draft-irtf-cfrg-xchacha, A.3.1
    key = bytes(range(0x80, 0xa0))
    nonce = bytes(range(0x40, 0x58))
    ad = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    plain = (b"Ladies and Gentlemen of the class of '99: If I could offer you "
             b"only one tip for the future, sunscreen would be it.")
    sealed = xseal(key, nonce, plain, ad)
    if sealed[-16:].hex() != "c0875924c1c7987947deafd8780acf49":
        sys.exit("vectors.py: the model's XChaCha20 fails the draft's vector")
    emit("xaead", key, nonce, ad, plain, sealed)
    for size in (0, 1, 16, 64):
        key, nonce = blob("xkey", 32), blob("xnonce", 24)
        ad, plain = blob("xad", 16), blob("xplain", size)
        emit("xaead", key, nonce, ad, plain, xseal(key, nonce, plain, ad))


# -- handshakes ------------------------------------------------------------------

def noise_flynn():
    kind = "noise"
    if not os.path.exists(FLYNN):
        return skip(kind, "golang-github-flynn-noise-dev is missing")
    for r in records(FLYNN):
        if r.get("handshake") != NAME.decode():
            continue
        field = {k: bytes.fromhex(v) for k, v in r.items()
                 if k != "handshake"}
        noise(kind, field.get("prologue", b""), field["init_static"],
              field["resp_static"], field["gen_init_ephemeral"],
              field["gen_resp_ephemeral"], field["preshared_key"],
              [(field["msg_%d_payload" % i], field["msg_%d_ciphertext" % i])
               for i in range(4)])


def noise_cacophony():
    kind = "noise-cacophony"
    paths = glob.glob(MORE + "/noise_IKpsk2*.json")
    if not paths:
        return skip(kind, "no %s/noise_IKpsk2*.json (NAAWG_VECTORS)" % MORE)
    for v in json.load(open(paths[0]))["vectors"]:
        assert v["init_prologue"] == v["resp_prologue"]
        noise(kind, *(bytes.fromhex(x) for x in (
            v["init_prologue"], v["init_static"], v["resp_static"],
            v["init_ephemeral"], v["resp_ephemeral"], v["init_psks"][0])),
              [(bytes.fromhex(m["payload"]), bytes.fromhex(m["ciphertext"]))
               for m in v["messages"]])


def noise(kind, prologue, si, sr, ei, er, psk, messages):
    """Measure the model against a published handshake, then pass that on."""
    m = run(prologue, si, sr, ei, er, psk, messages[0][0], messages[1][0])
    got = [public(ei) + m["static"] + m["first"], public(er) + m["second"]]
    # in turns: the responder's side sends the second, fourth...
    for i, (payload, _) in enumerate(messages[2:]):
        got.append(seal(m["recv" if i % 2 else "send"], i // 2, payload, b""))
    if got != [c for _, c in messages]:
        sys.exit("vectors.py: the model fails a published handshake")
    emit(kind, prologue, si, sr, ei, er, psk, *(
        x for message in messages[:4] for x in message))


def wireguard():
    """Whole handshakes with WireGuard's own prologue and payloads."""
    for number in range(4):
        def some(what, size=32, number=number):
            return blob("%s %d" % (what, number), size)

        si, sr, ei, er = (clamp(some(x)) for x in ("si", "sr", "ei", "er"))
        psk = some("psk") if number % 2 else bytes(32)
        stamp = struct.pack(">QI", (1 << 62) + 10 + 1700000000 + number,
                            number << 24)
        index_i, index_r = some("index i", 4), some("index r", 4)
        cookie = some("cookie", 16)
        m = run(PROLOGUE, si, sr, ei, er, psk, stamp, b"")

        first = (b"\x01\0\0\0" + index_i + public(ei) + m["static"] +
                 m["first"])
        first += mac(H(b"mac1----", public(sr)), 16, first)
        first += mac(cookie, 16, first)
        second = (b"\x02\0\0\0" + index_r + index_i + public(er) +
                  m["second"])
        second += mac(H(b"mac1----", public(si)), 16, second)
        second += bytes(16)
        nonce = some("nonce", 24)
        reply = (b"\x03\0\0\0" + index_i + nonce +
                 xseal(H(b"cookie--", public(sr)), nonce, cookie,
                       first[-32:-16]))
        emit("wireguard", si, sr, ei, er, psk, stamp, cookie, nonce, first,
             second, reply, m["send"], m["recv"])


def selftest():
    """The hashes that module/core/selftest.c folds its answers into."""
    pattern = bytes(i * 7 + 3 & 255 for i in range(1536))

    def fold(pieces):
        digest = bytes(32)
        for piece in pieces:
            digest = H(digest, piece)
        return digest

    def hashes():
        for size in range(257):
            out = 1 + size % 32
            yield H(pattern[:size])
            yield mac(pattern[:out], out, pattern[:size])

    def hmacs():
        for size in range(131):
            key = pattern[size:size + 32]
            yield hmac.new(key, pattern[:size], hashlib.blake2s).digest()
            yield b"".join(hkdf(key, pattern[:size], 3))

    def aeads():
        for size in range(1280):
            ad = pattern[size % 32:][:size % 33]
            yield seal(pattern[:32],
                       size * 0x0123456789abcdef % (1 << 64),
                       pattern[:size], ad)

    def xaeads():
        for size in range(65):
            yield xseal(pattern[:32], pattern[size:size + 24],
                        pattern[:size], pattern[1:17])

    def handshake():
        si, sr, ei, er = (clamp(pattern[n:n + 32]) for n in (1, 2, 3, 4))
        stamp = struct.pack(">QI", (1 << 62) + 10 + 1234567890,
                            987654321 >> 24 << 24)
        m = run(PROLOGUE, si, sr, ei, er, pattern[5:37], stamp, b"")
        index = b"\x04\x03\x02\x01"
        first = (b"\x01\0\0\0" + index + public(ei) + m["static"] +
                 m["first"])
        first += mac(H(b"mac1----", public(sr)), 16, first)
        yield first + mac(pattern[:16], 16, first)
        second = (b"\x02\0\0\0" + b"\x08\x07\x06\x05" + index +
                  public(er) + m["second"])
        second += mac(H(b"mac1----", public(si)), 16, second)
        yield second + bytes(16)
        yield m["send"] + m["recv"]

    for name, pieces in (("hash", hashes), ("hmac", hmacs), ("aead", aeads),
                         ("xaead", xaeads), ("handshake", handshake)):
        emit("selftest-" + name, fold(pieces()))


def main():
    for collect in (blake2s_vectors, kdf_vectors, x25519_vectors,
                    wycheproof_x25519, aead_vectors, wycheproof_aead,
                    xaead_vectors, noise_flynn, noise_cacophony, wireguard,
                    selftest):
        collect()


if __name__ == "__main__":
    main()
