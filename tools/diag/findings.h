/* SPDX-License-Identifier: GPL-2.0 */
/* The findings of a diagnosis: what is wrong, and the command that mends it. */

#ifndef NAAWG_FINDINGS_H
#define NAAWG_FINDINGS_H

#include "lib/model.h"

#define FINDING_KEYS	4

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_INFO };

struct finding {
	const char *id;			/* stable, see finding_ids */
	unsigned int rank;		/* the place in finding_ids: likely causes first */
	size_t order;			/* when it was found */
	enum severity severity;
	char *text;			/* one sentence */
	char *command;			/* mends it; NULL: no command does */
	char *file;			/* without the same change there, it does not last */
	bool has_peer;
	uint8_t peer[KEY_LEN];
	char peer_name[64];
	uint8_t keys[FINDING_KEYS][KEY_LEN];	/* public keys that the sentence is about */
	size_t n_keys;
};

struct findings {
	struct finding *list;
	size_t n, room;
	const char **unseen;		/* things that need root */
	size_t n_unseen;
};

struct finding_id {
	const char *id;
	const char *text;
};

/* All names of findings, likely causes first. The last one has no id. */
extern const struct finding_id finding_ids[];

/* @peer may be NULL. The result is valid until the next call. */
struct finding *finding_add(struct findings *to, const char *id, enum severity severity,
			    const struct peer *peer);
__attribute__((format(printf, 2, 3)))
void finding_text(struct finding *finding, const char *format, ...);
__attribute__((format(printf, 2, 3)))
void finding_command(struct finding *finding, const char *format, ...);
void finding_file(struct finding *finding, const char *path);
void finding_key(struct finding *finding, const uint8_t key[static KEY_LEN]);

/* Whether an error or a warning about this peer was found. */
bool findings_name_peer(const struct findings *findings, const struct peer *peer);
bool findings_have(const struct findings *findings, const char *id);

/* Notes what could not be looked at. The text is not freed. */
void findings_unseen(struct findings *to, const char *what);

size_t findings_errors(const struct findings *findings);
/* Errors first, then likely causes first. */
void findings_sort(struct findings *findings);
void findings_destroy(struct findings *findings);

#endif
