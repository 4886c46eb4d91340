/* SPDX-License-Identifier: GPL-2.0 */
/* Sends events to the journal of systemd. */

#ifndef NAAWG_EVENT_JOURNAL_H
#define NAAWG_EVENT_JOURNAL_H

#include "cmds/event.h"

/* Sends an event; if that fails, says so on standard error. */
void event_journal_send(const struct event *event);

/* Tells systemd that the service has started, if it waits for that. */
void event_journal_ready(void);

#endif
