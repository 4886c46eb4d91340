/* SPDX-License-Identifier: GPL-2.0 */
/* Two hosts, the network between them, and what the model remembers of the past. */
#ifndef MODEL_WORLD_H
#define MODEL_WORLD_H

#include "model_shim.h"
#include "core/noise.h"
#include "core/timer_sm.h"
#include "state/session.h"

#define S		NAAWG_SECOND
#define IN_FLIGHT	4	/* most messages that the network holds */
#define DELIVERIES	2	/* a message arrives that often at most */
#define NOTHING		0xff
/* messages that are lost at once; two counters so far apart have different bits in the window */
#define FAR		(NAAWG_REPLAY_BITS + NAAWG_REPLAY_WORD)

/**
 * struct deal - name of a handshake; all of its bytes and keys follow from it
 * @by: the host that initiated it
 * @stamp: rank of the timestamp of its initiation, 0 for no handshake
 * @life: how often the responder had restarted when it answered
 */
struct deal {
	u8 by;
	u8 stamp;
	u8 life;
};

enum kind { INITIATION, RESPONSE, KEEPALIVE, DATA };

/**
 * struct message - a message in the network
 * @kind: what it is
 * @from: its sender
 * @deal: the handshake that it belongs to
 * @counter: of a data message
 * @deliveries: how often it arrived
 * @accepted: the receiver accepted it in this life
 */
struct message {
	u8 kind;
	u8 from;
	struct deal deal;
	u32 counter;
	u8 deliveries;
	u8 accepted;
};

/**
 * struct host - one host, which is the only peer of the other one
 * @id: its key pair
 * @hs: the handshake with the other host
 * @pending: session of our initiation
 * @sessions: the slots
 * @indices: table of receiver indices, which the model does not need
 * @sm: the timers
 * @last_initiation: time of the last initiation or response, 0 for none
 * @confirmed: time of the newest confirmed handshake, 0 for none
 * @staged: a packet (DATA) or a keepalive waits for a session; NOTHING: none does
 * @life: number of restarts
 * @asks: number of requests for a new session
 * @stamp: rank of the newest timestamp that this host sent
 * @newest: rank of the newest timestamp that this host accepted
 * @sealed: it sealed a packet in this step
 * @opened: number of data messages that it opened, for runs without an adversary
 */
struct host {
	struct naawg_identity id;
	struct naawg_handshake hs;
	struct naawg_session *pending;
	struct naawg_sessions sessions;
	struct naawg_indices indices;
	struct naawg_timer_sm sm;
	u64 last_initiation;
	u64 confirmed;
	u8 staged;
	u8 life;
	u8 asks;
	u8 stamp;
	u8 newest;
	bool sealed;
	unsigned int opened;
};

struct world {
	u64 now;
	struct host hosts[2];
	struct message messages[IN_FLIGHT];
	unsigned int n_messages;
	unsigned int jumps;
};

/**
 * struct options - what may happen besides loss, delay, order and repetition
 * @restarts: restarts of each host
 * @asks: requests for a new session by each host
 * @jumps: times that FAR messages of a session are lost at once
 * @persistent: seconds between persistent keepalives of the first host, 0 for none
 */
struct options {
	unsigned int restarts;
	unsigned int asks;
	unsigned int jumps;
	unsigned int persistent;
};

extern struct world world;
extern struct options options;

/* The property that does not hold, NULL while all do. */
extern const char *broken;

/* A property does not hold. Only the first one is kept. */
static inline void must(bool holds, const char *property)
{
	if (!holds && !broken)
		broken = property;
}

static inline u8 other(u8 host)
{
	return !host;
}

void world_begin(void);
void world_end(void);

#endif
