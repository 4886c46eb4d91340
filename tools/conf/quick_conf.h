/* SPDX-License-Identifier: GPL-2.0 */
/* The settings of a configuration file that only naawg-quick(8) and apply know. */

#ifndef NAAWG_QUICK_CONF_H
#define NAAWG_QUICK_CONF_H

#include <stdio.h>

#include "lib/model.h"
#include "lib/prefix.h"

#define CONF_DIR "/etc/naawg"

enum hook { HOOK_PRE_UP, HOOK_POST_UP, HOOK_PRE_DOWN, HOOK_POST_DOWN, N_HOOKS };

enum table_kind {
	TABLE_AUTO,		/* the main table; for a default route a table of its own */
	TABLE_OFF,		/* no routes */
	TABLE_GIVEN,
};

struct words {
	char **list;
	size_t n;
};

struct quick {
	unsigned int line;		/* the line being read; 0: not in a file */
	unsigned int interfaces;	/* number of sections [Interface] */
	unsigned int interface_again;	/* line of the second [Interface] */
	struct prefixes addresses;
	unsigned int *address_lines;	/* the line of each address */
	struct words dns;		/* addresses of name servers */
	struct words search;		/* domains */
	struct words hooks[N_HOOKS];
	uint32_t mtu;			/* 0: choose one */
	unsigned int mtu_line;
	enum table_kind table_kind;
	uint32_t table;
	bool save;
	bool kill;			/* block the tunnel's networks while it is down */
	char forward_interface[IFNAMSIZ];
	uint64_t created;		/* time of the private key, in seconds since 1970 */
	bool created_wrong;		/* a comment says it, but it is no time */
};

/*
 * Parses a line of [Interface]; @text is without white space, @raw as written. Returns 1,
 * or 0 if the value is wrong, which was printed to @err, or -1 for an unknown key.
 * *@value points to the value in @text.
 */
int quick_line(struct quick *quick, const char *text, const char *raw, const char **value,
	       FILE *err);

/*
 * Parses "Name = TEXT" of a peer. A comment may hold it, or "AllowWildcard = yes", or the
 * time when the keys were made, "Created = 2026-11-30T12:00:00Z".
 */
bool quick_name(struct peer *peer, const char *raw, FILE *err);
void quick_comment(struct peer *peer, const char *raw);
/* The same for a comment of [Interface], which may hold a time. */
void quick_interface_comment(struct quick *quick, const char *raw);

/* The key of this line if only naawg-quick and apply know it, else NULL. */
const char *quick_key(const char *line);

void quick_destroy(struct quick *quick);
bool words_add(struct words *words, const char *text, size_t len);
extern const char * const hook_names[N_HOOKS];

#endif
