// SPDX-License-Identifier: GPL-2.0
/* set: changes a device as its arguments say. */

#include <stdio.h>
#include <string.h>

#include "audit/local.h"
#include "cmds/cmds.h"
#include "conf/conf_args.h"
#include "conf/pasted.h"
#include "conf/resolve.h"
#include "lib/hints.h"
#include "lib/nl.h"
#include "lib/prog.h"

int cmd_set(int argc, char **argv)
{
	bool help = prog_help(argc, argv);
	struct device dev;
	unsigned int parts;
	int error, ret = 1;

	if (argc < 3) {
		fprintf(help ? stdout : stderr, "Usage: %s %s <interface> [listen-port <port>] [fwmark <mark>]%s [private-key <file path>]%s [peer <base64 public key> [remove] [preshared-key <file path>] [endpoint <ip>:<port>] [persistent-keepalive <interval seconds>] [allowed-ips <ip1>/<cidr1>[,<ip2>/<cidr2>]...] ]...\n",
			prog_name, argv[0], prog_as_wg ? "" : " [answer-unreachable on|off]",
			prog_as_wg ? "" : " [forbid <network1>[,<network2>]...]");
		return help ? 0 : 1;
	}
	device_init(&dev, argv[1]);
	if (!prog_as_wg)
		dev.bits |= DEVICE_TAKES_FORWARDS;
	if (!conf_parse_args(&dev, argc - 2, argv + 2, &resolver_libc, stderr) ||
	    !keys_in_place(&dev, NULL))
		goto out;
	error = nl_set_device(&dev, &parts);
	if (error) {
		fprintf(stderr, "Unable to modify interface: %s\n", strerror(-error));
		hint(error, argv[1]);
		goto out;
	}
	if (!prog_as_wg)
		local_warn(&dev);
	ret = 0;
out:
	device_destroy(&dev);
	return ret;
}
