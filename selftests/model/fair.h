/* SPDX-License-Identifier: GPL-2.0 */
/* A run from a state on in which the network loses nothing any more. */
#ifndef MODEL_FAIR_H
#define MODEL_FAIR_H

#include "pack.h"

/*
 * From @state on, whichever host has a packet to send, it soon seals with a session that the
 * other one has, and a host that asks gets an answer. Otherwise a property is broken.
 */
void fair_check(const struct packed *state);

/* All messages arrive, each one once. With @answers, a packet of @asker is answered. */
void fair_settle(bool answers, u8 asker);

/* The longest time that took in any state so far, in seconds. */
extern unsigned int fair_longest;

#endif
