// SPDX-License-Identifier: GPL-2.0
/* Prints ages, sizes, rates and states in words, for the status page. */

#include <inttypes.h>
#include <string.h>

#include "lib/reference.h"
#include "metrics/escape.h"
#include "metrics/words.h"

void words_age(FILE *out, uint64_t seconds)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = {
		{ 24 * 60 * 60, "day" }, { 60 * 60, "hour" }, { 60, "minute" }, { 1, "second" },
	};
	uint64_t n;
	size_t i;

	for (i = 0; i < 3 && seconds < units[i].seconds; i++)
		;
	n = seconds / units[i].seconds;
	fprintf(out, "%" PRIu64 " %s%s", n, units[i].name, n == 1 ? "" : "s");
}

void words_bytes(FILE *out, uint64_t bytes)
{
	static const char * const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB" };
	double n = bytes / 1024.0;
	size_t i = 0;

	if (bytes < 1024) {
		fprintf(out, "%" PRIu64 " B", bytes);
		return;
	}
	while (i < 4 && n >= 1000) {
		n /= 1024;
		i++;
	}
	fprintf(out, n < 10 ? "%.2f %s" : n < 100 ? "%.1f %s" : "%.0f %s", n, units[i]);
}

const struct peer_state *words_state(const struct peer *peer)
{
	static const struct peer_state connected = { "good", "connected", NULL };
	static const struct peer_state silent = {
		"bad", "does not answer", "It left two handshake initiations unanswered."
	};
	static const struct peer_state never = {
		"bad", "never connected", "There was no handshake since the interface was made."
	};
	static const struct peer_state idle = {
		"idle", "idle", "There is no session. The next packet starts a handshake."
	};

	if (peer->bits & PEER_CONNECTED)
		return &connected;
	if (peer->bits & PEER_UNREACHABLE)
		return &silent;
	return peer->last_handshake ? &idle : &never;
}

/* Prints @text with <code> for backquotes. */
static void put_text(FILE *out, const char *text, size_t len)
{
	char part[REFERENCE_TEXT_LEN];
	bool code = false;
	size_t n;

	while (len) {
		n = strcspn(text, "`");
		if (n > len)
			n = len;
		snprintf(part, sizeof(part), "%.*s", (int)n, text);
		escape_html(out, part);
		if (n == len)
			break;
		code = !code;
		fputs(code ? "<code>" : "</code>", out);
		text += n + 1;
		len -= n + 1;
	}
}

void words_reason(FILE *out, const char *name)
{
	const struct reference *r = reference_find(name);
	const char *end = r ? strstr(r->meaning, ". ") : NULL;

	if (r)
		put_text(out, r->meaning, end ? (size_t)(end - r->meaning) + 1 :
			 strlen(r->meaning));
}

void words_advice(FILE *out, const char *name)
{
	const struct reference *r = reference_find(name);

	if (!r)
		return;
	put_text(out, r->meaning, strlen(r->meaning));
	fputs(" <b>What to do:</b> ", out);
	put_text(out, r->action, strlen(r->action));
}
