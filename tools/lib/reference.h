/* SPDX-License-Identifier: GPL-2.0 */
/* Meanings of reasons, counters, module parameters and trace points, and what to do. */

#ifndef NAAWG_REFERENCE_H
#define NAAWG_REFERENCE_H

#include <stddef.h>

enum reference_kind {
	REFERENCE_DROP,
	REFERENCE_HANDSHAKE,
	REFERENCE_COUNTER,
	REFERENCE_PARAMETER,
	REFERENCE_TRACE,
	REFERENCE_KINDS
};

/* No text is longer, its end included. */
#define REFERENCE_TEXT_LEN	512

/*
 * Texts are sentences. Commands and names in them stand between backquotes. @values
 * is NULL, but for a parameter.
 */
struct reference {
	enum reference_kind kind;
	const char *name;
	const char *values;
	const char *meaning;
	const char *action;
};

/* All of them, those of a kind one after the other. */
const struct reference *reference_all(size_t *n);

/* "drop reason", "handshake reason", "counter", "module parameter", "trace point" */
const char *reference_kind_name(enum reference_kind kind);

/* NULL if there is none of this name. */
const struct reference *reference_find(const char *name);

/* Finds up to @max names that are like @name, the best first; returns how many. */
size_t reference_near(const char *name, const struct reference **near, size_t max);

/* @text with quotation marks instead of backquotes. */
const char *reference_plain(char plain[static REFERENCE_TEXT_LEN], const char *text);

/* Prints everything about one, or a line for each of a kind, under @title. */
void reference_print(const struct reference *r);
void reference_print_kind(enum reference_kind kind, const char *title);

#endif
