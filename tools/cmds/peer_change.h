/* SPDX-License-Identifier: GPL-2.0 */
/* Steps that change a peer on the running link, and undo that. */

#ifndef NAAWG_PEER_CHANGE_H
#define NAAWG_PEER_CHANGE_H

#include "cmds/peer_book.h"

/*
 * Locks the interface and finds the peer. Returns the lock, to be closed after
 * book_close(), or -1 after printing why.
 */
int peer_open(struct book *book, const char *given, const char *word,
	      const struct book_entry **entry);

/* A peer of the link that was removed or got other keys. It starts as zero. */
struct peer_swap {
	const char *name;
	struct device now;
	struct peer *gone;	/* in @now; NULL: the link had no such peer */
	struct peer come;	/* shares the prefixes of @gone */
	bool has_now, has_come;
};

/*
 * Removes the peer from the link, or gives it the keys of @come. False: the link is as it
 * was, and why was printed.
 */
bool peer_swap(struct peer_swap *swap, const char *name, const uint8_t key[static KEY_LEN],
	       const struct peer *come);
void peer_swap_undo(struct peer_swap *swap);
void peer_swap_end(struct peer_swap *swap);

/*
 * Saves the names of the peers that the link has, with @peer_name for @key (NULL: as they
 * are). False: that failed, and why was printed.
 */
bool peer_save_name(const char *name, const uint8_t *key, const char *peer_name);

#endif
