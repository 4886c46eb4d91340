// SPDX-License-Identifier: GPL-2.0
/* The findings of a diagnosis: what is wrong, and the command that mends it. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag/findings.h"

/* Takes what is found when there is no memory. */
static struct finding spare;

static unsigned int rank_of(const char *id)
{
	unsigned int i;

	for (i = 0; finding_ids[i].id; i++)
		if (!strcmp(finding_ids[i].id, id))
			break;
	return i;
}

static bool make_room(struct findings *to)
{
	size_t room = to->room ? 2 * to->room : 8;
	struct finding *list;

	if (to->n < to->room)
		return true;
	list = realloc(to->list, room * sizeof(*list));
	if (!list)
		return false;
	to->list = list;
	to->room = room;
	return true;
}

struct finding *finding_add(struct findings *to, const char *id, enum severity severity,
			    const struct peer *peer)
{
	struct finding *finding = make_room(to) ? &to->list[to->n] : &spare;

	memset(finding, 0, sizeof(*finding));
	finding->id = id;
	finding->rank = rank_of(id);
	finding->order = to->n;
	finding->severity = severity;
	if (peer) {
		finding->has_peer = true;
		memcpy(finding->peer, peer->public_key, KEY_LEN);
		snprintf(finding->peer_name, sizeof(finding->peer_name), "%s", peer->name);
	}
	if (finding != &spare)
		to->n++;
	return finding;
}

static void set(char **to, const char *format, va_list args)
{
	free(*to);
	if (vasprintf(to, format, args) < 0)
		*to = NULL;
}

void finding_text(struct finding *finding, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set(&finding->text, format, args);
	va_end(args);
}

void finding_command(struct finding *finding, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set(&finding->command, format, args);
	va_end(args);
}

void finding_file(struct finding *finding, const char *path)
{
	free(finding->file);
	finding->file = strdup(path);
}

void finding_key(struct finding *finding, const uint8_t key[static KEY_LEN])
{
	if (finding->n_keys < FINDING_KEYS)
		memcpy(finding->keys[finding->n_keys++], key, KEY_LEN);
}

bool findings_name_peer(const struct findings *findings, const struct peer *peer)
{
	size_t i;

	for (i = 0; i < findings->n; i++)
		if (findings->list[i].has_peer && findings->list[i].severity != SEVERITY_INFO &&
		    !memcmp(findings->list[i].peer, peer->public_key, KEY_LEN))
			return true;
	return false;
}

bool findings_have(const struct findings *findings, const char *id)
{
	size_t i;

	for (i = 0; i < findings->n; i++)
		if (!strcmp(findings->list[i].id, id))
			return true;
	return false;
}

void findings_unseen(struct findings *to, const char *what)
{
	const char **list = realloc(to->unseen, (to->n_unseen + 1) * sizeof(*list));

	if (!list)
		return;
	to->unseen = list;
	to->unseen[to->n_unseen++] = what;
}

size_t findings_errors(const struct findings *findings)
{
	size_t i, n = 0;

	for (i = 0; i < findings->n; i++)
		n += findings->list[i].severity == SEVERITY_ERROR;
	return n;
}

static int compare(const void *a, const void *b)
{
	const struct finding *one = a, *other = b;

	if (one->severity != other->severity)
		return one->severity < other->severity ? -1 : 1;
	if (one->rank != other->rank)
		return one->rank < other->rank ? -1 : 1;
	return one->order < other->order ? -1 : one->order > other->order;
}

void findings_sort(struct findings *findings)
{
	if (findings->n)
		qsort(findings->list, findings->n, sizeof(*findings->list), compare);
}

void findings_destroy(struct findings *findings)
{
	size_t i;

	for (i = 0; i < findings->n; i++) {
		free(findings->list[i].text);
		free(findings->list[i].command);
		free(findings->list[i].file);
	}
	free(findings->list);
	free(findings->unseen);
	memset(findings, 0, sizeof(*findings));
}
