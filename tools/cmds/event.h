/* SPDX-License-Identifier: GPL-2.0 */
/* Events of links, as users see them: a notification of the kernel has one or more. */

#ifndef NAAWG_EVENT_H
#define NAAWG_EVENT_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "lib/model.h"

/* An event without a link is EVENT_LISTENING or EVENT_MISSED. */
#define EVENT_LISTENING	0
#define EVENT_MISSED	(-ENOBUFS)

struct event {
	int kind;		/* NAAWG_CMD_*_NTF, or one of the above */
	const char *name;	/* that of the notification, without -ntf */
	const char *text;
	bool serious;		/* a tunnel is down, or events are unknown */
	time_t time;
	const struct device *dev;
	const struct peer *peer;
	const struct forward *forward, *old_forward;
	const struct caller *caller;
};

typedef bool (*event_cb)(const struct event *event, void *arg);

/*
 * Calls @take for each event of a notification, and stops when it returns false. @dev is
 * NULL for an event without a link. Returns the last result of @take.
 */
bool event_each(int kind, const struct device *dev, event_cb take, void *arg);

/* The settings of a changed peer: a bit of peer.changes, its name, and words for it. */
#define EVENT_CHANGES	4
extern const struct event_change {
	uint32_t bit;
	const char *name;
	const char *text;
} event_changes[EVENT_CHANGES];

/* 10.0.0.0/8 */
#define EVENT_NET_LEN	(INET6_ADDRSTRLEN + sizeof("/128"))
const char *event_net(char text[static EVENT_NET_LEN], const struct allowed_ip *ip);

/* Without the time. */
void event_print_text(FILE *out, const struct event *event);
void event_print_json(FILE *out, const struct event *event);

/* Calls @put for each field of an event, such as NAAWG_EVENT and "peer-added". */
void event_fields(const struct event *event,
		  void (*put)(const char *name, const char *value, void *arg), void *arg);

#endif
