// SPDX-License-Identifier: GPL-2.0
/* The peers of an interface, as its running link and its file know them. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmds/peer_book.h"
#include "lib/hints.h"
#include "lib/keys.h"
#include "lib/nl.h"
#include "lib/peer_index.h"
#include "lib/prog.h"
#include "lib/similar.h"
#include "netcfg/state.h"

#define SUGGESTIONS	5

const char *book_name(const struct book_entry *entry)
{
	if (entry->file && entry->file->name[0])
		return entry->file->name;
	return entry->link ? entry->link->name : "";
}

const uint8_t *book_key(const struct book_entry *entry)
{
	return entry->file ? entry->file->public_key : entry->link->public_key;
}

const char *book_label(char label[static PEER_LABEL_LEN], const struct book_entry *entry)
{
	if (book_name(entry)[0])
		snprintf(label, PEER_LABEL_LEN, "%s", book_name(entry));
	else
		key_to_text(label, book_key(entry));
	return label;
}

/* Joins the peers of link and file by their keys. */
static bool join(struct book *book)
{
	struct peer_index in_file, on_link;
	struct book_entry *to;
	size_t i;

	book->entries = calloc(book->link.n_peers + book->file.n_peers + 1,
			       sizeof(*book->entries));
	if (!book->entries || !peer_index_init(&in_file, &book->file))
		return false;
	if (!peer_index_init(&on_link, &book->link)) {
		peer_index_destroy(&in_file);
		return false;
	}
	for (i = 0; i < book->link.n_peers; i++) {
		to = &book->entries[book->n++];
		to->link = &book->link.peers[i];
		to->file = peer_index_find(&in_file, to->link);
	}
	for (i = 0; i < book->file.n_peers; i++)
		if (!peer_index_find(&on_link, &book->file.peers[i]))
			book->entries[book->n++].file = &book->file.peers[i];
	peer_index_destroy(&in_file);
	peer_index_destroy(&on_link);
	return true;
}

/* False: the file can be read and is wrong. */
static bool read_file(struct book *book)
{
	if (access(book->path, R_OK)) {
		device_init(&book->file, book->name);
		return true;
	}
	if (!conf_file_read(&book->file, &book->quick, book->path))
		return false;
	book->has_file = true;
	return true;
}

/* A link that cannot be read may be running, and would keep a peer that the file lost. */
static bool is_absent(const struct book *book)
{
	return book->error == -ENODEV ||
	       (book->error == -EPROTONOSUPPORT && !if_nametoindex(book->name));
}

bool book_open(struct book *book, const char *given)
{
	memset(book, 0, sizeof(*book));
	if (!conf_file_find(book->path, book->name, given) || !read_file(book))
		return false;
	book->error = nl_get_stats(book->name, &book->link);
	book->has_link = !book->error;
	if (book->has_link)
		state_names(&book->link);
	else
		device_init(&book->link, book->name);
	if (!book->has_link && book->has_file && !is_absent(book)) {
		fprintf(stderr, "%s: cannot read the peers of %s: %s\n", prog_name,
			book->name, strerror(-book->error));
		hint(book->error, book->name);
		book_close(book);
		return false;
	}
	if (!book->has_link && !book->has_file) {
		fprintf(stderr, "%s: %s: %s, and there is no file %s that you may read\n",
			prog_name, book->name, strerror(-book->error), book->path);
		hint(book->error, book->name);
		book_close(book);
		return false;
	}
	if (join(book))
		return true;
	fprintf(stderr, "%s: %s\n", prog_name, strerror(ENOMEM));
	book_close(book);
	return false;
}

void book_close(struct book *book)
{
	conf_file_destroy(&book->file, &book->quick);
	device_destroy(&book->link);
	free(book->entries);
}

static void unknown(const struct book *book, const char *word)
{
	const char *between = ": did you mean";
	size_t rank, i, said = 0;

	fprintf(stderr, "%s: %s has no peer `%s'", prog_name, book->name, word);
	for (rank = 0; rank <= SIMILAR_WORST; rank++) {
		for (i = 0; i < book->n && said < SUGGESTIONS; i++) {
			if (!book_name(&book->entries[i])[0] ||
			    similar_rank(book_name(&book->entries[i]), word) != rank)
				continue;
			fprintf(stderr, "%s `%s'", said++ ? " or" : between,
				book_name(&book->entries[i]));
		}
	}
	if (said)
		fputs("?\n", stderr);
	else
		fprintf(stderr, "; `naawg peer list %s' lists them\n", book->name);
}

const struct book_entry *book_find(const struct book *book, const char *word)
{
	const struct book_entry *found = NULL;
	uint8_t key[KEY_LEN];
	size_t i;

	if (key_from_text(key, word)) {
		for (i = 0; i < book->n && !found; i++)
			if (!memcmp(book_key(&book->entries[i]), key, KEY_LEN))
				found = &book->entries[i];
	}
	for (i = 0; i < book->n && !key_from_text(key, word); i++) {
		if (!*word || strcmp(book_name(&book->entries[i]), word))
			continue;
		if (found) {
			fprintf(stderr, "%s: several peers of %s are called `%s': give the public key\n",
				prog_name, book->name, word);
			return NULL;
		}
		found = &book->entries[i];
	}
	if (!found)
		unknown(book, word);
	return found;
}
