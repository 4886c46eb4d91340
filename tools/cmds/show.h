/* SPDX-License-Identifier: GPL-2.0 */
/* A device on standard output, in every form wg knows and as JSON. */

#ifndef NAAWG_SHOW_H
#define NAAWG_SHOW_H

#include "lib/model.h"

/* For people. */
void show_pretty(const struct device *dev);

/*
 * For scripts: the one thing @what names. @prefix puts the device's name
 * before it. False: there is no such thing.
 */
bool show_field(const struct device *dev, const char *what, bool prefix);

/* As a configuration file. */
void show_conf(const struct device *dev);

/* A "forwards" member of the open object. */
void show_json_forwards(const struct device *dev);

/* One of them; @name is NULL for a member of an array. */
void show_json_forward(const char *name, const struct forward *forward);

/* Its counters, as a comment on what forward_text() gives. */
void show_forward_counters(const struct forward *forward);

/* As a member of a JSON array; never a private or preshared key. */
void show_json(const struct device *dev);

#endif
