/* SPDX-License-Identifier: GPL-2.0 */
/* Prints a device in every form that wg has, and as JSON. */

#ifndef NAAWG_SHOW_H
#define NAAWG_SHOW_H

#include <stdio.h>

#include "lib/model.h"

/* For people. */
void show_pretty(const struct device *dev);

/*
 * For scripts: prints the field @what, with @prefix after the name of the device. False:
 * there is no such field.
 */
bool show_field(const struct device *dev, const char *what, bool prefix);

/* As a configuration file. */
void show_conf(const struct device *dev);

/* Prints the member "forwards" of the open JSON object. */
void show_json_forwards(const struct device *dev);

/* Prints one forward as JSON; @name is NULL in an array. */
void show_json_forward(const char *name, const struct forward *forward);

/* Prints the counters as a comment behind forward_text(). */
void show_forward_counters(FILE *out, const struct forward *forward);
/* Prints "last used 3 hours ago" or "never used". */
void show_forward_use(FILE *out, const struct forward *forward);

/* Prints a host that called and is no peer; @name is NULL in an array. */
void show_json_caller(const char *name, const struct caller *caller);

/* The same for people: the key that it claims, and its address. */
void show_caller(FILE *out, const struct caller *caller);

/* Prints round-trip time, losses and times of messages of a peer, as far as known. */
void show_path(const struct peer *peer);

/* Prints the same as members of the open JSON object. */
void show_json_path(const struct peer *peer);

/* Prints a member of a JSON array, without private and preshared keys. */
void show_json(const struct device *dev);

#endif
