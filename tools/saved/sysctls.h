/* SPDX-License-Identifier: GPL-2.0 */
/* The sysctls of saved links. */

#ifndef NAAWG_SYSCTLS_H
#define NAAWG_SYSCTLS_H

#include "saved/saved.h"

/* Adds those of a link that differ from a new link's. 0 or a negative errno. */
int sysctls_save(struct saved *saved, size_t link);

/* Sets them again. Says on standard error which could not be set. */
void sysctls_restore(const struct saved *saved, size_t link);

#endif
