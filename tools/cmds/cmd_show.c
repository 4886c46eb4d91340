// SPDX-License-Identifier: GPL-2.0
/* show: prints one device, all devices, or their names. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmds/cmds.h"
#include "cmds/show.h"
#include "lib/hints.h"
#include "lib/json.h"
#include "lib/nl.h"
#include "lib/nl_links.h"
#include "lib/prog.h"
#include "netcfg/state.h"
#include "view/watch.h"

static int usage(const char *cmd, FILE *out)
{
	fprintf(out, "Usage: %s %s %s{ <interface> | all | interfaces } [public-key | private-key | listen-port | fwmark | peers | preshared-keys | endpoints | allowed-ips | latest-handshakes | transfer | persistent-keepalive | %sdump]\n",
		prog_name, cmd, prog_as_wg ? "" : "[--json | --watch[=<seconds>]] ", prog_as_wg ? "" : "forbidden | ");
	return 1;
}

/* Gets the device and, unless called as wg, its forwards and the names of peers. */
static int get_device(const char *name, struct device *dev)
{
	int error = nl_get_device(name, dev);

	if (error || prog_as_wg)
		return error;
	error = nl_get_forwards(dev);
	if (error)
		device_destroy(dev);
	else
		state_names(dev);
	return error;
}

static int find_links(struct link_list *links)
{
	int ret = nl_list_links(links, true);

	if (ret) {
		fprintf(stderr, "Unable to list interfaces: %s\n", strerror(-ret));
		hint(ret, NULL);
	}
	return ret;
}

static int show_interfaces(bool json)
{
	struct link_list links;
	size_t i;

	if (find_links(&links))
		return 1;
	if (json) {
		json_open(NULL, '{');
		json_open("interfaces", '[');
		for (i = 0; i < links.n; i++)
			json_string(NULL, links.links[i].name);
		json_close(']');
		json_close('}');
		links.n = 0;
	}
	for (i = 0; i < links.n; i++)
		printf("%s%c", links.links[i].name, i + 1 < links.n ? ' ' : '\n');
	link_list_destroy(&links);
	return 0;
}

/* False: there is no field @what. */
static bool show_one(const struct device *dev, const char *what, bool prefix, bool json)
{
	if (what && !json)
		return show_field(dev, what, prefix);
	if (json)
		show_json(dev);
	else
		show_pretty(dev);
	return true;
}

static int unknown_field(const char *cmd, const char *what)
{
	fprintf(stderr, "Invalid parameter: `%s'\n", what);
	return usage(cmd, stderr);
}

/* Links that are left out must not look as if there were none. */
static void name_stock_links(void)
{
	struct link_list links;
	size_t i;

	if (prog_as_wg || nl_list_links(&links, false))
		return;
	for (i = 0; i < links.n; i++)
		if (link_is_stock(&links.links[i]))
			fprintf(stderr, "%s: interface `%s' belongs to the stock driver: `wg show %s' prints it\n",
				prog_name, links.links[i].name, links.links[i].name);
	link_list_destroy(&links);
}

/* Fails only if every device fails, as one may be deleted after it was listed. */
static int show_all(const char *cmd, const char *what, bool json)
{
	struct link_list links;
	struct device dev;
	size_t i, shown = 0;
	int ret;

	if (find_links(&links))
		return 1;
	if (!what && !json)
		name_stock_links();
	ret = links.n ? 1 : 0;
	for (i = 0; i < links.n; i++) {
		const char *name = links.links[i].name;
		int error = get_device(name, &dev);
		bool known;

		if (error) {
			fprintf(stderr, "Unable to access interface %s: %s\n", name,
				strerror(-error));
			hint(error, name);
			continue;
		}
		if (!what && !json && shown++)
			putchar('\n');
		known = show_one(&dev, what, true, json);
		device_destroy(&dev);
		if (!known) {
			ret = unknown_field(cmd, what);
			break;
		}
		ret = 0;
	}
	link_list_destroy(&links);
	return ret;
}

static int show_device(const char *cmd, const char *name, const char *what, bool json)
{
	struct device dev;
	int error = get_device(name, &dev);
	bool known;

	if (error) {
		fprintf(stderr, "Unable to access interface: %s\n", strerror(-error));
		hint(error, name);
		return 1;
	}
	known = show_one(&dev, what, false, json);
	device_destroy(&dev);
	return known ? 0 : unknown_field(cmd, what);
}

/* Removes "--json" from the arguments. False: it was not there. */
static bool take_json(int *argc, char **argv)
{
	int i, n = 0;

	if (prog_as_wg)
		return false;
	for (i = 0; i < *argc; i++)
		if (strcmp(argv[i], "--json"))
			argv[n++] = argv[i];
	i = *argc;
	*argc = n;
	return n != i;
}

/* The request of the arguments. */
struct wish {
	const char *cmd;
	const char *name;	/* NULL: all */
	const char *field;
	bool json;
};

static int show(void *arg)
{
	const struct wish *wish = arg;

	if (!wish->name || !strcmp(wish->name, "all"))
		return show_all(wish->cmd, wish->field, wish->json);
	return show_device(wish->cmd, wish->name, wish->field, wish->json);
}

/* Takes --watch[=SECONDS] out of the arguments. False: the seconds are wrong, as printed. */
static bool take_watch(int *argc, char **argv, double *delay)
{
	int i, n = 0;
	char *end;

	for (i = 0; i < *argc; i++) {
		if (prog_as_wg || strncmp(argv[i], "--watch", 7) ||
		    (argv[i][7] && argv[i][7] != '=')) {
			argv[n++] = argv[i];
			continue;
		}
		*delay = 2;
		if (!argv[i][7])
			continue;
		*delay = strtod(argv[i] + 8, &end);
		if (argv[i][8] < '0' || argv[i][8] > '9' || *end || *delay < 0.1 ||
		    *delay > 86400) {
			fprintf(stderr, "%s: --watch takes seconds, from 0.1 to 86400, not `%s'\n",
				prog_name, argv[i] + 8);
			return false;
		}
	}
	*argc = n;
	return true;
}

/* Keys stay hidden on a screen that stays open. */
static int show_again(struct wish *wish, double delay)
{
	if (wish->json || wish->field)
		return usage(wish->cmd, stderr);
	unsetenv("WG_HIDE_KEYS");
	return watch(delay, show, wish);
}

int cmd_show(int argc, char **argv)
{
	struct wish wish = { .cmd = argv[0], .json = take_json(&argc, argv) };
	double delay = 0;
	int ret;

	if (!take_watch(&argc, argv, &delay))
		return 1;
	if (argc > 3 || (wish.json && argc > 2))
		return usage(argv[0], stderr);
	if (argc == 2 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help") ||
			  !strcmp(argv[1], "help"))) {
		usage(argv[0], prog_as_wg ? stderr : stdout);
		return 0;
	}
	if (argc >= 2 && !strcmp(argv[1], "interfaces"))
		return argc == 2 && delay == 0 ? show_interfaces(wish.json) :
						 usage(argv[0], stderr);

	wish.name = argc > 1 ? argv[1] : NULL;
	wish.field = argc > 2 ? argv[2] : NULL;
	if (delay > 0)
		return show_again(&wish, delay);
	if (wish.json) {
		json_open(NULL, '{');
		json_open("devices", '[');
	}
	ret = show(&wish);
	if (wish.json) {
		json_close(']');
		json_close('}');
	}
	return ret;
}
