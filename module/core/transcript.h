/* SPDX-License-Identifier: GPL-2.0 */
/* Handshake transcript: the hash and chaining key that both sides compute. */
#ifndef _NAAWG_TRANSCRIPT_H
#define _NAAWG_TRANSCRIPT_H

#include "wire.h"

/**
 * struct naawg_transcript - transcript of a handshake so far
 * @hash: hash of all fields that were sent
 * @chain: chaining key; secret
 * @key: key of the next sealed field, used for that field only; secret
 *
 * Each message is processed on a local transcript. Hash and chain are copied to the
 * handshake once the message is complete, so that a bad message changes nothing. The
 * caller wipes the transcript afterwards.
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

/* The tokens of the pattern; false if a point is of low order. */
void naawg_mix_ephemeral(struct naawg_transcript *t,
			 const u8 public[NAAWG_KEY_SIZE]);
bool naawg_mix_dh(struct naawg_transcript *t,
		  const u8 private[NAAWG_KEY_SIZE],
		  const u8 public[NAAWG_KEY_SIZE], bool seals);
bool naawg_mix_static_static(struct naawg_transcript *t,
			     const u8 static_static[NAAWG_KEY_SIZE]);
void naawg_mix_preshared(struct naawg_transcript *t,
			 const u8 preshared[NAAWG_KEY_SIZE]);

/* @len is the length of the plain text; the sealed text is NAAWG_TAG_SIZE longer */
void naawg_seal_field(struct naawg_transcript *t, u8 *sealed, const u8 *plain,
		      size_t len);
bool naawg_open_field(struct naawg_transcript *t, u8 *plain, const u8 *sealed,
		      size_t len);

#endif
