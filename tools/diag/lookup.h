/* SPDX-License-Identifier: GPL-2.0 */
/* Looks up names of endpoints, for a limited time. */

#ifndef NAAWG_DIAG_LOOKUP_H
#define NAAWG_DIAG_LOOKUP_H

#include "apply/endpoint.h"

/*
 * Looks up HOST:PORT as endpoint_lookup() does. *@late gets whether the time of this program
 * for such questions was over before an answer came.
 */
size_t lookup_in_time(const char *text, union endpoint found[static ENDPOINT_CHOICES], bool *late);

#endif
