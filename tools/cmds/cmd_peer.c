// SPDX-License-Identifier: GPL-2.0
/* peer: lists and changes the peers of an interface by their names. */

#include <stdio.h>
#include <string.h>

#include "cmds/cmds.h"
#include "cmds/peer.h"
#include "lib/prog.h"

static int usage(const char *cmd, FILE *out)
{
	fprintf(out, "Usage: %s %s list [--json] [<interface> | <interface.conf> | all]\n"
		"       %s %s show [--json] { <interface> | <interface.conf> } <peer>\n"
		"       %s %s rename [--json] { <interface> | <interface.conf> } <peer> <new name>\n"
		"       %s %s remove [--json] { <interface> | <interface.conf> } <peer>\n"
		"       %s %s reissue { <interface> | <interface.conf> } <peer> --endpoint <host>[:<port>] [--address <address>,...] [--allowed-ips <network>,...] [--dns <server>,...] [--keepalive <seconds>] [--no-psk]\n"
		"A peer is given by its name or public key. reissue makes new keys for it and prints\n"
		"the configuration for its host, private key included, as client-config does.\n",
		prog_name, cmd, prog_name, cmd, prog_name, cmd, prog_name, cmd, prog_name, cmd);
	return out == stdout ? 0 : 1;
}

/* Removes "--json" from the arguments. False: it was not there. */
static bool take_json(int *argc, char **argv)
{
	int i, n = 0;

	for (i = 0; i < *argc; i++)
		if (strcmp(argv[i], "--json"))
			argv[n++] = argv[i];
	i = *argc;
	*argc = n;
	argv[n] = NULL;
	return n != i;
}

int cmd_peer(int argc, char **argv)
{
	bool json = take_json(&argc, argv);
	const char *verb = argc > 1 ? argv[1] : "";
	int i, ret;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return usage(argv[0], stdout);
	if (!strcmp(verb, "list") && argc <= 3)
		return peer_list(argv[2], json);
	if (!strcmp(verb, "show") && argc == 4)
		return peer_show(argv[2], argv[3], json);
	if (!strcmp(verb, "rename") && argc == 5)
		return peer_rename(argv[2], argv[3], argv[4], json);
	if (!strcmp(verb, "remove") && argc == 4)
		return peer_remove(argv[2], argv[3], json);
	ret = strcmp(verb, "reissue") || json ? -1 : peer_reissue(argc - 1, argv + 1);
	return ret < 0 ? usage(argv[0], stderr) : ret;
}
