// SPDX-License-Identifier: GPL-2.0
/* The forwards of the running link that are for one peer only. */

#include <stdio.h>
#include <string.h>

#include "cmds/peer_forwards.h"
#include "lib/nl.h"
#include "lib/prog.h"

static void failed(const char *name, const char *what, int error)
{
	fprintf(stderr, "%s: cannot %s the forwards that %s has for this peer, so run `naawg apply %s': %s\n",
		prog_name, what, name, name, strerror(-error));
}

/* Keeps the forwards of one peer in the list. */
static void only_of(struct device *dev, const uint8_t key[static KEY_LEN])
{
	size_t i, n = 0;

	for (i = 0; i < dev->n_forwards; i++)
		if (dev->forwards[i].bits & FORWARD_FROM_PEER &&
		    !memcmp(dev->forwards[i].from_peer, key, KEY_LEN))
			dev->forwards[n++] = dev->forwards[i];
	dev->n_forwards = n;
}

bool peer_forwards_take(struct device *gone, const char *name, const uint8_t key[static KEY_LEN])
{
	size_t refused;
	int error;

	device_init(gone, name);
	error = nl_get_forwards(gone);
	if (!error) {
		only_of(gone, key);
		if (gone->n_forwards)
			error = nl_set_forwards(gone, FORWARDS_REMOVE, &refused);
	}
	if (!error)
		return true;
	gone->n_forwards = 0;
	failed(name, "remove", error);
	return false;
}

void peer_forwards_give(struct device *forwards, const uint8_t key[static KEY_LEN])
{
	size_t refused, i;
	int error = 0;

	for (i = 0; i < forwards->n_forwards; i++)
		memcpy(forwards->forwards[i].from_peer, key, KEY_LEN);
	if (forwards->n_forwards)
		error = nl_set_forwards(forwards, 0, &refused);
	if (error)
		failed(forwards->name, "set", error);
}
