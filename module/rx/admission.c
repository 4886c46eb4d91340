// SPDX-License-Identifier: GPL-2.0
/*
 * Admission of handshake messages: which ones are worth a computation.
 *
 * An initiation costs the receiver several scalar multiplications, and any host that
 * knows our public key can send one. Such messages must not displace the messages of
 * peers in the queue. So an initiation or response passes these checks in softirq
 * before it is queued, the cheapest first:
 *
 *   1. A response must name the index of a session of ours. A cookie reply must, too,
 *      and passes no other check.
 *   2. mac1 proves that the sender knows our public key.
 *   3. If the device is not under load, the message is admitted.
 *   4. Under load, mac2 must be made with the cookie that we gave to this source. It
 *      proves that the sender receives packets at its address. A token bucket per source
 *      then limits the messages (table/ratelimit.c).
 *   5. Without a valid mac2, a response gets a cookie reply, because it answers an
 *      initiation of ours. An initiation gets one if the reply budget allows it
 *      (core/reply_budget.c). Known sources have a bucket of their own
 *      (table/known_sources.c), so a flood from unknown sources does not affect peers.
 *
 * Under load, an initiation whose mac2 is zero is refused before step 2 while the bucket
 * of its source is empty.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/udp.h>

#include "../core/crypto.h"
#include "../outer/socket.h"
#include "../state/callers.h"
#include "../state/peer.h"
#include "admission.h"
#include "handshake_queue.h"

/* The device is under load once so many messages are queued. */
#define QUEUE_LOADED	(NAAWG_HANDSHAKE_QUEUE_MAX / 8)

/*
 * Whether the device is under load. That lasts for a second after the queue was last
 * long, because the length of the queue alone changes with every burst.
 */
static bool under_load(struct naawg_dev *dev)
{
	u64 now = naawg_now();

	if (skb_queue_len_lockless(&dev->handshakes) >= QUEUE_LOADED)
		naawg_reply_budget_begin_load(&dev->reply_budget, now);
	return naawg_reply_budget_under_load(&dev->reply_budget, now);
}

static const struct naawg_msg_macs *macs_of_skb(const struct sk_buff *skb)
{
	return (const struct naawg_msg_macs *)
		(skb->data + skb->len - sizeof(struct naawg_msg_macs));
}

static const void *source_of(const struct sk_buff *skb, size_t *len)
{
	if (skb->protocol == htons(ETH_P_IP)) {
		*len = sizeof(ip_hdr(skb)->saddr);
		return &ip_hdr(skb)->saddr;
	}
	*len = sizeof(ipv6_hdr(skb)->saddr);
	return &ipv6_hdr(skb)->saddr;
}

/* The bucket of the reply budget that pays for a reply to this source. */
static unsigned int bucket_of(struct naawg_dev *dev, const struct sk_buff *skb)
{
	const void *source;
	size_t len;

	source = source_of(skb, &len);
	return naawg_known_sources_bucket(&dev->known_sources, source, len,
					  udp_hdr(skb)->source, naawg_now());
}

/* The cookie of this source, made with a secret that changes every two minutes. */
static void current_cookie(struct naawg_dev *dev, const struct sk_buff *skb,
			   u8 cookie[NAAWG_COOKIE_SIZE])
{
	const void *source;
	size_t len;
	u64 now;

	source = source_of(skb, &len);
	spin_lock_bh(&dev->cookie_lock);
	now = naawg_now();
	if (!dev->cookie_birth ||
	    now - dev->cookie_birth >= NAAWG_COOKIE_SECRET_TIME) {
		get_random_bytes(dev->cookie_secret,
				 sizeof(dev->cookie_secret));
		dev->cookie_birth = now;
	}
	naawg_cookie_make(cookie, dev->cookie_secret, source, len,
			  udp_hdr(skb)->source);
	spin_unlock_bh(&dev->cookie_lock);
}

/* Sends a cookie reply and charges the bucket with the time that it took. */
static void send_cookie(struct naawg_dev *dev, const struct sk_buff *skb,
			unsigned int bucket,
			const u8 cookie[NAAWG_COOKIE_SIZE])
{
	const struct naawg_msg_initiation *msg = (const void *)skb->data;
	u8 nonce[NAAWG_COOKIE_NONCE_SIZE];
	struct naawg_msg_cookie reply;
	struct naawg_own_macs *own;
	u64 start = ktime_get_ns();

	own = rcu_dereference(dev->own_macs);
	if (!own)
		return;
	get_random_bytes(nonce, sizeof(nonce));
	/* A response has its sender index at the same offset. */
	naawg_cookie_seal(&reply, msg->sender, cookie, macs_of_skb(skb)->mac1,
			  nonce, &own->keys);
	naawg_socket_reply(dev, skb, &reply, sizeof(reply));
	naawg_reply_budget_charge(&dev->reply_budget, bucket, naawg_now(),
				  ktime_get_ns() - start, num_online_cpus());
}

/*
 * Answers a sender whose address is not proven. A response answers an initiation of
 * ours, so it gets a cookie reply in any case.
 */
static enum naawg_reason ask_for_cookie(struct naawg_dev *dev,
					const struct sk_buff *skb,
					const u8 cookie[NAAWG_COOKIE_SIZE])
{
	unsigned int bucket = bucket_of(dev, skb);

	if (skb->len == sizeof(struct naawg_msg_initiation) &&
	    naawg_reply_budget_refuses(&dev->reply_budget, bucket, naawg_now()))
		return NAAWG_R_HS_OVERLOAD;
	send_cookie(dev, skb, bucket, cookie);
	return NAAWG_R_HS_COOKIE_WANTED;
}

/* Steps 3 to 5: limits the handshakes that are computed under load. */
static enum naawg_reason check_load(struct naawg_dev *dev,
				    const struct sk_buff *skb)
{
	u8 cookie[NAAWG_COOKIE_SIZE];
	enum naawg_reason reason;
	const void *source;
	size_t len;

	/* Without random numbers there is no cookie, and the workers wait. */
	if (!under_load(dev) || !rng_is_initialized())
		return NAAWG_OK;
	current_cookie(dev, skb, cookie);
	source = source_of(skb, &len);
	if (!naawg_mac2_check(skb->data, skb->len, cookie))
		reason = ask_for_cookie(dev, skb, cookie);
	else if (naawg_ratelimit_allow(&dev->ratelimit, source, len,
				       naawg_now()))
		reason = NAAWG_OK;
	else
		reason = NAAWG_R_HS_RATE_LIMITED;
	memzero_explicit(cookie, sizeof(cookie));
	return reason;
}

/* Step 2. */
static enum naawg_reason check_mac1(struct naawg_dev *dev,
				    const struct sk_buff *skb)
{
	struct naawg_own_macs *own = rcu_dereference(dev->own_macs);

	if (!own)
		return NAAWG_R_HS_NO_IDENTITY;
	return naawg_mac1_check(skb->data, skb->len, &own->keys) ?
	       NAAWG_OK : NAAWG_R_HS_BAD_MAC1;
}

/* Whether the reply budget refuses an initiation without a mac2. */
static bool is_refused_unread(struct naawg_dev *dev, const struct sk_buff *skb)
{
	u64 now = naawg_now();

	return naawg_reply_budget_under_load(&dev->reply_budget, now) &&
	       !memchr_inv(macs_of_skb(skb)->mac2, 0, NAAWG_MAC_SIZE) &&
	       naawg_reply_budget_refuses(&dev->reply_budget,
					  bucket_of(dev, skb), now);
}

/* Step 1. */
static bool has_index(struct naawg_dev *dev, __le32 receiver)
{
	return naawg_session_by_index(dev, le32_to_cpu(receiver));
}

/**
 * naawg_admission_check() - is a handshake message worth a computation?
 * @dev: the device
 * @skb: the message, linear, data at its first byte
 *
 * The function may send a cookie reply.
 *
 * Context: softirq, under rcu_read_lock().
 * Return: NAAWG_OK, or why the message is refused.
 */
enum naawg_reason naawg_admission_check(struct naawg_dev *dev,
					const struct sk_buff *skb)
{
	const struct naawg_msg_response *response = (const void *)skb->data;
	const struct naawg_msg_cookie *cookie = (const void *)skb->data;
	enum naawg_reason reason;

	switch (naawg_wire_classify(skb->data, skb->len)) {
	case NAAWG_MSG_COOKIE:
		return has_index(dev, cookie->receiver) ?
		       NAAWG_OK : NAAWG_R_HS_UNKNOWN_INDEX;
	case NAAWG_MSG_RESPONSE:
		if (!has_index(dev, response->receiver))
			return NAAWG_R_HS_UNKNOWN_INDEX;
		break;
	case NAAWG_MSG_INITIATION:
		if (is_refused_unread(dev, skb))
			return NAAWG_R_HS_OVERLOAD;
		break;
	default:
		/* The sender changed the type after it was checked. */
		return NAAWG_R_MALFORMED;
	}
	reason = check_mac1(dev, skb);
	/* only a host that got our initiation can send a response that comes this far */
	if (reason == NAAWG_R_HS_BAD_MAC1 &&
	    skb->len == sizeof(struct naawg_msg_initiation))
		naawg_callers_note(dev, NAAWG_CALLER_BAD_MAC1, NULL, skb);
	return reason ?: check_load(dev, skb);
}

/**
 * naawg_admission_add_known() - remember the source of an authenticated message
 * @dev: the device
 * @skb: the message, with its headers
 *
 * Context: process.
 */
void naawg_admission_add_known(struct naawg_dev *dev,
			       const struct sk_buff *skb)
{
	const void *source;
	size_t len;

	source = source_of(skb, &len);
	naawg_known_sources_add(&dev->known_sources, source, len,
				udp_hdr(skb)->source, naawg_now());
}
