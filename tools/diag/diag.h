/* SPDX-License-Identifier: GPL-2.0 */
/* Diagnoses an interface: all parts, in the order that saves useless ones. */

#ifndef NAAWG_DIAG_H
#define NAAWG_DIAG_H

#include "diag/findings.h"
#include "lib/json_read.h"

struct diag_options {
	bool probe;			/* send pings through the tunnel, and connections */
	const struct json_value *pair;	/* the state of the other host, or NULL */
	bool named;			/* the interface was named by the user */
};

/* How many peers are in which state. */
struct diag_peers_count {
	size_t well, quiet, never, silent;
};

void diag_run(struct findings *found, struct diag_peers_count *count, const char *name,
	      const struct diag_options *options);

#endif
