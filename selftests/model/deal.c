// SPDX-License-Identifier: GPL-2.0
/*
 * Handshakes by name: their bytes and keys, made by core/noise.c.
 *
 * A state names the handshakes that it knows, and holds none of their bytes. Two states whose
 * handshakes play the same parts are one state then.
 */
#include "deal.h"

#define RESPONDER	0x8000u

static u32 number_of(struct deal deal)
{
	return 0x40000 + (deal.by << 12) + deal.stamp;
}

u32 deal_index(struct deal deal, bool initiator)
{
	return number_of(deal) + (initiator ? 0 : RESPONDER + (deal.life << 16));
}

struct deal deal_of_index(u32 index)
{
	struct deal deal = { .by = index >> 12 & 1, .stamp = index };

	if (index & RESPONDER)
		deal.life = (index >> 16) - 4;
	return deal;
}

bool deal_is_same(struct deal a, struct deal b)
{
	return a.by == b.by && a.stamp == b.stamp && a.life == b.life;
}

struct deal deal_of_session(const struct naawg_session *session, u8 host)
{
	return deal_of_index(session->initiator ? session->remote_index : session->index.value);
}

void deal_ephemeral(u8 key[NAAWG_KEY_SIZE], struct deal deal, bool initiator)
{
	u32 number = deal_index(deal, initiator);

	memset(key, initiator ? 1 : 2, NAAWG_KEY_SIZE);
	memcpy(key, &number, sizeof(number));
}

void deal_timestamp(u8 timestamp[NAAWG_TIMESTAMP_SIZE], struct deal deal)
{
	naawg_timestamp(timestamp, 1000 + deal.stamp, 0);
}

static void make_response(struct made *made, struct deal deal)
{
	struct host *initiator = &world.hosts[deal.by], *responder = &world.hosts[other(deal.by)];
	struct naawg_handshake hs, finished = made->initiator;
	u8 ephemeral[NAAWG_KEY_SIZE];
	struct naawg_claim claim;

	naawg_handshake_init(&hs, &responder->id, initiator->id.public, responder->hs.preshared);
	deal_ephemeral(ephemeral, deal, false);
	if (naawg_noise_read_claim(&claim, &responder->id, &made->initiation) ||
	    naawg_noise_accept(&hs, &claim, &made->initiation) ||
	    naawg_noise_respond(&hs, ephemeral, deal_index(deal, false), &made->response) ||
	    !naawg_noise_split(&hs, &made->keys[1]))
		must(false, "a responder accepts the initiation that was made for it");
	else
		must(!naawg_noise_finish(&finished, &initiator->id, &made->response) &&
		     naawg_noise_split(&finished, &made->keys[0]),
		     "an initiator accepts the response to its initiation");
}

static void make(struct made *made, struct deal deal)
{
	struct host *initiator = &world.hosts[deal.by], *responder = &world.hosts[other(deal.by)];
	u8 ephemeral[NAAWG_KEY_SIZE], timestamp[NAAWG_TIMESTAMP_SIZE];

	memset(made, 0, sizeof(*made));
	naawg_handshake_init(&made->initiator, &initiator->id, responder->id.public,
			     initiator->hs.preshared);
	deal_ephemeral(ephemeral, deal, true);
	deal_timestamp(timestamp, deal);
	must(!naawg_noise_initiate(&made->initiator, &initiator->id, ephemeral, timestamp,
				   deal_index(deal, true), &made->initiation),
	     "an initiation can be made");
	make_response(made, deal);
}

/* Most states know the same few handshakes, so each is made once. */
static struct made made[2][STAMPS][LIVES];
static bool is_made[2][STAMPS][LIVES];

const struct made *deal_made(struct deal deal)
{
	bool *done = &is_made[deal.by][deal.stamp][deal.life];
	struct made *result = &made[deal.by][deal.stamp][deal.life];

	assert(deal.stamp < STAMPS && deal.life < LIVES);
	if (!*done)
		make(result, deal);
	*done = true;
	return result;
}

void deal_forget_all(void)
{
	memset(is_made, 0, sizeof(is_made));
}
