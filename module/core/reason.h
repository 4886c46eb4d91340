/* SPDX-License-Identifier: GPL-2.0 */
/* Why a packet or a handshake was dropped: the closed list of reasons. */
#ifndef _NAAWG_REASON_H
#define _NAAWG_REASON_H

#include <linux/types.h>

/*
 * X(symbol, stable name shown to users, concerns a handshake)
 *
 * New reasons are appended: user space tells them apart by name, but the order
 * is what a person reads.
 */
#define NAAWG_REASONS(X)						\
	/* inner packets on their way out */				\
	X(NO_PEER,		"no-peer",		false)		\
	X(NO_ENDPOINT,		"no-endpoint",		false)		\
	X(NO_ROUTE,		"no-route",		false)		\
	X(ROUTING_LOOP,		"routing-loop",		false)		\
	X(NOT_IP,		"not-ip",		false)		\
	X(STAGE_FULL,		"stage-full",		false)		\
	X(STAGE_EXPIRED,	"stage-expired",	false)		\
	X(SEND_ERROR,		"send-error",		false)		\
	X(NO_SOCKET,		"no-socket",		false)		\
	X(NO_MEMORY,		"no-memory",		false)		\
	X(TOO_BIG,		"too-big",		false)		\
	/* outer packets on their way in */				\
	X(MALFORMED,		"malformed",		false)		\
	X(UNKNOWN_INDEX,	"unknown-index",	false)		\
	X(SESSION_EXPIRED,	"session-expired",	false)		\
	X(BAD_TAG,		"bad-tag",		false)		\
	X(REPLAY,		"replay",		false)		\
	X(INNER_MALFORMED,	"inner-malformed",	false)		\
	X(UNALLOWED_SOURCE,	"unallowed-source",	false)		\
	X(QUEUE_FULL,		"queue-full",		false)		\
	X(DEVICE_DOWN,		"device-down",		false)		\
	/* handshakes */						\
	X(HS_QUEUE_FULL,	"handshake-queue-full",	true)		\
	X(HS_NO_IDENTITY,	"no-private-key",	true)		\
	X(HS_BAD_MAC1,		"bad-mac1",		true)		\
	X(HS_COOKIE_WANTED,	"cookie-wanted",	true)		\
	X(HS_RATE_LIMITED,	"rate-limited",		true)		\
	X(HS_BAD_STATIC,	"bad-initiation",	true)		\
	X(HS_UNKNOWN_PEER,	"unknown-peer",		true)		\
	X(HS_LOW_ORDER,		"low-order-key",	true)		\
	X(HS_BAD_TIMESTAMP,	"bad-timestamp-tag",	true)		\
	X(HS_OLD_TIMESTAMP,	"old-timestamp",	true)		\
	X(HS_FLOOD,		"initiation-flood",	true)		\
	X(HS_UNKNOWN_INDEX,	"unknown-handshake",	true)		\
	X(HS_BAD_RESPONSE,	"bad-response",		true)		\
	X(HS_BAD_COOKIE,	"bad-cookie",		true)		\
	X(HS_UNANSWERED,	"unanswered",		true)		\
	X(HS_GIVEN_UP,		"given-up",		true)

/**
 * enum naawg_reason - why a packet or a handshake was dropped
 *
 * %NAAWG_OK is no reason at all; every other value has a counter per device.
 */
enum naawg_reason {
	NAAWG_OK = 0,
#define X(symbol, name, handshake) NAAWG_R_##symbol,
	NAAWG_REASONS(X)
#undef X
	NAAWG_REASON_COUNT
};

const char *naawg_reason_name(enum naawg_reason reason);
bool naawg_reason_is_handshake(enum naawg_reason reason);

#endif
