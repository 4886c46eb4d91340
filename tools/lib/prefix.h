/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses with a prefix length: reading, comparing, printing. */

#ifndef NAAWG_PREFIX_H
#define NAAWG_PREFIX_H

#include "lib/format.h"
#include "lib/model.h"

#define PREFIX_TEXT_LEN	(ADDRESS_TEXT_LEN + sizeof("/128"))

/* ADDRESS[/BITS]; what stands behind the prefix is kept. */
bool prefix_parse(struct allowed_ip *to, const char *text);
const char *prefix_text(char text[static PREFIX_TEXT_LEN], const struct allowed_ip *prefix);

/* The first @bits of both are the same; false across families. */
bool prefix_same_bits(const struct allowed_ip *a, const struct allowed_ip *b,
		      unsigned int bits);
bool prefix_overlaps(const struct allowed_ip *a, const struct allowed_ip *b);
bool prefix_contains(const struct allowed_ip *net, const struct allowed_ip *inner);
struct allowed_ip prefix_masked(const struct allowed_ip *prefix);
unsigned int prefix_max(const struct allowed_ip *prefix);

/* For qsort() of masked networks: each one comes before those inside it. */
int prefix_order(const void *a, const void *b);

/* A list of them that grows. */
struct prefixes {
	struct allowed_ip *list;
	size_t n, room;
};

struct allowed_ip *prefixes_add(struct prefixes *to);
void prefixes_destroy(struct prefixes *list);

/* Whether the networks of @family cover all its addresses. @list is masked and in order. */
bool prefixes_are_all(const struct prefixes *list, int family);

#endif
