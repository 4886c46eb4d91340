/* SPDX-License-Identifier: GPL-2.0 */
/* A configuration file before and after the change of one peer, in memory. */

#ifndef NAAWG_PEER_FILE_H
#define NAAWG_PEER_FILE_H

#include "conf/peer_edit.h"
#include "lib/files.h"

/* Both hold keys, and peer_file_forget() wipes them. */
struct peer_file {
	const char *path;
	char *before, *after;
	size_t room;		/* of each */
	FILE *out;		/* the new file, which is not in place yet */
	char temp[FILE_TEMP_LEN];
};

/*
 * Reads the file, changes it in memory, and reads the result as naawg-quick would, which
 * must then have @n_peers peers. False: why was printed, and there is nothing to forget.
 */
bool peer_file_edit(struct peer_file *file, const char *path, const struct peer_edit *edit,
		    size_t n_peers);

/*
 * Writes the new text, or with @back the old one, to the disk beside the file. False: why
 * was printed. A full disk shows here, before the link is changed.
 */
bool peer_file_prepare(struct peer_file *file, bool back);
/* With @ok, puts it in place; else it is deleted. False: it was deleted. */
bool peer_file_commit(struct peer_file *file, bool ok);
void peer_file_forget(struct peer_file *file);

#endif
