// SPDX-License-Identifier: GPL-2.0
/* Files that are there whole or not at all. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "quick/files.h"

FILE *file_begin(const char *path, char *temp, size_t room, mode_t mode)
{
	FILE *out;
	int fd;

	if ((size_t)snprintf(temp, room, "%s.XXXXXX", path) >= room) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	fd = mkostemp(temp, O_CLOEXEC);	/* with mode 0600 */
	if (fd < 0)
		return NULL;
	out = fchmod(fd, mode) ? NULL : fdopen(fd, "w");
	if (!out) {
		unlink(temp);
		close(fd);
	}
	return out;
}

/* A rename is safe once the directory is on the disk. */
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

bool file_commit(FILE *out, const char *temp, const char *path, bool ok)
{
	int error;

	ok = ok && !fflush(out) && !fsync(fileno(out));
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
	return sync_directory(path);
}
