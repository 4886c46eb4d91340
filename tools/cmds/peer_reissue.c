// SPDX-License-Identifier: GPL-2.0
/* peer reissue: makes new keys for a peer, and prints the file for its host. */

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmds/client_file.h"
#include "cmds/client_peer.h"
#include "cmds/peer.h"
#include "cmds/peer_change.h"
#include "cmds/peer_file.h"
#include "cmds/peer_forwards.h"
#include "lib/keys.h"
#include "lib/prog.h"

/* Takes the addresses of the client from the allowed IPs of its peer. */
static bool known_addresses(const struct apply *apply, const struct peer *peer,
			    struct client *client)
{
	const struct prefixes *nets = &apply->quick.addresses;
	struct allowed_ip *to;
	size_t i, k;

	for (i = 0; i < peer->n_ips; i++) {
		/* A network is behind the host of the client. */
		if (peer->ips[i].prefix_len != prefix_max(&peer->ips[i]))
			continue;
		to = prefixes_add(&client->own);
		if (!to)
			return false;
		*to = peer->ips[i];
		for (k = 0; k < nets->n; k++)
			if (prefix_contains(&nets->list[k], &peer->ips[i]))
				to->prefix_len = nets->list[k].prefix_len;
	}
	if (!client->own.n)
		fprintf(stderr, "%s: the allowed IPs of %s hold no single address, so give the address of its host with --address\n",
			prog_name, client->name);
	return client->own.n;
}

static bool new_keys(struct peer *peer, struct client *client)
{
	if (!key_random(client->private_key, true))
		return false;
	key_public(peer->public_key, client->private_key);
	memset(peer->preshared_key, 0, KEY_LEN);
	peer->bits &= ~PEER_HAS_PRESHARED_KEY;
	client->created = time(NULL);
	peer->created = client->created;
	if (client->no_psk)
		return true;
	peer->bits |= PEER_HAS_PRESHARED_KEY;
	return key_random(peer->preshared_key, false);
}

/*
 * Forwards from the old key would match no peer any more. Others stay as they are: another
 * program may change them in this moment.
 */
static void move_forwards(const char *name, const uint8_t old[static KEY_LEN],
			  const struct peer *peer)
{
	struct device moved;

	if (peer_forwards_take(&moved, name, old))
		peer_forwards_give(&moved, peer->public_key);
	device_destroy(&moved);
}

static bool change(const struct book *book, const struct book_entry *entry,
		   const struct peer *peer)
{
	struct peer_edit edit = {
		.line = entry->file->line,
		.old_key = book_key(entry),
		.public_key = peer->public_key,
		.preshared_key = peer->bits & PEER_HAS_PRESHARED_KEY ? peer->preshared_key : NULL,
		.created = peer->created,
	};
	struct peer_swap swap = { NULL };
	struct peer_file file;
	bool ok;

	if (!peer_file_edit(&file, book->path, &edit, &book->file, entry->file))
		return false;
	ok = peer_file_prepare(&file, false);
	if (ok && entry->link)
		ok = peer_swap(&swap, book->name, book_key(entry), peer);
	if (!peer_file_commit(&file, ok) && ok) {
		peer_swap_undo(&swap);
		ok = false;
	}
	if (ok && entry->link) {
		move_forwards(book->name, book_key(entry), peer);
		peer_save_name(book->name, peer->public_key, book_name(entry));
	}
	peer_swap_end(&swap);
	peer_file_forget(&file);
	return ok;
}

/* Prints first, as client-config does: a private key that nobody got would be lost. */
static bool make(struct apply *apply, const struct book *book, const struct book_entry *entry,
		 struct client *client)
{
	struct peer *peer = &apply->want.peers[entry->file - book->file.peers];
	char text[CLIENT_TEXT_LEN], label[PEER_LABEL_LEN];
	bool ok;

	client->name = strdup(book_label(label, entry));
	if (!client->name || !(client->addresses ? client_given_addresses(client) :
						    known_addresses(apply, peer, client)) ||
	    !client_reaches_something(apply, client))
		return false;
	if (!new_keys(peer, client)) {
		fprintf(stderr, "%s: cannot make keys: %s\n", prog_name, strerror(errno));
		return false;
	}
	client_snapshot(apply);
	ok = apply_audit(apply) && client_text(text, sizeof(text), apply, client, peer) &&
	     client_print(text, "the peer keeps its keys");
	explicit_bzero(text, sizeof(text));
	if (ok && !change(book, entry, peer)) {
		fprintf(stderr, "%s: %s keeps its keys, so do not use the printed configuration\n",
			prog_name, client->name);
		ok = false;
	}
	return ok;
}

/* False: the file cannot be the one of a server for this client, which was printed. */
static bool is_for_clients(const struct book *book, const struct book_entry *entry,
			   const struct client *client)
{
	const char *why = NULL;

	if (!book->has_file || !entry->file)
		why = "it does not hold this peer";
	else if (key_is_zero(book->file.private_key))
		why = "it has no PrivateKey, so there is no public key for the client";
	else if (!book->file.listen_port && !strrchr(client->endpoint, ':'))
		why = "it has no ListenPort, and --endpoint names no port";
	if (why)
		fprintf(stderr, "%s: %s: %s\n", prog_name, book->path, why);
	return !why;
}

static int run(struct client *client, const char *given, const char *word)
{
	/* check-config prints the warnings, not this command. */
	struct apply apply = { .leave = LEAVE_GIVEN, .audited = true };
	const struct book_entry *entry;
	struct book book;
	int ret = 1, lock = peer_open(&book, given, word, &entry);

	if (lock < 0)
		return 1;
	if (is_for_clients(&book, entry, client) &&
	    conf_file_find(apply.path, apply.name, given) && apply_read(&apply)) {
		/* The lock of this command keeps others from changing the file in between. */
		if (apply.want.n_peers == book.file.n_peers)
			ret = !make(&apply, &book, entry, client);
		apply_destroy(&apply);
	}
	book_close(&book);
	close(lock);
	return ret;
}

int peer_reissue(int argc, char **argv)
{
	struct client client = { 0 };
	const char *given[2];
	int n, ret = 1;

	n = client_words(&client, given, 2, argc - 1, argv + 1);
	/* The peer has its name. */
	if (n == -1 || (n >= 0 && (n != 2 || client.name || !client.endpoint)))
		ret = -1;
	else if (n == 2 && client_has_output())
		ret = run(&client, given[0], given[1]);
	client_forget(&client);
	return ret;
}
