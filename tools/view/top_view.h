/* SPDX-License-Identifier: GPL-2.0 */
/* Prints a sample as the table of top, as wide as the terminal. */

#ifndef NAAWG_TOP_VIEW_H
#define NAAWG_TOP_VIEW_H

#include <stdio.h>

#include "view/sample.h"

enum top_sort {
	SORT_NAME,
	SORT_STATE,
	SORT_IN,		/* rates */
	SORT_OUT,
	SORT_SEEN,
	SORT_TOTAL,		/* bytes in both directions */
	SORT_REASON,
	N_SORTS
};

extern const char * const top_sort_names[N_SORTS];

struct top_view {
	enum top_sort sort;
	bool reverse;
	unsigned int width;
	unsigned int height;	/* 0: as many lines as there are */
	size_t first;		/* number of peers above the first line; corrected if too large */
	double delay;		/* seconds between two samples */
	bool keys;		/* the last line tells the keys */
};

/* Sorts the peers of @sample and prints the lines that fit. */
void top_print(FILE *out, struct top_view *view, struct sample *sample);

/* Prints the sample as one JSON object. */
void top_json(const struct sample *sample);

#endif
