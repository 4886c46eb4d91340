/* SPDX-License-Identifier: GPL-2.0 */
/* Message formats and constants of the protocol. */
#ifndef _NAAWG_WIRE_H
#define _NAAWG_WIRE_H

#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/types.h>

#define NAAWG_KEY_SIZE		32
#define NAAWG_HASH_SIZE		32
#define NAAWG_TAG_SIZE		16
#define NAAWG_MAC_SIZE		16
#define NAAWG_COOKIE_SIZE	16
#define NAAWG_COOKIE_NONCE_SIZE	24
#define NAAWG_TIMESTAMP_SIZE	12
#define NAAWG_PAD_UNIT		16

/* Time limits of the protocol, in nanoseconds of a clock that counts suspend. */
#define NAAWG_SECOND			1000000000ULL
#define NAAWG_REKEY_AFTER_TIME		(120 * NAAWG_SECOND)
#define NAAWG_REJECT_AFTER_TIME		(180 * NAAWG_SECOND)
#define NAAWG_REKEY_TIMEOUT		(5 * NAAWG_SECOND)
#define NAAWG_REKEY_ATTEMPT_TIME	(90 * NAAWG_SECOND)
#define NAAWG_KEEPALIVE_TIMEOUT		(10 * NAAWG_SECOND)
#define NAAWG_WIPE_AFTER_TIME		(3 * NAAWG_REJECT_AFTER_TIME)
#define NAAWG_COOKIE_SECRET_TIME	(120 * NAAWG_SECOND)
/* A cookie is not used in its last seconds, as it could expire on the way. */
#define NAAWG_COOKIE_LATENCY		(5 * NAAWG_SECOND)
#define NAAWG_JITTER_MAX		(NAAWG_SECOND / 3)

#define NAAWG_REKEY_AFTER_MESSAGES	BIT_ULL(60)
/* Leaves room for the replay window below the end of the counter. */
#define NAAWG_REJECT_AFTER_MESSAGES	(U64_MAX - BIT_ULL(13))

/* Initiations of one peer that we accept in a second. */
#define NAAWG_INITIATIONS_PER_SECOND	50

/* Types of messages on the wire; 0 stands for an invalid message. */
enum naawg_message_type {
	NAAWG_MSG_INVALID = 0,
	NAAWG_MSG_INITIATION = 1,
	NAAWG_MSG_RESPONSE = 2,
	NAAWG_MSG_COOKIE = 3,
	NAAWG_MSG_DATA = 4,
};

/* One type byte and three reserved zero bytes, read and written as one number. */
struct naawg_msg_header {
	__le32 type;
} __packed;

struct naawg_msg_macs {
	u8 mac1[NAAWG_MAC_SIZE];
	u8 mac2[NAAWG_MAC_SIZE];
} __packed;

struct naawg_msg_initiation {
	struct naawg_msg_header header;
	__le32 sender;
	u8 ephemeral[NAAWG_KEY_SIZE];
	u8 sealed_static[NAAWG_KEY_SIZE + NAAWG_TAG_SIZE];
	u8 sealed_timestamp[NAAWG_TIMESTAMP_SIZE + NAAWG_TAG_SIZE];
	struct naawg_msg_macs macs;
} __packed;

struct naawg_msg_response {
	struct naawg_msg_header header;
	__le32 sender;
	__le32 receiver;
	u8 ephemeral[NAAWG_KEY_SIZE];
	u8 sealed_nothing[NAAWG_TAG_SIZE];
	struct naawg_msg_macs macs;
} __packed;

struct naawg_msg_cookie {
	struct naawg_msg_header header;
	__le32 receiver;
	u8 nonce[NAAWG_COOKIE_NONCE_SIZE];
	u8 sealed_cookie[NAAWG_COOKIE_SIZE + NAAWG_TAG_SIZE];
} __packed;

struct naawg_msg_data {
	struct naawg_msg_header header;
	__le32 receiver;
	__le64 counter;
	/* sealed payload and tag follow */
} __packed;

/* Bytes that a data message adds to the padded inner packet. */
#define NAAWG_DATA_OVERHEAD	(sizeof(struct naawg_msg_data) + NAAWG_TAG_SIZE)
#define NAAWG_DATA_MIN		NAAWG_DATA_OVERHEAD

enum naawg_message_type naawg_wire_classify(const void *bytes, size_t len);
size_t naawg_wire_padded(size_t len, size_t mtu);
size_t naawg_wire_inner_len(const void *bytes, size_t len);
bool naawg_wire_has_source_route(const void *packet, size_t len);

#endif
