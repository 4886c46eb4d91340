// SPDX-License-Identifier: GPL-2.0
/* Files with keys in them: in memory, for their owner only. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/files.h"
#include "lib/prog.h"
#include "saved/saved_file.h"

/* Refuse larger files: no host has as much to save. */
#define FILE_MAX	(1 << 30)

static bool complain(const char *verb, const char *path, int error)
{
	fprintf(stderr, "%s: cannot %s %s: %s\n", prog_name, verb, path, strerror(error));
	return false;
}

/* Keys must not get onto a disk, where they can be read after they were deleted. */
static bool is_in_memory(int fd, const char *path)
{
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return complain("write", path, errno);
	if (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC)
		return true;
	fprintf(stderr, "%s: %s is not in memory, and keys must not get onto a disk: take a file below /run\n",
		prog_name, path);
	return false;
}

static void overwrite(int fd)
{
	static const char zeros[4096];
	struct stat st;
	off_t done;

	if (fstat(fd, &st))
		return;
	for (done = 0; done < st.st_size; done += sizeof(zeros)) {
		size_t rest = st.st_size - done;

		if (pwrite(fd, zeros, rest < sizeof(zeros) ? rest : sizeof(zeros), done) < 0)
			return;
	}
}

/* Puts @temp in the place of @path, and overwrites the content of the file before. */
static bool take_place(const char *temp, const char *path, bool again)
{
	int old = -1;

	if (!again)
		return !renameat2(AT_FDCWD, temp, AT_FDCWD, path, RENAME_NOREPLACE);
	old = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (old < 0)
		return false;
	if (rename(temp, path)) {
		close(old);
		return false;
	}
	overwrite(old);
	close(old);
	return true;
}

bool saved_file_write(const char *path, const char *all, size_t len, bool again)
{
	char temp[PATH_MAX];
	bool ok;
	int fd;

	if (snprintf(temp, sizeof(temp), "%s.new", path) >= (int)sizeof(temp))
		return complain("write", path, ENAMETOOLONG);
	/* A program that was killed may have left one. */
	unlink(temp);
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return complain("write", temp, errno);
	ok = is_in_memory(fd, path);
	if (ok && (!file_write_all(fd, all, len) || !take_place(temp, path, again)))
		ok = complain("write", path, errno);
	if (!ok) {
		overwrite(fd);
		unlink(temp);
	}
	close(fd);
	return ok;
}

char *saved_file_read(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *all = NULL;
	struct stat st;
	ssize_t n = 0;

	if (fd < 0 || fstat(fd, &st)) {
		complain("read", path, errno);
	} else if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
		complain("read", path, S_ISREG(st.st_mode) ? EFBIG : EINVAL);
	} else {
		all = malloc(st.st_size + 1);
		for (*len = 0; all && *len < (size_t)st.st_size; *len += n) {
			n = read(fd, all + *len, st.st_size - *len);
			if (n <= 0)
				break;
		}
		if (!all || n < 0)
			complain("read", path, errno);
	}
	if (all && n < 0) {
		explicit_bzero(all, *len);
		free(all);
		all = NULL;
	}
	if (fd >= 0)
		close(fd);
	return all;
}

bool saved_file_patch(const char *path, size_t at, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return complain("write", path, errno);
	ok = pwrite(fd, data, len, at) == (ssize_t)len;
	if (!ok)
		complain("write", path, errno);
	close(fd);
	return ok;
}
