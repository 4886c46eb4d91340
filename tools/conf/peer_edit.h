/* SPDX-License-Identifier: GPL-2.0 */
/* Changes one peer in the text of a configuration file, and leaves the rest as written. */

#ifndef NAAWG_PEER_EDIT_H
#define NAAWG_PEER_EDIT_H

#include <stdio.h>

#include "lib/model.h"

struct peer_edit {
	unsigned int line;		/* the line of its [Peer] */
	bool remove;
	const char *name;		/* NULL: as it is */
	/* Forwards that name it get @public_key, or go with @remove; NULL: they stay. */
	const uint8_t *old_key;
	const uint8_t *public_key;	/* NULL: both keys as they are */
	const uint8_t *preshared_key;	/* with @public_key; NULL: none */
	uint64_t created;		/* 0: as it is */
};

/* Writes the changed @text to @out. False: @text has no such peer. */
bool peer_edit(FILE *out, const char *text, const struct peer_edit *edit);

#endif
