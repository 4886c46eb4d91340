// SPDX-License-Identifier: GPL-2.0
/* Handshake transcript: mixes in each token of the Noise pattern. */
#include <linux/string.h>

#include "crypto.h"
#include "kdf.h"
#include "transcript.h"

/* hash of "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s" */
static const u8 initial_chain[NAAWG_HASH_SIZE] = {
	0x60, 0xe2, 0x6d, 0xae, 0xf3, 0x27, 0xef, 0xc0,
	0x2e, 0xc3, 0x35, 0xe2, 0xa0, 0x25, 0xd2, 0xd0,
	0x16, 0xeb, 0x42, 0x06, 0xf8, 0x72, 0x77, 0xf5,
	0x2d, 0x38, 0xd1, 0x98, 0x8b, 0x78, 0xcd, 0x36,
};

/* hash of that hash and the prologue "WireGuard v1 zx2c4 Jason@zx2c4.com" */
static const u8 initial_hash[NAAWG_HASH_SIZE] = {
	0x22, 0x11, 0xb3, 0x61, 0x08, 0x1a, 0xc5, 0x66,
	0x69, 0x12, 0x43, 0xdb, 0x45, 0x8a, 0xd5, 0x32,
	0x2d, 0x9c, 0x6c, 0x66, 0x22, 0x93, 0xe8, 0xb7,
	0x0e, 0xe1, 0x9c, 0x65, 0xba, 0x07, 0x9e, 0xf3,
};

/**
 * naawg_transcript_begin() - start with the responder's static key
 * @t: transcript
 * @responder: the responder's static public key
 *
 * Context: any.
 */
void naawg_transcript_begin(struct naawg_transcript *t,
			    const u8 responder[NAAWG_KEY_SIZE])
{
	memcpy(t->chain, initial_chain, sizeof(t->chain));
	memcpy(t->hash, initial_hash, sizeof(t->hash));
	naawg_mix_hash(t, responder, NAAWG_KEY_SIZE);
}

/**
 * naawg_transcript_resume() - load the state after the previous message
 * @t: transcript
 * @hash: transcript hash after that message
 * @chain: chaining key after that message
 *
 * Context: any.
 */
void naawg_transcript_resume(struct naawg_transcript *t,
			     const u8 hash[NAAWG_HASH_SIZE],
			     const u8 chain[NAAWG_HASH_SIZE])
{
	memcpy(t->hash, hash, sizeof(t->hash));
	memcpy(t->chain, chain, sizeof(t->chain));
}

/**
 * naawg_transcript_keep() - save the state for the next message
 * @t: transcript
 * @hash: receives the transcript hash
 * @chain: receives the chaining key
 *
 * Context: any.
 */
void naawg_transcript_keep(const struct naawg_transcript *t,
			   u8 hash[NAAWG_HASH_SIZE],
			   u8 chain[NAAWG_HASH_SIZE])
{
	memcpy(hash, t->hash, sizeof(t->hash));
	memcpy(chain, t->chain, sizeof(t->chain));
}

/**
 * naawg_mix_hash() - mix a field into the transcript hash
 * @t: transcript
 * @bytes: the field as it is on the wire, sealed or not
 * @len: its length
 *
 * Context: any.
 */
void naawg_mix_hash(struct naawg_transcript *t, const void *bytes, size_t len)
{
	naawg_hash(t->hash, t->hash, sizeof(t->hash), bytes, len);
}

/* @seals is false if no field is sealed before the next token: no key is derived. */
static void mix_key(struct naawg_transcript *t,
		    const u8 secret[NAAWG_KEY_SIZE], bool seals)
{
	naawg_kdf(t->chain, secret, NAAWG_KEY_SIZE, t->chain,
		  seals ? t->key : NULL, NULL);
}

/**
 * naawg_mix_ephemeral() - token "e"
 * @t: transcript
 * @public: an ephemeral public key
 *
 * A pattern with a preshared key also mixes it into the chaining key.
 *
 * Context: any.
 */
void naawg_mix_ephemeral(struct naawg_transcript *t,
			 const u8 public[NAAWG_KEY_SIZE])
{
	naawg_mix_hash(t, public, NAAWG_KEY_SIZE);
	naawg_kdf(t->chain, public, NAAWG_KEY_SIZE, t->chain, NULL, NULL);
}

/**
 * naawg_mix_dh() - tokens "ee", "es" and "se"
 * @t: transcript
 * @private: our private key
 * @public: the other side's public key
 * @seals: a field is sealed before the next token
 *
 * Context: any.
 * Return: false if @public is of low order.
 */
bool naawg_mix_dh(struct naawg_transcript *t,
		  const u8 private[NAAWG_KEY_SIZE],
		  const u8 public[NAAWG_KEY_SIZE], bool seals)
{
	u8 shared[NAAWG_KEY_SIZE];
	bool usable;

	usable = naawg_dh(shared, private, public);
	if (usable)
		mix_key(t, shared, seals);
	naawg_wipe(shared, sizeof(shared));
	return usable;
}

/**
 * naawg_mix_static_static() - token "ss"
 * @t: transcript
 * @static_static: DH of both static keys, computed once per peer
 *
 * Context: any.
 * Return: false if @static_static is zero, as the peer's key is of low order.
 */
bool naawg_mix_static_static(struct naawg_transcript *t,
			     const u8 static_static[NAAWG_KEY_SIZE])
{
	if (naawg_is_zero(static_static, NAAWG_KEY_SIZE))
		return false;
	mix_key(t, static_static, true);
	return true;
}

/**
 * naawg_mix_preshared() - token "psk"
 * @t: transcript
 * @preshared: preshared key, mixed in even when it is zero
 *
 * Context: any.
 */
void naawg_mix_preshared(struct naawg_transcript *t,
			 const u8 preshared[NAAWG_KEY_SIZE])
{
	u8 middle[NAAWG_HASH_SIZE];

	naawg_kdf(t->chain, preshared, NAAWG_KEY_SIZE, t->chain, middle,
		  t->key);
	naawg_mix_hash(t, middle, sizeof(middle));
	naawg_wipe(middle, sizeof(middle));
}

/**
 * naawg_seal_field() - seal a field, with all earlier fields as associated data
 * @t: transcript
 * @sealed: receives the sealed field
 * @plain: the field
 * @len: its length, may be 0
 *
 * Context: process or softirq.
 */
void naawg_seal_field(struct naawg_transcript *t, u8 *sealed, const u8 *plain,
		      size_t len)
{
	naawg_aead_seal(sealed, plain, len, t->hash, sizeof(t->hash), 0,
			t->key);
	naawg_mix_hash(t, sealed, len + NAAWG_TAG_SIZE);
}

/**
 * naawg_open_field() - opposite of naawg_seal_field()
 * @t: transcript, unchanged on failure
 * @plain: receives the field
 * @sealed: the sealed field
 * @len: length of the field without the tag, may be 0
 *
 * Context: process or softirq.
 * Return: false if the tag is wrong.
 */
bool naawg_open_field(struct naawg_transcript *t, u8 *plain, const u8 *sealed,
		      size_t len)
{
	if (!naawg_aead_open(plain, sealed, len + NAAWG_TAG_SIZE, t->hash,
			     sizeof(t->hash), 0, t->key))
		return false;
	naawg_mix_hash(t, sealed, len + NAAWG_TAG_SIZE);
	return true;
}
