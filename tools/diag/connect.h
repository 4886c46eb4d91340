/* SPDX-License-Identifier: GPL-2.0 */
/* Tries whether a service can be reached. */

#ifndef NAAWG_CONNECT_H
#define NAAWG_CONNECT_H

#include "lib/model.h"

/* Opens a TCP connection and closes it. Returns 0 or a negative errno; -ETIMEDOUT after @ms. */
int connect_try(const union endpoint *to, int ms);

/* Asks a name server a question. Returns 0 if it answered, or a negative errno as above. */
int connect_ask_name_server(const union endpoint *to, int ms);

#endif
