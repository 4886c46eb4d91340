// SPDX-License-Identifier: GPL-2.0
/* The file that holds the links of a network namespace while they are away. */

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/prog.h"
#include "lib/served.h"
#include "saved/saved.h"
#include "saved/saved_file.h"
#include "uapi/naawg.h"

#define NS_PER_SEC	UINT64_C(1000000000)

#define MAGIC		"naawg-link"
#define VERSION		1
#define LINKS_MAX	65536

/*
 * The file has this header, a time for each link, and the records. The times change in place.
 * The hash covers the rest, so that a truncated or edited file is refused as a whole.
 */
struct file_header {
	char magic[12];
	uint32_t version;
	uint8_t hash[crypto_generichash_BYTES];
	uint64_t cookie;
	uint64_t time;
	uint64_t n_links;
};

uint64_t saved_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * NS_PER_SEC + now.tv_nsec;
}

uint32_t saved_age(const struct saved *saved)
{
	uint64_t now = saved_clock();

	return now > saved->time ? (now - saved->time) / NS_PER_SEC : 0;
}

bool saved_add_link(struct saved *saved, const struct nlmsghdr *msg)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(msg);
	const struct nlattr *name = record_attr(msg, sizeof(*info), IFLA_IFNAME);
	struct saved_link *moved;

	moved = realloc(saved->links, (saved->n_links + 1) * sizeof(*moved));
	if (!moved)
		return false;
	saved->links = moved;
	moved = &moved[saved->n_links++];
	memset(moved, 0, sizeof(*moved));
	snprintf(moved->name, sizeof(moved->name), "%.*s", mnl_attr_get_payload_len(name),
		 (const char *)mnl_attr_get_payload(name));
	record_kind(msg, moved->kind);
	moved->up = info->ifi_flags & IFF_UP;
	moved->index = info->ifi_index;
	moved->index_now = info->ifi_index;
	return true;
}

void saved_destroy(struct saved *saved)
{
	records_destroy(&saved->records);
	free(saved->links);
	memset(saved, 0, sizeof(*saved));
}

int saved_cookie(uint64_t *cookie)
{
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), ret = 0;
	socklen_t len = sizeof(*cookie);

	if (sock < 0)
		return -errno;
	if (getsockopt(sock, SOL_SOCKET, SO_NETNS_COOKIE, cookie, &len))
		ret = -errno;
	close(sock);
	return ret;
}

static void hash_of(const struct file_header *header, const char *records, size_t len,
		    uint8_t hash[static crypto_generichash_BYTES])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, crypto_generichash_BYTES);
	crypto_generichash_update(&state, (const void *)&header->cookie,
				  sizeof(*header) - offsetof(struct file_header, cookie));
	crypto_generichash_update(&state, (const void *)records, len);
	crypto_generichash_final(&state, hash, crypto_generichash_BYTES);
	explicit_bzero(&state, sizeof(state));
}

bool saved_write(const struct saved *saved, const char *path, bool again)
{
	struct file_header header = { .magic = MAGIC, .version = VERSION, .time = saved->time,
				      .cookie = saved->cookie, .n_links = saved->n_links };
	size_t times = saved->n_links * sizeof(uint64_t), i;
	size_t len = sizeof(header) + times + saved->records.len;
	char *all = calloc(1, len);
	bool ok = false;

	if (!all) {
		fprintf(stderr, "%s: cannot write %s: %s\n", prog_name, path, strerror(ENOMEM));
		return false;
	}
	hash_of(&header, saved->records.buf, saved->records.len, header.hash);
	memcpy(all, &header, sizeof(header));
	for (i = 0; i < saved->n_links; i++)
		memcpy(all + sizeof(header) + i * sizeof(uint64_t), &saved->links[i].removed,
		       sizeof(uint64_t));
	memcpy(all + sizeof(header) + times, saved->records.buf, saved->records.len);
	ok = saved_file_write(path, all, len, again);
	explicit_bzero(all, len);
	free(all);
	return ok;
}

static size_t least_payload(uint16_t type)
{
	switch (type) {
	case RTM_NEWLINK:
		return sizeof(struct ifinfomsg);
	case RTM_NEWADDR:
		return sizeof(struct ifaddrmsg);
	case RTM_NEWRULE:
		return sizeof(struct fib_rule_hdr);
	case RTM_NEWROUTE:
	case SAVED_HOLD:
		return sizeof(struct rtmsg);
	case SAVED_BIRTH:
		return sizeof(int32_t);
	}
	return 0;
}

/* Their attributes are copied into one request. The kernel never sends longer messages. */
static bool fits_request(const struct nlmsghdr *msg)
{
	return !least_payload(msg->nlmsg_type) || mnl_nlmsg_get_payload_len(msg) <= REQUEST_ROOM;
}

/* Whether all records are whole, so that none needs to be checked later. */
static bool are_whole(const struct records *records)
{
	size_t end = 0;

	records_for_each(msg, records) {
		if (mnl_nlmsg_get_payload_len(msg) < least_payload(msg->nlmsg_type) ||
		    !fits_request(msg))
			return false;
		end = (const char *)msg - records->buf + MNL_ALIGN((size_t)msg->nlmsg_len);
	}
	return end == records->len;
}

static bool is_tunnel(const struct nlmsghdr *msg)
{
	return record_attr(msg, sizeof(struct ifinfomsg), IFLA_IFNAME) &&
	       (record_is_kind(msg, NAAWG_FAMILY_NAME) || record_is_kind(msg, SERVED_KIND));
}

/* The tags of RTM_NEWLINK records count from 0. */
static bool read_links(struct saved *saved, const uint64_t *times, uint64_t n)
{
	records_for_each(msg, &saved->records) {
		if (msg->nlmsg_type != RTM_NEWLINK)
			continue;
		if (!is_tunnel(msg) || saved->n_links == n || msg->nlmsg_seq != saved->n_links ||
		    !saved_add_link(saved, msg))
			return false;
		saved->links[saved->n_links - 1].removed = times[saved->n_links - 1];
	}
	return saved->n_links == n;
}

/* Returns NULL, or says what is wrong with the file. */
static const char *read_file(struct saved *saved, const char *all, size_t len)
{
	uint8_t hash[crypto_generichash_BYTES];
	struct file_header header;
	uint64_t *times;
	size_t begin;
	bool ok;

	if (len < sizeof(header))
		return "it is no file of saved interfaces";
	memcpy(&header, all, sizeof(header));
	if (strncmp(header.magic, MAGIC, sizeof(header.magic)))
		return "it is no file of saved interfaces";
	if (header.version != VERSION)
		return "another version of naawg wrote it";
	begin = sizeof(header) + header.n_links * sizeof(uint64_t);
	if (header.n_links > LINKS_MAX || begin > len)
		return "it is damaged";
	hash_of(&header, all + begin, len - begin, hash);
	if (memcmp(hash, header.hash, sizeof(hash)))
		return "it is damaged";
	saved->cookie = header.cookie;
	saved->time = header.time;
	saved->records.buf = malloc(len - begin + 1);
	times = calloc(header.n_links + 1, sizeof(*times));
	if (!saved->records.buf || !times) {
		free(times);
		return strerror(ENOMEM);
	}
	saved->records.room = len - begin;
	saved->records.len = len - begin;
	memcpy(saved->records.buf, all + begin, len - begin);
	memcpy(times, all + sizeof(header), header.n_links * sizeof(*times));
	ok = are_whole(&saved->records) && read_links(saved, times, header.n_links);
	free(times);
	return ok ? NULL : "it is damaged";
}

bool saved_read(struct saved *saved, const char *path)
{
	const char *wrong;
	size_t len = 0;
	char *all;

	memset(saved, 0, sizeof(*saved));
	all = saved_file_read(path, &len);
	if (!all)
		return false;
	wrong = read_file(saved, all, len);
	explicit_bzero(all, len);
	free(all);
	if (!wrong)
		return true;
	fprintf(stderr, "%s: %s cannot be used: %s\n", prog_name, path, wrong);
	saved_destroy(saved);
	return false;
}

bool saved_note(const struct saved *saved, const char *path, size_t link)
{
	return saved_file_patch(path, sizeof(struct file_header) + link * sizeof(uint64_t),
				&saved->links[link].removed, sizeof(uint64_t));
}
