// SPDX-License-Identifier: GPL-2.0
/*
 * Staged packets: copies of packets that wait for a session.
 *
 * A packet may wait for as long as its peer is away. The original is freed at once,
 * as it may refer to a socket, a connection, a user's pages or a driver's buffers.
 * The memory of the copies is bounded per peer and per device. The oldest copies are
 * dropped first.
 */
#include <linux/gfp.h>

#include "staging.h"

/**
 * struct staged_entry - data about a staged packet, at the beginning of its headroom
 * @link: link in the device's list
 * @staged: staged packets of its peer
 * @segments: number of packets that it stands for
 */
struct staged_entry {
	struct list_head link;
	struct naawg_staged *staged;
	unsigned int segments;
};

/* Length of the linear part of a longer packet: all headers fit. */
#define HEAD_SIZE	256
/* Maximum length of a packet that is copied to linear memory as a whole. */
#define LINEAR_MAX	(SKB_WITH_OVERHEAD(PAGE_SIZE) - sizeof(struct staged_entry))

static struct staged_entry *entry_of(const struct sk_buff *skb)
{
	return (struct staged_entry *)skb->head;
}

/**
 * naawg_staging_init() - initialise the staging of a device
 * @all: the device's staging
 *
 * Context: any; the device is not published yet.
 */
void naawg_staging_init(struct naawg_staging *all)
{
	spin_lock_init(&all->lock);
	INIT_LIST_HEAD(&all->packets);
	all->count = 0;
	all->bytes = 0;
}

/**
 * naawg_staged_init() - initialise the staged packets of a peer
 * @staged: the peer's staged packets
 *
 * Context: any; the peer is not published yet.
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

/* Copies only the fields that sealing reads; all others stay zero. */
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
 * naawg_staged_copy() - copy a packet without references to foreign memory or objects
 * @skb: inner packet, data at its network header; not consumed
 *
 * The copy may be kept for long, so its memory is not taken from reserves.
 *
 * Context: any.
 * Return: the copy, or NULL without memory.
 */
struct sk_buff *naawg_staged_copy(const struct sk_buff *skb)
{
	u32 head = skb->len <= LINEAR_MAX ? skb->len : HEAD_SIZE;
	struct sk_buff *copy;
	int err;

	copy = alloc_skb_with_frags(sizeof(struct staged_entry) + head,
				    skb->len - head, PAGE_ALLOC_COSTLY_ORDER,
				    &err, GFP_NOWAIT | __GFP_NOWARN);
	if (!copy)
		return NULL;
	skb_reserve(copy, sizeof(struct staged_entry));
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

static void unstage(struct naawg_staging *all, struct sk_buff *skb)
{
	struct staged_entry *entry = entry_of(skb);
	struct naawg_staged *staged = entry->staged;

	lockdep_assert_held(&all->lock);
	list_del(&entry->link);
	__skb_unlink(skb, &staged->packets);
	staged->segments -= entry->segments;
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
 * naawg_staged_add() - stage a packet
 * @all: the device's staging
 * @staged: the peer's staged packets
 * @skb: copy from naawg_staged_copy(); it may have been staged before
 * @segments: number of packets that it stands for
 * @of_peer: receives the peer's oldest packets, those above the peer's limits
 * @of_device: receives the device's oldest packets, those above the device's limit
 *
 * Context: any but hardirq.
 */
void naawg_staged_add(struct naawg_staging *all, struct naawg_staged *staged,
		      struct sk_buff *skb, unsigned int segments,
		      struct sk_buff_head *of_peer,
		      struct sk_buff_head *of_device)
{
	struct staged_entry *entry = entry_of(skb);

	entry->staged = staged;
	entry->segments = segments;
	spin_lock_bh(&all->lock);
	list_add_tail(&entry->link, &all->packets);
	__skb_queue_tail(&staged->packets, skb);
	staged->segments += segments;
	staged->bytes += skb->truesize;
	WRITE_ONCE(all->count, all->count + 1);
	WRITE_ONCE(all->bytes, all->bytes + skb->truesize);
	while (is_over(staged)) {
		skb = skb_peek(&staged->packets);
		unstage(all, skb);
		__skb_queue_tail(of_peer, skb);
	}
	while (all->bytes > NAAWG_STAGING_BYTES) {
		entry = list_first_entry(&all->packets, struct staged_entry, link);
		skb = skb_peek(&entry->staged->packets);
		unstage(all, skb);
		__skb_queue_tail(of_device, skb);
	}
	spin_unlock_bh(&all->lock);
}

/**
 * naawg_staged_take() - take all staged packets of a peer
 * @all: the device's staging
 * @staged: the peer's staged packets
 * @into: list to which the packets are appended
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
		unstage(all, skb);
		__skb_queue_tail(into, skb);
	}
	spin_unlock_bh(&all->lock);
}
