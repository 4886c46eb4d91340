/* SPDX-License-Identifier: GPL-2.0 */
/* A configuration file and a link, and what leads from one to the other. */

#ifndef NAAWG_APPLY_H
#define NAAWG_APPLY_H

#include "audit/audit.h"
#include "conf/conf_file.h"
#include "netcfg/rt.h"

struct apply {
	char path[CONF_PATH_LEN];
	char name[IFNAMSIZ];		/* of the interface */
	const char *policy_path;	/* NULL: the usual one */
	enum wildcard_leave leave;
	bool strict;			/* warnings are errors */
	bool elsewhere;			/* the file may be another host's: this one does not count */
	bool bring_up;			/* the link is new: set it up on the way */
	FILE *out;			/* where differences go; may be NULL */

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
	uint32_t mark;			/* of policy routing; 0 for none */
};

/*
 * False: it was said why. After apply_read() there is nothing to forget then.
 * apply_audit() prints the errors of the file that can be found without a link.
 * apply_snapshot() reads the state of the link. apply_plan() also judges whether the file may be
 * applied to it, and looks names up. None changes anything.
 */
bool apply_read(struct apply *apply);
bool apply_audit(struct apply *apply);
bool apply_snapshot(struct apply *apply);
bool apply_plan(struct apply *apply);
void apply_destroy(struct apply *apply);

/*
 * The number of differences, and with @doit they are gone. Negative: something
 * was refused, said on standard error, and everything is as before.
 */
int apply_run(struct apply *apply, bool doit);

#endif
