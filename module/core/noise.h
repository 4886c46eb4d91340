/* SPDX-License-Identifier: GPL-2.0 */
/* Noise handshake (Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s), both sides. */
#ifndef _NAAWG_NOISE_H
#define _NAAWG_NOISE_H

#include "reason.h"
#include "wire.h"

/**
 * struct naawg_identity - the key pair of a device
 * @private: clamped private key; secret
 * @public: public key
 * @set: false while the device has no key; all other fields are zero then
 */
struct naawg_identity {
	u8 private[NAAWG_KEY_SIZE];
	u8 public[NAAWG_KEY_SIZE];
	bool set;
};

/**
 * enum naawg_handshake_state - state of a handshake
 * @NAAWG_HS_IDLE: no handshake is under way
 * @NAAWG_HS_INITIATED: we wrote an initiation and wait for the response
 * @NAAWG_HS_ACCEPTED: we accepted the peer's initiation and can respond
 * @NAAWG_HS_RESPONDED: we wrote the response and can derive the transport keys
 * @NAAWG_HS_FINISHED: we verified the response and can derive the transport keys
 */
enum naawg_handshake_state {
	NAAWG_HS_IDLE,
	NAAWG_HS_INITIATED,
	NAAWG_HS_ACCEPTED,
	NAAWG_HS_RESPONDED,
	NAAWG_HS_FINISHED,
};

/**
 * struct naawg_handshake - handshake with one peer
 * @state: state of the handshake
 * @ephemeral: our ephemeral private key; secret
 * @remote_ephemeral: the peer's ephemeral public key
 * @remote_static: the peer's static public key; set once
 * @static_static: DH of both static keys, zero if a key is of low order; secret
 * @preshared: preshared key, zero for none; secret
 * @hash: transcript hash
 * @chain: chaining key; secret
 * @newest_timestamp: newest TAI64N timestamp that we accepted from the peer
 * @local_index: receiver index that we chose, host order
 * @remote_index: receiver index that the peer chose, host order
 *
 * The caller serialises all access.
 */
struct naawg_handshake {
	enum naawg_handshake_state state;
	u8 ephemeral[NAAWG_KEY_SIZE];
	u8 remote_ephemeral[NAAWG_KEY_SIZE];
	u8 remote_static[NAAWG_KEY_SIZE];
	u8 static_static[NAAWG_KEY_SIZE];
	u8 preshared[NAAWG_KEY_SIZE];
	u8 hash[NAAWG_HASH_SIZE];
	u8 chain[NAAWG_HASH_SIZE];
	u8 newest_timestamp[NAAWG_TIMESTAMP_SIZE];
	u32 local_index;
	u32 remote_index;
};

/**
 * struct naawg_claim - unverified claim of an initiation
 * @remote_static: static key that the sender claims to own
 * @hash: transcript hash up to the claim
 * @chain: chaining key up to the claim; secret
 *
 * The caller reads the claim, looks up the peer, and then verifies the claim. It
 * wipes the claim afterwards.
 */
struct naawg_claim {
	u8 remote_static[NAAWG_KEY_SIZE];
	u8 hash[NAAWG_HASH_SIZE];
	u8 chain[NAAWG_HASH_SIZE];
};

/**
 * struct naawg_transport_keys - transport keys of a session
 * @send: key that we seal with; secret
 * @recv: key that we open with; secret
 */
struct naawg_transport_keys {
	u8 send[NAAWG_KEY_SIZE];
	u8 recv[NAAWG_KEY_SIZE];
};

/* @private need not be clamped; zeros remove the identity; false: not a valid key */
bool naawg_identity_set(struct naawg_identity *id,
			const u8 private[NAAWG_KEY_SIZE]);

void naawg_handshake_init(struct naawg_handshake *hs,
			  const struct naawg_identity *id,
			  const u8 remote_static[NAAWG_KEY_SIZE],
			  const u8 preshared[NAAWG_KEY_SIZE]);
/* called after the identity changed; also resets the handshake under way */
void naawg_handshake_rekey(struct naawg_handshake *hs,
			   const struct naawg_identity *id);
/* erases the handshake under way; configured keys stay */
void naawg_handshake_reset(struct naawg_handshake *hs);

/* initiator: writes all of @msg but the macs */
enum naawg_reason
naawg_noise_initiate(struct naawg_handshake *hs,
		     const struct naawg_identity *id,
		     const u8 ephemeral[NAAWG_KEY_SIZE],
		     const u8 timestamp[NAAWG_TIMESTAMP_SIZE],
		     u32 local_index, struct naawg_msg_initiation *msg);

/* responder, first half: reads which peer the sender claims to be */
enum naawg_reason
naawg_noise_read_claim(struct naawg_claim *claim,
		       const struct naawg_identity *id,
		       const struct naawg_msg_initiation *msg);

/* responder, second half: verifies the claim; changes @hs only on NAAWG_OK */
enum naawg_reason
naawg_noise_accept(struct naawg_handshake *hs, const struct naawg_claim *claim,
		   const struct naawg_msg_initiation *msg);

/* responder: writes all of @msg but the macs */
enum naawg_reason
naawg_noise_respond(struct naawg_handshake *hs,
		    const u8 ephemeral[NAAWG_KEY_SIZE], u32 local_index,
		    struct naawg_msg_response *msg);

/* initiator: verifies the response; changes @hs only on NAAWG_OK */
enum naawg_reason
naawg_noise_finish(struct naawg_handshake *hs, const struct naawg_identity *id,
		   const struct naawg_msg_response *msg);

/* in state RESPONDED or FINISHED: derives the keys and resets the handshake */
bool naawg_noise_split(struct naawg_handshake *hs,
		       struct naawg_transport_keys *keys);

/* TAI64N timestamp of wall-clock time, rounded so that it reveals no precise clock */
void naawg_timestamp(u8 timestamp[NAAWG_TIMESTAMP_SIZE], u64 seconds,
		     u32 nanoseconds);

#endif
