/* SPDX-License-Identifier: GPL-2.0 */
/* Findings of an audit: errors, warnings, and networks the policy does not allow. */

#ifndef NAAWG_FINDING_H
#define NAAWG_FINDING_H

#include "conf/policy.h"

/* How to treat a peer with all addresses if the policy does not say it. */
enum wildcard_leave {
	LEAVE_ASK,		/* refused unless the caller asks for it */
	LEAVE_WARN,
	LEAVE_GIVEN,
};

struct audit {
	const char *file;		/* how messages name the file */
	const struct policy *policy;
	const uint8_t *own;		/* public key of the link; NULL: use that of the file */
	const uint8_t *own_private;	/* private key of the link, checked as well */
	enum wildcard_leave leave;
	bool strict;			/* warnings are errors, as with Strict = yes */
	bool quiet;			/* warnings are not printed */
	bool live;			/* the file is for this host: look at its links */
	int index;			/* index of the file's link; 0: there is no link yet */
	unsigned int errors, warnings;	/* found so far */
};

/* Print the following findings as members of the open JSON array, not to standard error. */
void audit_print_json(void);

/* Prints and counts a finding. @line 0: the finding has no line. */
__attribute__((format(printf, 3, 4)))
void audit_error(struct audit *audit, unsigned int line, const char *format, ...);
__attribute__((format(printf, 3, 4)))
void audit_warning(struct audit *audit, unsigned int line, const char *format, ...);
/* Prints a warning that is never an error, not even a strict one. */
__attribute__((format(printf, 3, 4)))
void audit_notice(struct audit *audit, unsigned int line, const char *format, ...);
bool audit_is_strict(const struct audit *audit);
/* Checks a network against ForbidRoutes and, if @in_tunnel, against TunnelSubnet. */
void audit_policy(struct audit *audit, unsigned int line, const char *what,
		  const struct allowed_ip *ip, bool in_tunnel);
/* The first of @nets that overlaps @ip, or NULL. */
const struct allowed_ip *audit_meets(const struct prefixes *nets, const struct allowed_ip *ip);

#endif
