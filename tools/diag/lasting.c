// SPDX-License-Identifier: GPL-2.0
/* Tells for each command of a diagnosis which file has to have the same change. */

#include <string.h>
#include <unistd.h>

#include "conf/conf_file.h"
#include "diag/parts.h"

/* A command for another host changes nothing here, nor does one that only shows or starts. */
static bool is_change(const char *command, const char *name)
{
	static const char * const changes[] = { "ip address ", "ip route add ", "ip route replace " };
	char set[32];
	size_t i;

	if (strstr(command, "other host") || strstr(command, "that host") ||
	    strstr(command, "its host"))
		return false;
	snprintf(set, sizeof(set), "naawg set %s ", name);
	if (!strncmp(command, set, strlen(set)))
		return true;
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		if (!strncmp(command, changes[i], strlen(changes[i])))
			return true;
	return false;
}

void diag_lasting(struct findings *found, const char *name)
{
	char path[CONF_PATH_LEN];
	struct finding *finding;
	bool has_file;
	size_t i;

	snprintf(path, sizeof(path), CONF_DIR "/%s.conf", name);
	has_file = !access(path, F_OK);
	for (i = 0; i < found->n; i++) {
		finding = &found->list[i];
		if (!finding->command)
			continue;
		if (!strncmp(finding->command, "sysctl -w ", strlen("sysctl -w ")))
			finding_file(finding, "/etc/sysctl.d/naawg.conf");
		else if (has_file && is_change(finding->command, name))
			finding_file(finding, path);
	}
}
