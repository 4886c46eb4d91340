/* SPDX-License-Identifier: GPL-2.0 */
/* What both sides of a handshake hold in common, and how a token changes it. */
#ifndef _NAAWG_TRANSCRIPT_H
#define _NAAWG_TRANSCRIPT_H

#include "wire.h"

/**
 * struct naawg_transcript - a handshake as both sides see it so far
 * @hash: of all that was sent
 * @chain: chaining key; secret
 * @key: key of the next sealed field, the only one it seals; secret
 *
 * A handshake works on a transcript of its own and takes hash and chain over
 * once a message is complete, so that a bad message leaves nothing behind.
 * Wipe it afterwards.
 */
struct naawg_transcript {
	u8 hash[NAAWG_HASH_SIZE];
	u8 chain[NAAWG_HASH_SIZE];
	u8 key[NAAWG_KEY_SIZE];
};

void naawg_transcript_begin(struct naawg_transcript *t,
			    const u8 responder[NAAWG_KEY_SIZE]);
void naawg_transcript_resume(struct naawg_transcript *t,
			     const u8 hash[NAAWG_HASH_SIZE],
			     const u8 chain[NAAWG_HASH_SIZE]);
void naawg_transcript_keep(const struct naawg_transcript *t,
			   u8 hash[NAAWG_HASH_SIZE],
			   u8 chain[NAAWG_HASH_SIZE]);

void naawg_mix_hash(struct naawg_transcript *t, const void *bytes, size_t len);

/* The tokens of the pattern; false refuses a point of low order. */
void naawg_mix_ephemeral(struct naawg_transcript *t,
			 const u8 public[NAAWG_KEY_SIZE]);
bool naawg_mix_dh(struct naawg_transcript *t,
		  const u8 private[NAAWG_KEY_SIZE],
		  const u8 public[NAAWG_KEY_SIZE], bool seals);
bool naawg_mix_static_static(struct naawg_transcript *t,
			     const u8 static_static[NAAWG_KEY_SIZE]);
void naawg_mix_preshared(struct naawg_transcript *t,
			 const u8 preshared[NAAWG_KEY_SIZE]);

/* @len is that of the plain text, the sealed text is NAAWG_TAG_SIZE longer */
void naawg_seal_field(struct naawg_transcript *t, u8 *sealed, const u8 *plain,
		      size_t len);
bool naawg_open_field(struct naawg_transcript *t, u8 *plain, const u8 *sealed,
		      size_t len);

#endif
