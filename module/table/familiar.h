/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses from which a peer proved itself lately, and crowds of others. */
#ifndef _NAAWG_FAMILIAR_H
#define _NAAWG_FAMILIAR_H

#include <linux/siphash.h>
#include <linux/types.h>

/* Kinds of callers. What is given to a kind does not depend on other kinds. */
#define NAAWG_CROWDS		8
#define NAAWG_ACCOUNT_FAMILIAR	0
#define NAAWG_ACCOUNT_STRANGERS	1	/* the first crowd's */
#define NAAWG_ACCOUNTS		(NAAWG_ACCOUNT_STRANGERS + NAAWG_CROWDS)

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
/* Of which kind is who calls from there? */
unsigned int naawg_familiar_account(const struct naawg_familiar *f,
				    const void *addr, size_t addr_len,
				    __be16 port, u64 now);

#endif
