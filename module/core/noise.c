// SPDX-License-Identifier: GPL-2.0
/* Noise handshake: writes and checks the tokens of initiations and responses. */
#include <linux/string.h>
#include <asm/byteorder.h>

#include "crypto.h"
#include "kdf.h"
#include "noise.h"
#include "transcript.h"

/**
 * naawg_identity_set() - set or remove the key pair of a device
 * @id: identity
 * @private: private key, not necessarily clamped; all zeros for none
 *
 * The caller then calls naawg_handshake_rekey() for every handshake of the device.
 *
 * Context: any; the caller serialises access to @id.
 * Return: false, with @id unchanged, if @private is not a valid key.
 */
bool naawg_identity_set(struct naawg_identity *id,
			const u8 private[NAAWG_KEY_SIZE])
{
	struct naawg_identity new = {};

	if (!naawg_is_zero(private, NAAWG_KEY_SIZE)) {
		memcpy(new.private, private, sizeof(new.private));
		naawg_clamp(new.private);
		new.set = naawg_public_key(new.public, new.private);
		if (!new.set) {
			naawg_wipe(&new, sizeof(new));
			return false;
		}
	}

	memcpy(id, &new, sizeof(*id));
	naawg_wipe(&new, sizeof(new));
	return true;
}

/**
 * naawg_handshake_init() - prepare the handshakes with a new peer
 * @hs: handshake
 * @id: our identity, set or not
 * @remote_static: the peer's static public key
 * @preshared: preshared key, zero for none
 *
 * Context: any; preferably process, as the curve operation takes long.
 */
void naawg_handshake_init(struct naawg_handshake *hs,
			  const struct naawg_identity *id,
			  const u8 remote_static[NAAWG_KEY_SIZE],
			  const u8 preshared[NAAWG_KEY_SIZE])
{
	memset(hs, 0, sizeof(*hs));
	memcpy(hs->remote_static, remote_static, sizeof(hs->remote_static));
	memcpy(hs->preshared, preshared, sizeof(hs->preshared));
	naawg_handshake_rekey(hs, id);
}

/**
 * naawg_handshake_rekey() - recompute the keys that depend on our identity
 * @hs: handshake
 * @id: our new identity, set or not
 *
 * This also resets the handshake under way.
 *
 * Context: any; the caller serialises access to @hs.
 */
void naawg_handshake_rekey(struct naawg_handshake *hs,
			   const struct naawg_identity *id)
{
	naawg_handshake_reset(hs);
	if (!id->set || !naawg_dh(hs->static_static, id->private,
				  hs->remote_static))
		naawg_wipe(hs->static_static, sizeof(hs->static_static));
}

/**
 * naawg_handshake_reset() - erase the handshake under way
 * @hs: handshake
 *
 * Configured keys stay. The newest timestamp stays too, so that a replayed
 * initiation is not accepted.
 *
 * Context: any; the caller serialises access to @hs.
 */
void naawg_handshake_reset(struct naawg_handshake *hs)
{
	hs->state = NAAWG_HS_IDLE;
	hs->local_index = 0;
	hs->remote_index = 0;
	naawg_wipe(hs->ephemeral, sizeof(hs->ephemeral));
	naawg_wipe(hs->remote_ephemeral, sizeof(hs->remote_ephemeral));
	naawg_wipe(hs->hash, sizeof(hs->hash));
	naawg_wipe(hs->chain, sizeof(hs->chain));
}

/**
 * naawg_noise_initiate() - write an initiation
 * @hs: handshake, in any state; replaced on success, unchanged otherwise
 * @id: our identity
 * @ephemeral: 32 fresh random bytes
 * @timestamp: timestamp that is newer than any we have sent
 * @local_index: receiver index of the response
 * @msg: receives the initiation, without its macs
 *
 * Context: any; the caller serialises access to @hs.
 * Return: %NAAWG_OK, %NAAWG_R_HS_NO_IDENTITY or %NAAWG_R_HS_LOW_ORDER.
 */
enum naawg_reason
naawg_noise_initiate(struct naawg_handshake *hs,
		     const struct naawg_identity *id,
		     const u8 ephemeral[NAAWG_KEY_SIZE],
		     const u8 timestamp[NAAWG_TIMESTAMP_SIZE],
		     u32 local_index, struct naawg_msg_initiation *msg)
{
	enum naawg_reason reason = NAAWG_R_HS_LOW_ORDER;
	u8 private[NAAWG_KEY_SIZE];
	struct naawg_transcript t;

	if (!id->set)
		return NAAWG_R_HS_NO_IDENTITY;

	memcpy(private, ephemeral, sizeof(private));
	naawg_clamp(private);
	if (!naawg_public_key(msg->ephemeral, private))
		goto out;

	msg->header.type = cpu_to_le32(NAAWG_MSG_INITIATION);
	msg->sender = cpu_to_le32(local_index);

	naawg_transcript_begin(&t, hs->remote_static);
	naawg_mix_ephemeral(&t, msg->ephemeral);
	if (!naawg_mix_dh(&t, private, hs->remote_static, true))
		goto out;
	naawg_seal_field(&t, msg->sealed_static, id->public,
			 sizeof(id->public));
	if (!naawg_mix_static_static(&t, hs->static_static))
		goto out;
	naawg_seal_field(&t, msg->sealed_timestamp, timestamp,
			 NAAWG_TIMESTAMP_SIZE);

	naawg_handshake_reset(hs);
	naawg_transcript_keep(&t, hs->hash, hs->chain);
	memcpy(hs->ephemeral, private, sizeof(hs->ephemeral));
	hs->local_index = local_index;
	hs->state = NAAWG_HS_INITIATED;
	reason = NAAWG_OK;
out:
	naawg_wipe(&t, sizeof(t));
	naawg_wipe(private, sizeof(private));
	return reason;
}

/**
 * naawg_noise_read_claim() - read which peer an initiation claims to come from
 * @claim: receives the claim; all zeros on failure
 * @id: our identity
 * @msg: initiation whose mac1 is right
 *
 * Anyone who knows our public key can claim to be any peer. Only
 * naawg_noise_accept() verifies the claim.
 *
 * Context: any.
 * Return: %NAAWG_OK, %NAAWG_R_HS_NO_IDENTITY, %NAAWG_R_HS_LOW_ORDER or
 * %NAAWG_R_HS_BAD_STATIC.
 */
enum naawg_reason
naawg_noise_read_claim(struct naawg_claim *claim,
		       const struct naawg_identity *id,
		       const struct naawg_msg_initiation *msg)
{
	enum naawg_reason reason = NAAWG_OK;
	struct naawg_transcript t;

	memset(claim, 0, sizeof(*claim));
	if (!id->set)
		return NAAWG_R_HS_NO_IDENTITY;

	naawg_transcript_begin(&t, id->public);
	naawg_mix_ephemeral(&t, msg->ephemeral);
	if (!naawg_mix_dh(&t, id->private, msg->ephemeral, true))
		reason = NAAWG_R_HS_LOW_ORDER;
	else if (!naawg_open_field(&t, claim->remote_static,
				   msg->sealed_static,
				   sizeof(claim->remote_static)))
		reason = NAAWG_R_HS_BAD_STATIC;

	if (reason == NAAWG_OK)
		naawg_transcript_keep(&t, claim->hash, claim->chain);
	else
		naawg_wipe(claim, sizeof(*claim));
	naawg_wipe(&t, sizeof(t));
	return reason;
}

/**
 * naawg_noise_accept() - verify the claim of an initiation, and that it is new
 * @hs: handshake with the peer that @claim names, in any state; replaced on
 *	success, unchanged otherwise
 * @claim: the claim that naawg_noise_read_claim() read from @msg
 * @msg: the initiation
 *
 * The caller limits the number of initiations that a peer may send in a second.
 *
 * Context: any; the caller serialises access to @hs.
 * Return: %NAAWG_OK, %NAAWG_R_HS_UNKNOWN_PEER, %NAAWG_R_HS_LOW_ORDER,
 * %NAAWG_R_HS_BAD_TIMESTAMP or %NAAWG_R_HS_OLD_TIMESTAMP.
 */
enum naawg_reason
naawg_noise_accept(struct naawg_handshake *hs, const struct naawg_claim *claim,
		   const struct naawg_msg_initiation *msg)
{
	enum naawg_reason reason = NAAWG_OK;
	u8 timestamp[NAAWG_TIMESTAMP_SIZE];
	struct naawg_transcript t;

	if (!naawg_equal(claim->remote_static, hs->remote_static,
			 sizeof(hs->remote_static)))
		return NAAWG_R_HS_UNKNOWN_PEER;

	naawg_transcript_resume(&t, claim->hash, claim->chain);
	if (!naawg_mix_static_static(&t, hs->static_static))
		reason = NAAWG_R_HS_LOW_ORDER;
	else if (!naawg_open_field(&t, timestamp, msg->sealed_timestamp,
				   sizeof(timestamp)))
		reason = NAAWG_R_HS_BAD_TIMESTAMP;
	else if (memcmp(timestamp, hs->newest_timestamp,
			sizeof(timestamp)) <= 0)
		reason = NAAWG_R_HS_OLD_TIMESTAMP;

	if (reason == NAAWG_OK) {
		naawg_handshake_reset(hs);
		naawg_transcript_keep(&t, hs->hash, hs->chain);
		memcpy(hs->newest_timestamp, timestamp, sizeof(timestamp));
		memcpy(hs->remote_ephemeral, msg->ephemeral,
		       sizeof(hs->remote_ephemeral));
		hs->remote_index = le32_to_cpu(msg->sender);
		hs->state = NAAWG_HS_ACCEPTED;
	}
	naawg_wipe(&t, sizeof(t));
	return reason;
}

/**
 * naawg_noise_respond() - write the response to an accepted initiation
 * @hs: handshake in state %NAAWG_HS_ACCEPTED; unchanged on failure
 * @ephemeral: 32 fresh random bytes
 * @local_index: receiver index of data messages to us
 * @msg: receives the response, without its macs
 *
 * Context: any; the caller serialises access to @hs.
 * Return: %NAAWG_OK, %NAAWG_R_HS_UNKNOWN_INDEX if no initiation was accepted, or
 * %NAAWG_R_HS_LOW_ORDER.
 */
enum naawg_reason
naawg_noise_respond(struct naawg_handshake *hs,
		    const u8 ephemeral[NAAWG_KEY_SIZE], u32 local_index,
		    struct naawg_msg_response *msg)
{
	enum naawg_reason reason = NAAWG_R_HS_LOW_ORDER;
	u8 private[NAAWG_KEY_SIZE];
	struct naawg_transcript t;

	if (hs->state != NAAWG_HS_ACCEPTED)
		return NAAWG_R_HS_UNKNOWN_INDEX;

	memcpy(private, ephemeral, sizeof(private));
	naawg_clamp(private);
	if (!naawg_public_key(msg->ephemeral, private))
		goto out;

	msg->header.type = cpu_to_le32(NAAWG_MSG_RESPONSE);
	msg->sender = cpu_to_le32(local_index);
	msg->receiver = cpu_to_le32(hs->remote_index);

	naawg_transcript_resume(&t, hs->hash, hs->chain);
	naawg_mix_ephemeral(&t, msg->ephemeral);
	if (!naawg_mix_dh(&t, private, hs->remote_ephemeral, false) ||
	    !naawg_mix_dh(&t, private, hs->remote_static, false))
		goto out;
	naawg_mix_preshared(&t, hs->preshared);
	naawg_seal_field(&t, msg->sealed_nothing, NULL, 0);

	naawg_transcript_keep(&t, hs->hash, hs->chain);
	hs->local_index = local_index;
	hs->state = NAAWG_HS_RESPONDED;
	reason = NAAWG_OK;
out:
	naawg_wipe(&t, sizeof(t));
	naawg_wipe(private, sizeof(private));
	return reason;
}

/**
 * naawg_noise_finish() - verify the response to our initiation
 * @hs: handshake in state %NAAWG_HS_INITIATED
 * @id: our identity
 * @msg: response whose mac1 is right
 *
 * Context: any; the caller serialises access to @hs.
 * Return: %NAAWG_OK, %NAAWG_R_HS_NO_IDENTITY, %NAAWG_R_HS_UNKNOWN_INDEX if the
 * response answers no initiation of ours, %NAAWG_R_HS_LOW_ORDER or
 * %NAAWG_R_HS_BAD_RESPONSE. @hs changes only with %NAAWG_OK.
 */
enum naawg_reason
naawg_noise_finish(struct naawg_handshake *hs, const struct naawg_identity *id,
		   const struct naawg_msg_response *msg)
{
	enum naawg_reason reason = NAAWG_OK;
	u8 nothing[NAAWG_TAG_SIZE];
	struct naawg_transcript t;

	if (!id->set)
		return NAAWG_R_HS_NO_IDENTITY;
	if (hs->state != NAAWG_HS_INITIATED ||
	    le32_to_cpu(msg->receiver) != hs->local_index)
		return NAAWG_R_HS_UNKNOWN_INDEX;

	naawg_transcript_resume(&t, hs->hash, hs->chain);
	naawg_mix_ephemeral(&t, msg->ephemeral);
	if (!naawg_mix_dh(&t, hs->ephemeral, msg->ephemeral, false) ||
	    !naawg_mix_dh(&t, id->private, msg->ephemeral, false)) {
		reason = NAAWG_R_HS_LOW_ORDER;
	} else {
		naawg_mix_preshared(&t, hs->preshared);
		if (!naawg_open_field(&t, nothing, msg->sealed_nothing, 0))
			reason = NAAWG_R_HS_BAD_RESPONSE;
	}

	if (reason == NAAWG_OK) {
		naawg_transcript_keep(&t, hs->hash, hs->chain);
		memcpy(hs->remote_ephemeral, msg->ephemeral,
		       sizeof(hs->remote_ephemeral));
		/* both DHs are done: forward secrecy begins here */
		naawg_wipe(hs->ephemeral, sizeof(hs->ephemeral));
		hs->remote_index = le32_to_cpu(msg->sender);
		hs->state = NAAWG_HS_FINISHED;
	}
	naawg_wipe(&t, sizeof(t));
	return reason;
}

/**
 * naawg_noise_split() - derive the transport keys, and end the handshake
 * @hs: handshake; reset on success, unchanged otherwise
 * @keys: receives the transport keys
 *
 * The reset clears the indices, so the caller copies them before.
 *
 * Context: any; the caller serialises access to @hs.
 * Return: false if the handshake is not complete.
 */
bool naawg_noise_split(struct naawg_handshake *hs,
		       struct naawg_transport_keys *keys)
{
	if (hs->state == NAAWG_HS_FINISHED)
		naawg_kdf(hs->chain, NULL, 0, keys->send, keys->recv, NULL);
	else if (hs->state == NAAWG_HS_RESPONDED)
		naawg_kdf(hs->chain, NULL, 0, keys->recv, keys->send, NULL);
	else
		return false;

	naawg_handshake_reset(hs);
	return true;
}

/**
 * naawg_timestamp() - write the TAI64N timestamp of a time
 * @timestamp: receives the timestamp; memcmp() orders timestamps by time
 * @seconds: seconds of the wall clock since 1970
 * @nanoseconds: nanoseconds in the second; rounded down to 2^24, which is 17 ms
 *
 * Context: any.
 */
void naawg_timestamp(u8 timestamp[NAAWG_TIMESTAMP_SIZE], u64 seconds,
		     u32 nanoseconds)
{
	__be64 tai64 = cpu_to_be64((1ULL << 62) + 10 + seconds);
	__be32 rounded = cpu_to_be32(nanoseconds & ~((1U << 24) - 1));

	memcpy(timestamp, &tai64, sizeof(tai64));
	memcpy(timestamp + sizeof(tai64), &rounded, sizeof(rounded));
}
