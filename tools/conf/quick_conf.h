/* SPDX-License-Identifier: GPL-2.0 */
/* What a configuration file says beyond the link's own business. */

#ifndef NAAWG_QUICK_CONF_H
#define NAAWG_QUICK_CONF_H

#include <stdio.h>

#include "lib/model.h"
#include "lib/prefix.h"

#define CONF_DIR "/etc/naawg"

enum hook { HOOK_PRE_UP, HOOK_POST_UP, HOOK_PRE_DOWN, HOOK_POST_DOWN, N_HOOKS };

enum table_kind {
	TABLE_AUTO,		/* main, or one of its own for a default route */
	TABLE_OFF,		/* no routes */
	TABLE_GIVEN,
};

struct words {
	char **list;
	size_t n;
};

struct quick {
	unsigned int line;		/* that is being read; 0: of no file */
	unsigned int interfaces;	/* sections of this kind */
	unsigned int interface_again;	/* where the second one begins */
	struct prefixes addresses;
	unsigned int *address_lines;	/* of each of these */
	struct words dns;		/* addresses of name servers */
	struct words search;		/* domains */
	struct words hooks[N_HOOKS];
	uint32_t mtu;			/* 0: find out */
	unsigned int mtu_line;
	enum table_kind table_kind;
	uint32_t table;
	bool save;
	bool kill;			/* block the tunnel's networks while it is down */
	char forward_interface[IFNAMSIZ];
};

/*
 * One line of [Interface], @text without white space and @raw as it was
 * written. Returns 1 when it was taken, 0 when its value is wrong (said on
 * @err) and -1 when the key is not known here; *@value is the value in @text.
 */
int quick_line(struct quick *quick, const char *text, const char *raw, const char **value,
	       FILE *err);

/* "Name = TEXT" of a peer. A comment may hold that, or "AllowWildcard = yes". */
bool quick_name(struct peer *peer, const char *raw, FILE *err);
void quick_comment(struct peer *peer, const char *raw);

/* The key of this line, if naawg-quick and apply alone take it, else NULL. */
const char *quick_key(const char *line);

void quick_destroy(struct quick *quick);
bool words_add(struct words *words, const char *text, size_t len);
extern const char * const hook_names[N_HOOKS];

#endif
