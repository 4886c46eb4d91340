// SPDX-License-Identifier: GPL-2.0
/*
 * The codec without a kernel: large configurations are cut into messages, and
 * a stand-in for the kernel puts them together again.
 */

#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "lib/codec.h"
#include "tap.h"

#define HEADER	sizeof(struct genlmsghdr)

static struct nlmsghdr *message(char *buf, size_t room)
{
	struct nlmsghdr *nlh;

	memset(buf, 0xa5, room);
	nlh = mnl_nlmsg_put_header(buf);
	mnl_nlmsg_put_extra_header(nlh, HEADER);
	return nlh;
}

static void add_ips(struct peer *peer, size_t n, uint32_t base)
{
	struct allowed_ip *ip;
	size_t i;

	for (i = 0; i < n; i++) {
		ip = peer_add_ip(peer);
		ip->family = i % 5 == 4 ? AF_INET6 : AF_INET;
		ip->prefix_len = i % 5 == 4 ? 128 : 32;
		if (ip->family == AF_INET)
			ip->ip4.s_addr = htonl(base + i);
		else
			memcpy(&ip->ip6.s6_addr[8], &i, sizeof(i));
		ip->remove = i % 7 == 6;
	}
}

static void add_peer(struct device *dev, uint32_t number, size_t n_ips)
{
	struct peer *peer = device_add_peer(dev);

	peer->bits = PEER_HAS_PUBLIC_KEY | PEER_REPLACE_IPS | PEER_HAS_ENDPOINT |
		     PEER_HAS_KEEPALIVE | PEER_HAS_PRESHARED_KEY;
	memcpy(peer->public_key, &number, sizeof(number));
	peer->preshared_key[0] = 1;
	peer->keepalive = number;
	if (number & 1) {
		peer->endpoint.addr4.sin_family = AF_INET;
		peer->endpoint.addr4.sin_port = number;
	} else {
		peer->endpoint.addr6.sin6_family = AF_INET6;
		peer->endpoint.addr6.sin6_port = number;
	}
	add_ips(peer, n_ips, number << 16);
}

struct seen {
	unsigned int messages, replace_peers, replace_ips;
	bool replace_late;	/* a flag that would undo what came before */
	bool too_long, malformed;
};

static void look_at_peer(const struct nlattr *nest, struct seen *seen,
			 uint8_t last_key[static KEY_LEN])
{
	const uint8_t *key = NULL;
	const struct nlattr *attr;
	uint32_t flags = 0;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == NAAWG_A_PEER_PUBLIC_KEY)
			key = mnl_attr_get_payload(attr);
		if (mnl_attr_get_type(attr) == NAAWG_A_PEER_FLAGS)
			flags = mnl_attr_get_u32(attr);
	}
	if (!key) {
		seen->malformed = true;
		return;
	}
	if (flags & NAAWG_PEER_FLAG_REPLACE_ALLOWED_IPS) {
		seen->replace_ips++;
		if (!memcmp(key, last_key, KEY_LEN))
			seen->replace_late = true;
	}
	memcpy(last_key, key, KEY_LEN);
}

static void look_at(const struct nlmsghdr *nlh, size_t room, struct seen *seen,
		    uint8_t last_key[static KEY_LEN])
{
	const struct nlattr *attr;
	size_t total = 0;

	seen->messages++;
	if (nlh->nlmsg_len > room)
		seen->too_long = true;
	mnl_attr_for_each(attr, nlh, HEADER) {
		total += MNL_ALIGN(attr->nla_len);
		if (mnl_attr_get_type(attr) == NAAWG_A_DEVICE_FLAGS) {
			seen->replace_peers++;
			if (seen->messages > 1)
				seen->replace_late = true;
		}
		if (mnl_attr_get_type(attr) == NAAWG_A_DEVICE_PEERS)
			look_at_peer(attr, seen, last_key);
	}
	/* A length that wrapped at 16 bits would end the walk early. */
	if (total != nlh->nlmsg_len - MNL_NLMSG_HDRLEN - MNL_ALIGN(HEADER))
		seen->malformed = true;
}

/* Cuts @from into messages and joins them into @to. */
static bool carry(const struct device *from, struct device *to, size_t room, struct seen *seen)
{
	struct codec_cursor cursor = { .dev = from };
	uint8_t last_key[KEY_LEN] = { 0xff };
	struct nlmsghdr *nlh;
	char *buf;
	bool ok = true;

	memset(seen, 0, sizeof(*seen));
	device_init(to, "");
	buf = malloc(room);		/* exactly, so that ASan sees one byte more */
	while (ok) {
		nlh = message(buf, room);
		if (!codec_put(&cursor, nlh, room))
			break;
		look_at(nlh, room, seen, last_key);
		ok = !codec_get(to, nlh, HEADER) && seen->messages < 100000;
	}
	free(buf);
	return ok;
}

static bool same_peers(const struct device *a, const struct device *b)
{
	size_t i, j;

	if (a->n_peers != b->n_peers)
		return false;
	for (i = 0; i < a->n_peers; i++) {
		const struct peer *pa = &a->peers[i], *pb = &b->peers[i];

		if (memcmp(pa->public_key, pb->public_key, KEY_LEN) ||
		    memcmp(pa->preshared_key, pb->preshared_key, KEY_LEN) ||
		    memcmp(&pa->endpoint, &pb->endpoint, sizeof(pa->endpoint)) ||
		    pa->keepalive != pb->keepalive || pa->n_ips != pb->n_ips)
			return false;
		for (j = 0; j < pa->n_ips; j++)
			if (!allowed_ip_equal(&pa->ips[j], &pb->ips[j]))
				return false;
	}
	return true;
}

static void round_trip(const char *what, size_t n_peers, size_t n_ips, size_t room)
{
	struct device from, to;
	struct seen seen;
	char text[128];
	size_t i;
	bool ok;

	device_init(&from, "wg0");
	from.bits = DEVICE_HAS_LISTEN_PORT | DEVICE_HAS_FWMARK | DEVICE_HAS_PRIVATE_KEY |
		    DEVICE_REPLACE_PEERS;
	from.listen_port = 51820;
	from.fwmark = 0x1234;
	from.bits |= DEVICE_HAS_ANSWER;
	from.answer_unreachable = true;
	from.private_key[0] = 8;
	for (i = 0; i < n_peers; i++)
		add_peer(&from, i + 1, n_ips);

	ok = carry(&from, &to, room, &seen);
	snprintf(text, sizeof(text), "%s: cut at %zu and joined, %u messages", what, room,
		 seen.messages);
	tap_ok(ok && same_peers(&from, &to) && !strcmp(to.name, "wg0") &&
	       to.listen_port == 51820 && to.fwmark == 0x1234 && to.answer_unreachable &&
	       to.private_key[0] == 8, text);
	snprintf(text, sizeof(text), "%s: whole attributes within the room", what);
	tap_ok(!seen.too_long && !seen.malformed, text);
	snprintf(text, sizeof(text), "%s: replace flags come first and once", what);
	tap_ok(seen.replace_peers == 1 && seen.replace_ips == n_peers && !seen.replace_late, text);
	device_destroy(&from);
	device_destroy(&to);
}

static void removal(void)
{
	struct device from, to;
	struct seen seen;

	device_init(&from, "wg0");
	add_peer(&from, 1, 1000);
	from.peers[0].bits |= PEER_REMOVE;
	tap_ok(carry(&from, &to, 4096, &seen) && seen.messages == 1 && to.n_peers == 1 &&
	       !to.peers[0].n_ips && !to.peers[0].keepalive && !seen.replace_ips,
	       "a removal is the key and the flag only");
	device_destroy(&from);
	device_destroy(&to);
}

static void nothing(void)
{
	struct device from, to;
	struct seen seen;

	device_init(&from, "wg0");
	tap_ok(carry(&from, &to, 4096, &seen) && seen.messages == 1,
	       "an empty change is one message");
	device_destroy(&from);
	device_destroy(&to);
}

/* Any bytes in place of attributes: refused or taken, never read beyond. */
static void garbage(void)
{
	struct codec_cursor cursor;
	struct device from, to;
	struct nlmsghdr *nlh;
	unsigned int i, n, refused = 0;
	char *buf;

	device_init(&from, "wg0");
	add_peer(&from, 1, 10);
	srand(1);
	for (i = 0; i < 20000; i++) {
		buf = malloc(2048);
		nlh = message(buf, 2048);
		memset(&cursor, 0, sizeof(cursor));
		cursor.dev = &from;
		codec_put(&cursor, nlh, 2048);
		/* Exactly as long as it says, so that ASan guards its end. */
		n = nlh->nlmsg_len;
		nlh = realloc(buf, n);
		for (unsigned int k = 0; k <= i % 4; k++)
			((uint8_t *)nlh)[20 + rand() % (n - 20)] = rand();
		device_init(&to, "");
		refused += codec_get(&to, nlh, HEADER) != 0;
		device_destroy(&to);
		free(nlh);
	}
	tap_ok(refused > 0, "20000 damaged messages are survived, some refused");
	device_destroy(&from);
}

static bool takes(uint16_t type, size_t len)
{
	char buf[256], payload[64] = { 0 };
	struct nlmsghdr *nlh = message(buf, sizeof(buf));
	struct device to;
	bool ok;

	mnl_attr_put(nlh, type, len, payload);
	device_init(&to, "");
	ok = !codec_get(&to, nlh, HEADER);
	device_destroy(&to);
	return ok;
}

int main(void)
{
	round_trip("one peer, 65280 allowed IPs", 1, 65280, 60 * 1024);
	round_trip("10000 peers", 10000, 3, 60 * 1024);
	round_trip("100 peers, 700 allowed IPs", 100, 700, 8192);
	round_trip("one peer, 65280 allowed IPs, room for long nests", 1, 65280, 256 * 1024);
	round_trip("small messages", 50, 20, 512);
	removal();
	nothing();
	tap_ok(takes(NAAWG_A_DEVICE_PRIVATE_KEY, KEY_LEN) &&
	       !takes(NAAWG_A_DEVICE_PRIVATE_KEY, KEY_LEN - 1) &&
	       !takes(NAAWG_A_DEVICE_LISTEN_PORT, 1) && !takes(NAAWG_A_DEVICE_FWMARK, 5),
	       "attributes of a wrong length are refused");
	tap_ok(takes(999, 3), "unknown attributes are passed over");
	garbage();
	return tap_done();
}
