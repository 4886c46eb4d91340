/* SPDX-License-Identifier: GPL-2.0 */
/* What an administrator demands of every configuration, and asking for it. */

#ifndef NAAWG_POLICY_H
#define NAAWG_POLICY_H

#include "conf/quick_conf.h"

#define POLICY_PATH CONF_DIR "/policy.conf"

enum wildcard { WILDCARD_UNSAID, WILDCARD_YES, WILDCARD_NO };

struct policy {
	bool require_psk;
	bool strict;			/* warnings are errors */
	enum wildcard wildcard;
	struct prefixes tunnel;		/* addresses and allowed IPs lie in here */
	struct prefixes forbidden;	/* and nothing leads there */
};

/*
 * NULL means POLICY_PATH, which need not be there. False: the file is wrong,
 * which was said; then nothing may be allowed.
 */
bool policy_read(struct policy *policy, const char *path);
void policy_destroy(struct policy *policy);

#endif
