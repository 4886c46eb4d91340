/* SPDX-License-Identifier: GPL-2.0 */
/* The first line and the header of an answer of HTTP/1.1. */

#ifndef NAAWG_METRICS_ANSWER_H
#define NAAWG_METRICS_ANSWER_H

#include <stdint.h>
#include <stdio.h>

#include "metrics/request.h"

/* @type is a media type, @length that of the body. */
void answer_head(FILE *out, enum http_status status, const char *type, uint64_t length);

/* "Not Found" */
const char *answer_phrase(enum http_status status);

#endif
