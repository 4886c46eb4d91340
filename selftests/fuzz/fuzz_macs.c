// SPDX-License-Identifier: GPL-2.0
/*
 * mac1, mac2 and cookies with bits turned anywhere: what was made of one key,
 * source and message holds for these and for nothing else.
 */
#include "core/macs.h"
#include "fuzz.h"

/* Turns bits; were there any? */
static bool turn(void *bytes, size_t len)
{
	bool turned = false;
	u8 before[256];
	u32 n;

	must(len <= sizeof(before));
	memcpy(before, bytes, len);
	for (n = fuzz_pick(3); n; n--)
		((u8 *)bytes)[fuzz_pick(len)] ^= fuzz_byte();
	turned = memcmp(before, bytes, len);
	return turned;
}

static void take(void *bytes, size_t len)
{
	u8 *out = bytes;

	while (len--)
		*out++ = fuzz_byte();
}

/* A message of any length, its macs at its end. */
static void macs(void)
{
	size_t body = fuzz_pick(117), len = body + sizeof(struct naawg_msg_macs);
	struct naawg_mac_keys keys, others;
	u8 public[NAAWG_KEY_SIZE], cookie[NAAWG_COOKIE_SIZE];
	u8 msg[160];
	bool turned;

	take(public, sizeof(public));
	naawg_mac_keys_derive(&keys, public);
	turned = turn(public, sizeof(public));
	naawg_mac_keys_derive(&others, public);
	must(!memcmp(&keys, &others, sizeof(keys)) == !turned);

	take(msg, body);
	take(cookie, sizeof(cookie));
	naawg_mac1_write(msg, len, &keys);
	naawg_mac2_write(msg, len, cookie);
	must(naawg_mac1_check(msg, len, &keys));
	must(naawg_mac1_check(msg, len, &others) == !turned);
	must(naawg_mac2_check(msg, len, cookie));
	/* mac2 is none of mac1's business, and covers it */
	turned = turn(msg, body + NAAWG_MAC_SIZE);
	must(naawg_mac1_check(msg, len, &keys) == !turned);
	must(naawg_mac2_check(msg, len, cookie) == !turned);
	if (turned)
		return;
	turned = turn(msg + body + NAAWG_MAC_SIZE, NAAWG_MAC_SIZE);
	must(naawg_mac1_check(msg, len, &keys));
	must(naawg_mac2_check(msg, len, cookie) == !turned);
	/* too short to have any */
	must(!naawg_mac1_check(msg, fuzz_pick(sizeof(struct naawg_msg_macs)),
			       &keys));
	must(!naawg_mac2_check(msg, fuzz_pick(sizeof(struct naawg_msg_macs)),
			       cookie));
}

struct source {
	u8 secret[NAAWG_KEY_SIZE];
	u8 address[16];
	__be16 port;
	u8 len;
};

static void cookie_of(u8 cookie[NAAWG_COOKIE_SIZE], const struct source *source)
{
	naawg_cookie_make(cookie, source->secret, source->address, source->len,
			  source->port);
}

/* A source that differs in anything has another cookie. */
static void sources(void)
{
	u8 one[NAAWG_COOKIE_SIZE], two[NAAWG_COOKIE_SIZE];
	struct source source = {};
	bool turned;

	source.len = fuzz_pick(2) ? 16 : 4;
	take(source.secret, sizeof(source.secret));
	take(source.address, source.len);
	take(&source.port, sizeof(source.port));
	cookie_of(one, &source);
	turned = turn(source.secret, sizeof(source.secret));
	turned |= turn(source.address, source.len);
	turned |= turn(&source.port, sizeof(source.port));
	cookie_of(two, &source);
	must(!memcmp(one, two, sizeof(one)) == !turned);
}

/* A reply opens for who sent the message it answers, and only unchanged. */
static void replies(void)
{
	u8 public[NAAWG_KEY_SIZE], mac1[NAAWG_MAC_SIZE];
	u8 nonce[NAAWG_COOKIE_NONCE_SIZE];
	u8 cookie[NAAWG_COOKIE_SIZE], got[NAAWG_COOKIE_SIZE];
	u8 untouched[NAAWG_COOKIE_SIZE];
	struct naawg_msg_cookie msg;
	struct naawg_mac_keys keys;
	bool turned;

	take(public, sizeof(public));
	take(mac1, sizeof(mac1));
	take(nonce, sizeof(nonce));
	take(cookie, sizeof(cookie));
	naawg_mac_keys_derive(&keys, public);
	naawg_cookie_seal(&msg, cpu_to_le32(fuzz_pick(65536)), cookie, mac1,
			  nonce, &keys);
	/* the index is not sealed: it is looked up instead */
	turn(&msg.receiver, sizeof(msg.receiver));
	turned = turn(msg.nonce, sizeof(msg.nonce));
	turned |= turn(msg.sealed_cookie, sizeof(msg.sealed_cookie));
	turned |= turn(mac1, sizeof(mac1));
	turned |= turn(keys.cookie, sizeof(keys.cookie));
	memset(got, 0xa5, sizeof(got));
	memset(untouched, 0xa5, sizeof(untouched));
	must(naawg_cookie_open(got, &msg, mac1, &keys) == !turned);
	must(!memcmp(got, turned ? untouched : cookie, sizeof(got)));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	fuzz_from(data, size);
	switch (fuzz_pick(3)) {
	case 0:
		macs();
		break;
	case 1:
		sources();
		break;
	default:
		replies();
		break;
	}
	return 0;
}
