/* SPDX-License-Identifier: GPL-2.0 */
/* Timer state machine of a peer: turns events into deadlines and actions. */
#ifndef _NAAWG_TIMER_SM_H
#define _NAAWG_TIMER_SM_H

#include "wire.h"

/**
 * enum naawg_event - events of a peer that arm or disarm timers
 * @NAAWG_EV_DATA_SENT: we sent a data message with payload
 * @NAAWG_EV_KEEPALIVE_SENT: we sent an empty data message
 * @NAAWG_EV_DATA_RECEIVED: we authenticated a data message with payload
 * @NAAWG_EV_KEEPALIVE_RECEIVED: we authenticated an empty data message
 * @NAAWG_EV_INITIATION_SENT: we sent an initiation
 * @NAAWG_EV_INITIATION_PUT_OFF: we did not send an initiation, because it was too
 *	early after the last one
 * @NAAWG_EV_RESPONSE_SENT: we sent a response
 * @NAAWG_EV_HANDSHAKE_RECEIVED: we authenticated an initiation or a response
 * @NAAWG_EV_SESSION_BEGUN: we derived the transport keys of a session
 * @NAAWG_EV_CONFIRMED: both sides have the transport keys: we are the initiator and
 *	accepted the response, or the responder and got the first data message
 */
enum naawg_event {
	NAAWG_EV_DATA_SENT,
	NAAWG_EV_KEEPALIVE_SENT,
	NAAWG_EV_DATA_RECEIVED,
	NAAWG_EV_KEEPALIVE_RECEIVED,
	NAAWG_EV_INITIATION_SENT,
	NAAWG_EV_INITIATION_PUT_OFF,
	NAAWG_EV_RESPONSE_SENT,
	NAAWG_EV_HANDSHAKE_RECEIVED,
	NAAWG_EV_SESSION_BEGUN,
	NAAWG_EV_CONFIRMED,
};

/* Actions that the caller takes when timers expired, as bits. */
#define NAAWG_DO_KEEPALIVE	0x01	/* send an empty data message */
#define NAAWG_DO_INITIATE	0x02	/* forget our source address, start a new handshake */
#define NAAWG_DO_RETRY		0x04	/* forget our source address, initiate again */
#define NAAWG_DO_GIVE_UP	0x08	/* the retries are used up: drop staged packets */
#define NAAWG_DO_WIPE		0x10	/* erase all sessions and the handshake */
#define NAAWG_DO_LOSE		0x20	/* the peer is unreachable now: drop staged packets */
#define NAAWG_DO_TELL		0x40	/* notify listeners that the peer does not answer */
#define NAAWG_DO_ASK		0x80	/* initiate, as an administrator asked for it */

/**
 * enum naawg_timer - timers of a peer
 * @NAAWG_TIMER_RETRANSMIT: time of the next attempt, while an initiation is
 *	unanswered
 * @NAAWG_TIMER_KEEPALIVE: time of a keepalive, after we received data and sent
 *	nothing back
 * @NAAWG_TIMER_STALE: time of a new handshake, after we sent data and received
 *	nothing back
 * @NAAWG_TIMER_WIPE: time at which keys are too old to be kept
 * @NAAWG_TIMER_PERSISTENT: time of the next persistent keepalive
 * @NAAWG_TIMER_LOST: time at which the peer has left two initiations in a row
 *	unanswered
 * @NAAWG_TIMER_SILENT: time at which the peer has been silent for
 *	REKEY_ATTEMPT_TIME since our first initiation
 * @NAAWG_TIMER_ASKED: time of the initiation that an administrator asked for, while
 *	it is too early after the last one
 * @NAAWG_TIMER_COUNT: number of timers
 */
enum naawg_timer {
	NAAWG_TIMER_RETRANSMIT,
	NAAWG_TIMER_KEEPALIVE,
	NAAWG_TIMER_STALE,
	NAAWG_TIMER_WIPE,
	NAAWG_TIMER_PERSISTENT,
	NAAWG_TIMER_LOST,
	NAAWG_TIMER_SILENT,
	NAAWG_TIMER_ASKED,
	NAAWG_TIMER_COUNT
};

/**
 * struct naawg_timer_sm - timer state machine of one peer
 * @due: deadline per timer in nanoseconds, 0 while not armed
 * @persistent: interval of persistent keepalives in seconds, 0 for off
 * @attempts: number of unanswered initiations in this round of attempts
 * @keepalive_again: data came in while a keepalive was already due
 * @unanswered: number of unanswered initiations, up to 2. It is reset when an
 *	authenticated message arrives, when we give up and when keys or the endpoint
 *	change.
 * @unreachable: the peer answered neither of two initiations in a row, and sent no
 *	authenticated message since the first of them (read anywhere)
 * @asked: an administrator asked for a session, and both sides have the keys of none
 *	that was begun since (read anywhere)
 * @begun: a session was begun since then
 * @only_asked: only this request needs a session, not a packet. The present session
 *	may work well, so unanswered initiations do not make the peer unreachable.
 *
 * The caller serialises all access. @now is nanoseconds of a clock that counts
 * suspend and is never 0. @random is any fresh random number, for jitter.
 */
struct naawg_timer_sm {
	u64 due[NAAWG_TIMER_COUNT];
	u16 persistent;
	u8 attempts;
	bool keepalive_again;
	u8 unanswered;
	bool unreachable;
	bool asked;
	bool begun;
	bool only_asked;
};

void naawg_timer_sm_event(struct naawg_timer_sm *sm, enum naawg_event event, u64 now,
			  u32 random);
/* returns the actions of due timers, and disarms these timers or arms them anew */
u32 naawg_timer_sm_expire(struct naawg_timer_sm *sm, u64 now, u32 random);
/* returns the earliest deadline, 0 for none */
u64 naawg_timer_sm_next(const struct naawg_timer_sm *sm);
/* counts the attempts of initiations from zero */
void naawg_timer_sm_restart(struct naawg_timer_sm *sm);
void naawg_timer_sm_set_persistent(struct naawg_timer_sm *sm, u16 seconds, u64 now);
/* after keys or the endpoint changed: initiations sent so far no longer count */
void naawg_timer_sm_reset_unanswered(struct naawg_timer_sm *sm);
/* an administrator asks for a new session */
void naawg_timer_sm_ask(struct naawg_timer_sm *sm);
/* the initiation for that must wait until @due */
void naawg_timer_sm_ask_at(struct naawg_timer_sm *sm, u64 due);
void naawg_timer_sm_stop(struct naawg_timer_sm *sm);

/**
 * enum naawg_session_verdict - whether a session may be used
 * @NAAWG_SESSION_FINE: the session may be used
 * @NAAWG_SESSION_REKEY: the session may be used, and we start a handshake
 * @NAAWG_SESSION_DEAD: the session has expired
 */
enum naawg_session_verdict {
	NAAWG_SESSION_FINE,
	NAAWG_SESSION_REKEY,
	NAAWG_SESSION_DEAD,
};

enum naawg_session_verdict
naawg_verdict_on_send(u64 age, u64 counter, bool initiator);
/* returns true if @n counters from @counter on are below the limit of a session */
bool naawg_may_reserve(u64 counter, u32 n);
/* returns REKEY only to the initiator, and later than naawg_verdict_on_send() does */
enum naawg_session_verdict naawg_verdict_on_receive(u64 age, bool initiator);

#endif
