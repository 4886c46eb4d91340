/* SPDX-License-Identifier: GPL-2.0 */
/* One more peer of a server: in its file, and in the link if that is up. */

#ifndef NAAWG_CLIENT_PEER_H
#define NAAWG_CLIENT_PEER_H

#include <stdio.h>

#include "apply/apply.h"

/*
 * Reads the link if it is up, so that apply_audit() judges the file as it would be judged
 * when it is applied. A file that lies elsewhere, without a link, may be another host's.
 */
void client_snapshot(struct apply *apply);

/* In both or, after a failure that was said, in neither. @apply was read. */
bool client_add(const struct apply *apply, const struct peer *peer);

/* A line of a configuration. */
void client_put_key(FILE *out, const char *name, const uint8_t key[static KEY_LEN]);
void client_put_prefixes(FILE *out, const char *name, const struct allowed_ip *list, size_t n);

#endif
