/* SPDX-License-Identifier: GPL-2.0 */
/* The network, which loses, delays, reorders and repeats messages. */
#ifndef MODEL_NET_H
#define MODEL_NET_H

#include "world.h"

/*
 * Sends a message. If the network is full, this message or another one is lost: net_choice tells
 * which, and net_was_full that there was a choice.
 */
void net_send(struct message message);
extern unsigned int net_choice;
extern bool net_was_full;

/* Delivers a message to its receiver. */
void net_deliver(unsigned int i);
void net_drop(unsigned int i);

#endif
