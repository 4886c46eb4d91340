/* SPDX-License-Identifier: GPL-2.0 */
/* The policy: rules of the administrator for every configuration. */

#ifndef NAAWG_POLICY_H
#define NAAWG_POLICY_H

#include "conf/quick_conf.h"

#define POLICY_PATH CONF_DIR "/policy.conf"

enum wildcard { WILDCARD_UNSAID, WILDCARD_YES, WILDCARD_NO };

struct policy {
	bool require_psk;
	bool strict;			/* warnings are errors */
	enum wildcard wildcard;
	uint64_t rotate_after;		/* seconds; 0: keys may have any age */
	struct prefixes tunnel;		/* addresses and allowed IPs must be inside these */
	struct prefixes forbidden;	/* and must not overlap these */
};

/*
 * @path NULL: POLICY_PATH, which may be missing. False: the file cannot be used, which was
 * printed, and the caller must not allow anything.
 */
bool policy_read(struct policy *policy, const char *path);
void policy_destroy(struct policy *policy);

#endif
