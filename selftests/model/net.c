// SPDX-License-Identifier: GPL-2.0
/*
 * The network, which loses, delays, reorders and repeats messages.
 *
 * It holds a message until it arrived twice or another one needs its place. A message that is
 * never delivered is a lost one, so there is no step that loses one.
 */
#include "deal.h"
#include "host.h"
#include "net.h"

unsigned int net_choice;
bool net_was_full;

void net_drop(unsigned int i)
{
	world.messages[i] = world.messages[--world.n_messages];
	memset(&world.messages[world.n_messages], 0, sizeof(world.messages[0]));
}

void net_send(struct message message)
{
	if (world.n_messages == IN_FLIGHT) {
		net_was_full = true;
		if (net_choice == IN_FLIGHT)
			return;
		net_drop(net_choice);
	}
	world.messages[world.n_messages++] = message;
}

static bool is_same(const struct message *a, const struct message *b)
{
	return a->kind == b->kind && a->from == b->from && a->counter == b->counter &&
	       deal_is_same(a->deal, b->deal);
}

/* The receiver may send something, which may take the place of the message itself. */
void net_deliver(unsigned int i)
{
	struct message message = world.messages[i];

	message.deliveries++;
	host_receive(&world.hosts[other(message.from)], &message);
	for (i = 0; i < world.n_messages; i++)
		if (is_same(&world.messages[i], &message))
			break;
	if (i == world.n_messages)
		return;
	world.messages[i] = message;
	if (message.deliveries == DELIVERIES)
		net_drop(i);
}
