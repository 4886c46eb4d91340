/* SPDX-License-Identifier: GPL-2.0 */
/* A configuration file before and after the change of one peer, in memory. */

#ifndef NAAWG_PEER_FILE_H
#define NAAWG_PEER_FILE_H

#include <signal.h>

#include "conf/peer_edit.h"
#include "lib/files.h"

/* Both hold keys, and peer_file_forget() wipes them. */
struct peer_file {
	const char *path;
	char *before, *after;
	size_t room;		/* of each */
	FILE *out;		/* the new file, which is not in place yet */
	char temp[FILE_TEMP_LEN];
	sigset_t before_hold;	/* from prepare to commit, signals have to wait */
};

/*
 * Reads the file, changes @peer in memory, and reads the result as naawg-quick would: it
 * must have the peers of @dev, with that one changed. False: why was printed, and there is
 * nothing to forget.
 */
bool peer_file_edit(struct peer_file *file, const char *path, const struct peer_edit *edit,
		    const struct device *dev, const struct peer *peer);

/*
 * Writes the new text, or with @back the old one, to the disk beside the file. False: why
 * was printed. A full disk shows here, before the link is changed. A signal that would end
 * the program waits until peer_file_commit(), which has to follow.
 */
bool peer_file_prepare(struct peer_file *file, bool back);
/* With @ok, puts it in place; else it is deleted. False: it was deleted. */
bool peer_file_commit(struct peer_file *file, bool ok);
void peer_file_forget(struct peer_file *file);

#endif
