/* SPDX-License-Identifier: GPL-2.0 */
/* The marks of other links: a number may be that of more than one. */

#ifndef NAAWG_FWMARKS_H
#define NAAWG_FWMARKS_H

#include "lib/model.h"

struct fwmarks {
	struct {
		uint32_t mark;
		unsigned int families;	/* as of default_families() */
	} *list;
	size_t n;
};

/* Of which families a peer has the default route: bit 0 IPv4, bit 1 IPv6. */
unsigned int default_families(const struct device *dev);
unsigned int family_bit(uint16_t family);

/* Those of all naawg links but the one of index @but. 0 or a negative errno. */
int fwmarks_read(struct fwmarks *fwmarks, int but);
void fwmarks_destroy(struct fwmarks *fwmarks);

bool fwmarks_has(const struct fwmarks *fwmarks, uint32_t mark);
/* A link with this mark that has the default route of this family. */
bool fwmarks_routes(const struct fwmarks *fwmarks, uint32_t mark, uint16_t family);

/*
 * A number that neither a route nor a rule uses yet, nor a link but the one of
 * @index; 0 if none could be found.
 */
uint32_t fwmarks_find_free(int index);

#endif
