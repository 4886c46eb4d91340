/* SPDX-License-Identifier: GPL-2.0 */
/* Prints ages, sizes, rates and states in words, for the status page. */

#ifndef NAAWG_METRICS_WORDS_H
#define NAAWG_METRICS_WORDS_H

#include <stdint.h>
#include <stdio.h>

#include "lib/model.h"

/* "12 seconds", "3 minutes": in the largest unit. */
void words_age(FILE *out, uint64_t seconds);
/* "1.46 MiB" */
void words_bytes(FILE *out, uint64_t bytes);

struct peer_state {
	const char *name;	/* one word, for the style sheet */
	const char *text;
	const char *hint;	/* NULL: nothing needs an explanation */
};

const struct peer_state *words_state(const struct peer *peer);

/* Prints the first sentence about a reason as HTML; nothing for an unknown one. */
void words_reason(FILE *out, const char *name);
/* Prints all about it, with the advice. */
void words_advice(FILE *out, const char *name);

#endif
