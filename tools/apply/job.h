/* SPDX-License-Identifier: GPL-2.0 */
/* A configuration file and a link, and what leads from one to the other. */

#ifndef NAAWG_JOB_H
#define NAAWG_JOB_H

#include "audit/audit.h"
#include "conf/conf_file.h"
#include "netcfg/rt.h"

struct job {
	char path[CONF_PATH_LEN];
	char name[IFNAMSIZ];		/* of the interface */
	const char *policy_path;	/* NULL: the usual one */
	enum wildcard_leave leave;
	bool strict;			/* warnings are errors */
	bool elsewhere;			/* the file may be another host's: this one does not count */
	bool bring_up;			/* the link is new: set it up on the way */
	FILE *out;			/* where differences go; may be NULL */

	bool unread;			/* the file could not be read */

	/* job_read() */
	struct device want;
	struct quick quick;
	struct policy policy;
	/* job_judge() */
	bool judged, refused;
	/* job_see() */
	struct device now;
	int index;
	bool is_up;
	uint32_t mtu;
	/* job_look() */
	uint32_t mark;			/* of policy routing; 0 for none */
};

/*
 * False: it was said why. After job_read() there is nothing to forget then.
 * job_judge() prints the errors of the file that can be found without a link.
 * job_see() reads the state of the link. job_look() also judges whether the file may be
 * applied to it, and looks names up. None changes anything.
 */
bool job_read(struct job *job);
bool job_judge(struct job *job);
bool job_see(struct job *job);
bool job_look(struct job *job);
void job_forget(struct job *job);

/*
 * The number of differences, and with @doit they are gone. Negative: something
 * was refused, said on standard error, and everything is as before.
 */
int job_run(struct job *job, bool doit);

#endif
