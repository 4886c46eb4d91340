/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NAAWG_REASON(symbol, stable name shown to users, concerns a handshake)
 *
 * New reasons are appended to their group: user space tells them apart by
 * name, but the order is what a person reads.
 */

/* inner packets on their way out */
NAAWG_REASON(NO_PEER, "no-peer", false)
NAAWG_REASON(NO_ENDPOINT, "no-endpoint", false)
NAAWG_REASON(NO_ROUTE, "no-route", false)
NAAWG_REASON(ROUTING_LOOP, "routing-loop", false)
NAAWG_REASON(NOT_IP, "not-ip", false)
NAAWG_REASON(STAGE_FULL, "stage-full", false)
NAAWG_REASON(STAGE_EXPIRED, "stage-expired", false)
NAAWG_REASON(NO_SOCKET, "no-socket", false)
NAAWG_REASON(NO_MEMORY, "no-memory", false)
NAAWG_REASON(STAGE_DEVICE_FULL, "stage-device-full", false)
NAAWG_REASON(UNREACHABLE, "peer-unreachable", false)

/* outer packets on their way in */
NAAWG_REASON(MALFORMED, "malformed", false)
NAAWG_REASON(UNKNOWN_INDEX, "unknown-index", false)
NAAWG_REASON(SESSION_EXPIRED, "session-expired", false)
NAAWG_REASON(BAD_TAG, "bad-tag", false)
NAAWG_REASON(REPLAY, "replay", false)
NAAWG_REASON(INNER_NOT_IP, "inner-not-ip", false)
NAAWG_REASON(INNER_MALFORMED, "inner-malformed", false)
NAAWG_REASON(UNALLOWED_SOURCE, "unallowed-source", false)
NAAWG_REASON(QUEUE_FULL, "queue-full", false)
NAAWG_REASON(DEVICE_DOWN, "device-down", false)
NAAWG_REASON(FORBIDDEN, "forbidden-destination", false)

/* handshakes */
NAAWG_REASON(HS_QUEUE_FULL, "handshake-queue-full", true)
NAAWG_REASON(HS_NO_IDENTITY, "no-private-key", true)
NAAWG_REASON(HS_BAD_MAC1, "bad-mac1", true)
NAAWG_REASON(HS_COOKIE_WANTED, "cookie-wanted", true)
NAAWG_REASON(HS_RATE_LIMITED, "rate-limited", true)
NAAWG_REASON(HS_BAD_STATIC, "bad-initiation", true)
NAAWG_REASON(HS_UNKNOWN_PEER, "unknown-peer", true)
NAAWG_REASON(HS_LOW_ORDER, "low-order-key", true)
NAAWG_REASON(HS_BAD_TIMESTAMP, "bad-timestamp-tag", true)
NAAWG_REASON(HS_OLD_TIMESTAMP, "old-timestamp", true)
NAAWG_REASON(HS_FLOOD, "initiation-flood", true)
NAAWG_REASON(HS_UNKNOWN_INDEX, "unknown-handshake", true)
NAAWG_REASON(HS_BAD_RESPONSE, "bad-response", true)
NAAWG_REASON(HS_BAD_COOKIE, "bad-cookie", true)
NAAWG_REASON(HS_UNANSWERED, "unanswered", true)
NAAWG_REASON(HS_GIVEN_UP, "given-up", true)
NAAWG_REASON(HS_OVERLOAD, "overload", true)
