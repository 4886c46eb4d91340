/* SPDX-License-Identifier: GPL-2.0 */
/* Adds a peer to a server: to its file, and to its link if that is up. */

#ifndef NAAWG_CLIENT_PEER_H
#define NAAWG_CLIENT_PEER_H

#include <stdio.h>

#include "apply/apply.h"

/*
 * Reads the link if it is up, so that apply_audit() checks the file as apply would. A file
 * outside CONF_DIR without a link may be for another host.
 */
void client_snapshot(struct apply *apply);

/* Adds @peer to link and file. False: neither has it, and why was printed. */
bool client_add(const struct apply *apply, const struct peer *peer);

/* Print a line of a configuration. */
void client_put_key(FILE *out, const char *name, const uint8_t key[static KEY_LEN]);
void client_put_prefixes(FILE *out, const char *name, const struct allowed_ip *list, size_t n);

#endif
