/* SPDX-License-Identifier: GPL-2.0 */
/* A state in few bytes, the same for all states that differ by names and past only. */
#ifndef MODEL_PACK_H
#define MODEL_PACK_H

#include "world.h"

struct packed_session {
	struct deal deal;	/* no stamp: the slot is empty */
	u8 age;			/* s */
	u8 passing;
	u32 sent;		/* next counter */
	u32 next;		/* of the window */
};

struct packed_host {
	u16 due[NAAWG_TIMER_COUNT];	/* s from now, 0 for none */
	u8 attempts;
	u8 unanswered;
	u8 flags;
	u8 pending;		/* stamp of our initiation, 0 for none */
	u8 pending_age;		/* s */
	u8 last_initiation;	/* s ago */
	u8 confirmed;		/* s ago */
	u8 staged;
	u8 life;
	u8 asks;
	u8 stamp;
	u8 newest;
	struct packed_session slots[3];
};

struct packed {
	struct packed_host hosts[2];
	struct message messages[IN_FLIGHT];
	u8 n_messages;
	u8 jumps;
};

void pack(struct packed *to);
void unpack(const struct packed *from);

#endif
