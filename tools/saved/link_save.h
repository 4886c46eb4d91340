/* SPDX-License-Identifier: GPL-2.0 */
/* Saves the links of a network namespace. */

#ifndef NAAWG_LINK_SAVE_H
#define NAAWG_LINK_SAVE_H

#include "saved/saved.h"

/*
 * Reads the links of this network namespace, what they have, and all routes and rules: all
 * links that naawg serves, or with @wireguard those of kind `wireguard', which the stock
 * driver may serve. False: it was said why not. saved_destroy() is needed in any case.
 */
bool link_save(struct saved *saved, bool wireguard);

#endif
