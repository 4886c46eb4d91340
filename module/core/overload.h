/* SPDX-License-Identifier: GPL-2.0 */
/* How much of a machine strangers may take while more call than it can serve. */
#ifndef _NAAWG_OVERLOAD_H
#define _NAAWG_OVERLOAD_H

#include <linux/types.h>

/* Telling either kind of callers cookies takes one part of the machine's time. */
#define NAAWG_ANSWER_PART	20

/* Who calls without a cookie. Each kind has an account of its own. */
enum naawg_account {
	NAAWG_ACCOUNT_STRANGER,
	NAAWG_ACCOUNT_FAMILIAR,		/* calls from where a peer did lately */
	NAAWG_ACCOUNTS
};

/**
 * struct naawg_overload - load of one device
 * @until: it is under load until then, ns
 * @answers_from: callers of a kind are told cookies again from then on, ns
 *
 * All zeros is no load. Nothing serialises access: what two writers lose of each
 * other is an answer or two.
 */
struct naawg_overload {
	u64 until;
	u64 answers_from[NAAWG_ACCOUNTS];
};

/* More waits than can be served: it is under load for a second from now. */
void naawg_overload_begin(struct naawg_overload *o, u64 now);
bool naawg_overload_lasts(const struct naawg_overload *o, u64 now);
/* A caller was told a cookie, in @cost nanoseconds of one of @cpus. */
void naawg_overload_answered(struct naawg_overload *o, enum naawg_account who,
			     u64 now, u64 cost, unsigned int cpus);
/*
 * Is a call not even worth looking at? Prolongs the load: once it ended, curves
 * would be computed for all who call, until as many wait again.
 */
bool naawg_overload_refuses(struct naawg_overload *o, enum naawg_account who,
			    u64 now);

#endif
