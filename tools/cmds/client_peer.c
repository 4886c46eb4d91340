// SPDX-License-Identifier: GPL-2.0
/* Adds a peer to a server: to its file, and to its link if that is up. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmds/client_peer.h"
#include "lib/age.h"
#include "lib/files.h"
#include "lib/hints.h"
#include "lib/keys.h"
#include "lib/nl.h"
#include "lib/prog.h"
#include "netcfg/state.h"

void client_put_key(FILE *out, const char *name, const uint8_t key[static KEY_LEN])
{
	char text[KEY_TEXT_LEN];

	key_to_text(text, key);
	fprintf(out, "%s = %s\n", name, text);
	explicit_bzero(text, sizeof(text));
}

void client_put_prefixes(FILE *out, const char *name, const struct allowed_ip *list, size_t n)
{
	char text[PREFIX_TEXT_LEN];
	size_t i;

	fprintf(out, "%s = ", name);
	for (i = 0; i < n; i++)
		fprintf(out, "%s%s", i ? ", " : "", prefix_text(text, &list[i]));
	fputc('\n', out);
}

/* Copies the file with its comments, and appends a section [Peer]. */
static bool append(const char *path, const struct peer *peer)
{
	char temp[FILE_TEMP_LEN], buf[BUFSIZ], in_buf[BUFSIZ], text[CREATED_TEXT_LEN];
	FILE *in = fopen(path, "r"), *out = NULL;
	bool ok = false;
	int c;

	if (in)
		out = file_begin(path, temp, 0600);
	if (out) {
		setvbuf(in, in_buf, _IOFBF, sizeof(in_buf));
		setvbuf(out, buf, _IOFBF, sizeof(buf));
		while ((c = getc(in)) != EOF)
			putc(c, out);
		fprintf(out, "\n[Peer]\nName = %s\n# Created = %s\n", peer->name,
			created_text(text, peer->created));
		client_put_key(out, "PublicKey", peer->public_key);
		if (peer->bits & PEER_HAS_PRESHARED_KEY)
			client_put_key(out, "PresharedKey", peer->preshared_key);
		client_put_prefixes(out, "AllowedIPs", peer->ips, peer->n_ips);
		ok = file_commit(out, temp, !ferror(in) && !ferror(out));
		explicit_bzero(buf, sizeof(buf));
	}
	if (!ok)
		fprintf(stderr, "%s: cannot write %s, which is unchanged: %s\n", prog_name, path,
			strerror(errno));
	if (in)
		fclose(in);
	explicit_bzero(in_buf, sizeof(in_buf));
	return ok;
}

/* Adds or removes one peer of the link. */
static int set_peer(const struct apply *apply, const struct peer *peer, bool remove)
{
	struct device change;
	struct peer *added;
	unsigned int parts;
	int error = -ENOMEM;

	device_init(&change, apply->name);
	added = device_add_peer(&change);
	if (added && !remove) {
		*added = *peer;
	} else if (added) {
		added->bits = PEER_HAS_PUBLIC_KEY | PEER_REMOVE;
		memcpy(added->public_key, peer->public_key, KEY_LEN);
	}
	if (added)
		error = nl_set_device(&change, &parts);
	/* @peer still owns the prefixes. */
	if (added)
		explicit_bzero(added, sizeof(*added));
	device_destroy(&change);
	return error;
}

void client_snapshot(struct apply *apply)
{
	bool there = !nl_get_device(apply->name, &apply->now);

	if (there)
		apply->index = if_nametoindex(apply->name);
	apply->elsewhere = !there && strncmp(apply->path, CONF_DIR "/", sizeof(CONF_DIR));
}

/* A missing interface gets the peer from the file when it comes up. */
static bool is_there(const struct apply *apply)
{
	struct device now;

	if (nl_get_device(apply->name, &now))
		return false;
	device_destroy(&now);
	return true;
}

/* Saves the name of the new peer only: other edits of the file were not applied. */
static void remember(const struct apply *apply, const struct peer *peer)
{
	struct device now;
	size_t i;

	if (nl_get_device(apply->name, &now))
		return;
	state_names(&now);
	for (i = 0; i < now.n_peers; i++)
		if (!memcmp(now.peers[i].public_key, peer->public_key, KEY_LEN))
			strcpy(now.peers[i].name, peer->name);
	state_save(&now);
	device_destroy(&now);
}

/* Change the link first: a peer is easier to remove there than from a file. */
bool client_add(const struct apply *apply, const struct peer *peer)
{
	bool up = is_there(apply);
	int error = up ? set_peer(apply, peer, false) : 0;

	if (error) {
		fprintf(stderr, "%s: cannot add the peer to %s: %s\n", prog_name, apply->name,
			strerror(-error));
		hint(error, apply->name);
		return false;
	}
	if (append(apply->path, peer)) {
		if (up)
			remember(apply, peer);
		return true;
	}
	error = up ? set_peer(apply, peer, true) : 0;
	if (error)
		fprintf(stderr, "%s: cannot remove the peer from %s again: %s\n",
			prog_name, apply->name, strerror(-error));
	return false;
}
