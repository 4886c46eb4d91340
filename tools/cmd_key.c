// SPDX-License-Identifier: GPL-2.0
/* genkey, genpsk, pubkey: keys in and out of pipes, never of arguments. */

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "keys.h"
#include "prog.h"

static void print_key(const uint8_t key[static KEY_LEN])
{
	char text[KEY_TEXT_LEN];
	char buf[BUFSIZ];

	key_to_text(text, key);
	/* Own the buffer, so that the key can be wiped from it. */
	setvbuf(stdout, buf, _IOFBF, sizeof(buf));
	puts(text);
	fflush(stdout);
	setvbuf(stdout, NULL, _IONBF, 0);
	explicit_bzero(buf, sizeof(buf));
	explicit_bzero(text, sizeof(text));
}

static void warn_if_world_accessible(void)
{
	struct stat st;

	if (!fstat(fileno(stdout), &st) && S_ISREG(st.st_mode) && (st.st_mode & 0007))
		fputs("Warning: writing to world accessible file.\n"
		      "Consider setting the umask to 077 and trying again.\n", stderr);
}

static int generate(int argc, char **argv, bool clamp)
{
	uint8_t key[KEY_LEN];

	if (argc != 1) {
		fprintf(stderr, "Usage: %s %s\n", prog_name, argv[0]);
		return 1;
	}
	warn_if_world_accessible();
	if (!key_random(key, clamp)) {
		perror("getrandom");
		return 1;
	}
	print_key(key);
	explicit_bzero(key, sizeof(key));
	return 0;
}

int cmd_genkey(int argc, char **argv)
{
	return generate(argc, argv, true);
}

int cmd_genpsk(int argc, char **argv)
{
	return generate(argc, argv, false);
}

int cmd_pubkey(int argc, char **argv)
{
	uint8_t priv[KEY_LEN], pub[KEY_LEN];
	char buf[BUFSIZ], text[KEY_TEXT_LEN];
	int extra, ret = 1;
	size_t n;

	if (argc != 1) {
		fprintf(stderr, "Usage: %s %s\n", prog_name, argv[0]);
		return 1;
	}
	setvbuf(stdin, buf, _IOFBF, sizeof(buf));
	n = key_read_text(text, stdin, &extra);
	if (n < KEY_TEXT_CHARS) {
		fprintf(stderr, "%s: Key is not the correct length or format\n", prog_name);
	} else if (extra != EOF) {
		fprintf(stderr, "%s: Trailing characters found after key\n", prog_name);
	} else if (!key_from_text(priv, text)) {
		fprintf(stderr, "%s: Key is not the correct length or format\n", prog_name);
	} else {
		key_public(pub, priv);
		print_key(pub);
		ret = 0;
	}
	setvbuf(stdin, NULL, _IONBF, 0);
	explicit_bzero(buf, sizeof(buf));
	explicit_bzero(text, sizeof(text));
	explicit_bzero(priv, sizeof(priv));
	return ret;
}
