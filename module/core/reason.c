// SPDX-License-Identifier: GPL-2.0
/* Names of reasons, as users see them. */
#include "reason.h"

static const char *const names[NAAWG_REASON_COUNT] = {
	[NAAWG_OK] = "ok",
#define NAAWG_REASON(symbol, name, ...)	\
	[NAAWG_R_##symbol] = name,
#include "reason_list.h"
#undef NAAWG_REASON
};

static const bool handshakes[NAAWG_REASON_COUNT] = {
#define NAAWG_REASON(symbol, name, handshake, ...)	\
	[NAAWG_R_##symbol] = handshake,
#include "reason_list.h"
#undef NAAWG_REASON
};

/**
 * naawg_reason_name() - stable lower-case name of a reason
 * @reason: the reason
 *
 * Context: any.
 * Return: a static string; "unknown" if @reason is out of range.
 */
const char *naawg_reason_name(enum naawg_reason reason)
{
	return reason < NAAWG_REASON_COUNT ? names[reason] : "unknown";
}

/**
 * naawg_reason_is_handshake() - tell if a reason concerns handshakes
 * @reason: the reason
 *
 * Context: any.
 * Return: true for handshakes, false for data packets.
 */
bool naawg_reason_is_handshake(enum naawg_reason reason)
{
	return reason < NAAWG_REASON_COUNT && handshakes[reason];
}
