/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of the audit. */

#ifndef NAAWG_AUDIT_PARTS_H
#define NAAWG_AUDIT_PARTS_H

#include "audit/finding.h"

/* Whether the allowed IPs of this peer cover all addresses of a family. */
bool audit_is_everybody(const struct peer *peer);

/*
 * Finds keys that are in the place of another key. False: there are some, and no other
 * finding of this file may be printed.
 */
bool audit_keys(struct audit *audit, const struct device *dev);

/*
 * Warns of keys that are older than RotateAfter of the policy. No key becomes an error with
 * time: a host that boots again must not lose its tunnel because of the date.
 */
void audit_ages(struct audit *audit, const struct device *dev, const struct quick *quick);

/*
 * These check: addresses and MTU; allowed IPs of all peers; forwards; links and addresses
 * of this host; networks that other tunnels of this host block.
 */
void audit_addresses(struct audit *audit, const struct device *dev, const struct quick *quick);
void audit_allowed_ips(struct audit *audit, const struct device *dev,
		       const struct quick *quick);
void audit_forwards(struct audit *audit, const struct device *dev, const struct quick *quick);
void audit_host(struct audit *audit, const struct device *dev, const struct quick *quick);
void audit_kill(struct audit *audit, const struct device *dev, const struct quick *quick);

/*
 * Finds the name of the link that made a blackhole; @usual: its file is in CONF_DIR.
 * False: no name on this host fits.
 */
struct rt_item;
bool audit_kill_owner(const struct rt_item *block, char name[static IFNAMSIZ], bool *usual);

/*
 * Finds peers of a file with a loopback address or, if the file is for this host, with
 * an address of this host. With Table = off the latter are warnings.
 */
void audit_local(struct audit *audit, const struct device *dev, const struct quick *quick);

#endif
