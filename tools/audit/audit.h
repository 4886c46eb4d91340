/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds errors in a configuration of which every line can be read.
 *
 * check-config, apply, up and reload judge by this, and by nothing else.
 */

#ifndef NAAWG_AUDIT_H
#define NAAWG_AUDIT_H

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

/*
 * Says on standard error all that is wrong: an error makes the file unusable,
 * a warning does not, unless warnings are errors. False: there are errors.
 */
bool audit_passes(struct audit *audit, const struct device *dev, const struct quick *quick);

/* Whether the allowed IPs of this peer cover all addresses of a family. */
bool audit_is_everybody(const struct peer *peer);

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

/*
 * Looks for keys that stand where another one belongs. False: there are some, and no
 * other finding of this file may be printed.
 */
bool audit_keys(struct audit *audit, const struct device *dev);

/*
 * The parts: addresses and MTU; allowed IPs of all peers; forwards; this host; what
 * other tunnels of this host block.
 */
void audit_addresses(struct audit *audit, const struct device *dev, const struct quick *quick);
void audit_allowed_ips(struct audit *audit, const struct device *dev,
		       const struct quick *quick);
void audit_forwards(struct audit *audit, const struct device *dev, const struct quick *quick);
void audit_host(struct audit *audit, const struct device *dev, const struct quick *quick);
void audit_kill(struct audit *audit, const struct device *dev, const struct quick *quick);

#endif
