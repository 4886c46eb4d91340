/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink notifications about changes of the configuration, and who made them. */
#ifndef _NAAWG_CHANGE_REPORT_H
#define _NAAWG_CHANGE_REPORT_H

#include <linux/siphash.h>

#include "../state/peer.h"

/* Number of allowed IPs of a peer that a notification has. */
#define NAAWG_REPORTED_PREFIXES	16

/**
 * struct naawg_change_report - notifications about the changes that one request makes
 * @dev: the device
 * @net: namespace of the listeners; the caller keeps it alive
 * @wanted: somebody listens; otherwise nothing is noted
 * @key: random key of naawg_change_report_prefixes()
 * @skb: message that has room for more changes, NULL for none
 * @header: its header
 * @cmd: its command
 * @entries: it has at least one entry
 */
struct naawg_change_report {
	struct naawg_dev *dev;
	struct net *net;
	bool wanted;
	siphash_key_t key;
	struct sk_buff *skb;
	void *header;
	u8 cmd;
	bool entries;
};

void naawg_change_report_begin(struct naawg_change_report *report,
			       struct naawg_dev *dev, struct net *net);
void naawg_change_report_end(struct naawg_change_report *report);
void naawg_change_report_put(struct naawg_change_report *report, u8 cmd,
			     int (*put)(struct sk_buff *skb, const void *entry),
			     const void *entry);
void naawg_change_report_peer(struct naawg_change_report *report, u8 cmd,
			      struct naawg_peer *peer, u32 changes);
void naawg_change_report_identity(struct naawg_change_report *report,
				  const u8 *old);
u64 naawg_change_report_prefixes(const struct naawg_change_report *report,
				 struct naawg_peer *peer);

#endif
