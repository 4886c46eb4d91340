/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses from which a peer proved itself lately. */
#ifndef _NAAWG_FAMILIAR_H
#define _NAAWG_FAMILIAR_H

#include <linux/siphash.h>
#include <linux/types.h>

#define NAAWG_FAMILIAR_SLOTS	1024
/* Some times as long as keys last: who renews them is familiar. */
#define NAAWG_FAMILIAR_SECONDS	600

/**
 * struct naawg_familiar - addresses of one device
 * @secret: hash key
 * @seen: by hash of the address, when one of them was last seen, s; 0 for never
 *
 * It may take a stranger for one of them who shares a slot. Nothing serialises
 * access: a slot is one word.
 */
struct naawg_familiar {
	siphash_key_t secret;
	u32 seen[NAAWG_FAMILIAR_SLOTS];
};

void naawg_familiar_init(struct naawg_familiar *f);
/* @addr is 4 or 16 bytes, network order; @now in nanoseconds */
void naawg_familiar_add(struct naawg_familiar *f, const void *addr,
			size_t addr_len, __be16 port, u64 now);
bool naawg_familiar_has(const struct naawg_familiar *f, const void *addr,
			size_t addr_len, __be16 port, u64 now);

#endif
