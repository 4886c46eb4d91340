// SPDX-License-Identifier: GPL-2.0
/* Handshakes from end to end, and everything that must not become one. */
#include "core/crypto.h"
#include "core/noise.h"
#include "shim.h"
#include "tap.h"

static struct naawg_identity ii, ir;
static struct naawg_handshake hi, hr;
static struct naawg_msg_initiation first;
static struct naawg_msg_response second;
static struct naawg_transport_keys ki, kr;
static u8 ei[32], er[32], psk[32], stamp[12];
static u64 seconds = 1700000000;

static void new_identity(struct naawg_identity *id)
{
	u8 private[32];

	tap_fill(private, 32);
	check(naawg_identity_set(id, private));
	check(id->set && !naawg_is_zero(id->public, 32));
}

static void next_stamp(void)
{
	naawg_timestamp(stamp, ++seconds, 0);
}

/* Two ends that know each other's keys. */
static void meet(void)
{
	memset(&ii, 0xa5, sizeof(ii));
	memset(&ir, 0xa5, sizeof(ir));
	memset(&hi, 0xa5, sizeof(hi));
	memset(&hr, 0xa5, sizeof(hr));
	new_identity(&ii);
	new_identity(&ir);
	tap_fill(ei, 32);
	tap_fill(er, 32);
	tap_fill(psk, 32);
	next_stamp();
	naawg_handshake_init(&hi, &ii, ir.public, psk);
	naawg_handshake_init(&hr, &ir, ii.public, psk);
	check(!memcmp(hi.static_static, hr.static_static, 32));
	check(hi.state == NAAWG_HS_IDLE && !hi.local_index);
}

static enum naawg_reason initiate(void)
{
	return naawg_noise_initiate(&hi, &ii, ei, stamp, 0x11223344, &first);
}

static enum naawg_reason accept(void)
{
	struct naawg_claim claim;
	enum naawg_reason reason;

	reason = naawg_noise_read_claim(&claim, &ir, &first);
	if (reason != NAAWG_OK) {
		check(naawg_is_zero(&claim, sizeof(claim)));
		return reason;
	}
	return naawg_noise_accept(&hr, &claim, &first);
}

static enum naawg_reason respond(void)
{
	return naawg_noise_respond(&hr, er, 0xcafebabe, &second);
}

static enum naawg_reason finish(void)
{
	return naawg_noise_finish(&hi, &ii, &second);
}

static void to_response(void)
{
	meet();
	check(initiate() == NAAWG_OK);
	check(accept() == NAAWG_OK);
	check(respond() == NAAWG_OK);
}

static bool forgotten(const struct naawg_handshake *hs)
{
	return hs->state == NAAWG_HS_IDLE &&
	       naawg_is_zero(hs->ephemeral, 32) &&
	       naawg_is_zero(hs->remote_ephemeral, 32) &&
	       naawg_is_zero(hs->hash, 32) && naawg_is_zero(hs->chain, 32) &&
	       !hs->local_index && !hs->remote_index;
}

static void both_ways(void)
{
	u8 text[40], sealed[56], opened[40];

	for (int i = 0; i < 20; i++) {
		meet();
		check(initiate() == NAAWG_OK);
		check(hi.state == NAAWG_HS_INITIATED);
		check(hi.local_index == 0x11223344);
		check(naawg_wire_classify(&first, sizeof(first)) ==
		      NAAWG_MSG_INITIATION);
		check(!naawg_noise_split(&hi, &ki));

		check(accept() == NAAWG_OK);
		check(hr.state == NAAWG_HS_ACCEPTED);
		check(hr.remote_index == 0x11223344);
		check(!memcmp(hr.newest_timestamp, stamp, 12));
		check(!naawg_noise_split(&hr, &kr));

		check(respond() == NAAWG_OK);
		check(hr.state == NAAWG_HS_RESPONDED);
		check(naawg_wire_classify(&second, sizeof(second)) ==
		      NAAWG_MSG_RESPONSE);
		check(finish() == NAAWG_OK);
		check(hi.state == NAAWG_HS_FINISHED);
		check(hi.remote_index == 0xcafebabe);
		check(naawg_is_zero(hi.ephemeral, 32));
		check(finish() == NAAWG_R_HS_UNKNOWN_INDEX);

		check(naawg_noise_split(&hi, &ki));
		check(naawg_noise_split(&hr, &kr));
		check(forgotten(&hi) && forgotten(&hr));
		check(!memcmp(hr.newest_timestamp, stamp, 12));
		check(!naawg_noise_split(&hi, &ki));
		check(!memcmp(ki.send, kr.recv, 32));
		check(!memcmp(ki.recv, kr.send, 32));
		check(memcmp(ki.send, ki.recv, 32));

		tap_fill(text, sizeof(text));
		naawg_aead_seal(sealed, text, 40, NULL, 0, i, ki.send);
		check(naawg_aead_open(opened, sealed, 56, NULL, 0, i, kr.recv));
		check(!memcmp(text, opened, 40));
	}
}

static void first_flips(void)
{
	struct naawg_handshake before;
	u8 *bytes = (u8 *)&first;
	size_t at;

	meet();
	check(initiate() == NAAWG_OK);
	before = hr;
	/* type and sender are for others to check, macs as well */
	for (at = offsetof(struct naawg_msg_initiation, ephemeral);
	     at < offsetof(struct naawg_msg_initiation, macs); at++) {
		for (int bit = 0; bit < 8; bit++) {
			enum naawg_reason reason;

			bytes[at] ^= 1 << bit;
			reason = accept();
			check(reason == (at < 88 ? NAAWG_R_HS_BAD_STATIC :
					 NAAWG_R_HS_BAD_TIMESTAMP));
			check(!memcmp(&before, &hr, sizeof(hr)));
			bytes[at] ^= 1 << bit;
		}
	}
	check(accept() == NAAWG_OK);
}

static void second_flips(void)
{
	struct naawg_handshake before;
	u8 *bytes = (u8 *)&second;
	size_t at;

	to_response();
	before = hi;
	for (at = offsetof(struct naawg_msg_response, receiver);
	     at < offsetof(struct naawg_msg_response, macs); at++) {
		for (int bit = 0; bit < 8; bit++) {
			bytes[at] ^= 1 << bit;
			check(finish() == (at < 12 ? NAAWG_R_HS_UNKNOWN_INDEX :
					   NAAWG_R_HS_BAD_RESPONSE));
			check(!memcmp(&before, &hi, sizeof(hi)));
			bytes[at] ^= 1 << bit;
		}
	}
	check(finish() == NAAWG_OK);
}

static void wrong_psk(void)
{
	struct naawg_handshake before;

	meet();
	hr.preshared[31] ^= 1;
	check(initiate() == NAAWG_OK);
	check(accept() == NAAWG_OK);
	check(respond() == NAAWG_OK);
	before = hi;
	check(finish() == NAAWG_R_HS_BAD_RESPONSE);
	check(!memcmp(&before, &hi, sizeof(hi)));

	/* none at all is one of zeros */
	meet();
	memset(hi.preshared, 0, 32);
	memset(hr.preshared, 0, 32);
	check(initiate() == NAAWG_OK && accept() == NAAWG_OK);
	check(respond() == NAAWG_OK && finish() == NAAWG_OK);
}

static void wrong_static(void)
{
	struct naawg_handshake before;
	struct naawg_identity other;
	struct naawg_claim claim;

	/* the caller has the wrong key for us */
	meet();
	new_identity(&other);
	naawg_handshake_init(&hi, &ii, other.public, psk);
	before = hr;
	check(initiate() == NAAWG_OK);
	check(accept() == NAAWG_R_HS_BAD_STATIC);
	check(!memcmp(&before, &hr, sizeof(hr)));

	/* the caller is somebody else than the peer asked */
	meet();
	naawg_handshake_init(&hr, &ir, other.public, psk);
	before = hr;
	check(initiate() == NAAWG_OK);
	check(accept() == NAAWG_R_HS_UNKNOWN_PEER);
	check(!memcmp(&before, &hr, sizeof(hr)));

	/* anyone can claim to be anyone, but not prove it */
	meet();
	memcpy(other.public, ii.public, 32);
	naawg_handshake_init(&hi, &other, ir.public, psk);
	before = hr;
	check(naawg_noise_initiate(&hi, &other, ei, stamp, 1, &first) ==
	      NAAWG_OK);
	check(naawg_noise_read_claim(&claim, &ir, &first) == NAAWG_OK);
	check(!memcmp(claim.remote_static, ii.public, 32));
	check(accept() == NAAWG_R_HS_BAD_TIMESTAMP);
	check(!memcmp(&before, &hr, sizeof(hr)));

	/* a response from who is not meant */
	meet();
	check(initiate() == NAAWG_OK && accept() == NAAWG_OK);
	new_identity(&other);
	memcpy(hr.remote_static, other.public, 32);
	check(respond() == NAAWG_OK);
	check(finish() == NAAWG_R_HS_BAD_RESPONSE);
}

static void timestamps(void)
{
	struct naawg_handshake before;
	u8 older[12];

	meet();
	memcpy(older, stamp, 12);
	next_stamp();
	check(initiate() == NAAWG_OK && accept() == NAAWG_OK);
	before = hr;
	check(accept() == NAAWG_R_HS_OLD_TIMESTAMP);
	check(!memcmp(&before, &hr, sizeof(hr)));
	memcpy(stamp, older, 12);
	check(initiate() == NAAWG_OK);
	check(accept() == NAAWG_R_HS_OLD_TIMESTAMP);
	check(!memcmp(&before, &hr, sizeof(hr)));

	/* forgetting the handshake does not make it acceptable */
	naawg_handshake_reset(&hr);
	check(forgotten(&hr));
	check(accept() == NAAWG_R_HS_OLD_TIMESTAMP);

	/* a newer one replaces a handshake under way */
	next_stamp();
	next_stamp();
	check(initiate() == NAAWG_OK && accept() == NAAWG_OK);
	check(respond() == NAAWG_OK && finish() == NAAWG_OK);
}

static void coarse(void)
{
	static const u8 epoch[12] = { 0x40, 0, 0, 0, 0, 0, 0, 10 };
	int distinct = 0;
	u8 a[12], b[12];
	u32 ns;

	naawg_timestamp(a, 0, 0);
	check(!memcmp(a, epoch, 12));
	naawg_timestamp(a, 0, (1 << 24) - 1);
	check(!memcmp(a, epoch, 12));
	naawg_timestamp(a, 0, 1 << 24);
	check(memcmp(a, epoch, 12) > 0);
	naawg_timestamp(a, 5, 999999999);
	naawg_timestamp(b, 6, 0);
	check(memcmp(a, b, 12) < 0);
	naawg_timestamp(a, 0xffffffff, 999999999);
	naawg_timestamp(b, 0x100000000, 0);
	check(memcmp(a, b, 12) < 0);

	naawg_timestamp(b, 7, 0);
	for (ns = 0; ns < NAAWG_SECOND; ns += 1000000) {
		naawg_timestamp(a, 7, ns);
		check(memcmp(a, b, 12) >= 0);
		distinct += memcmp(a, b, 12) > 0;
		memcpy(b, a, 12);
	}
	check(distinct >= NAAWG_INITIATIONS_PER_SECOND && distinct < 100);
}

/* Points whose multiples by 8 vanish, and the same plus p. */
static const u8 low_order[][32] = {
	{ 0 },
	{ 1 },
	{ 0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae,
	  0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
	  0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd,
	  0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00 },
	{ 0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24,
	  0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
	  0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86,
	  0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57 },
	{ 0xec, [1 ... 30] = 0xff, 0x7f },
	{ 0xed, [1 ... 30] = 0xff, 0x7f },
	{ 0xee, [1 ... 30] = 0xff, 0x7f },
};

static void low_order_points(void)
{
	struct naawg_handshake before;
	u8 point[32];

	for (int i = 0; i < 2 * ARRAY_SIZE(low_order); i++) {
		/* the topmost bit is ignored */
		memcpy(point, low_order[i / 2], 32);
		point[31] |= i % 2 << 7;

		/* as a static key: such a peer never shakes hands */
		meet();
		naawg_handshake_init(&hi, &ii, point, psk);
		check(naawg_is_zero(hi.static_static, 32));
		before = hi;
		check(initiate() == NAAWG_R_HS_LOW_ORDER);
		check(!memcmp(&before, &hi, sizeof(hi)));

		/* as an ephemeral key of either message */
		meet();
		check(initiate() == NAAWG_OK);
		memcpy(first.ephemeral, point, 32);
		before = hr;
		check(accept() == NAAWG_R_HS_LOW_ORDER);
		check(!memcmp(&before, &hr, sizeof(hr)));

		to_response();
		memcpy(second.ephemeral, point, 32);
		before = hi;
		check(finish() == NAAWG_R_HS_LOW_ORDER);
		check(!memcmp(&before, &hi, sizeof(hi)));

		/* as the claimed static key, were there such a peer */
		meet();
		naawg_handshake_init(&hr, &ir, point, psk);
		struct naawg_claim claim = {};

		memcpy(claim.remote_static, point, 32);
		before = hr;
		check(naawg_noise_accept(&hr, &claim, &first) ==
		      NAAWG_R_HS_LOW_ORDER);
		check(!memcmp(&before, &hr, sizeof(hr)));
	}
}

static void identities(void)
{
	struct naawg_identity id, none = {};
	static const u8 zeros[32];
	u8 private[32];

	/* clamped, whatever comes; also from its own storage */
	memset(private, 0xff, 32);
	check(naawg_identity_set(&id, private));
	check(id.private[0] == 0xf8 && id.private[31] == 0x7f);
	check(naawg_identity_set(&id, id.private) && id.set);
	check(naawg_identity_set(&id, zeros) && !id.set);
	check(!memcmp(&id, &none, sizeof(id)));

	/* nothing happens without one */
	meet();
	check(naawg_identity_set(&ii, zeros));
	naawg_handshake_rekey(&hi, &ii);
	check(naawg_is_zero(hi.static_static, 32));
	check(initiate() == NAAWG_R_HS_NO_IDENTITY);
	check(hi.state == NAAWG_HS_IDLE);
	meet();
	check(initiate() == NAAWG_OK);
	check(naawg_identity_set(&ir, zeros));
	check(accept() == NAAWG_R_HS_NO_IDENTITY);
	to_response();
	check(naawg_identity_set(&ii, zeros));
	check(finish() == NAAWG_R_HS_NO_IDENTITY);

	/* a new one ends what is under way, configuration stays */
	meet();
	check(initiate() == NAAWG_OK);
	new_identity(&ii);
	naawg_handshake_rekey(&hi, &ii);
	check(forgotten(&hi));
	check(!memcmp(hi.preshared, psk, 32));
	check(!memcmp(hi.remote_static, ir.public, 32));
	naawg_handshake_init(&hr, &ir, ii.public, psk);
	check(!memcmp(hi.static_static, hr.static_static, 32));
	check(initiate() == NAAWG_OK && accept() == NAAWG_OK);
	check(respond() == NAAWG_OK && finish() == NAAWG_OK);
}

static void out_of_turn(void)
{
	struct naawg_handshake before;

	meet();
	before = hr;
	check(respond() == NAAWG_R_HS_UNKNOWN_INDEX);
	check(!memcmp(&before, &hr, sizeof(hr)));

	/* answered twice */
	to_response();
	before = hr;
	check(respond() == NAAWG_R_HS_UNKNOWN_INDEX);
	check(!memcmp(&before, &hr, sizeof(hr)));

	/* a response to the initiation before this one */
	struct naawg_msg_response old = second;

	next_stamp();
	tap_fill(ei, 32);
	check(initiate() == NAAWG_OK);
	before = hi;
	check(naawg_noise_finish(&hi, &ii, &old) == NAAWG_R_HS_BAD_RESPONSE);
	check(!memcmp(&before, &hi, sizeof(hi)));

	/* both initiate at once: accepting gives up one's own */
	meet();
	check(initiate() == NAAWG_OK);
	check(naawg_noise_initiate(&hr, &ir, er, stamp, 5,
				   &(struct naawg_msg_initiation){}) ==
	      NAAWG_OK);
	check(accept() == NAAWG_OK);
	check(hr.state == NAAWG_HS_ACCEPTED && !hr.local_index);
	check(naawg_is_zero(hr.ephemeral, 32));
	check(respond() == NAAWG_OK && finish() == NAAWG_OK);
}

int main(void)
{
	tap_run("both sides end up with the same keys", both_ways);
	tap_run("a flipped bit in an initiation changes nothing", first_flips);
	tap_run("a flipped bit in a response changes nothing", second_flips);
	tap_run("different or missing preshared keys make no session", wrong_psk);
	tap_run("wrong static keys on either side make no session", wrong_static);
	tap_run("old timestamps are refused", timestamps);
	tap_run("timestamps are TAI64N, ordered and coarse", coarse);
	tap_run("points of low order are refused in every place", low_order_points);
	tap_run("identities can be set and removed", identities);
	tap_run("messages out of turn are refused", out_of_turn);
	return tap_done();
}
