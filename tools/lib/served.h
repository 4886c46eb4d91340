/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tells which driver serves the link kind and the netlink family "wireguard".
 *
 * A kernel has one driver of these names at a time, for all its namespaces. The answer
 * needs no privileges and makes the kernel load no module. It may change while a program
 * runs.
 */

#ifndef NAAWG_SERVED_H
#define NAAWG_SERVED_H

#define SERVED_KIND	"wireguard"

enum served {
	SERVED_NOBODY,		/* no driver has the names */
	SERVED_NAAWG,
	SERVED_STOCK,
	SERVED_BUILT_IN,	/* the stock driver, which is a part of this kernel */
	SERVED_UNKNOWN,		/* another driver, or one that cannot be found out */
};

enum served served_by(void);

/* "naawg" and the like, for JSON and metrics. */
const char *served_name(enum served served);

/* Prints the answer as a line. */
void served_print(void);

#endif
