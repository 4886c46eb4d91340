// SPDX-License-Identifier: GPL-2.0
/* callers: prints hosts that sent handshakes and are no peers. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmds/cmds.h"
#include "cmds/show.h"
#include "lib/format.h"
#include "lib/hints.h"
#include "lib/json.h"
#include "lib/nl.h"
#include "lib/prog.h"

#define NS_PER_SEC	UINT64_C(1000000000)

static int usage(const char *cmd, int ret)
{
	fprintf(ret ? stderr : stdout, "Usage: %s %s <interface> [--json]\n", prog_name, cmd);
	return ret;
}

/* Whether only this request is unknown: the interface is ours, but the module is older. */
static bool is_older_module(const char *name)
{
	struct device dev;

	if (nl_get_stats(name, &dev))
		return false;
	device_destroy(&dev);
	return true;
}

static int fail(const char *name, int error)
{
	if (error == -EOPNOTSUPP && is_older_module(name)) {
		fprintf(stderr, "%s: the loaded kernel module is older than this program, and does not know this request: see naawg-upgrade(8)\n",
			prog_name);
		return 1;
	}
	fprintf(stderr, "Unable to access interface %s: %s\n", name, strerror(-error));
	hint(error, name);
	return 1;
}

static int newest_first(const void *a, const void *b)
{
	const struct caller *ca = a, *cb = b;

	return (ca->last < cb->last) - (ca->last > cb->last);
}

static void print_text(const struct device *dev)
{
	uint64_t now = time(NULL);
	size_t i;

	for (i = 0; i < dev->n_callers; i++) {
		const struct caller *caller = &dev->callers[i];
		uint64_t last = caller->last / NS_PER_SEC;

		printf("%s: ", dev->name);
		show_caller(stdout, caller);
		printf(": %" PRIu64 " handshake%s, the newest ", caller->count,
		       caller->count == 1 ? "" : "s");
		/* the clock may have been set back since */
		if (last < now) {
			format_print_duration(now - last);
			puts(" ago");
		} else {
			puts("now");
		}
	}
	if (!dev->n_callers)
		printf("%s: no unknown host called\n", dev->name);
}

static void print_json(const struct device *dev)
{
	size_t i;

	json_open(NULL, '{');
	json_string("device", dev->name);
	json_open("callers", '[');
	for (i = 0; i < dev->n_callers; i++)
		show_json_caller(NULL, &dev->callers[i]);
	json_close(']');
	json_close('}');
}

static int run(const char *name, bool json)
{
	struct device dev;
	int error = nl_get_callers(name, &dev);

	if (error)
		return fail(name, error);
	if (dev.n_callers)
		qsort(dev.callers, dev.n_callers, sizeof(*dev.callers), newest_first);
	if (json)
		print_json(&dev);
	else
		print_text(&dev);
	device_destroy(&dev);
	return 0;
}

int cmd_callers(int argc, char **argv)
{
	const char *name = NULL;
	bool json = false;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return usage(argv[0], 0);
		if (!strcmp(argv[i], "--json"))
			json = true;
		else if (!name && argv[i][0] != '-')
			name = argv[i];
		else
			return usage(argv[0], 1);
	}
	return name ? run(name, json) : usage(argv[0], 1);
}
