/* SPDX-License-Identifier: GPL-2.0 */
/* The state of the other host, as `naawg show --json' prints it. */

#ifndef NAAWG_PAIR_H
#define NAAWG_PAIR_H

#include "diag/facts.h"
#include "lib/json_read.h"

/* Returns NULL if the file cannot be used, which was printed. */
struct json_value *pair_read(const char *path);

/* Compares; @only: the interface was named, so the file is about its peer. */
void diag_pair(struct facts *facts, const struct json_value *pair, bool only);

#endif
