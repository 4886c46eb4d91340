/* SPDX-License-Identifier: GPL-2.0 */
/* The neighbour table: hosts that do not answer on their link. */

#ifndef NAAWG_NEIGHBOURS_H
#define NAAWG_NEIGHBOURS_H

#include "lib/model.h"

/* Whether the kernel asked for the host @to on a link and got no answer. */
bool neighbour_is_silent(const union endpoint *to);

#endif
