// SPDX-License-Identifier: GPL-2.0
/* genkey, genpsk, pubkey: keys pass through pipes, never through arguments. */

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmds/cmds.h"
#include "lib/keys.h"
#include "lib/prog.h"

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
	bool help = prog_help(argc, argv);
	uint8_t key[KEY_LEN];

	if (argc != 1) {
		fprintf(help ? stdout : stderr, "Usage: %s %s\n", prog_name, argv[0]);
		return help ? 0 : 1;
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

/* Reads a private key from standard input and derives the public key. */
static bool public_from_stdin(uint8_t pub[static KEY_LEN])
{
	char buf[BUFSIZ], text[KEY_TEXT_LEN];
	uint8_t priv[KEY_LEN];
	bool ok = false;
	int extra;
	size_t n;

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
		ok = true;
	}
	setvbuf(stdin, NULL, _IONBF, 0);
	explicit_bzero(buf, sizeof(buf));
	explicit_bzero(text, sizeof(text));
	explicit_bzero(priv, sizeof(priv));
	return ok;
}

/* Whether the public key in the file belongs to the private key on standard input. */
static int check_pair(const char *path)
{
	uint8_t given[KEY_LEN], derived[KEY_LEN];
	char text[KEY_TEXT_LEN], other[KEY_TEXT_LEN];

	if (!key_from_file(given, path, stderr) || key_is_zero(given)) {
		fprintf(stderr, "%s: there is no public key in %s\n", prog_name, path);
		return 1;
	}
	if (!public_from_stdin(derived))
		return 1;
	key_to_text(text, derived);
	if (!memcmp(given, derived, KEY_LEN)) {
		printf("%s belongs to the private key\n", text);
		return 0;
	}
	/* This may be a private key, so do not print it. */
	key_public(given, given);
	key_to_text(other, given);
	explicit_bzero(given, sizeof(given));
	if (!strcmp(text, other))
		fprintf(stderr, "%s: %s holds the private key itself; its public key is %s\n",
			prog_name, path, text);
	else
		fprintf(stderr, "%s: the key in %s does not belong to the private key, whose public key is %s\n",
			prog_name, path, text);
	return 1;
}

int cmd_pubkey(int argc, char **argv)
{
	bool help = prog_help(argc, argv);
	uint8_t pub[KEY_LEN];

	if (!prog_as_wg && argc == 3 && !strcmp(argv[1], "--check"))
		return check_pair(argv[2]);
	if (argc != 1) {
		fprintf(help ? stdout : stderr, "Usage: %s %s%s\n", prog_name, argv[0],
			prog_as_wg ? "" : " [--check <public key file>]");
		return help ? 0 : 1;
	}
	if (!public_from_stdin(pub))
		return 1;
	print_key(pub);
	return 0;
}
