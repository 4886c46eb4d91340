// SPDX-License-Identifier: GPL-2.0
/* Writes the present configuration of a link into its file. */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "apply/endpoint.h"
#include "apply/save.h"
#include "lib/age.h"
#include "lib/files.h"
#include "lib/format.h"
#include "lib/forward.h"
#include "lib/keys.h"
#include "lib/peer_index.h"
#include "lib/prog.h"
#include "lib/text.h"
#include "netcfg/netcfg.h"

static void put_key(FILE *out, const char *name, const uint8_t key[static KEY_LEN])
{
	char text[KEY_TEXT_LEN];

	if (key_is_zero(key))
		return;
	key_to_text(text, key);
	fprintf(out, "%s = %s\n", name, text);
	explicit_bzero(text, sizeof(text));
}

static void put_created(FILE *out, uint64_t created)
{
	char text[CREATED_TEXT_LEN];

	if (created)
		fprintf(out, "# Created = %s\n", created_text(text, created));
}

static bool put_addresses(FILE *out, const struct apply *apply)
{
	struct rt_list all = { 0 };
	char text[PREFIX_TEXT_LEN];
	bool ok = !rt_dump(&all, RT_ADDRESS);
	size_t i;

	for (i = 0; ok && i < all.n; i++) {
		if (all.items[i].index != apply->index ||
		    (all.items[i].proto != RT_OURS && all.items[i].net.family == AF_INET6 &&
		     IN6_IS_ADDR_LINKLOCAL(&all.items[i].net.ip6)))
			continue;
		fprintf(out, "Address = %s\n", prefix_text(text, &all.items[i].net));
	}
	rt_list_destroy(&all);
	return ok;
}

static void put_words(FILE *out, const char *name, const struct words *words)
{
	size_t i;

	for (i = 0; i < words->n; i++)
		fprintf(out, "%s = %s\n", name, words->list[i]);
}

static bool says_mark(const struct apply *apply)
{
	return apply->want.bits & DEVICE_HAS_FWMARK && apply->want.fwmark;
}

/* ForwardInterface would also apply to a forward that has no interface now. */
static bool all_say_egress(const struct device *dev)
{
	size_t i;

	for (i = 0; i < dev->n_forwards; i++)
		if (dev->forwards[i].address.family && !dev->forwards[i].egress[0])
			return false;
	return true;
}

static bool put_interface(FILE *out, const struct apply *apply)
{
	const struct quick *quick = &apply->quick;
	char text[FORWARD_TEXT_LEN];
	size_t i;

	fputs("[Interface]\n", out);
	/* Another private key than that of the file is of another time. */
	if (!memcmp(apply->now.private_key, apply->want.private_key, KEY_LEN))
		put_created(out, quick->created);
	put_key(out, "PrivateKey", apply->now.private_key);
	if (!put_addresses(out, apply))
		return false;
	if (apply->now.listen_port)
		fprintf(out, "ListenPort = %u\n", apply->now.listen_port);
	/* A fwmark chosen for a default route is chosen again by the next up. */
	if (apply->now.fwmark && (says_mark(apply) || !netcfg_needs_fwmark(&apply->now, quick)))
		fprintf(out, "FwMark = 0x%x\n", apply->now.fwmark);
	if (apply->now.answer_unreachable)
		fputs("AnswerUnreachable = yes\n", out);
	put_words(out, "DNS", &quick->dns);
	put_words(out, "DNS", &quick->search);
	if (quick->mtu)
		fprintf(out, "MTU = %u\n", quick->mtu);
	if (quick->table_kind == TABLE_OFF)
		fputs("Table = off\n", out);
	else if (quick->table_kind == TABLE_GIVEN)
		fprintf(out, "Table = %u\n", quick->table);
	for (i = 0; i < N_HOOKS; i++)
		put_words(out, hook_names[i], &quick->hooks[i]);
	if (quick->save)
		fputs("SaveConfig = true\n", out);
	if (quick->kill)
		fputs("Kill = yes\n", out);
	if (quick->forward_interface[0] && all_say_egress(&apply->now))
		fprintf(out, "ForwardInterface = %s\n", quick->forward_interface);
	for (i = 0; i < apply->now.n_forwards; i++)
		fprintf(out, "Forward = %s\n", forward_text(text, &apply->now.forwards[i]));
	return true;
}

static void put_peer(FILE *out, const struct peer *peer)
{
	char text[ENDPOINT_TEXT_LEN], prefix[PREFIX_TEXT_LEN];
	size_t i;

	fputs("\n[Peer]\n", out);
	if (peer->name[0])
		fprintf(out, "Name = %s\n", peer->name);
	if (peer->may_be_all)
		fputs("# AllowWildcard = yes\n", out);
	put_created(out, peer->created);
	put_key(out, "PublicKey", peer->public_key);
	put_key(out, "PresharedKey", peer->preshared_key);
	for (i = 0; i < peer->n_ips; i++)
		fprintf(out, "%s%s", i ? ", " : "AllowedIPs = ",
			prefix_text(prefix, &peer->ips[i]));
	if (peer->n_ips)
		fputc('\n', out);
	/* Keep a name: its address may change. */
	if (peer->endpoint_given && endpoint_is_name(peer->endpoint_given))
		fprintf(out, "Endpoint = %s\n", peer->endpoint_given);
	else if (peer->bits & PEER_HAS_ENDPOINT)
		fprintf(out, "Endpoint = %s\n", endpoint_text(text, &peer->endpoint));
	if (peer->keepalive)
		fprintf(out, "PersistentKeepalive = %u\n", peer->keepalive);
}

/* Takes names, endpoints and times of peers from the present file. */
static void recall(struct device *now, const struct device *file)
{
	const struct peer *peer;
	struct peer_index index;
	size_t i;

	if (!peer_index_init(&index, file))
		return;
	for (i = 0; i < now->n_peers; i++) {
		peer = peer_index_find(&index, &now->peers[i]);
		if (!peer)
			continue;
		if (!now->peers[i].name[0])
			strcpy(now->peers[i].name, peer->name);
		now->peers[i].may_be_all = peer->may_be_all;
		if (!memcmp(now->peers[i].preshared_key, peer->preshared_key, KEY_LEN))
			now->peers[i].created = peer->created;
		if (!now->peers[i].endpoint_given && peer->endpoint_given)
			now->peers[i].endpoint_given = strdup(peer->endpoint_given);
	}
	peer_index_destroy(&index);
}

bool save_conf(const struct apply *apply)
{
	char temp[FILE_TEMP_LEN], buf[BUFSIZ];
	struct device *now = (struct device *)&apply->now;
	bool ok;
	FILE *out;
	size_t i;

	recall(now, &apply->want);
	out = file_begin(apply->path, temp, 0600);
	ok = out;
	if (out) {
		setvbuf(out, buf, _IOFBF, sizeof(buf));
		ok = put_interface(out, apply);
		for (i = 0; i < now->n_peers; i++)
			put_peer(out, &now->peers[i]);
		ok = file_commit(out, temp, ok && !ferror(out));
		explicit_bzero(buf, sizeof(buf));
	}
	if (!ok)
		fprintf(stderr, "%s: cannot save %s, which is unchanged: %s\n", prog_name,
			apply->path, strerror(errno));
	return ok;
}

static bool is_key(const char *line, const char *key)
{
	size_t len = strlen(key);

	while (isspace((unsigned char)*line))
		line++;
	return !strncasecmp(line, key, len) && line[len + strspn(line + len, " \t")] == '=';
}

static void strip(FILE *in, const struct device *dev)
{
	char line[4096], text[FORWARD_TEXT_LEN];
	bool begins = true, keep = true, done = false;
	size_t i;

	text_skip_bom(in);
	/* A long line is read in several pieces; the first one decides. */
	while (fgets(line, sizeof(line), in)) {
		if (begins)
			keep = !quick_key(line);
		/* Print forwards as they were read, with ForwardInterface filled in. */
		for (i = 0; begins && !done && is_key(line, "Forward") && i < dev->n_forwards; i++)
			printf("Forward = %s\n", forward_text(text, &dev->forwards[i]));
		done |= begins && is_key(line, "Forward");
		if (keep)
			fputs(line, stdout);
		begins = strchr(line, '\n');
	}
	explicit_bzero(line, sizeof(line));
}

bool strip_conf(const struct apply *apply)
{
	char in_buf[BUFSIZ];
	FILE *in = fopen(apply->path, "r");
	bool ok;

	if (!in) {
		fprintf(stderr, "%s: %s: %s\n", prog_name, apply->path, strerror(errno));
		return false;
	}
	/* A buffer of our own can be wiped; keys pass through it. */
	setvbuf(in, in_buf, _IOFBF, sizeof(in_buf));
	strip(in, &apply->want);
	ok = !ferror(in) && !fflush(stdout) && !ferror(stdout);
	if (!ok)
		fprintf(stderr, "%s: cannot print %s: %s\n", prog_name, apply->path,
			strerror(errno));
	fclose(in);
	explicit_bzero(in_buf, sizeof(in_buf));
	return ok;
}
