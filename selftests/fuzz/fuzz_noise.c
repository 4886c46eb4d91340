// SPDX-License-Identifier: GPL-2.0
/*
 * Handshake messages with bits turned: none is believed but the true one, and
 * none that is not leaves a trace.
 */
#include "core/noise.h"
#include "fuzz.h"

static struct naawg_identity caller, answerer;
static struct naawg_handshake calls, answers, asked;
static struct naawg_msg_initiation first;
static struct naawg_msg_response second;

static void prepare(void)
{
	u8 key[NAAWG_KEY_SIZE], stamp[NAAWG_TIMESTAMP_SIZE];
	struct naawg_handshake responder;
	struct naawg_claim claim;

	memset(key, 1, sizeof(key));
	must(naawg_identity_set(&caller, key));
	memset(key, 2, sizeof(key));
	must(naawg_identity_set(&answerer, key));
	memset(key, 3, sizeof(key));
	naawg_handshake_init(&calls, &caller, answerer.public, key);
	naawg_handshake_init(&answers, &answerer, caller.public, key);
	naawg_timestamp(stamp, 1700000000, 0);
	memset(key, 4, sizeof(key));
	must(naawg_noise_initiate(&calls, &caller, key, stamp, 77, &first) ==
	     NAAWG_OK);
	asked = calls;
	responder = answers;
	must(naawg_noise_read_claim(&claim, &answerer, &first) == NAAWG_OK);
	must(naawg_noise_accept(&responder, &claim, &first) == NAAWG_OK);
	memset(key, 5, sizeof(key));
	must(naawg_noise_respond(&responder, key, 88, &second) == NAAWG_OK);
}

/* Turns bits of a field; were there any? */
static bool turn(u8 *field, size_t len)
{
	u32 n = fuzz_pick(4);
	bool turned = false;
	u8 before[64];

	memcpy(before, field, len);
	while (n--)
		field[fuzz_pick(len)] ^= fuzz_byte();
	turned = memcmp(before, field, len);
	return turned;
}

static void initiation(void)
{
	struct naawg_msg_initiation msg = first;
	struct naawg_handshake hs = answers;
	bool false_claim, false_time;
	struct naawg_claim claim;

	false_claim = turn(msg.ephemeral, sizeof(msg.ephemeral));
	false_claim |= turn(msg.sealed_static, sizeof(msg.sealed_static));
	false_time = turn(msg.sealed_timestamp, sizeof(msg.sealed_timestamp));
	turn((u8 *)&msg.sender, sizeof(msg.sender));
	must((naawg_noise_read_claim(&claim, &answerer, &msg) == NAAWG_OK) ==
	     !false_claim);
	if (false_claim)
		return;
	must(!memcmp(claim.remote_static, caller.public, NAAWG_KEY_SIZE));
	must((naawg_noise_accept(&hs, &claim, &msg) == NAAWG_OK) ==
	     !false_time);
	must(!memcmp(&hs, &answers, sizeof(hs)) == false_time);
	/* and not a second time */
	answers = hs;
	must(naawg_noise_accept(&hs, &claim, &msg) != NAAWG_OK);
	must(!memcmp(&hs, &answers, sizeof(hs)));
}

static void response(void)
{
	struct naawg_msg_response msg = second;
	struct naawg_handshake hs = asked;
	bool turned;

	turned = turn(msg.ephemeral, sizeof(msg.ephemeral));
	turned |= turn(msg.sealed_nothing, sizeof(msg.sealed_nothing));
	turned |= turn((u8 *)&msg.receiver, sizeof(msg.receiver));
	turn((u8 *)&msg.sender, sizeof(msg.sender));
	must((naawg_noise_finish(&hs, &caller, &msg) == NAAWG_OK) == !turned);
	must(!memcmp(&hs, &asked, sizeof(hs)) == turned);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct naawg_handshake fresh;
	static bool prepared;

	if (!prepared) {
		prepare();
		fresh = answers;
		prepared = true;
	}
	answers = fresh;
	fuzz_from(data, size);
	if (fuzz_pick(2))
		initiation();
	else
		response();
	return 0;
}
