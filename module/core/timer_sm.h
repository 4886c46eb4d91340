/* SPDX-License-Identifier: GPL-2.0 */
/* What the protocol's timers demand: events in, deadlines and actions out. */
#ifndef _NAAWG_TIMER_SM_H
#define _NAAWG_TIMER_SM_H

#include "wire.h"

/**
 * enum naawg_event - what happened to a peer
 * @NAAWG_EV_DATA_SENT: a data message with payload went out
 * @NAAWG_EV_KEEPALIVE_SENT: an empty data message went out
 * @NAAWG_EV_DATA_RECEIVED: a data message with payload was authenticated
 * @NAAWG_EV_KEEPALIVE_RECEIVED: an empty data message was authenticated
 * @NAAWG_EV_INITIATION_SENT: an initiation went out
 * @NAAWG_EV_INITIATION_PUT_OFF: one was wanted, too soon after the last handshake
 * @NAAWG_EV_RESPONSE_SENT: a response went out
 * @NAAWG_EV_HANDSHAKE_RECEIVED: an initiation or response was authenticated
 * @NAAWG_EV_SESSION_BEGUN: transport keys were derived
 * @NAAWG_EV_CONFIRMED: the handshake is complete on both sides: the initiator
 *	took the response, or the responder got the first data message
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

/* Actions: what to do once a deadline passed, as bits. */
#define NAAWG_DO_KEEPALIVE	0x01	/* send an empty data message */
#define NAAWG_DO_INITIATE	0x02	/* forget the source address, start a new handshake */
#define NAAWG_DO_RETRY		0x04	/* forget the source address, initiate again */
#define NAAWG_DO_GIVE_UP	0x08	/* drop what is staged */
#define NAAWG_DO_WIPE		0x10	/* erase all sessions and the handshake */
#define NAAWG_DO_LOSE		0x20	/* the peer became unreachable: drop what is staged */
#define NAAWG_DO_TELL		0x40	/* tell listeners that the peer does not answer */

enum naawg_timer {
	NAAWG_TIMER_RETRANSMIT,		/* initiation unanswered */
	NAAWG_TIMER_KEEPALIVE,		/* we received data and sent nothing back */
	NAAWG_TIMER_STALE,		/* we sent data and received nothing back */
	NAAWG_TIMER_WIPE,		/* keys too old to keep */
	NAAWG_TIMER_PERSISTENT,		/* persistent keepalive */
	NAAWG_TIMER_LOST,		/* two calls in a row unanswered */
	NAAWG_TIMER_SILENT,		/* called in vain for REKEY_ATTEMPT_TIME */
	NAAWG_TIMER_COUNT
};

/**
 * struct naawg_timer_sm - timers of one peer
 * @due: deadline per clock in nanoseconds, 0 = not armed
 * @persistent: persistent keepalive interval in seconds, 0 = off
 * @attempts: initiations sent in vain in this round
 * @keepalive_again: data came in while a keepalive was already due
 * @unanswered: initiations counted, up to 2; from 0 again when something authentic comes,
 *	when we give up and when keys or the endpoint change
 * @unreachable: two calls in a row were not answered, and nothing authentic came
 *	since the first of them (read anywhere)
 *
 * The caller serialises all access. @now is nanoseconds of a clock that counts
 * suspend and is never 0; @random is any fresh random number (jitter).
 */
struct naawg_timer_sm {
	u64 due[NAAWG_TIMER_COUNT];
	u16 persistent;
	u8 attempts;
	bool keepalive_again;
	u8 unanswered;
	bool unreachable;
};

void naawg_timer_sm_event(struct naawg_timer_sm *r, enum naawg_event event, u64 now,
			  u32 random);
/* actions whose time has come; their timers are disarmed or armed anew */
u32 naawg_timer_sm_expire(struct naawg_timer_sm *r, u64 now, u32 random);
/* earliest deadline, 0 = none */
u64 naawg_timer_sm_next(const struct naawg_timer_sm *r);
/* a fresh reason to talk: the round of attempts starts over */
void naawg_timer_sm_restart(struct naawg_timer_sm *r);
void naawg_timer_sm_set_persistent(struct naawg_timer_sm *r, u16 seconds, u64 now);
/* keys or endpoint changed: calls made so far no longer count */
void naawg_timer_sm_reset_unanswered(struct naawg_timer_sm *r);
void naawg_timer_sm_stop(struct naawg_timer_sm *r);

/* May a session still seal, and is a new one due? Ages in nanoseconds. */
enum naawg_session_verdict {
	NAAWG_SESSION_FINE,
	NAAWG_SESSION_REKEY,		/* usable, but start a handshake */
	NAAWG_SESSION_DEAD,		/* not to be used any more */
};

enum naawg_session_verdict
naawg_verdict_on_send(u64 age, u64 counter, bool initiator);
/* have @n more nonces from @counter on never been used, and may be? */
bool naawg_may_reserve(u64 counter, u32 n);
/* REKEY only for the initiator, late enough that no send would see to it */
enum naawg_session_verdict naawg_verdict_on_receive(u64 age, bool initiator);

#endif
