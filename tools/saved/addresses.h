/* SPDX-License-Identifier: GPL-2.0 */
/* The addresses of saved links. */

#ifndef NAAWG_ADDRESSES_H
#define NAAWG_ADDRESSES_H

#include "saved/saved.h"

/* Adds the addresses of all links of @saved. 0 or a negative errno. */
int addresses_save(struct saved *saved);

/* Gives the link of this number its addresses. False: it was said why. */
bool addresses_restore(const struct saved *saved, size_t link);

#endif
