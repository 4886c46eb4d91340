// SPDX-License-Identifier: GPL-2.0
/* Parses the arguments of `set'. */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf_args.h"
#include "lib/keys.h"
#include "lib/text.h"

/* White space in a list of prefixes is ignored, as wg does. */
static bool args_allowed_ips(struct value_ctx *ctx, struct peer *peer, const char *text)
{
	char *copy = malloc(strlen(text) + 1);
	size_t n = 0;
	bool ok;

	if (!copy) {
		fprintf(ctx->err, "strdup: %s\n", strerror(errno));
		return false;
	}
	for (; *text; text++)
		if (!isspace((unsigned char)*text))
			copy[n++] = *text;
	copy[n] = '\0';
	ok = value_allowed_ips(ctx, peer, copy);
	free(copy);
	return ok;
}

/* The list replaces the present one; an empty list forbids nothing. */
static bool args_forbid(struct value_ctx *ctx, struct device *dev, const char *text)
{
	struct peer list = { 0 };
	struct allowed_ip *to;
	size_t i;
	bool ok;

	ctx->incremental = false;
	ok = args_allowed_ips(ctx, &list, text);
	if (ok && ctx->incremental) {
		fputs("forbid takes the whole list of networks, without + or -\n",
		      ctx->err);
		ok = false;
	}
	dev->bits |= DEVICE_REPLACE_FORBIDDEN;
	dev->n_forbidden = 0;
	for (i = 0; ok && i < list.n_ips; i++) {
		to = device_add_forbidden(dev);
		ok = to;
		if (ok)
			*to = list.ips[i];
	}
	free(list.ips);
	return ok;
}

/* Parses a word before the first `peer'. Returns -1 for an unknown word. */
static int device_words(struct value_ctx *ctx, struct device *dev, const char *word,
			const char *value)
{
	if (!strcmp(word, "listen-port")) {
		dev->bits |= DEVICE_HAS_LISTEN_PORT;
		return value_port(ctx, &dev->listen_port, value);
	}
	if (!strcmp(word, "fwmark")) {
		dev->bits |= DEVICE_HAS_FWMARK;
		return value_fwmark(ctx, &dev->fwmark, value);
	}
	if (dev->bits & DEVICE_TAKES_FORWARDS && !strcmp(word, "answer-unreachable")) {
		dev->bits |= DEVICE_HAS_ANSWER;
		return value_switch(ctx, &dev->answer_unreachable, value);
	}
	if (!strcmp(word, "private-key")) {
		dev->bits |= DEVICE_HAS_PRIVATE_KEY;
		return key_from_file(dev->private_key, value, ctx->err);
	}
	if (!strcmp(word, "forbid"))
		return args_forbid(ctx, dev, value);
	return -1;
}

/* Parses a word behind a `peer'. Returns -1 for an unknown word. */
static int peer_words(struct value_ctx *ctx, struct peer *peer, const char *word,
		      const char *value)
{
	if (!strcmp(word, "endpoint")) {
		peer->bits |= PEER_HAS_ENDPOINT;
		return value_endpoint(ctx, &peer->endpoint, value);
	}
	if (!strcmp(word, "allowed-ips")) {
		peer->bits |= PEER_REPLACE_IPS;
		return args_allowed_ips(ctx, peer, value);
	}
	if (!strcmp(word, "persistent-keepalive")) {
		peer->bits |= PEER_HAS_KEEPALIVE;
		return value_keepalive(ctx, &peer->keepalive, value);
	}
	if (!strcmp(word, "preshared-key")) {
		peer->bits |= PEER_HAS_PRESHARED_KEY;
		return key_from_file(peer->preshared_key, value, ctx->err);
	}
	return -1;
}

static bool args_peer(struct value_ctx *ctx, struct device *dev, const char *key)
{
	struct peer *peer = device_add_peer(dev);

	if (!peer) {
		fprintf(ctx->err, "calloc: %s\n", strerror(ENOMEM));
		return false;
	}
	peer->bits = PEER_HAS_PUBLIC_KEY;
	ctx->incremental = false;
	return value_key(ctx, peer->public_key, key, false);
}

bool conf_parse_args(struct device *dev, int argc, char **argv,
		     const struct resolver *resolver, FILE *err)
{
	struct value_ctx ctx = { .resolver = resolver, .err = err };
	struct peer *peer = NULL;
	int i = 0, known;

	while (i < argc) {
		if (peer && !strcmp(argv[i], "remove")) {
			peer->bits |= PEER_REMOVE;
			i++;
			continue;
		}
		known = -1;
		if (i + 1 == argc)
			;	/* Every other word needs a value. */
		else if (!strcmp(argv[i], "peer"))
			known = args_peer(&ctx, dev, argv[i + 1]);
		else if (peer)
			known = peer_words(&ctx, peer, argv[i], argv[i + 1]);
		else
			known = device_words(&ctx, dev, argv[i], argv[i + 1]);
		if (known < 0)
			fprintf(err, "Invalid argument: %s\n", text_shown(argv[i]));
		if (known <= 0)
			return false;
		if (dev->n_peers) {
			peer = &dev->peers[dev->n_peers - 1];
			/* A single sign makes the whole list a change of the present one. */
			if (ctx.incremental)
				peer->bits &= ~PEER_REPLACE_IPS;
		}
		i += 2;
	}
	return true;
}
