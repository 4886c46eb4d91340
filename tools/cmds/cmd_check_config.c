// SPDX-License-Identifier: GPL-2.0
/* check-config: audits a configuration file and changes nothing. */

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/audit.h"
#include "cmds/cmds.h"
#include "conf/conf_file.h"
#include "lib/json.h"
#include "lib/prog.h"

static int usage(const char *cmd, int ret)
{
	fprintf(ret ? stderr : stdout, "Usage: %s %s [--allow-wildcard] [--strict] [--json] [--policy <file>] { <interface> | <interface.conf> | - }\n",
		prog_name, cmd);
	return ret;
}

static void summary(const struct device *dev, const char *path)
{
	size_t i, names = 0;

	for (i = 0; i < dev->n_peers; i++)
		names += dev->peers[i].endpoint_given && !(dev->peers[i].bits & PEER_HAS_ENDPOINT);
	printf("%s: fine, %zu peer%s", path, dev->n_peers, dev->n_peers == 1 ? "" : "s");
	if (dev->n_forwards)
		printf(", %zu forward%s", dev->n_forwards, dev->n_forwards == 1 ? "" : "s");
	if (names)
		printf(", %zu endpoint%s by name (not looked up)", names, names == 1 ? "" : "s");
	putchar('\n');
}

/*
 * Checks owner and mode of the file as apply would. A mode that is too wide is a warning
 * only, as a deployment may check a copy of the file. A pipe has no owner to check.
 */
static void judge_file(struct audit *audit, struct device *dev, const char *given)
{
	char as_path[CONF_PATH_LEN], path[CONF_PATH_LEN], name[IFNAMSIZ];
	struct stat st;

	if (!strcmp(given, "-") || stat(audit->file, &st) || !S_ISREG(st.st_mode))
		return;
	/* A slash makes it a path, even if it looks like a name. */
	snprintf(as_path, sizeof(as_path), "%s%s", strchr(audit->file, '/') ? "" : "./",
		 audit->file);
	if (!conf_file_find(path, name, as_path) || !conf_file_is_owned(audit->file)) {
		audit->errors++;
		return;
	}
	audit->index = if_nametoindex(name);
	snprintf(dev->name, sizeof(dev->name), "%s", name);
	if (st.st_mode & 0077)
		audit_warning(audit, 0, "mode %04o lets other users read the keys: naawg-quick needs 0600",
			      st.st_mode & 07777);
}

static int judge(struct audit *audit, const char *given, bool json)
{
	struct quick quick;
	struct device dev;
	bool ok;

	if (json) {
		json_open(NULL, '{');
		json_string("file", audit->file);
		audit_print_json();
	}
	if (!conf_file_read(&dev, &quick, audit->file)) {
		/* Standard error has the line. */
		if (json) {
			json_bool("accepted", false);
			json_close('}');
		}
		return 1;
	}
	if (json)
		json_open("findings", '[');
	judge_file(audit, &dev, given);
	ok = audit_passes(audit, &dev, &quick);
	if (json) {
		json_close(']');
		json_bool("accepted", ok);
		json_number("peers", dev.n_peers);
		json_number("forwards", dev.n_forwards);
	} else if (ok) {
		summary(&dev, audit->file);
	}
	if (json)
		json_close('}');
	conf_file_destroy(&dev, &quick);
	return ok ? 0 : 1;
}

/* A path may be that of a file for another host; an interface is one of this host. */
static int check_config(struct audit *audit, const char *given, const char *policy_path,
			bool json)
{
	char path[CONF_PATH_LEN], name[IFNAMSIZ];
	struct policy policy;
	int ret = 1;

	audit->file = given;
	if (!strchr(given, '/') && strcmp(given, "-") && access(given, F_OK)) {
		if (!conf_file_find(path, name, given))
			return 1;
		audit->file = path;
	}
	audit->live = !strncmp(audit->file, CONF_DIR "/", sizeof(CONF_DIR));
	if (policy_read(&policy, policy_path)) {
		audit->policy = &policy;
		ret = judge(audit, given, json);
		policy_destroy(&policy);
	}
	return ret;
}

int cmd_check_config(int argc, char **argv)
{
	const char *given = NULL, *policy = NULL;
	struct audit audit = { .leave = LEAVE_ASK };
	bool json = false;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return usage(argv[0], 0);
		if (!strcmp(argv[i], "--allow-wildcard"))
			audit.leave = LEAVE_GIVEN;
		else if (!strcmp(argv[i], "--strict"))
			audit.strict = true;
		else if (!strcmp(argv[i], "--json"))
			json = true;
		else if (!strcmp(argv[i], "--policy") && i + 1 < argc)
			policy = argv[++i];
		else if (!given && (argv[i][0] != '-' || !argv[i][1]))
			given = argv[i];
		else
			return usage(argv[0], 1);
	}
	return given ? check_config(&audit, given, policy, json) : usage(argv[0], 1);
}
