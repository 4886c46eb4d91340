/* SPDX-License-Identifier: GPL-2.0 */
/* What an audit says: errors, warnings, and what the policy says of a network. */

#ifndef NAAWG_FINDING_H
#define NAAWG_FINDING_H

#include "conf/policy.h"

/* How a peer with all addresses is judged if the policy does not say it. */
enum wildcard_leave {
	LEAVE_ASK,		/* refused unless the caller asks for it */
	LEAVE_WARN,
	LEAVE_GIVEN,
};

struct audit {
	const char *file;		/* for messages */
	const struct policy *policy;
	const uint8_t *own;		/* public key of the link; NULL: that of the file */
	const uint8_t *own_private;	/* likewise; looked at beside that of the file */
	enum wildcard_leave leave;
	bool strict;			/* warnings are errors, whatever the policy says */
	bool quiet;			/* warnings are not printed */
	bool live;			/* the file is for this host: look at its links */
	int index;			/* of the file's own link; 0: there is none yet */
	unsigned int errors, warnings;	/* found so far */
};

/* For the parts of the audit. @line may be 0: the finding has no line. */
__attribute__((format(printf, 3, 4)))
void audit_error(struct audit *audit, unsigned int line, const char *format, ...);
__attribute__((format(printf, 3, 4)))
void audit_warning(struct audit *audit, unsigned int line, const char *format, ...);
bool audit_is_strict(const struct audit *audit);
/* Judges a network by the policy; @in_tunnel: by TunnelSubnet as well. */
void audit_policy(struct audit *audit, unsigned int line, const char *what,
		  const struct allowed_ip *ip, bool in_tunnel);
const struct allowed_ip *audit_meets(const struct prefixes *nets, const struct allowed_ip *ip);

#endif
