// SPDX-License-Identifier: GPL-2.0
/* The sysctls of saved links. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/prog.h"
#include "saved/sysctls.h"

#define ROOT		"/proc/sys/net/"
#define VALUE_LEN	256

/* The MTU is a property of the link itself. stable_secret can be set only once. */
static int is_kept(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strcmp(entry->d_name, "mtu") &&
	       strcmp(entry->d_name, "stable_secret");
}

static bool read_value(const char *path, char value[static VALUE_LEN])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, value, VALUE_LEN - 1);
	close(fd);
	if (n < 0)
		return false;
	value[n] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return true;
}

static int save_one(struct saved *saved, size_t link, const char *family, const char *key)
{
	char path[PATH_MAX], value[VALUE_LEN], usual[VALUE_LEN] = "";
	char record[PATH_MAX + VALUE_LEN];
	int len;

	snprintf(path, sizeof(path), ROOT "%s/conf/default/%s", family, key);
	read_value(path, usual);
	len = snprintf(path, sizeof(path), ROOT "%s/conf/%s/%s", family, saved->links[link].name,
		       key);
	if (len >= (int)sizeof(path) || !read_value(path, value) || !strcmp(value, usual))
		return 0;
	memcpy(record, path, len + 1);
	memcpy(record + len + 1, value, strlen(value) + 1);
	return records_add(&saved->records, SAVED_SYSCTL, link, record,
			   len + 1 + strlen(value) + 1) ? 0 : -ENOMEM;
}

int sysctls_save(struct saved *saved, size_t link)
{
	static const char *const families[] = { "ipv4", "ipv6" };
	struct dirent **entries;
	char path[PATH_MAX];
	int i, n, k, ret = 0;

	for (i = 0; i < 2 && !ret; i++) {
		snprintf(path, sizeof(path), ROOT "%s/conf/%s", families[i],
			 saved->links[link].name);
		n = scandir(path, &entries, is_kept, alphasort);
		for (k = 0; k < n; k++) {
			if (!ret)
				ret = save_one(saved, link, families[i], entries[k]->d_name);
			free(entries[k]);
		}
		if (n >= 0)
			free(entries);
	}
	return ret;
}

static void write_value(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len = strlen(value);

	if (fd < 0 || write(fd, value, len) != len)
		fprintf(stderr, "%s: cannot write %s to %s: %s\n", prog_name, value, path,
			strerror(errno));
	if (fd >= 0)
		close(fd);
}

void sysctls_restore(const struct saved *saved, size_t link)
{
	records_for_each(msg, &saved->records) {
		const char *path = mnl_nlmsg_get_payload(msg);
		size_t len = mnl_nlmsg_get_payload_len(msg), end = strnlen(path, len);

		/* The value follows the first zero byte and ends in another one. */
		if (msg->nlmsg_type != SAVED_SYSCTL || msg->nlmsg_seq != link ||
		    end + 1 >= len || path[len - 1] || strncmp(path, ROOT, strlen(ROOT)))
			continue;
		write_value(path, path + end + 1);
	}
}
