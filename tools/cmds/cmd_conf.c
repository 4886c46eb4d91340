// SPDX-License-Identifier: GPL-2.0
/* showconf, setconf, addconf, syncconf: prints or reads a configuration file. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/device_diff.h"
#include "audit/local.h"
#include "cmds/cmds.h"
#include "cmds/show.h"
#include "conf/conf.h"
#include "conf/pasted.h"
#include "conf/resolve.h"
#include "lib/forward.h"
#include "lib/hints.h"
#include "lib/keys.h"
#include "lib/nl.h"
#include "lib/prog.h"
#include "netcfg/forward_report.h"

int cmd_showconf(int argc, char **argv)
{
	bool help = prog_help(argc, argv);
	struct device dev;
	int error;

	if (argc != 2 || help) {
		fprintf(help ? stdout : stderr, "Usage: %s %s <interface>\n", prog_name, argv[0]);
		return help ? 0 : 1;
	}
	error = nl_get_device(argv[1], &dev);
	if (!error && !prog_as_wg) {
		error = nl_get_forwards(&dev);
		if (error)
			device_destroy(&dev);
	}
	if (error) {
		fprintf(stderr, "Unable to access interface: %s\n", strerror(-error));
		hint(error, argv[1]);
		return 1;
	}
	show_conf(&dev);
	device_destroy(&dev);
	return 0;
}

static bool read_conf(struct device *dev, const char *path, enum conf_mode mode)
{
	struct conf_place place = { 0 };
	enum conf_result result;
	char buf[BUFSIZ];
	int error;
	FILE *in;

	in = fopen(path, "r");
	if (!in) {
		error = errno;
		fprintf(stderr, "fopen: %s\n", strerror(error));
		fprintf(stderr, "%s: cannot open %s\n", prog_name, path);
		hint_file(error);
		return false;
	}
	/* A buffer of our own can be wiped; keys pass through it. */
	setvbuf(in, buf, _IOFBF, sizeof(buf));
	result = conf_parse_file(dev, in, mode, &resolver_libc, stderr, &place);
	fclose(in);
	explicit_bzero(buf, sizeof(buf));

	switch (result) {
	case CONF_OK:
		return true;
	case CONF_READ:
		fprintf(stderr, "%s: cannot read %s\n", prog_name, path);
		return false;
	case CONF_SYNTAX:
		if (resolve_environment_ok())
			fputs("Configuration parsing error\n", stderr);
		if (place.quick_key)
			fprintf(stderr, "%s: %s is a key of naawg-quick: run `naawg-quick up', which makes the whole tunnel, or give this command what `naawg-quick strip' (as wg: `naawg strip') prints of the file\n",
				prog_name, place.quick_key);
		break;
	case CONF_INCOMPLETE:
		fputs("Invalid configuration\n", stderr);
		break;
	}
	fprintf(stderr, "%s: %s:%u:%u: nothing was changed\n", prog_name, path, place.line,
		place.column);
	return false;
}

static bool sync_with_kernel(const struct device *dev, const char *name, struct device *change)
{
	struct device now;
	int error;

	error = nl_get_device(name, &now);
	if (error) {
		fprintf(stderr, "Unable to retrieve current interface configuration: %s\n",
			strerror(-error));
		hint(error, name);
		return false;
	}
	error = device_sync(dev, &now, change);
	device_destroy(&now);
	if (error)
		fprintf(stderr, "Peer allocation: %s\n", strerror(-error));
	return !error;
}

/* A file with the same port for the link and a forward must not change anything. */
static bool agrees_with_itself(const struct device *dev, const char *path)
{
	char text[FORWARD_TEXT_LEN];
	size_t i;

	if (!(dev->bits & DEVICE_HAS_LISTEN_PORT) || !dev->listen_port)
		return true;
	for (i = 0; i < dev->n_forwards; i++) {
		if (!forward_takes(&dev->forwards[i], dev->listen_port))
			continue;
		fprintf(stderr, "The forward `%s' takes ListenPort %u; change one of them\n",
			forward_text(text, &dev->forwards[i]), dev->listen_port);
		fprintf(stderr, "%s: %s: nothing was changed\n", prog_name, path);
		return false;
	}
	return true;
}

/*
 * Removes present forwards that take the new port, as the kernel would refuse the port.
 * True: some were removed, and @before has all of them. Errors are not reported here:
 * they occur again when the port is set.
 */
static bool free_port(const struct device *dev, struct device *before)
{
	struct device taking;
	struct forward *added;
	size_t i, refused;
	bool freed;

	if (!(dev->bits & DEVICE_HAS_LISTEN_PORT) || !dev->listen_port ||
	    nl_get_forwards(before))
		return false;
	device_init(&taking, dev->name);
	for (i = 0; i < before->n_forwards; i++) {
		added = forward_takes(&before->forwards[i], dev->listen_port) ?
			device_add_forward(&taking) : NULL;
		if (added)
			*added = before->forwards[i];
	}
	freed = taking.n_forwards && !nl_set_forwards(&taking, FORWARDS_REMOVE, &refused);
	device_destroy(&taking);
	return freed;
}

/* Restores the forwards after the kernel refused the port. */
static void put_back(const struct device *before)
{
	size_t refused;
	int error = nl_set_forwards(before, FORWARDS_REPLACE, &refused);

	if (!error)
		return;
	forwards_result(error, before, refused);
	fprintf(stderr, "%s: %s: the forward that had the port could not be put back\n", prog_name,
		before->name);
}

/* wg knows no forwards, so as wg this changes none. */
static bool apply_forwards(const struct device *dev, enum conf_mode mode, const char *path)
{
	size_t refused;
	int error;

	if (prog_as_wg || (mode == CONF_APPEND && !dev->n_forwards))
		return true;
	error = nl_set_forwards(dev, mode == CONF_REPLACE ? FORWARDS_REPLACE : 0, &refused);
	if (forwards_result(error, dev, refused)) {
		forward_warnings(dev);
		return true;
	}
	fprintf(stderr, "%s: %s: everything but the forwards is in force\n", prog_name, path);
	return false;
}

static int apply(int argc, char **argv, enum conf_mode mode, bool sync)
{
	struct device dev, before, change;
	unsigned int parts;
	bool freed = false, help = prog_help(argc, argv);
	int error, ret = 1;

	if (argc != 3) {
		fprintf(help ? stdout : stderr, "Usage: %s %s <interface> <configuration filename>\n",
			prog_name, argv[0]);
		return help ? 0 : 1;
	}
	device_init(&dev, argv[1]);
	device_init(&before, argv[1]);
	device_init(&change, argv[1]);
	if (!prog_as_wg)
		dev.bits |= DEVICE_TAKES_FORWARDS;
	if (!read_conf(&dev, argv[2], mode))
		goto out;
	if (!agrees_with_itself(&dev, argv[2]) || !keys_in_place(&dev, argv[2]))
		goto out;
	if (sync && !sync_with_kernel(&dev, argv[1], &change))
		goto out;
	if (!prog_as_wg && mode == CONF_REPLACE)
		freed = free_port(&dev, &before);
	error = nl_set_device(sync ? &change : &dev, &parts);
	if (error) {
		fprintf(stderr, "Unable to modify interface: %s\n", strerror(-error));
		hint(error, argv[1]);
		if (parts)
			fprintf(stderr, "%s: the kernel refused a later part: the first part of %s is in force\n",
				prog_name, argv[2]);
		if (freed)
			put_back(&before);
		goto out;
	}
	if (!prog_as_wg)
		local_warn(&dev);
	ret = apply_forwards(&dev, mode, argv[2]) ? 0 : 1;
out:
	device_destroy(&change);
	device_destroy(&before);
	device_destroy(&dev);
	return ret;
}

int cmd_setconf(int argc, char **argv)
{
	return apply(argc, argv, CONF_REPLACE, false);
}

int cmd_addconf(int argc, char **argv)
{
	return apply(argc, argv, CONF_APPEND, false);
}

int cmd_syncconf(int argc, char **argv)
{
	return apply(argc, argv, CONF_REPLACE, true);
}
