// SPDX-License-Identifier: GPL-2.0
/* peer rename, peer remove: changes a peer in the file and on the running link. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "apply/lock.h"
#include "cmds/peer.h"
#include "cmds/peer_book.h"
#include "cmds/peer_change.h"
#include "cmds/peer_file.h"
#include "cmds/peer_forwards.h"
#include "lib/hints.h"
#include "lib/json.h"
#include "lib/keys.h"
#include "lib/nl.h"
#include "lib/prog.h"
#include "netcfg/state.h"

int peer_open(struct book *book, const char *given, const char *word,
	      const struct book_entry **entry)
{
	char path[CONF_PATH_LEN], name[IFNAMSIZ];
	int lock;

	if (!conf_file_find(path, name, given))
		return -1;
	/* A missing file is no error: the peer may be on the link alone. */
	if (!access(path, F_OK) && !conf_file_is_private(path))
		return -1;
	lock = apply_lock(name);
	if (lock < 0)
		return -1;
	if (book_open(book, given)) {
		*entry = book_find(book, word);
		if (*entry)
			return lock;
		book_close(book);
	}
	close(lock);
	return -1;
}

/* The peer on the link with all its settings, which only a privileged user may read. */
static struct peer *find_on_link(struct device *now, const uint8_t key[static KEY_LEN])
{
	size_t i;

	for (i = 0; i < now->n_peers; i++)
		if (!memcmp(now->peers[i].public_key, key, KEY_LEN))
			return &now->peers[i];
	return NULL;
}

static int change_link(const char *name, const struct peer *gone, const struct peer *come)
{
	struct device change;
	struct peer *peer;
	unsigned int parts;
	int error = -ENOMEM;

	device_init(&change, name);
	peer = gone ? device_add_peer(&change) : NULL;
	if (peer) {
		peer->bits = PEER_HAS_PUBLIC_KEY | PEER_REMOVE;
		memcpy(peer->public_key, gone->public_key, KEY_LEN);
	}
	peer = come ? device_add_peer(&change) : NULL;
	if (peer) {
		*peer = *come;
		peer->bits = (come->bits & PEER_HAS_ENDPOINT) | PEER_HAS_PUBLIC_KEY |
			     PEER_HAS_PRESHARED_KEY | PEER_HAS_KEEPALIVE | PEER_REPLACE_IPS;
	}
	if (change.n_peers == (size_t)!!gone + !!come)
		error = nl_set_device(&change, &parts);
	/* @come still owns its prefixes. */
	if (peer)
		explicit_bzero(peer, sizeof(*peer));
	device_destroy(&change);
	return error;
}

bool peer_swap(struct peer_swap *swap, const char *name, const uint8_t key[static KEY_LEN],
	       const struct peer *come)
{
	int error = nl_get_device(name, &swap->now);

	swap->name = name;
	swap->has_now = !error;
	swap->gone = error ? NULL : find_on_link(&swap->now, key);
	if (!error && swap->gone && come) {
		swap->come = *swap->gone;
		memcpy(swap->come.public_key, come->public_key, KEY_LEN);
		memcpy(swap->come.preshared_key, come->preshared_key, KEY_LEN);
		/* The host with the new keys may be elsewhere; a fixed endpoint stays. */
		if (!come->endpoint_given)
			swap->come.bits &= ~PEER_HAS_ENDPOINT;
		swap->has_come = true;
	}
	if (swap->gone)
		error = change_link(name, swap->gone, swap->has_come ? &swap->come : NULL);
	if (!error)
		return true;
	fprintf(stderr, "%s: cannot change %s: %s\n", prog_name, name, strerror(-error));
	hint(error, name);
	peer_swap_end(swap);
	return false;
}

void peer_swap_undo(struct peer_swap *swap)
{
	int error = swap->gone ? change_link(swap->name, swap->has_come ? &swap->come : NULL,
					     swap->gone) : 0;

	if (error)
		fprintf(stderr, "%s: cannot set the peer of %s back: %s\n", prog_name, swap->name,
			strerror(-error));
}

void peer_swap_end(struct peer_swap *swap)
{
	explicit_bzero(&swap->come, sizeof(swap->come));
	if (swap->has_now)
		device_destroy(&swap->now);
	memset(swap, 0, sizeof(*swap));
}

bool peer_save_name(const char *name, const uint8_t *key, const char *peer_name)
{
	struct device now;
	struct peer *peer;
	bool ok = true;

	if (nl_get_device(name, &now))
		return true;
	state_names(&now);
	peer = key ? find_on_link(&now, key) : NULL;
	if (peer)
		snprintf(peer->name, sizeof(peer->name), "%s", peer_name);
	/* A link without a file of names has no peer to forget. */
	if (peer || state_index(name))
		ok = state_save(&now);
	device_destroy(&now);
	return ok;
}

/* False: the name cannot be used, which was printed. */
static bool is_usable(const struct book *book, const struct book_entry *entry, const char *name)
{
	struct peer parsed = { 0 };
	char raw[256];
	size_t i;

	snprintf(raw, sizeof(raw), "Name=%s", name);
	if (strlen(name) + sizeof("Name=") > sizeof(raw) || strchr(name, '#') ||
	    !quick_name(&parsed, raw, stderr) || strcmp(parsed.name, name)) {
		fprintf(stderr, "%s: `%s' is no name: it has up to %zu bytes, no #, and no blank at its ends\n",
			prog_name, name, sizeof(parsed.name) - 1);
		return false;
	}
	for (i = 0; i < book->n; i++) {
		if (&book->entries[i] == entry || strcmp(book_name(&book->entries[i]), name))
			continue;
		fprintf(stderr, "%s: %s has a peer called `%s' already\n", prog_name, book->name,
			name);
		return false;
	}
	return true;
}

static bool rename_peer(const struct book *book, const struct book_entry *entry,
			const char *name)
{
	struct peer_edit edit = { .name = name };
	struct peer_file file;
	bool ok;

	if (!entry->file)
		return peer_save_name(book->name, book_key(entry), name);
	edit.line = entry->file->line;
	if (!peer_file_edit(&file, book->path, &edit, &book->file, entry->file))
		return false;
	ok = peer_file_prepare(&file, false) && peer_file_commit(&file, true);
	if (ok && entry->link && !peer_save_name(book->name, book_key(entry), name)) {
		if (peer_file_prepare(&file, true))
			peer_file_commit(&file, true);
		ok = false;
	}
	peer_file_forget(&file);
	return ok;
}

/* Prints the change. @name: the name that the peer has now, or had if it was removed. */
static void json_change(const struct book *book, const struct book_entry *entry,
			const char *name, const size_t *forwards)
{
	char key[KEY_TEXT_LEN];

	key_to_text(key, book_key(entry));
	json_open(NULL, '{');
	json_string("interface", book->name);
	json_string("change", forwards ? "removed" : "renamed");
	json_string("public_key", key);
	if (*name)
		json_string("name", name);
	if (entry->file)
		json_string("file", book->path);
	json_bool("running", book->has_link);
	json_bool("on_interface", entry->link);
	if (forwards)
		json_number("forwards_removed", *forwards);
	json_close('}');
}

int peer_rename(const char *given, const char *word, const char *name, bool json)
{
	const struct book_entry *entry;
	char label[PEER_LABEL_LEN];
	struct book book;
	bool ok;
	int lock = peer_open(&book, given, word, &entry);

	if (lock < 0)
		return 1;
	ok = is_usable(&book, entry, name) && rename_peer(&book, entry, name);
	if (ok && json)
		json_change(&book, entry, name, NULL);
	else if (ok)
		printf("%s: peer %s is called %s now\n", book.name, book_label(label, entry), name);
	book_close(&book);
	close(lock);
	return ok ? 0 : 1;
}

/*
 * Changes the link first: a peer is easier to set back there than in a file. Forwards that
 * are for this peer only go with it; *@forwards gets how many the link had.
 */
static bool remove_peer(const struct book *book, const struct book_entry *entry,
			size_t *forwards)
{
	struct peer_edit edit = { .remove = true, .old_key = book_key(entry) };
	struct peer_swap swap = { NULL };
	struct peer_file file = { NULL };
	struct device gone;
	bool ok = true;

	device_init(&gone, book->name);
	if (entry->file) {
		edit.line = entry->file->line;
		if (!peer_file_edit(&file, book->path, &edit, &book->file, entry->file))
			return false;
		ok = peer_file_prepare(&file, false);
	}
	if (ok && entry->link)
		ok = peer_swap(&swap, book->name, book_key(entry), NULL);
	if (ok && book->has_link)
		peer_forwards_take(&gone, book->name, book_key(entry));
	if (entry->file && !peer_file_commit(&file, ok) && ok) {
		peer_swap_undo(&swap);
		peer_forwards_give(&gone, book_key(entry));
		ok = false;
	}
	if (ok && entry->link)
		peer_save_name(book->name, NULL, "");
	*forwards = gone.n_forwards;
	device_destroy(&gone);
	peer_swap_end(&swap);
	peer_file_forget(&file);
	return ok;
}

static void print_removed(const struct book *book, const struct book_entry *entry,
			  size_t forwards)
{
	char label[PEER_LABEL_LEN];

	printf("%s: peer %s was removed from %s%s%s\n", book->name, book_label(label, entry),
	       entry->link ? "the running interface" : "",
	       entry->link && entry->file ? " and " : "", entry->file ? book->path : "");
	if (forwards)
		printf("%s: %zu forward%s for this peer only went with it\n", book->name,
		       forwards, forwards == 1 ? "" : "s");
	if (!book->has_link)
		printf("%s is not running\n", book->name);
}

int peer_remove(const char *given, const char *word, bool json)
{
	const struct book_entry *entry;
	struct book book;
	size_t forwards;
	bool ok;
	int lock = peer_open(&book, given, word, &entry);

	if (lock < 0)
		return 1;
	ok = remove_peer(&book, entry, &forwards);
	if (ok && json)
		json_change(&book, entry, book_name(entry), &forwards);
	else if (ok)
		print_removed(&book, entry, forwards);
	book_close(&book);
	close(lock);
	return ok ? 0 : 1;
}
