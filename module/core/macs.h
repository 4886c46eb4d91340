/* SPDX-License-Identifier: GPL-2.0 */
/* mac1, mac2 and cookies: prove that a sender knows our key and owns its address. */
#ifndef _NAAWG_MACS_H
#define _NAAWG_MACS_H

#include "wire.h"

/**
 * struct naawg_mac_keys - keys derived from the *receiver's* public key
 * @mac1: key of mac1
 * @cookie: key that cookie replies are sealed with
 */
struct naawg_mac_keys {
	u8 mac1[NAAWG_KEY_SIZE];
	u8 cookie[NAAWG_KEY_SIZE];
};

void naawg_mac_keys_derive(struct naawg_mac_keys *keys,
			   const u8 public[NAAWG_KEY_SIZE]);

/* @msg is a whole handshake message of @len bytes; the macs are its last bytes */
void naawg_mac1_write(void *msg, size_t len, const struct naawg_mac_keys *keys);
bool naawg_mac1_check(const void *msg, size_t len,
		      const struct naawg_mac_keys *keys);

/* writes zeros if @cookie is NULL */
void naawg_mac2_write(void *msg, size_t len, const u8 *cookie);
bool naawg_mac2_check(const void *msg, size_t len,
		      const u8 cookie[NAAWG_COOKIE_SIZE]);

/* computes the cookie of a source; address and port are in network order */
void naawg_cookie_make(u8 cookie[NAAWG_COOKIE_SIZE],
		       const u8 secret[NAAWG_KEY_SIZE],
		       const void *addr, size_t addr_len, __be16 port);

/* @mac1 is that of the message that the reply answers */
void naawg_cookie_seal(struct naawg_msg_cookie *msg, __le32 receiver,
		       const u8 cookie[NAAWG_COOKIE_SIZE],
		       const u8 mac1[NAAWG_MAC_SIZE],
		       const u8 nonce[NAAWG_COOKIE_NONCE_SIZE],
		       const struct naawg_mac_keys *own_keys);
bool naawg_cookie_open(u8 cookie[NAAWG_COOKIE_SIZE],
		       const struct naawg_msg_cookie *msg,
		       const u8 mac1[NAAWG_MAC_SIZE],
		       const struct naawg_mac_keys *remote_keys);

#endif
