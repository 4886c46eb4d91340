// SPDX-License-Identifier: GPL-2.0
/* A configuration file before and after the change of one peer, in memory. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmds/peer_file.h"
#include "conf/conf_file.h"
#include "lib/files.h"
#include "lib/prog.h"

#define MORE	1024	/* room for a name, two keys and a time */

static void wipe(char *text, size_t room)
{
	if (text)
		explicit_bzero(text, room);
	free(text);
}

void peer_file_forget(struct peer_file *file)
{
	wipe(file->before, file->room);
	wipe(file->after, file->room);
	memset(file, 0, sizeof(*file));
}

/* Does not use stdio, which would keep a copy of the keys. */
static bool read_all(struct peer_file *file)
{
	int fd = open(file->path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	struct stat st;
	ssize_t got = 0;

	if (fd < 0)
		return false;
	if (!fstat(fd, &st)) {
		/* A new key in each of many forwards is as long as the old one. */
		file->room = st.st_size + MORE;
		file->before = calloc(1, file->room);
		file->after = calloc(1, file->room);
	}
	while (file->before && file->after && n + 1 < file->room &&
	       (got = read(fd, file->before + n, file->room - n - 1)) > 0)
		n += got;
	close(fd);
	return file->before && file->after && !got;
}

static bool change(struct peer_file *file, const struct peer_edit *edit)
{
	FILE *out = fmemopen(file->after, file->room, "w");
	char buf[BUFSIZ];
	bool ok;

	if (!out)
		return false;
	setvbuf(out, buf, _IOFBF, sizeof(buf));
	ok = peer_edit(out, file->before, edit) && !fflush(out) && !ferror(out);
	fclose(out);
	explicit_bzero(buf, sizeof(buf));
	return ok;
}

static bool same_peer(const struct peer *one, const struct peer *other)
{
	return !memcmp(one->public_key, other->public_key, KEY_LEN) &&
	       !memcmp(one->preshared_key, other->preshared_key, KEY_LEN) &&
	       !strcmp(one->name, other->name) && one->n_ips == other->n_ips;
}

/* Whether this is the peer after its change. */
static bool is_changed(const struct peer *now, const struct peer *peer,
		       const struct peer_edit *edit)
{
	const uint8_t *key = edit->public_key ? edit->public_key : peer->public_key;

	return !memcmp(now->public_key, key, KEY_LEN) &&
	       !strcmp(now->name, edit->name ? edit->name : peer->name) &&
	       now->n_ips == peer->n_ips;
}

/* Another program may have saved the file since @dev was read, so lines may have moved. */
static bool is_right(const struct device *now, const struct peer_edit *edit,
		     const struct device *dev, const struct peer *peer)
{
	size_t i, k = 0;

	for (i = 0; i < dev->n_peers; i++) {
		if (edit->remove && &dev->peers[i] == peer)
			continue;
		if (k == now->n_peers)
			return false;
		if (!(&dev->peers[i] == peer ? is_changed(&now->peers[k], peer, edit) :
		      same_peer(&now->peers[k], &dev->peers[i])))
			return false;
		k++;
	}
	return k == now->n_peers;
}

/* Whether the new text is a configuration with the peers that it is to have. */
static bool is_sound(const struct peer_file *file, const struct peer_edit *edit,
		     const struct device *dev, const struct peer *peer)
{
	FILE *in = fmemopen(file->after, strlen(file->after), "r");
	struct quick quick;
	struct device now;
	bool ok;

	if (!in)
		return false;
	ok = conf_file_parse(&now, &quick, in, "the changed file");
	fclose(in);
	if (!ok)
		return false;
	ok = is_right(&now, edit, dev, peer);
	conf_file_destroy(&now, &quick);
	return ok;
}

bool peer_file_edit(struct peer_file *file, const char *path, const struct peer_edit *edit,
		    const struct device *dev, const struct peer *peer)
{
	memset(file, 0, sizeof(*file));
	file->path = path;
	if (!read_all(file)) {
		fprintf(stderr, "%s: cannot read %s: %s\n", prog_name, path, strerror(errno));
		peer_file_forget(file);
		return false;
	}
	if (change(file, edit) && is_sound(file, edit, dev, peer))
		return true;
	fprintf(stderr, "%s: %s changed a moment ago, or is written in a way that this command cannot change: edit it, and run `naawg apply'\n",
		prog_name, path);
	peer_file_forget(file);
	return false;
}

/* Ended in between, the program would leave a copy with keys, and a link that differs. */
static void hold_signals(struct peer_file *file)
{
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGHUP);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, &file->before_hold);
}

static void let_signals(const struct peer_file *file)
{
	sigprocmask(SIG_SETMASK, &file->before_hold, NULL);
}

static void failed(const struct peer_file *file)
{
	fprintf(stderr, "%s: cannot write %s, which is unchanged: %s\n", prog_name, file->path,
		strerror(errno));
}

bool peer_file_prepare(struct peer_file *file, bool back)
{
	const char *text = back ? file->before : file->after;

	hold_signals(file);
	file->out = file_begin(file->path, file->temp, 0600);
	if (!file->out) {
		failed(file);
		let_signals(file);
		return false;
	}
	setvbuf(file->out, NULL, _IONBF, 0);
	if (file_write_all(fileno(file->out), text, strlen(text)) && !fsync(fileno(file->out)))
		return true;
	failed(file);
	file_commit(file->out, file->temp, false);
	file->out = NULL;
	let_signals(file);
	return false;
}

bool peer_file_commit(struct peer_file *file, bool ok)
{
	bool done;

	if (!file->out)
		return false;
	done = file_commit(file->out, file->temp, ok);
	file->out = NULL;
	if (ok && !done)
		failed(file);
	let_signals(file);
	return done;
}
