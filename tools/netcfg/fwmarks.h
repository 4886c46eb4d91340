/* SPDX-License-Identifier: GPL-2.0 */
/* The fwmarks of all links. Several links may have the same one. */

#ifndef NAAWG_FWMARKS_H
#define NAAWG_FWMARKS_H

#include "lib/model.h"

struct fwmarks {
	struct {
		uint32_t mark;
		unsigned int families;	/* see default_families() */
	} *list;
	size_t n;
};

/* The families with a default route to a peer: bit 0 IPv4, bit 1 IPv6. */
unsigned int default_families(const struct device *dev);
unsigned int family_bit(uint16_t family);

/* Reads all naawg links except the one with index @but. Returns 0 or a negative errno. */
int fwmarks_read(struct fwmarks *fwmarks, int but);
void fwmarks_destroy(struct fwmarks *fwmarks);

bool fwmarks_has(const struct fwmarks *fwmarks, uint32_t mark);
/* Whether a link with this fwmark has the default route of this family. */
bool fwmarks_routes(const struct fwmarks *fwmarks, uint32_t mark, uint16_t family);

/*
 * Finds a number that no route, no rule and no link except @index uses as table or
 * fwmark. Returns 0 if there is none.
 */
uint32_t fwmarks_find_free(int index);

#endif
