// SPDX-License-Identifier: GPL-2.0
/* mac1, mac2 and cookies: right ones hold, everything else is refused. */
#include "core/crypto.h"
#include "core/macs.h"
#include "shim.h"
#include "tap.h"

static const size_t lengths[] = { sizeof(struct naawg_msg_initiation),
				  sizeof(struct naawg_msg_response) };

static void macs(void)
{
	struct naawg_mac_keys keys, other;
	u8 public[32], cookie[16];
	int i;

	tap_fill(public, 32);
	tap_fill(cookie, 16);
	naawg_mac_keys_derive(&keys, public);
	public[0] ^= 1;
	naawg_mac_keys_derive(&other, public);
	check(memcmp(keys.mac1, keys.cookie, 32));

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		size_t len = lengths[i], at;
		u8 *msg = malloc(len);

		tap_fill(msg, len);
		check(!naawg_mac1_check(msg, len, &keys));
		naawg_mac1_write(msg, len, &keys);
		naawg_mac2_write(msg, len, NULL);
		check(naawg_is_zero(msg + len - 16, 16));
		check(!naawg_mac2_check(msg, len, cookie));
		naawg_mac2_write(msg, len, cookie);
		check(naawg_mac1_check(msg, len, &keys));
		check(!naawg_mac1_check(msg, len, &other));
		check(naawg_mac2_check(msg, len, cookie));

		/* every byte counts, up to the mac itself */
		for (at = 0; at < len; at++) {
			msg[at] ^= 0x10;
			check(naawg_mac1_check(msg, len, &keys) ==
			      (at >= len - 16));
			check(!naawg_mac2_check(msg, len, cookie));
			msg[at] ^= 0x10;
		}
		check(!naawg_mac1_check(msg, 31, &keys));
		check(!naawg_mac2_check(msg, 0, cookie));
		free(msg);
	}
}

static void cookies(void)
{
	u8 secret[32], addr[16], one[16], two[16], mac1[16], nonce[24];
	struct naawg_mac_keys keys, other;
	struct naawg_msg_cookie msg;
	u8 public[32];
	size_t at;

	tap_fill(secret, 32);
	tap_fill(addr, 16);
	tap_fill(mac1, 16);
	tap_fill(nonce, 24);
	tap_fill(public, 32);
	naawg_mac_keys_derive(&keys, public);
	public[31] ^= 1;
	naawg_mac_keys_derive(&other, public);

	naawg_cookie_make(one, secret, addr, 4, cpu_to_be16(51820));
	naawg_cookie_make(two, secret, addr, 4, cpu_to_be16(51820));
	check(!memcmp(one, two, 16));
	naawg_cookie_make(two, secret, addr, 4, cpu_to_be16(51821));
	check(memcmp(one, two, 16));
	naawg_cookie_make(two, secret, addr, 16, cpu_to_be16(51820));
	check(memcmp(one, two, 16));
	addr[3] ^= 1;
	naawg_cookie_make(two, secret, addr, 4, cpu_to_be16(51820));
	check(memcmp(one, two, 16));
	addr[3] ^= 1;
	secret[0] ^= 1;
	naawg_cookie_make(two, secret, addr, 4, cpu_to_be16(51820));
	check(memcmp(one, two, 16));

	naawg_cookie_seal(&msg, cpu_to_le32(7), one, mac1, nonce, &keys);
	check(naawg_wire_classify(&msg, sizeof(msg)) == NAAWG_MSG_COOKIE);
	check(msg.receiver == cpu_to_le32(7));
	memset(two, 0xee, 16);
	check(!naawg_cookie_open(two, &msg, mac1, &other));
	for (at = 8; at < sizeof(msg); at++) {
		((u8 *)&msg)[at] ^= 1;
		check(!naawg_cookie_open(two, &msg, mac1, &keys));
		((u8 *)&msg)[at] ^= 1;
	}
	for (at = 0; at < 16; at++) {
		mac1[at] ^= 1;
		check(!naawg_cookie_open(two, &msg, mac1, &keys));
		mac1[at] ^= 1;
		check(two[at] == 0xee);
	}
	check(naawg_cookie_open(two, &msg, mac1, &keys));
	check(!memcmp(one, two, 16));
}

int main(void)
{
	tap_run("mac1 and mac2 are made and checked", macs);
	tap_run("cookies and cookie replies are made and read", cookies);
	return tap_done();
}
