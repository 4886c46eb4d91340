// SPDX-License-Identifier: GPL-2.0
/* Describes the loaded kernel module, without a link and without privileges. */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/json.h"
#include "lib/loaded.h"
#include "uapi/naawg.h"

#define MODULE_DIR	"/sys/module/naawg"

#define N_CHAINS	(sizeof(known) / sizeof(known[0]))

static const struct {
	const char *name;
	const char *text;
} known[] = {
	[NAAWG_CHAINS_UNTRIED] = { "untried",
		"chains no datagrams: there was no memory to try whether this kernel takes them apart right; load the module again" },
	[NAAWG_CHAINS_RIGHT] = { "right", "chains datagrams" },
	[NAAWG_CHAINS_WRONG] = { "wrong",
		"chains no datagrams: this kernel takes redirected ones apart with wrong checksums or addresses" },
};

const char *chains_name(uint32_t chains)
{
	return chains < N_CHAINS ? known[chains].name : "unknown";
}

const char *chains_text(uint32_t chains)
{
	return chains < N_CHAINS ? known[chains].text : "unknown to this version of the tool";
}

/* The first line of a file, without its end. */
static bool first_line(const char *path, char *line, int size)
{
	FILE *file = fopen(path, "re");
	bool got;

	if (!file)
		return false;
	got = fgets(line, size, file);
	fclose(file);
	if (got)
		line[strcspn(line, "\n")] = '\0';
	return got;
}

bool loaded_version(char *version, int size)
{
	if (!first_line(MODULE_DIR "/version", version, size))
		*version = '\0';
	return !access(MODULE_DIR, F_OK);
}

void loaded_print(void)
{
	char line[128];
	uint32_t chains;

	if (!loaded_version(line, sizeof(line))) {
		puts("kernel module: not loaded");
		return;
	}
	if (*line)
		printf("kernel module: v%s\n", line);
	else
		puts("kernel module: loaded");
	/* Older modules lack this parameter. */
	if (!first_line(MODULE_DIR "/parameters/chains", line, sizeof(line)))
		return;
	for (chains = 0; chains < N_CHAINS && strcmp(line, known[chains].name); chains++)
		;
	printf("receive offload: %s\n", chains_text(chains));
}

void loaded_print_json(const char *name, bool seen)
{
	char line[128];
	bool loaded = loaded_version(line, sizeof(line)) || seen;

	json_open(name, '{');
	json_bool("loaded", loaded);
	if (loaded && *line)
		json_string("version", line);
	if (loaded && first_line(MODULE_DIR "/parameters/chains", line, sizeof(line)))
		json_string("chains", line);
	json_close('}');
}
