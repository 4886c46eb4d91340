// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded into a program (LD_PRELOAD): as it ends, all memory it can write to
 * is searched for the text in NAAWG_LEFTOVER, of which every byte has its
 * lowest bit turned round, so that the search does not find what it was given.
 * How often the text was found is said on standard error.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char maps[1 << 20];

static unsigned long count(const char *from, const char *end, const char *turned)
{
	size_t len = strlen(turned), i;
	unsigned long n = 0;

	for (; from + len <= end; from++) {
		for (i = 0; i < len && (from[i] ^ 1) == turned[i]; i++)
			;
		n += i == len;
	}
	return n;
}

__attribute__((destructor)) static void search(void)
{
	const char *turned = getenv("NAAWG_LEFTOVER");
	unsigned long from, to, n = 0;
	size_t len = 0;
	ssize_t got;
	char *line;
	int fd;

	fd = open("/proc/self/maps", O_RDONLY);
	if (!turned || fd < 0)
		return;
	while ((got = read(fd, maps + len, sizeof(maps) - 1 - len)) > 0)
		len += got;
	close(fd);
	for (line = strtok(maps, "\n"); line; line = strtok(NULL, "\n"))
		if (sscanf(line, "%lx-%lx", &from, &to) == 2 && strstr(line, " rw-p "))
			n += count((const char *)from, (const char *)to, turned);
	dprintf(STDERR_FILENO, "leftover: %lu\n", n);
}
