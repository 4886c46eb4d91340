// SPDX-License-Identifier: GPL-2.0
/* Keeps names of peers and endpoints as written, in files below /run. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/quick_conf.h"
#include "lib/files.h"
#include "lib/keys.h"
#include "lib/peer_index.h"
#include "lib/prog.h"
#include "netcfg/state.h"

#define ENDPOINTS	":ends"	/* the end of the file that only root may read */

/* Every user may read the directory, whatever the umask of its creator. */
bool state_dir(void)
{
	return !mkdir(STATE_DIR, 0755) ? !chmod(STATE_DIR, 0755) : errno == EEXIST;
}

/* Interfaces of two namespaces may have the same name. */
static bool place(char path[static STATE_PATH_LEN], const char *name)
{
	struct stat st;

	if (stat("/proc/self/ns/net", &st) || strchr(name, '/'))
		return false;
	return snprintf(path, STATE_PATH_LEN, STATE_DIR "/%lu-%s", (unsigned long)st.st_ino,
			name) < STATE_PATH_LEN;
}

/* No other user can write to the directory, so the name need not be random. */
bool state_beside(char path[static STATE_BESIDE_LEN], const char *name, const char *what)
{
	if (!place(path, name) || strlen(what) >= STATE_BESIDE_LEN - STATE_PATH_LEN)
		return false;
	strcat(path, what);
	return true;
}

unsigned int state_index(const char *name)
{
	char path[STATE_PATH_LEN];
	unsigned int index = 0;
	FILE *in;

	if (!place(path, name))
		return 0;
	in = fopen(path, "r");
	if (!in)
		return 0;
	if (fscanf(in, "%u", &index) != 1)
		index = 0;
	fclose(in);
	return index;
}

void state_each(void (*take)(const char *name))
{
	char path[STATE_PATH_LEN];
	struct dirent *entry;
	size_t len;
	DIR *dir;

	if (!place(path, ""))
		return;
	dir = opendir(STATE_DIR);
	if (!dir)
		return;
	memmove(path, path + sizeof(STATE_DIR), strlen(path + sizeof(STATE_DIR)) + 1);
	len = strlen(path);
	while ((entry = readdir(dir)))
		if (!strncmp(entry->d_name, path, len) && !strchr(entry->d_name, ':') &&
		    strlen(entry->d_name + len) < IFNAMSIZ)
			take(entry->d_name + len);
	closedir(dir);
}

/* Endpoints are for root only, so each of the two files has one half of a peer. */
static bool is_in(const struct peer *peer, bool endpoints)
{
	return endpoints ? !!peer->endpoint_given : !!peer->name[0];
}

static bool write_peers(const struct device *dev, bool off, bool endpoints, FILE *out)
{
	char key[KEY_TEXT_LEN];
	const struct peer *peer;
	size_t i;

	/* The index tells the link from a later one with the same name. */
	fprintf(out, "%u%s\n", if_nametoindex(dev->name), off ? " off" : "");
	for (i = 0; i < dev->n_peers; i++) {
		peer = &dev->peers[i];
		if (!is_in(peer, endpoints))
			continue;
		key_to_text(key, peer->public_key);
		fprintf(out, "%s\t%s\t%s\n", key, endpoints ? peer->endpoint_given : "",
			endpoints ? "" : peer->name);
	}
	return !ferror(out);
}

static bool save(const struct device *dev, bool off, bool endpoints, const char *path)
{
	char temp[FILE_TEMP_LEN];
	FILE *out = file_begin(path, temp, endpoints ? 0600 : 0644);

	return out && file_commit(out, temp, write_peers(dev, off, endpoints, out));
}

static bool have_endpoints(const struct device *dev)
{
	size_t i;

	for (i = 0; i < dev->n_peers; i++)
		if (is_in(&dev->peers[i], true))
			return true;
	return false;
}

static bool save_endpoints(const struct device *dev, const char *path)
{
	if (have_endpoints(dev))
		return save(dev, false, true, path);
	return !unlink(path) || errno == ENOENT;
}

bool state_save(const struct device *dev)
{
	char names[STATE_PATH_LEN], ends[STATE_BESIDE_LEN];
	bool off;

	if (!place(names, dev->name) || !state_beside(ends, dev->name, ENDPOINTS))
		return false;
	/* A command without a file, such as client-config, keeps the present value. */
	off = dev->quick ? dev->quick->table_kind == TABLE_OFF : state_says_off(dev->name);
	if (state_dir() && save_endpoints(dev, ends) && save(dev, off, false, names))
		return true;
	fprintf(stderr, "%s: cannot write %s: %s\n", prog_name, names, strerror(errno));
	return false;
}

static struct peer *find(struct device *dev, const struct peer_index *index, const char *text)
{
	const struct peer *peer;
	struct peer like;

	if (!key_from_text(like.public_key, text))
		return NULL;
	peer = peer_index_find(index, &like);
	return peer ? &dev->peers[peer - dev->peers] : NULL;
}

/* @line: key, endpoint and name of a peer, with tabs between them. */
static void take_names(struct device *dev, const struct peer_index *index, char *line)
{
	char *rest = line, *key, *endpoint;
	struct peer *peer;

	line[strcspn(line, "\n")] = '\0';
	key = strsep(&rest, "\t");
	endpoint = strsep(&rest, "\t");
	peer = endpoint && rest ? find(dev, index, key) : NULL;
	if (!peer)
		return;
	if (*rest)
		snprintf(peer->name, sizeof(peer->name), "%s", rest);
	if (*endpoint && !peer->endpoint_given)
		peer->endpoint_given = strdup(endpoint);
}

static void read_names(struct device *dev, const struct peer_index *index, const char *path)
{
	FILE *in = fopen(path, "re");
	char line[512];

	if (!in)
		return;
	if (fgets(line, sizeof(line), in) &&
	    strtoul(line, NULL, 10) == if_nametoindex(dev->name))
		while (fgets(line, sizeof(line), in))
			take_names(dev, index, line);
	fclose(in);
}

void state_names(struct device *dev)
{
	char names[STATE_PATH_LEN], ends[STATE_BESIDE_LEN];
	struct peer_index index;

	if (!place(names, dev->name) || !state_beside(ends, dev->name, ENDPOINTS) ||
	    !peer_index_init(&index, dev))
		return;
	read_names(dev, &index, names);
	read_names(dev, &index, ends);
	peer_index_destroy(&index);
}

bool state_says_off(const char *name)
{
	char path[STATE_PATH_LEN], line[64], *end;
	bool off = false;
	FILE *in;

	if (!place(path, name))
		return false;
	in = fopen(path, "r");
	if (!in)
		return false;
	if (fgets(line, sizeof(line), in) && strtoul(line, &end, 10) == if_nametoindex(name))
		off = !strcmp(end, " off\n");
	fclose(in);
	return off;
}

bool state_dns(const char *name, bool ours)
{
	char path[STATE_BESIDE_LEN];
	int fd;

	/* No interface has a colon in its name. */
	if (!state_beside(path, name, ":dns"))
		return false;
	if (!ours)
		return !unlink(path);
	fd = state_dir() ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644) : -1;
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

void state_remove(const char *name)
{
	char path[STATE_BESIDE_LEN];

	state_dns(name, false);
	if (state_beside(path, name, ENDPOINTS))
		unlink(path);
	if (place(path, name))
		unlink(path);
}
