// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of the network stack in /proc/net.
 *
 * Each group has two lines, one with the names and one with the values.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag/procfs.h"

#define LINE_MAX_LEN	8192

/* The place of a word in a line; -1: it is not there. */
static int place_of(char *line, const char *name)
{
	char *rest = line, *word;
	int place = 0;

	while ((word = strsep(&rest, " \n"))) {
		if (!strcmp(word, name))
			return place;
		place++;
	}
	return -1;
}

static uint64_t value_at(char *line, int place)
{
	char *rest = line, *word = NULL;

	do
		word = strsep(&rest, " \n");
	while (word && place--);
	return word ? strtoull(word, NULL, 10) : 0;
}

uint64_t procfs_count(const char *path, const char *group, const char *name)
{
	char *line = malloc(LINE_MAX_LEN);
	FILE *in = fopen(path, "re");
	size_t len = strlen(group);
	uint64_t value = 0;
	int place = -1;

	while (in && line && fgets(line, LINE_MAX_LEN, in)) {
		if (strncmp(line, group, len))
			continue;
		if (place >= 0) {
			value = value_at(line, place);
			break;
		}
		place = place_of(line, name);
		if (place < 0)
			break;
	}
	if (in)
		fclose(in);
	free(line);
	return value;
}
