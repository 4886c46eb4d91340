// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that wait for a session may wait for as long as a peer is away. They
 * wait as copies, and the originals are freed at once: they may refer to a
 * socket, a connection, a user's pages or a driver's buffers. The memory of the
 * copies is bounded per peer and per device, and the oldest are dropped first.
 */
#include <linux/gfp.h>

#include "staging.h"

/**
 * struct place - where a packet waits, at the beginning of its headroom
 * @link: in the device's list
 * @staged: the peer's
 * @segments: packets it stands for
 */
struct place {
	struct list_head link;
	struct naawg_staged *staged;
	unsigned int segments;
};

/* The linear part of a longer packet, with room for all headers. */
#define HEAD_SIZE	256
/* A packet up to this length is linear. */
#define LINEAR_MAX	(SKB_WITH_OVERHEAD(PAGE_SIZE) - sizeof(struct place))

static struct place *place_of(const struct sk_buff *skb)
{
	return (struct place *)skb->head;
}

/**
 * naawg_staging_init() - nothing waits
 * @all: the device's part
 *
 * Context: any; nobody else has the device yet.
 */
void naawg_staging_init(struct naawg_staging *all)
{
	spin_lock_init(&all->lock);
	INIT_LIST_HEAD(&all->packets);
	all->count = 0;
	all->bytes = 0;
}

/**
 * naawg_staged_init() - nothing waits
 * @staged: the peer's part
 *
 * Context: any; nobody else has the peer yet.
 */
void naawg_staged_init(struct naawg_staged *staged)
{
	__skb_queue_head_init(&staged->packets);
	staged->segments = 0;
	staged->bytes = 0;
}

static bool copy_bytes(struct sk_buff *copy, const struct sk_buff *skb)
{
	const struct skb_shared_info *info = skb_shinfo(copy);
	u32 offset = skb_headlen(copy);
	int i;

	if (skb_copy_bits(skb, 0, copy->data, offset))
		return false;
	for (i = 0; i < info->nr_frags; i++) {
		const skb_frag_t *frag = &info->frags[i];

		if (skb_copy_bits(skb, offset, skb_frag_address(frag),
				  skb_frag_size(frag)))
			return false;
		offset += skb_frag_size(frag);
	}
	return true;
}

/* Copies the fields that sealing reads, and no other, one by one. */
static void copy_fields(struct sk_buff *copy, const struct sk_buff *skb)
{
	memcpy(copy->cb, skb->cb, sizeof(copy->cb));
	copy->dev = skb->dev;
	copy->protocol = skb->protocol;
	copy->priority = skb->priority;
	skb_copy_hash(copy, skb);
	skb_reset_mac_header(copy);
	skb_reset_network_header(copy);
	if (skb_transport_header_was_set(skb))
		skb_set_transport_header(copy, skb_transport_offset(skb));
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		copy->ip_summed = CHECKSUM_PARTIAL;
		copy->csum_start = skb_headroom(copy) +
				   skb_checksum_start_offset(skb);
		copy->csum_offset = skb->csum_offset;
	}
	skb_shinfo(copy)->gso_size = skb_shinfo(skb)->gso_size;
	skb_shinfo(copy)->gso_segs = skb_shinfo(skb)->gso_segs;
	skb_shinfo(copy)->gso_type = skb_shinfo(skb)->gso_type;
}

/**
 * naawg_staged_copy() - make a copy that refers to nobody's memory or objects
 * @skb: inner packet, data at its network header; not consumed
 *
 * The memory comes from no reserve, as it may be kept for long.
 *
 * Context: any.
 * Return: the copy, or NULL without memory.
 */
struct sk_buff *naawg_staged_copy(const struct sk_buff *skb)
{
	u32 head = skb->len <= LINEAR_MAX ? skb->len : HEAD_SIZE;
	struct sk_buff *copy;
	int err;

	copy = alloc_skb_with_frags(sizeof(struct place) + head,
				    skb->len - head, PAGE_ALLOC_COSTLY_ORDER,
				    &err, GFP_NOWAIT | __GFP_NOWARN);
	if (!copy)
		return NULL;
	skb_reserve(copy, sizeof(struct place));
	skb_put(copy, head);
	copy->data_len = skb->len - head;
	copy->len += copy->data_len;
	if (!copy_bytes(copy, skb)) {
		kfree_skb(copy);
		return NULL;
	}
	copy_fields(copy, skb);
	return copy;
}

static void leave(struct naawg_staging *all, struct sk_buff *skb)
{
	struct place *place = place_of(skb);
	struct naawg_staged *staged = place->staged;

	lockdep_assert_held(&all->lock);
	list_del(&place->link);
	__skb_unlink(skb, &staged->packets);
	staged->segments -= place->segments;
	staged->bytes -= skb->truesize;
	WRITE_ONCE(all->count, all->count - 1);
	WRITE_ONCE(all->bytes, all->bytes - skb->truesize);
}

static bool is_over(const struct naawg_staged *staged)
{
	return skb_queue_len(&staged->packets) > NAAWG_STAGED_MAX ||
	       staged->segments > NAAWG_STAGED_SEGMENTS ||
	       staged->bytes > NAAWG_STAGED_BYTES;
}

/**
 * naawg_staged_add() - let a packet wait
 * @all: the device's part
 * @staged: the peer's part
 * @skb: what naawg_staged_copy() returned; it may have waited before
 * @segments: packets it stands for
 * @of_peer: receives what is too much for the peer, its oldest packets
 * @of_device: receives what is too much for the device, the oldest packets of all
 *
 * Context: any but hardirq.
 */
void naawg_staged_add(struct naawg_staging *all, struct naawg_staged *staged,
		      struct sk_buff *skb, unsigned int segments,
		      struct sk_buff_head *of_peer,
		      struct sk_buff_head *of_device)
{
	struct place *place = place_of(skb);

	place->staged = staged;
	place->segments = segments;
	spin_lock_bh(&all->lock);
	list_add_tail(&place->link, &all->packets);
	__skb_queue_tail(&staged->packets, skb);
	staged->segments += segments;
	staged->bytes += skb->truesize;
	WRITE_ONCE(all->count, all->count + 1);
	WRITE_ONCE(all->bytes, all->bytes + skb->truesize);
	while (is_over(staged)) {
		skb = skb_peek(&staged->packets);
		leave(all, skb);
		__skb_queue_tail(of_peer, skb);
	}
	while (all->bytes > NAAWG_STAGING_BYTES) {
		place = list_first_entry(&all->packets, struct place, link);
		skb = skb_peek(&place->staged->packets);
		leave(all, skb);
		__skb_queue_tail(of_device, skb);
	}
	spin_unlock_bh(&all->lock);
}

/**
 * naawg_staged_take() - take all that waits at a peer
 * @all: the device's part
 * @staged: the peer's part
 * @into: the packets are appended to it
 *
 * Context: any but hardirq.
 */
void naawg_staged_take(struct naawg_staging *all, struct naawg_staged *staged,
		       struct sk_buff_head *into)
{
	struct sk_buff *skb;

	if (likely(naawg_staged_is_empty(staged)))
		return;
	spin_lock_bh(&all->lock);
	while ((skb = skb_peek(&staged->packets))) {
		leave(all, skb);
		__skb_queue_tail(into, skb);
	}
	spin_unlock_bh(&all->lock);
}
