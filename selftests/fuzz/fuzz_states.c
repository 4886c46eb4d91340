// SPDX-License-Identifier: GPL-2.0
/*
 * Two peers that do everything in any order, and a network that keeps every
 * message and delivers it to whom it likes, as often as it likes, changed or
 * not. A plain model says of each step whether it may succeed, and who shares
 * keys with whom in the end.
 */
#include "core/noise.h"
#include "fuzz.h"

#define STEPS	40
#define KEPT	8

struct initiation {
	struct naawg_msg_initiation msg;
	u64 stamp;
	int from;
	u32 index;
};

struct response {
	struct naawg_msg_response msg;
	const struct initiation *to;
	int from;
	u32 index;
};

/* The model's state of a peer. */
struct model {
	enum naawg_handshake_state state;
	struct initiation call;		/* sent or accepted */
	struct response answer;		/* sent or taken */
	u64 newest;
};

static struct naawg_identity ids[2];
static struct naawg_handshake fresh[2], hs[2];
static struct model model[2];
static struct initiation calls[KEPT];
static struct response answers[KEPT];
/* The initiation of each response, as calls[] is overwritten. */
static struct initiation answered[KEPT];
static struct naawg_transport_keys keys[KEPT][2];
static bool split[KEPT][2];
static int n_calls, n_answers;
static u32 next_index;
static u64 clock_now;

static void prepare(void)
{
	u8 key[NAAWG_KEY_SIZE];
	int i;

	for (i = 0; i < 2; i++) {
		memset(key, 11 + i, sizeof(key));
		must(naawg_identity_set(&ids[i], key));
	}
	memset(key, 7, sizeof(key));
	for (i = 0; i < 2; i++)
		naawg_handshake_init(&fresh[i], &ids[i], ids[!i].public, key);
}

static void fresh_key(u8 key[NAAWG_KEY_SIZE])
{
	static u32 last;

	memset(key, 0, NAAWG_KEY_SIZE);
	last++;
	memcpy(key, &last, sizeof(last));
	key[20] = 1;
}

/* Turns a bit now and then. */
static bool spoil(void *field, size_t len)
{
	u8 bits;

	if (fuzz_pick(8))
		return false;
	bits = fuzz_byte();
	((u8 *)field)[fuzz_pick(len)] ^= bits;
	return bits;
}

static void initiate(int who)
{
	struct initiation *call = &calls[n_calls % KEPT];
	u8 key[NAAWG_KEY_SIZE], stamp[NAAWG_TIMESTAMP_SIZE];

	/* clocks may also go back */
	clock_now += fuzz_pick(4) ? 1 : -3;
	call->stamp = clock_now;
	call->from = who;
	call->index = ++next_index;
	naawg_timestamp(stamp, call->stamp, 0);
	fresh_key(key);
	must(naawg_noise_initiate(&hs[who], &ids[who], key, stamp, call->index,
				  &call->msg) == NAAWG_OK);
	model[who].state = NAAWG_HS_INITIATED;
	model[who].call = *call;
	n_calls++;
}

static void deliver_call(int who)
{
	struct naawg_handshake before = hs[who];
	struct naawg_msg_initiation msg;
	struct naawg_claim claim;
	bool false_claim, good;
	struct initiation *call;

	if (!n_calls)
		return;
	call = &calls[fuzz_pick(n_calls < KEPT ? n_calls : KEPT)];
	msg = call->msg;
	false_claim = spoil(msg.ephemeral, sizeof(msg.ephemeral));
	false_claim |= spoil(msg.sealed_static, sizeof(msg.sealed_static));
	false_claim |= call->from == who;
	good = naawg_noise_read_claim(&claim, &ids[who], &msg) == NAAWG_OK;
	must(good == !false_claim);
	must(!memcmp(&before, &hs[who], sizeof(before)));
	if (!good)
		return;
	good = !spoil(msg.sealed_timestamp, sizeof(msg.sealed_timestamp));
	good &= call->stamp > model[who].newest;
	must((naawg_noise_accept(&hs[who], &claim, &msg) == NAAWG_OK) == good);
	if (!good) {
		must(!memcmp(&before, &hs[who], sizeof(before)));
		return;
	}
	model[who].state = NAAWG_HS_ACCEPTED;
	model[who].call = *call;
	model[who].newest = call->stamp;
	must(hs[who].remote_index == call->index);
}

static void respond(int who)
{
	struct response *answer = &answers[n_answers % KEPT];
	struct naawg_handshake before = hs[who];
	struct response made = { .from = who };
	bool good = model[who].state == NAAWG_HS_ACCEPTED;
	u8 key[NAAWG_KEY_SIZE];

	fresh_key(key);
	made.index = ++next_index;
	must((naawg_noise_respond(&hs[who], key, made.index, &made.msg) ==
	      NAAWG_OK) == good);
	if (!good) {
		must(!memcmp(&before, &hs[who], sizeof(before)));
		return;
	}
	*answer = made;
	answered[n_answers % KEPT] = model[who].call;
	answer->to = &answered[n_answers % KEPT];
	memset(split[n_answers % KEPT], 0, sizeof(split[0]));
	model[who].state = NAAWG_HS_RESPONDED;
	model[who].answer = *answer;
	n_answers++;
}

static void deliver_answer(int who)
{
	struct naawg_handshake before = hs[who];
	struct naawg_msg_response msg;
	struct response *answer;
	bool good;

	if (!n_answers)
		return;
	answer = &answers[fuzz_pick(n_answers < KEPT ? n_answers : KEPT)];
	msg = answer->msg;
	good = !spoil(msg.ephemeral, sizeof(msg.ephemeral));
	good &= !spoil(msg.sealed_nothing, sizeof(msg.sealed_nothing));
	good &= !spoil(&msg.receiver, sizeof(msg.receiver));
	/* an index says whose call it was, and which */
	good &= model[who].state == NAAWG_HS_INITIATED &&
		answer->to->index == model[who].call.index;
	must((naawg_noise_finish(&hs[who], &ids[who], &msg) == NAAWG_OK) ==
	     good);
	if (!good) {
		must(!memcmp(&before, &hs[who], sizeof(before)));
		return;
	}
	must(hs[who].remote_index == answer->index);
	model[who].state = NAAWG_HS_FINISHED;
	model[who].answer = *answer;
}

static int kept_answer(u32 index)
{
	int i;

	for (i = 0; i < KEPT && i < n_answers; i++)
		if (answers[i].index == index)
			return i;
	return -1;
}

static void split_keys(int who)
{
	struct naawg_transport_keys mine = {};
	bool good = model[who].state == NAAWG_HS_RESPONDED ||
		    model[who].state == NAAWG_HS_FINISHED;
	int i, other;

	must(naawg_noise_split(&hs[who], &mine) == good);
	if (!good)
		return;
	model[who].state = NAAWG_HS_IDLE;
	i = kept_answer(model[who].answer.index);
	if (i < 0)
		return;
	for (other = 0; other < KEPT && other < n_answers; other++) {
		const struct naawg_transport_keys *theirs = keys[other];

		/* the same handshake, its other end: mirrored */
		if (other == i && split[i][!who])
			must(!memcmp(mine.send, theirs[!who].recv, 32) &&
			     !memcmp(mine.recv, theirs[!who].send, 32));
		/* another one: nothing in common */
		if (other != i && split[other][!who])
			must(memcmp(mine.send, theirs[!who].recv, 32) &&
			     memcmp(mine.recv, theirs[!who].send, 32));
	}
	keys[i][who] = mine;
	split[i][who] = true;
}

static void forget(int who)
{
	if (fuzz_pick(2))
		naawg_handshake_reset(&hs[who]);
	else
		naawg_handshake_rekey(&hs[who], &ids[who]);
	model[who].state = NAAWG_HS_IDLE;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static bool prepared;
	int i, who;

	if (!prepared) {
		prepare();
		prepared = true;
	}
	memcpy(hs, fresh, sizeof(hs));
	memset(model, 0, sizeof(model));
	memset(split, 0, sizeof(split));
	n_calls = 0;
	n_answers = 0;
	next_index = 0;
	clock_now = 1000;
	fuzz_from(data, size);
	for (i = 0; i < STEPS && (size_t)i < size; i++) {
		who = fuzz_pick(2);
		switch (fuzz_pick(8)) {
		case 0:
		case 1:
			initiate(who);
			break;
		case 2:
			deliver_call(who);
			break;
		case 3:
			respond(who);
			break;
		case 4:
		case 5:
			deliver_answer(who);
			break;
		case 6:
			split_keys(who);
			break;
		default:
			forget(who);
			break;
		}
		must(hs[who].state == model[who].state);
	}
	return 0;
}
