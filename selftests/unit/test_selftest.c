// SPDX-License-Identifier: GPL-2.0
/* The tests that debug builds run at load time, run here with the right answers. */
#include "shim.h"
#include "tap.h"

#define pr_info(...)	printf("# " __VA_ARGS__)

#include "core/selftest.c"
#include "table/selftest.c"

static const char *vectors = "out/vectors.txt";

static void passes(void)
{
	check(!naawg_selftest_core());
	check(!naawg_selftest_table());
	check(!shim_objects);
}

static void answers(void)
{
	static const struct { const char *kind; const u8 *want; } wanted[] = {
		{ "selftest-hash", want_hash },
		{ "selftest-hmac", want_hmac },
		{ "selftest-aead", want_aead },
		{ "selftest-xaead", want_xaead },
		{ "selftest-handshake", want_handshake },
	};
	char kind[64], hex[128], got[65];
	FILE *file = fopen(vectors, "r");
	static char line[1 << 16];
	int i, n, found = 0;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s %127s", kind, hex) != 2)
			continue;
		for (i = 0; i < ARRAY_SIZE(wanted); i++) {
			if (strcmp(kind, wanted[i].kind))
				continue;
			for (n = 0; n < 32; n++)
				sprintf(got + 2 * n, "%02x", wanted[i].want[n]);
			check(!strcmp(hex, got));
			found++;
		}
	}
	check(found == ARRAY_SIZE(wanted));
	if (file)
		fclose(file);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		vectors = argv[1];
	tap_run("the tests at load time pass", passes);
	tap_run("their answers agree with an independent model", answers);
	return tap_done();
}
