/* SPDX-License-Identifier: GPL-2.0 */
/* Times in files, ages in words, and the state of a peer. */

#ifndef NAAWG_AGE_H
#define NAAWG_AGE_H

#include "lib/model.h"

#define CREATED_TEXT_LEN	sizeof("2026-11-30T12:00:00Z")
#define AGE_TEXT_LEN		32

/*
 * Parses a time in UTC, 2026-11-30T12:00:00Z, or a day, 2026-11-30. White space around it
 * is skipped. False: it is neither, and *@to is unchanged.
 */
bool created_parse(uint64_t *to, const char *text);
const char *created_text(char text[static CREATED_TEXT_LEN], uint64_t when);

/* "12 seconds", "1 minute", "3 hours" or "40 days", in the largest unit, rounded down. */
const char *age_text(char text[static AGE_TEXT_LEN], uint64_t seconds);
/* The same as "12s", "1m", "3h" or "40d". */
const char *age_short(char text[static AGE_TEXT_LEN], uint64_t seconds);

/* Seconds from @then, in ns since 1970, to @now in seconds; 0 if the clock went back. */
uint64_t age_since(uint64_t then, uint64_t now);

enum peer_state {
	PEER_IS_CONNECTED,	/* as the kernel says */
	PEER_IS_HANDSHAKING,	/* it is not, and something was sent within 10 s */
	PEER_IS_IDLE,
	PEER_IS_NEVER_SEEN,	/* it never completed a handshake */
	PEER_STATES
};

/* @now is in seconds since 1970. */
enum peer_state peer_state(const struct peer *peer, uint64_t now);
extern const char * const peer_state_names[PEER_STATES];

/*
 * Nanoseconds since 1970 from which on the peer has been in this state; 0: that is not known.
 * The kernel knows no end of a session, so an idle peer had one until it expired.
 */
uint64_t peer_since(const struct peer *peer, uint64_t now);

/*
 * Nanoseconds since 1970 of the newest sign of life: the newest authentic message, or the
 * newest handshake if that is all that is known; 0: never.
 */
uint64_t peer_last_seen(const struct peer *peer);

#endif
