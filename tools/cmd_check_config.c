// SPDX-License-Identifier: GPL-2.0
/* check-config: a configuration file judged without touching anything. */

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "keys.h"
#include "prog.h"
#include "quick/policy.h"

static int usage(const char *cmd, int ret)
{
	fprintf(ret ? stderr : stdout, "Usage: %s %s [--allow-wildcard] [--policy <file>] { <configuration file> | - }\n",
		prog_name, cmd);
	return ret;
}

static void summary(const struct device *dev, const char *path)
{
	size_t i, names = 0;

	for (i = 0; i < dev->n_peers; i++)
		names += dev->peers[i].endpoint_text && !(dev->peers[i].bits & PEER_HAS_ENDPOINT);
	printf("%s: fine, %zu peer%s", path, dev->n_peers, dev->n_peers == 1 ? "" : "s");
	if (dev->n_forwards)
		printf(", %zu forward%s", dev->n_forwards, dev->n_forwards == 1 ? "" : "s");
	if (names)
		printf(", %zu endpoint%s by name (not looked up)", names, names == 1 ? "" : "s");
	putchar('\n');
}

/* Wrong where it stays, but not in the copy a deployment asks about. */
static void warn_of_mode(const char *path)
{
	struct stat st;

	if (!stat(path, &st) && S_ISREG(st.st_mode) && st.st_mode & 0077)
		fprintf(stderr, "%s: warning: %s has mode %04o and holds keys; naawg-quick wants 0600\n",
			prog_name, path, st.st_mode & 07777);
}

static int judge(const char *path, const char *policy_path, bool wildcard_ok)
{
	struct policy policy;
	struct audit audit = { .file = path, .policy = &policy, .wildcard_ok = wildcard_ok };
	unsigned int wrong;
	struct quick quick;
	struct device dev;

	if (!policy_read(&policy, policy_path))
		return 1;
	if (!quick_read(&dev, &quick, path)) {
		policy_destroy(&policy);
		return 1;
	}
	wrong = audit_conf(&audit, &dev, &quick);
	if (strcmp(path, "-"))
		warn_of_mode(path);
	if (!(dev.bits & DEVICE_HAS_PRIVATE_KEY) || key_is_zero(dev.private_key))
		fprintf(stderr, "%s: warning: %s has no PrivateKey: the link keeps what it has, a new one stays silent\n",
			prog_name, path);
	if (!wrong)
		summary(&dev, path);
	quick_forget(&dev, &quick);
	policy_destroy(&policy);
	return wrong ? 1 : 0;
}

int cmd_check_config(int argc, char **argv)
{
	const char *path = NULL, *policy = NULL;
	bool wildcard_ok = false;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return usage(argv[0], 0);
		if (!strcmp(argv[i], "--allow-wildcard"))
			wildcard_ok = true;
		else if (!strcmp(argv[i], "--policy") && i + 1 < argc)
			policy = argv[++i];
		else if (!path && (argv[i][0] != '-' || !argv[i][1]))
			path = argv[i];
		else
			return usage(argv[0], 1);
	}
	return path ? judge(path, policy, wildcard_ok) : usage(argv[0], 1);
}
