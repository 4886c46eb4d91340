/* SPDX-License-Identifier: GPL-2.0 */
/* Finds the network namespaces in which links of the stock driver were made. */

#ifndef NAAWG_BIRTH_H
#define NAAWG_BIRTH_H

#include "saved/saved.h"

/*
 * The UDP socket of a link stays in the namespace in which the link was made, and the stock
 * driver does not report which one that is. So this looks for the socket, and adds what it
 * finds to @saved. False: it was said why not, and the link must not be made again.
 */
bool birth_save(struct saved *saved);

/* The identifier of that namespace in the one of the link; -1: the link was made there. */
int32_t birth_of(const struct saved *saved, size_t link);

#endif
