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

struct facts;

/*
 * Takes the first look at an interface, whose name stays until diag_run(). Some parts wait and
 * look again to see what changed, so all interfaces ought to have their first look before one of
 * them goes on: they wait together then. NULL: there is no memory.
 */
struct facts *diag_begin(const char *name);

/* Goes on with the diagnosis, and frees @facts. */
void diag_run(struct facts *facts, struct findings *found, struct diag_peers_count *count,
	      const struct diag_options *options);

#endif
