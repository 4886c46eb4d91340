// SPDX-License-Identifier: GPL-2.0
/*
 * naawg: shows and changes the configuration of naawg devices.
 *
 * Called as wg through a symbolic link, it has the commands and messages of wg, for naawg
 * devices. Called as naawg it has more commands. Called as naawg-quick it sets up and
 * removes links from files.
 */

#include <errno.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <unistd.h>

#include "apply/hook_wg.h"
#include "cmds/cmds.h"
#include "cmds/complete.h"
#include "lib/json.h"
#include "lib/loaded.h"
#include "lib/prog.h"
#include "lib/served.h"

#ifndef NAAWG_VERSION
#define NAAWG_VERSION "unknown"
#endif

/* The version of wg that this program behaves like. */
#define WG_VERSION_LINE \
	"wireguard-tools v1.0.20210914 - https://git.zx2c4.com/wireguard-tools/"

struct subcommand {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
	bool own;		/* not in wg, so not offered as wg */
};

static const struct subcommand subcommands[] = {
	{ "show", cmd_show,
	  "Shows the current configuration and device information" },
	{ "showconf", cmd_showconf,
	  "Shows the current configuration of a given WireGuard interface, for use with `setconf'" },
	{ "set", cmd_set,
	  "Change the current configuration, add peers, remove peers, or change peers" },
	{ "setconf", cmd_setconf,
	  "Applies a configuration file to a WireGuard interface" },
	{ "addconf", cmd_addconf,
	  "Appends a configuration file to a WireGuard interface" },
	{ "syncconf", cmd_syncconf,
	  "Synchronizes a configuration file to a WireGuard interface" },
	{ "genkey", cmd_genkey,
	  "Generates a new private key and writes it to stdout" },
	{ "genpsk", cmd_genpsk,
	  "Generates a new preshared key and writes it to stdout" },
	{ "pubkey", cmd_pubkey,
	  "Reads a private key from stdin and writes a public key to stdout" },
	{ "stats", cmd_stats,
	  "Shows counters and connection state, for every user and without keys", true },
	{ "metrics", cmd_metrics,
	  "Prints counters and state for Prometheus, or serves them over HTTP", true },
	{ "top", cmd_top,
	  "Shows the peers with their rates, states and reasons, and repeats that", true },
	{ "peer", cmd_peer,
	  "Lists and changes the peers of an interface by their names", true },
	{ "explain", cmd_explain,
	  "Says what a reason, a counter or a module parameter means, and what to do", true },
	{ "monitor", cmd_monitor,
	  "Prints events of interfaces, writes them to the journal, or runs a program for each", true },
	{ "forward", cmd_forward,
	  "Shows and changes the port forwards of an interface", true },
	{ "strip", cmd_strip,
	  "Prints a configuration file without what wg does not know", true },
	{ "apply", cmd_apply,
	  "Makes an interface what its configuration file says, keeping its sessions", true },
	{ "check", cmd_check,
	  "Tells whether the peers of an interface have a session, for health checks", true },
	{ "diag", cmd_diag,
	  "Says what is wrong with a tunnel, likely causes first, and what mends it", true },
	{ "rekey", cmd_rekey,
	  "Makes a new session with peers now, and waits for it", true },
	{ "callers", cmd_callers,
	  "Shows hosts that sent handshakes to an interface and are no peers of it", true },
	{ "check-config", cmd_check_config,
	  "Checks a configuration file and changes nothing", true },
	{ "client-config", cmd_client_config,
	  "Adds a peer to a server's file and prints the configuration for its host", true },
	{ "endpoints", cmd_endpoints,
	  "Looks up again the endpoints of peers without a session", true },
	{ "link", cmd_link,
	  "Saves interfaces with their configuration, removes and restores them", true },
};

#define N_SUBCOMMANDS (sizeof(subcommands) / sizeof(subcommands[0]))

static bool offered(const struct subcommand *c)
{
	return !(c->own && prog_as_wg);
}

static void usage(FILE *out)
{
	size_t i;

	fprintf(out, "Usage: %s <cmd> [<args>]\n\nAvailable subcommands:\n", prog_name);
	for (i = 0; i < N_SUBCOMMANDS; i++)
		if (offered(&subcommands[i]))
			fprintf(out, "  %s: %s\n", subcommands[i].name, subcommands[i].help);
	fputs("You may pass `--help' to any of these subcommands to view usage.\n", out);
}

static bool is_one_of(const char *word, const char *a, const char *b, const char *c)
{
	return !strcmp(word, a) || !strcmp(word, b) || !strcmp(word, c);
}

static void version(void)
{
	if (!prog_as_wg) {
		puts("naawg v" NAAWG_VERSION);
		loaded_print();
		served_print();
		return;
	}
	/* Scripts read the features of wg from this line. */
	puts(WG_VERSION_LINE);
	fputs("(naawg v" NAAWG_VERSION " called as wg)\n", stderr);
}

/* For the completion of shells: the commands with their help, or what follows one. */
static int complete_words(int n, char **words)
{
	const char *last = n ? words[n - 1] : "";
	size_t i;

	if (n == 2 && !complete_is_quick(words[0])) {
		for (i = 0; i < N_SUBCOMMANDS; i++)
			if (!strncmp(subcommands[i].name, last, strlen(last)))
				printf("%s\t%s\n", subcommands[i].name, subcommands[i].help);
		if (!strncmp("help", last, strlen(last)))
			puts("help\tLists the commands");
		if (!strncmp("version", last, strlen(last)))
			puts("version\tPrints the versions of the tool and the kernel module, and who serves wireguard links");
	} else if (n >= 2) {
		complete(n, words);
	}
	return 0;
}

static void version_json(void)
{
	json_open(NULL, '{');
	json_string("version", NAAWG_VERSION);
	loaded_print_json("module", false);
	json_string("wireguard", served_name(served_by()));
	json_close('}');
}

/* --help may be at any position; as wg, the command handles it. */
static int run_one(const struct subcommand *c, int argc, char **argv)
{
	char *help[] = { argv[0], "--help", NULL };
	int i;

	for (i = 1; !prog_as_wg && i < argc; i++)
		if (!strcmp(argv[i], "--help"))
			return c->run(2, help);
	return c->run(argc, argv);
}

static int run(int argc, char **argv)
{
	char *show[] = { "show", NULL };
	size_t i;

	if (argc == 1)
		return cmd_show(1, show);

	if ((argc == 2 && is_one_of(argv[1], "-h", "--help", "help")) ||
	    ((!strcmp(argv[1], "help") || !strcmp(argv[1], "version")) &&
	     prog_help(argc - 1, argv + 1))) {
		usage(stdout);
		return 0;
	}
	if (argc == 2 && is_one_of(argv[1], "-v", "--version", "version")) {
		version();
		return 0;
	}

	if (!prog_as_wg && !strcmp(argv[1], "complete"))
		return complete_words(argc - 2, argv + 2);
	if (argc == 3 && !prog_as_wg && !strcmp(argv[1], "version") &&
	    !strcmp(argv[2], "--json")) {
		version_json();
		return 0;
	}

	for (i = 0; i < N_SUBCOMMANDS; i++)
		if (offered(&subcommands[i]) && !strcmp(argv[1], subcommands[i].name))
			return run_one(&subcommands[i], argc - 1, argv + 1);

	fprintf(stderr, "Invalid subcommand: `%s'\n", argv[1]);
	usage(stderr);
	return 1;
}

/* A buffer of our own can be wiped; keys pass through it. */
static char out_buf[BUFSIZ];

static void own_stdout(void)
{
	setvbuf(stdout, out_buf, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, sizeof(out_buf));
}

static void wipe_stdout(void)
{
	/* setvbuf() would try again to write what could not be written. */
	__fpurge(stdout);
	setvbuf(stdout, NULL, _IONBF, 0);
	explicit_bzero(out_buf, sizeof(out_buf));
}

/*
 * memcpy() leaves pieces of keys in vector registers. The kernel saves these with the task
 * when another one runs, and does not wipe that memory. Saving empty ones overwrites it.
 */
static void wipe_registers(void)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx"))
		__asm__ volatile("vzeroall" : : : "memory");
	else
		__asm__ volatile(".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\t"
				 "pxor %%xmm\\n, %%xmm\\n\n\t.endr" : : : "memory");
#endif
	usleep(1);
}

int main(int argc, char **argv)
{
	const char *slash, *name;
	int ret;

	if (argc < 1 || !argv[0])
		return 1;
	prog_name = argv[0];
	slash = strrchr(prog_name, '/');
	name = slash ? slash + 1 : prog_name;
	prog_as_wg = !strcmp(name, "wg");
	if (prog_as_wg)
		hook_wg_yield(argc, argv);

	own_stdout();
	ret = strcmp(name, "naawg-quick") ? run(argc, argv) : quick_main(argc, argv);

	/* A key that could not be written must not look like a success. */
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "%s: Unable to write output: %s\n", prog_name, strerror(errno));
		ret = 1;
	}
	wipe_stdout();
	wipe_registers();
	return ret;
}
