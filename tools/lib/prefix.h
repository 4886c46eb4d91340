/* SPDX-License-Identifier: GPL-2.0 */
/* Parses, compares and prints addresses with a prefix length. */

#ifndef NAAWG_PREFIX_H
#define NAAWG_PREFIX_H

#include "lib/format.h"
#include "lib/model.h"

#define PREFIX_TEXT_LEN	(ADDRESS_TEXT_LEN + sizeof("/128"))

/* Parses ADDRESS[/BITS]; bits behind the prefix are kept. */
bool prefix_parse(struct allowed_ip *to, const char *text);
const char *prefix_text(char text[static PREFIX_TEXT_LEN], const struct allowed_ip *prefix);

/* Whether the first @bits are equal; false for different families. */
bool prefix_same_bits(const struct allowed_ip *a, const struct allowed_ip *b,
		      unsigned int bits);
bool prefix_overlaps(const struct allowed_ip *a, const struct allowed_ip *b);
bool prefix_contains(const struct allowed_ip *net, const struct allowed_ip *inner);
struct allowed_ip prefix_masked(const struct allowed_ip *prefix);
unsigned int prefix_max(const struct allowed_ip *prefix);

/* For qsort() of masked networks: a network comes before the networks inside it. */
int prefix_order(const void *a, const void *b);

/* A growing list of prefixes. */
struct prefixes {
	struct allowed_ip *list;
	size_t n, room;
};

struct allowed_ip *prefixes_add(struct prefixes *to);
void prefixes_destroy(struct prefixes *list);

/* Whether @list, masked and sorted, covers all addresses of @family. */
bool prefixes_are_all(const struct prefixes *list, int family);

#endif
