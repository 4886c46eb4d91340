// SPDX-License-Identifier: GPL-2.0
/* mac1, mac2 and cookies of handshake messages: written, checked, sealed. */
#include <linux/stddef.h>
#include <linux/string.h>
#include <asm/byteorder.h>

#include "crypto.h"
#include "macs.h"

#define LABEL_SIZE	8

static const u8 mac1_label[LABEL_SIZE] __nonstring = "mac1----";
static const u8 cookie_label[LABEL_SIZE] __nonstring = "cookie--";

static struct naawg_msg_macs *macs_of(const void *msg, size_t len)
{
	return (void *)msg + len - sizeof(struct naawg_msg_macs);
}

static void compute_mac1(u8 out[NAAWG_MAC_SIZE], const void *msg, size_t len,
			 const struct naawg_mac_keys *keys)
{
	naawg_keyed_hash(out, NAAWG_MAC_SIZE, keys->mac1, sizeof(keys->mac1),
			 msg, len - sizeof(struct naawg_msg_macs), NULL, 0);
}

static void compute_mac2(u8 out[NAAWG_MAC_SIZE], const void *msg, size_t len,
			 const u8 cookie[NAAWG_COOKIE_SIZE])
{
	naawg_keyed_hash(out, NAAWG_MAC_SIZE, cookie, NAAWG_COOKIE_SIZE,
			 msg, len - NAAWG_MAC_SIZE, NULL, 0);
}

/**
 * naawg_mac_keys_derive() - derive the keys for messages to the owner of a public key
 * @keys: receives the keys
 * @public: public key of the receiver of the messages
 *
 * Context: any.
 */
void naawg_mac_keys_derive(struct naawg_mac_keys *keys,
			   const u8 public[NAAWG_KEY_SIZE])
{
	naawg_hash(keys->mac1, mac1_label, LABEL_SIZE, public, NAAWG_KEY_SIZE);
	naawg_hash(keys->cookie, cookie_label, LABEL_SIZE, public,
		   NAAWG_KEY_SIZE);
}

/**
 * naawg_mac1_write() - write mac1, which proves that we know the receiver's key
 * @msg: whole message, complete up to its macs
 * @len: its length
 * @keys: keys of the receiver
 *
 * Context: any.
 */
void naawg_mac1_write(void *msg, size_t len, const struct naawg_mac_keys *keys)
{
	compute_mac1(macs_of(msg, len)->mac1, msg, len, keys);
}

/**
 * naawg_mac1_check() - check mac1, which proves that the sender knows our key
 * @msg: whole message
 * @len: its length
 * @keys: our own keys
 *
 * Context: any.
 * Return: true if mac1 is right.
 */
bool naawg_mac1_check(const void *msg, size_t len,
		      const struct naawg_mac_keys *keys)
{
	u8 want[NAAWG_MAC_SIZE];

	if (len < sizeof(struct naawg_msg_macs))
		return false;
	compute_mac1(want, msg, len, keys);
	return naawg_equal(want, macs_of(msg, len)->mac1, sizeof(want));
}

/**
 * naawg_mac2_write() - write mac2, which proves that we own our address
 * @msg: whole message, complete with mac1
 * @len: its length
 * @cookie: cookie that the receiver gave us, or NULL to write zeros
 *
 * Context: any.
 */
void naawg_mac2_write(void *msg, size_t len, const u8 *cookie)
{
	u8 *out = macs_of(msg, len)->mac2;

	if (cookie)
		compute_mac2(out, msg, len, cookie);
	else
		memset(out, 0, NAAWG_MAC_SIZE);
}

/**
 * naawg_mac2_check() - check mac2, which proves that the sender owns its address
 * @msg: whole message
 * @len: its length
 * @cookie: cookie of that address
 *
 * Context: any.
 * Return: true if mac2 is right.
 */
bool naawg_mac2_check(const void *msg, size_t len,
		      const u8 cookie[NAAWG_COOKIE_SIZE])
{
	u8 want[NAAWG_MAC_SIZE];

	if (len < sizeof(struct naawg_msg_macs))
		return false;
	compute_mac2(want, msg, len, cookie);
	return naawg_equal(want, macs_of(msg, len)->mac2, sizeof(want));
}

/**
 * naawg_cookie_make() - compute the cookie of a source
 * @cookie: receives the cookie
 * @secret: our current secret
 * @addr: source address in network order
 * @addr_len: 4 or 16
 * @port: source port
 *
 * Context: any.
 */
void naawg_cookie_make(u8 cookie[NAAWG_COOKIE_SIZE],
		       const u8 secret[NAAWG_KEY_SIZE],
		       const void *addr, size_t addr_len, __be16 port)
{
	naawg_keyed_hash(cookie, NAAWG_COOKIE_SIZE, secret, NAAWG_KEY_SIZE,
			 addr, addr_len, &port, sizeof(port));
}

/**
 * naawg_cookie_seal() - write a cookie reply
 * @msg: receives the reply
 * @receiver: sender index of the message that the reply answers
 * @cookie: cookie of the source of that message
 * @mac1: mac1 of that message
 * @nonce: fresh random bytes
 * @own_keys: keys of our own public key
 *
 * Context: process or softirq.
 */
void naawg_cookie_seal(struct naawg_msg_cookie *msg, __le32 receiver,
		       const u8 cookie[NAAWG_COOKIE_SIZE],
		       const u8 mac1[NAAWG_MAC_SIZE],
		       const u8 nonce[NAAWG_COOKIE_NONCE_SIZE],
		       const struct naawg_mac_keys *own_keys)
{
	msg->header.type = cpu_to_le32(NAAWG_MSG_COOKIE);
	msg->receiver = receiver;
	memcpy(msg->nonce, nonce, sizeof(msg->nonce));
	naawg_xaead_seal(msg->sealed_cookie, cookie, NAAWG_COOKIE_SIZE, mac1,
			 NAAWG_MAC_SIZE, nonce, own_keys->cookie);
}

/**
 * naawg_cookie_open() - extract the cookie from a cookie reply
 * @cookie: receives the cookie; unchanged on failure
 * @msg: the reply
 * @mac1: mac1 of the newest message that we sent to that peer
 * @remote_keys: keys of the peer's public key
 *
 * Context: process or softirq.
 * Return: false if the reply does not answer that message.
 */
bool naawg_cookie_open(u8 cookie[NAAWG_COOKIE_SIZE],
		       const struct naawg_msg_cookie *msg,
		       const u8 mac1[NAAWG_MAC_SIZE],
		       const struct naawg_mac_keys *remote_keys)
{
	u8 opened[NAAWG_COOKIE_SIZE];
	bool authentic;

	authentic = naawg_xaead_open(opened, msg->sealed_cookie,
				     sizeof(msg->sealed_cookie), mac1,
				     NAAWG_MAC_SIZE, msg->nonce,
				     remote_keys->cookie);
	if (authentic)
		memcpy(cookie, opened, sizeof(opened));
	naawg_wipe(opened, sizeof(opened));
	return authentic;
}
