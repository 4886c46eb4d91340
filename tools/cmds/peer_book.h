/* SPDX-License-Identifier: GPL-2.0 */
/* The peers of an interface, as its running link and its file know them. */

#ifndef NAAWG_PEER_BOOK_H
#define NAAWG_PEER_BOOK_H

#include "conf/conf_file.h"

/* One peer; one of the two may be NULL. */
struct book_entry {
	const struct peer *link;
	const struct peer *file;
};

struct book {
	char path[CONF_PATH_LEN];
	char name[IFNAMSIZ];
	bool has_file;			/* there is one, and this user may read it */
	bool has_link;
	int error;			/* without a link: the negative errno */
	struct device file, link;	/* link: as get-stats reports it, with names */
	struct quick quick;
	struct book_entry *entries;	/* in the order of the link, then of the file */
	size_t n;
};

/*
 * Reads what this user may read. @given is an interface or a file. False: there is neither
 * link nor file, or the file is wrong, which was printed; there is nothing to close.
 */
bool book_open(struct book *book, const char *given);
void book_close(struct book *book);

/* The name of a peer, "" without one; the file knows it better than the link. */
const char *book_name(const struct book_entry *entry);
const uint8_t *book_key(const struct book_entry *entry);
const char *book_label(char label[static PEER_LABEL_LEN], const struct book_entry *entry);

/*
 * The peer with this name or public key. NULL: there is none, or several have the name;
 * that was printed, with names that are like it.
 */
const struct book_entry *book_find(const struct book *book, const char *word);

#endif
