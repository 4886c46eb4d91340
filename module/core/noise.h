/* SPDX-License-Identifier: GPL-2.0 */
/* Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s: both sides of the handshake. */
#ifndef _NAAWG_NOISE_H
#define _NAAWG_NOISE_H

#include "reason.h"
#include "wire.h"

/**
 * struct naawg_identity - the key pair of a device
 * @private: clamped private key; secret
 * @public: its public half
 * @set: false while the device has no key; the others are zero then
 */
struct naawg_identity {
	u8 private[NAAWG_KEY_SIZE];
	u8 public[NAAWG_KEY_SIZE];
	bool set;
};

/**
 * enum naawg_handshake_state - how far a handshake got
 * @NAAWG_HS_IDLE: nothing is under way
 * @NAAWG_HS_INITIATED: our initiation is out, a response is awaited
 * @NAAWG_HS_ACCEPTED: the peer's initiation was accepted, ours is the answer
 * @NAAWG_HS_RESPONDED: our response is built, the keys can be split
 * @NAAWG_HS_FINISHED: the peer's response was taken, the keys can be split
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
 * @state: how far it got
 * @ephemeral: our ephemeral private key; secret
 * @remote_ephemeral: the peer's ephemeral public key
 * @remote_static: the peer's static public key; set once
 * @static_static: DH of both static keys, zero when that is refused; secret
 * @preshared: preshared key, zero for none; secret
 * @hash: transcript hash
 * @chain: chaining key; secret
 * @newest_timestamp: newest TAI64N accepted from the peer
 * @local_index: index we chose, host order
 * @remote_index: index the peer chose, host order
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
 * struct naawg_claim - what an initiation says before it is believed
 * @remote_static: the static key the sender claims to own
 * @hash: transcript hash up to the claim
 * @chain: chaining key up to the claim; secret
 *
 * Between reading who claims to call and checking that it is true the caller
 * looks the peer up. Wipe it afterwards.
 */
struct naawg_claim {
	u8 remote_static[NAAWG_KEY_SIZE];
	u8 hash[NAAWG_HASH_SIZE];
	u8 chain[NAAWG_HASH_SIZE];
};

/**
 * struct naawg_transport_keys - result of a handshake
 * @send: key for what we seal; secret
 * @recv: key for what we open; secret
 */
struct naawg_transport_keys {
	u8 send[NAAWG_KEY_SIZE];
	u8 recv[NAAWG_KEY_SIZE];
};

/* identity: @private need not be clamped; all zeros unsets; false = refused */
bool naawg_identity_set(struct naawg_identity *id,
			const u8 private[NAAWG_KEY_SIZE]);

void naawg_handshake_init(struct naawg_handshake *hs,
			  const struct naawg_identity *id,
			  const u8 remote_static[NAAWG_KEY_SIZE],
			  const u8 preshared[NAAWG_KEY_SIZE]);
/* after the identity changed; also resets the handshake under way */
void naawg_handshake_rekey(struct naawg_handshake *hs,
			   const struct naawg_identity *id);
/* forgets the handshake under way; keys that are configuration stay */
void naawg_handshake_reset(struct naawg_handshake *hs);

/* initiator: writes all of @msg but the macs */
enum naawg_reason
naawg_noise_initiate(struct naawg_handshake *hs,
		     const struct naawg_identity *id,
		     const u8 ephemeral[NAAWG_KEY_SIZE],
		     const u8 timestamp[NAAWG_TIMESTAMP_SIZE],
		     u32 local_index, struct naawg_msg_initiation *msg);

/* responder, first half: who claims to call? */
enum naawg_reason
naawg_noise_read_claim(struct naawg_claim *claim,
		       const struct naawg_identity *id,
		       const struct naawg_msg_initiation *msg);

/* responder, second half; changes @hs only on NAAWG_OK */
enum naawg_reason
naawg_noise_accept(struct naawg_handshake *hs, const struct naawg_claim *claim,
		   const struct naawg_msg_initiation *msg);

/* responder: writes all of @msg but the macs */
enum naawg_reason
naawg_noise_respond(struct naawg_handshake *hs,
		    const u8 ephemeral[NAAWG_KEY_SIZE], u32 local_index,
		    struct naawg_msg_response *msg);

/* initiator: changes @hs only on NAAWG_OK */
enum naawg_reason
naawg_noise_finish(struct naawg_handshake *hs, const struct naawg_identity *id,
		   const struct naawg_msg_response *msg);

/* after RESPONDED or FINISHED: yields the keys and resets the handshake */
bool naawg_noise_split(struct naawg_handshake *hs,
		       struct naawg_transport_keys *keys);

/* TAI64N timestamp from wall-clock time, coarse enough to betray no precise clock */
void naawg_timestamp(u8 timestamp[NAAWG_TIMESTAMP_SIZE], u64 seconds,
		     u32 nanoseconds);

#endif
