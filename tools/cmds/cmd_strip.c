// SPDX-License-Identifier: GPL-2.0
/* strip: prints a configuration file without the lines that wg cannot read. */

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cmds/cmds.h"
#include "lib/prog.h"
#include "lib/text.h"

static bool is_known(const char *key, size_t len)
{
	static const char * const known[] = {
		"ListenPort", "FwMark", "PrivateKey",
		"PublicKey", "PresharedKey", "AllowedIPs", "Endpoint", "PersistentKeepalive",
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i]) == len && !strncasecmp(key, known[i], len))
			return true;
	return false;
}

/* Keeps sections, comments, malformed lines and the keys that wg knows. */
static bool keeps(const char *line)
{
	size_t len = 0;

	while (isspace((unsigned char)*line))
		line++;
	while (isalnum((unsigned char)line[len]) || line[len] == '_')
		len++;
	if (!len || line[len + strspn(line + len, " \t")] != '=')
		return true;
	return is_known(line, len);
}

int cmd_strip(int argc, char **argv)
{
	char line[4096], buf[BUFSIZ];
	bool begins = true, keep = true, help = prog_help(argc, argv);
	int ret = 0;
	FILE *in;

	if (argc != 2 || help) {
		fprintf(help ? stdout : stderr, "Usage: %s %s { <configuration filename> | - }\n",
			prog_name, argv[0]);
		return help ? 0 : 1;
	}
	in = strcmp(argv[1], "-") ? fopen(argv[1], "r") : stdin;
	if (!in) {
		fprintf(stderr, "%s: %s: %s\n", prog_name, argv[1], strerror(errno));
		return 1;
	}
	/* A buffer of our own can be wiped; keys pass through it. */
	setvbuf(in, buf, _IOFBF, sizeof(buf));
	text_skip_bom(in);
	/* A long line is read in several pieces; the first one decides. */
	while (fgets(line, sizeof(line), in)) {
		if (begins)
			keep = keeps(line);
		if (keep)
			fputs(line, stdout);
		begins = strchr(line, '\n');
	}
	if (ferror(in)) {
		fprintf(stderr, "%s: %s: %s\n", prog_name, argv[1], strerror(errno));
		ret = 1;
	}
	if (in != stdin)
		fclose(in);
	else
		setvbuf(in, NULL, _IONBF, 0);
	explicit_bzero(buf, sizeof(buf));
	explicit_bzero(line, sizeof(line));
	return ret;
}
