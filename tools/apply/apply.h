/* SPDX-License-Identifier: GPL-2.0 */
/* Makes a link what its configuration file says. */

#ifndef NAAWG_APPLY_H
#define NAAWG_APPLY_H

#include "audit/audit.h"
#include "conf/conf_file.h"
#include "netcfg/rt.h"

struct apply {
	char path[CONF_PATH_LEN];
	char name[IFNAMSIZ];		/* name of the interface */
	const char *policy_path;	/* NULL: the usual one */
	enum wildcard_leave leave;
	bool strict;			/* warnings are errors */
	bool elsewhere;			/* the file may be for another host */
	bool bring_up;			/* the link is new: set it up on the way */
	FILE *out;			/* gets a line for each difference; may be NULL */

	bool unread;			/* the file could not be read */

	/* apply_read() */
	struct device want;
	struct quick quick;
	struct policy policy;
	/* apply_audit() */
	bool audited, refused;
	/* apply_snapshot() */
	struct device now;
	int index;
	bool is_up;
	uint32_t mtu;
	/* apply_plan() */
	uint32_t mark;			/* fwmark and table of the default route; 0: none */
};

/*
 * None of these changes anything. They return false after they printed why.
 * apply_read() reads policy and file; if it fails, there is nothing to destroy.
 * apply_audit() prints the errors of the file, compared with the link if there is one.
 * apply_snapshot() reads the state of the link.
 * apply_plan() takes a snapshot, audits, resolves names and chooses the fwmark.
 */
bool apply_read(struct apply *apply);
bool apply_audit(struct apply *apply);
bool apply_snapshot(struct apply *apply);
bool apply_plan(struct apply *apply);
void apply_destroy(struct apply *apply);

/*
 * Returns the number of differences; with @doit it changes them. Negative: a step failed,
 * which was printed to standard error, and everything is as it was before.
 */
int apply_run(struct apply *apply, bool doit);

#endif
