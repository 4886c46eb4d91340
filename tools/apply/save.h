/* SPDX-License-Identifier: GPL-2.0 */
/* What a link is configured as, back into its file. */

#ifndef NAAWG_SAVE_H
#define NAAWG_SAVE_H

#include "apply/apply.h"

/* Writes @apply, after apply_read() and apply_snapshot(). False: it was said why not. */
bool save_conf(const struct apply *apply);

/* Prints the file of @apply without what only naawg-quick reads. */
bool strip_conf(const struct apply *apply);

#endif
