// SPDX-License-Identifier: GPL-2.0
/* Writes files: atomically, or without stdio. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/files.h"

#define SUFFIX	".XXXXXX"

/* A symbolic link stays; its target is replaced. */
FILE *file_begin(const char *path, char temp[static FILE_TEMP_LEN], mode_t mode)
{
	char *real = realpath(path, NULL);
	FILE *out;
	int fd, len;

	if (!real && errno != ENOENT)
		return NULL;
	len = snprintf(temp, FILE_TEMP_LEN, "%s" SUFFIX, real ? real : path);
	free(real);
	if (len >= FILE_TEMP_LEN) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	fd = mkostemp(temp, O_CLOEXEC);	/* mkostemp() makes it with mode 0600 */
	if (fd < 0)
		return NULL;
	out = fchmod(fd, mode) ? NULL : fdopen(fd, "w");
	if (!out) {
		unlink(temp);
		close(fd);
	}
	return out;
}

/* A rename survives a crash once the directory is on the disk. */
static bool sync_directory(const char *path)
{
	char *dir = strdup(path), *slash;
	bool ok;
	int fd;

	if (!dir)
		return false;
	slash = strrchr(dir, '/');
	if (slash)
		slash[slash == dir] = '\0';
	fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(dir);
	if (fd < 0)
		return false;
	ok = !fsync(fd);
	close(fd);
	return ok;
}

static bool place(FILE *out, const char temp[static FILE_TEMP_LEN], bool ok, bool sync)
{
	char path[FILE_TEMP_LEN];
	int error;

	snprintf(path, sizeof(path), "%.*s", (int)(strlen(temp) - strlen(SUFFIX)), temp);
	ok = ok && !fflush(out) && (!sync || !fsync(fileno(out)));
	error = errno;
	if (fclose(out) && ok) {
		error = errno;
		ok = false;
	}
	if (ok && rename(temp, path)) {
		error = errno;
		ok = false;
	}
	if (!ok) {
		unlink(temp);
		errno = error;
		return false;
	}
	return !sync || sync_directory(path);
}

bool file_commit(FILE *out, const char temp[static FILE_TEMP_LEN], bool ok)
{
	return place(out, temp, ok, true);
}

bool file_commit_fast(FILE *out, const char temp[static FILE_TEMP_LEN], bool ok)
{
	return place(out, temp, ok, false);
}

bool file_write_all(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;
	ssize_t n;

	while (len) {
		n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= n;
	}
	return true;
}
