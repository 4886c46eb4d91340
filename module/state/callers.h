/* SPDX-License-Identifier: GPL-2.0 */
/* Memory of hosts that sent initiations and are no peers. */
#ifndef _NAAWG_CALLERS_H
#define _NAAWG_CALLERS_H

#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "../core/wire.h"
#include "endpoint.h"

/* Number of callers that are remembered of each kind. */
#define NAAWG_CALLERS_MAX	16

/**
 * enum naawg_caller_kind - why a caller is no peer
 * @NAAWG_CALLER_UNKNOWN: no peer has the public key that the initiation claims
 * @NAAWG_CALLER_BAD_MAC1: the message was made for another public key than ours
 * @NAAWG_CALLER_KINDS: number of kinds
 */
enum naawg_caller_kind {
	NAAWG_CALLER_UNKNOWN,
	NAAWG_CALLER_BAD_MAC1,
	NAAWG_CALLER_KINDS
};

/**
 * struct naawg_caller - a host that is no peer
 * @key: public key that its initiations claim; any value may be claimed
 * @has_key: @key is set: false of the kind BAD_MAC1
 * @from: source of the newest message; port 0 of the kind BAD_MAC1
 * @count: number of its messages, 0 if the entry is free
 * @first: wall-clock time of the first one, ns
 * @last: wall-clock time of the newest one, ns
 * @seen: time of the newest one, naawg_now()
 * @told: time of the newest notification, naawg_now(), 0 for none
 * @tell: a notification is pending
 */
struct naawg_caller {
	u8 key[NAAWG_KEY_SIZE];
	bool has_key;
	struct naawg_address from;
	u64 count;
	u64 first;
	u64 last;
	u64 seen;
	u64 told;
	bool tell;
};

/**
 * struct naawg_caller_list - the newest callers of one kind
 * @caller: the callers, in no order
 * @replaced: time at which an entry was last replaced, naawg_now(), 0 for never
 * @noted: jiffies of the last message that was noted (racy on purpose)
 */
struct naawg_caller_list {
	struct naawg_caller caller[NAAWG_CALLERS_MAX];
	u64 replaced;
	unsigned long noted;
};

/**
 * struct naawg_callers - all callers of one device
 * @lock: protects @list
 * @list: the callers by kind
 * @work: sends the pending notifications
 * @dev: the device; set once
 */
struct naawg_callers {
	spinlock_t lock; /* leaf */
	struct naawg_caller_list list[NAAWG_CALLER_KINDS];
	struct delayed_work work;
	struct naawg_dev *dev;
};

void naawg_callers_setup(work_func_t tell);
int naawg_callers_init(struct naawg_dev *dev);
void naawg_callers_stop(struct naawg_dev *dev);
void naawg_callers_destroy(struct naawg_dev *dev);
void naawg_callers_note(struct naawg_dev *dev, enum naawg_caller_kind kind,
			const u8 *key, const struct sk_buff *skb);
bool naawg_callers_get(struct naawg_callers *callers, unsigned int n,
		       struct naawg_caller *out);
void naawg_callers_tell_later(struct naawg_callers *callers);
bool naawg_callers_next_to_tell(struct naawg_callers *callers,
				struct naawg_caller *out);

#endif
