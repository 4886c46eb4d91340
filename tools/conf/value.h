/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parses single values: a port, a key, an endpoint, a list of prefixes.
 *
 * These functions open no file and ask no name server. The caller passes a resolver, so
 * that tests and fuzzers run the same code.
 */

#ifndef NAAWG_VALUE_H
#define NAAWG_VALUE_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/model.h"

struct resolver {
	bool (*port)(uint16_t *port, const char *text, FILE *err);
	/* @whole is the text with @host and @service, for messages */
	bool (*endpoint)(union endpoint *to, const char *host, const char *service,
			 const char *whole, FILE *err);
};

struct value_ctx {
	const struct resolver *resolver;
	FILE *err;		/* gets messages about errors */
	size_t at;		/* after a failure: offset of the error in the text */
	bool incremental;	/* a prefix carried a sign */
};

bool value_port(struct value_ctx *ctx, uint16_t *port, const char *text);
bool value_fwmark(struct value_ctx *ctx, uint32_t *mark, const char *text);
bool value_keepalive(struct value_ctx *ctx, uint16_t *seconds, const char *text);
bool value_switch(struct value_ctx *ctx, bool *on, const char *text);
bool value_endpoint(struct value_ctx *ctx, union endpoint *to, const char *text);

/* With @secret, no message shows the text. */
bool value_key(struct value_ctx *ctx, uint8_t key[static KEY_LEN], const char *text,
	       bool secret);

/*
 * Adds a comma-separated list of prefixes to @peer. A "+" or "-" in front of a prefix adds
 * or removes it, instead of replacing the present list, and sets ctx->incremental.
 */
bool value_allowed_ips(struct value_ctx *ctx, struct peer *peer, const char *text);

#endif
