// SPDX-License-Identifier: GPL-2.0
/* The differences between the wanted and the present forwards of a link. */

#include <string.h>

#include "apply/forwards_diff.h"
#include "lib/forward.h"
#include "lib/prefix.h"

static bool same_address(const struct allowed_ip *a, const struct allowed_ip *b)
{
	return a->family == b->family &&
	       (!a->family || prefix_same_bits(a, b, prefix_max(a)));
}

static bool same_forward(const struct forward *a, const struct forward *b)
{
	return a->proto == b->proto && a->first == b->first && a->last == b->last &&
	       a->to_port == b->to_port && a->bits == b->bits &&
	       same_address(&a->address, &b->address) && !strcmp(a->egress, b->egress) &&
	       a->from.family == b->from.family &&
	       (!(a->bits & FORWARD_FROM_PREFIX) || allowed_ip_equal(&a->from, &b->from)) &&
	       (!(a->bits & FORWARD_FROM_PEER) ||
		!memcmp(a->from_peer, b->from_peer, KEY_LEN));
}

bool has_forward(const struct device *dev, const struct forward *forward)
{
	size_t i;

	for (i = 0; i < dev->n_forwards; i++)
		if (same_forward(&dev->forwards[i], forward))
			return true;
	return false;
}

int forwards_diff(const struct device *want, const struct device *now, FILE *out)
{
	char text[FORWARD_TEXT_LEN];
	size_t i;
	int n = 0;

	for (i = 0; i < now->n_forwards; i++) {
		if (has_forward(want, &now->forwards[i]))
			continue;
		if (out)
			fprintf(out, "- forward %s\n", forward_text(text, &now->forwards[i]));
		n++;
	}
	for (i = 0; i < want->n_forwards; i++) {
		if (has_forward(now, &want->forwards[i]))
			continue;
		if (out)
			fprintf(out, "+ forward %s\n", forward_text(text, &want->forwards[i]));
		n++;
	}
	return n;
}
