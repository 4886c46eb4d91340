// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of hosts that sent initiations and are no peers.
 *
 * A key that was pasted wrongly is the usual reason, and the administrator of this host
 * sees nothing but a counter. Any host can send such messages, so this limits what they
 * cost:
 *
 *   - The memory is of fixed size: 16 callers of either kind.
 *   - The claimed key of an unknown peer is in an initiation whose mac1, and under load
 *     mac2, was valid. Several scalar multiplications were spent on it, so noting it
 *     costs little. The sender may claim any key: only the second half of the handshake
 *     would prove it.
 *   - Messages with a wrong mac1 come in softirq, in any number. One per jiffy and device
 *     is noted, so @count is a lower bound in a flood.
 *   - An entry of another caller is replaced once per second at most, so a flood of many
 *     keys or addresses leaves most entries readable for a while.
 *   - Notifications are sent once per second at most, and once per minute of a caller.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "callers.h"
#include "dev.h"

/* Pause between two notifications about a caller. */
#define TELL_AGAIN	(60 * NAAWG_SECOND)

static work_func_t tell_work;

/**
 * naawg_callers_setup() - set the function that sends notifications
 * @tell: the function, for @work of struct naawg_callers
 *
 * Context: process, before the first device exists.
 */
void naawg_callers_setup(work_func_t tell)
{
	tell_work = tell;
}

/**
 * naawg_callers_init() - prepare the memory of a device
 * @dev: the device
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int naawg_callers_init(struct naawg_dev *dev)
{
	struct naawg_callers *callers = kzalloc(sizeof(*callers), GFP_KERNEL_ACCOUNT);
	unsigned int kind;

	if (!callers)
		return -ENOMEM;
	spin_lock_init(&callers->lock);
	INIT_DELAYED_WORK(&callers->work, tell_work);
	for (kind = 0; kind < NAAWG_CALLER_KINDS; kind++)
		callers->list[kind].noted = jiffies - 1;
	callers->dev = dev;
	dev->callers = callers;
	return 0;
}

/**
 * naawg_callers_stop() - wait for a notification under way, and send no more
 * @dev: the device; its sockets are closed
 *
 * Context: process, may sleep.
 */
void naawg_callers_stop(struct naawg_dev *dev)
{
	cancel_delayed_work_sync(&dev->callers->work);
	naawg_callers_tell_later(dev->callers);
}

/**
 * naawg_callers_destroy() - free the memory
 * @dev: the device; no message arrives any more
 *
 * Context: process, may sleep.
 */
void naawg_callers_destroy(struct naawg_dev *dev)
{
	naawg_callers_stop(dev);
	kfree(dev->callers);
}

static bool has_same_host(const struct naawg_address *a, const struct naawg_address *b)
{
	if (a->addr.sa_family != b->addr.sa_family)
		return false;
	if (a->addr.sa_family == AF_INET)
		return a->addr4.sin_addr.s_addr == b->addr4.sin_addr.s_addr;
	return ipv6_addr_equal(&a->addr6.sin6_addr, &b->addr6.sin6_addr) &&
	       a->addr6.sin6_scope_id == b->addr6.sin6_scope_id;
}

/* Callers without a key are told apart by their addresses. */
static bool is_same(const struct naawg_caller *caller, const u8 *key,
		    const struct naawg_address *from)
{
	if (!caller->count)
		return false;
	return key ? !memcmp(caller->key, key, sizeof(caller->key)) :
		     has_same_host(&caller->from, from);
}

/* The entry of a caller, or the one that it may have: NULL if none may be replaced yet. */
static struct naawg_caller *entry_for(struct naawg_callers *callers,
				      enum naawg_caller_kind kind, const u8 *key,
				      const struct naawg_address *from, u64 now)
{
	struct naawg_caller_list *list = &callers->list[kind];
	struct naawg_caller *oldest = list->caller;
	unsigned int i;

	lockdep_assert_held(&callers->lock);
	for (i = 0; i < NAAWG_CALLERS_MAX; i++) {
		struct naawg_caller *caller = &list->caller[i];

		if (is_same(caller, key, from))
			return caller;
		if (caller->seen < oldest->seen)
			oldest = caller;
	}
	if (oldest->count && list->replaced && now - list->replaced < NAAWG_SECOND)
		return NULL;
	if (oldest->count)
		list->replaced = now;
	memset(oldest, 0, sizeof(*oldest));
	return oldest;
}

static void forget_port(struct naawg_address *from)
{
	if (from->addr.sa_family == AF_INET)
		from->addr4.sin_port = 0;
	else
		from->addr6.sin6_port = 0;
}

/* Returns true if a notification about the caller is due. */
static bool note(struct naawg_caller *caller, const u8 *key,
		 const struct naawg_address *from, u64 now)
{
	u64 wall = ktime_get_real_ns();

	if (!caller->count)
		caller->first = wall;
	if (key)
		memcpy(caller->key, key, sizeof(caller->key));
	caller->has_key = key;
	caller->from = *from;
	caller->last = wall;
	caller->seen = now;
	caller->count++;
	if (!caller->told || now - caller->told >= TELL_AGAIN) {
		caller->told = now;
		caller->tell = true;
	}
	return caller->tell;
}

/**
 * naawg_callers_note() - remember the sender of a message that no peer sent
 * @dev: the device
 * @kind: why it is no peer
 * @key: public key that it claims, NULL of the kind BAD_MAC1
 * @skb: the message, with its headers
 *
 * Context: process or softirq.
 */
void naawg_callers_note(struct naawg_dev *dev, enum naawg_caller_kind kind,
			const u8 *key, const struct sk_buff *skb)
{
	struct naawg_callers *callers = dev->callers;
	struct naawg_caller_list *list = &callers->list[kind];
	struct naawg_caller *caller;
	unsigned long tick = jiffies;
	struct naawg_address from;
	bool tell = false;
	u64 now;

	/* time_before() would be wrong: jiffies may have wrapped since the last one */
	if (!key && READ_ONCE(list->noted) == tick)
		return;
	WRITE_ONCE(list->noted, tick);
	if (!naawg_address_of(&from, skb))
		return;
	if (!key)
		forget_port(&from);
	spin_lock_bh(&callers->lock);
	/* the lock is held, so no other CPU stores a newer time */
	now = naawg_now();
	caller = entry_for(callers, kind, key, &from, now);
	if (caller)
		tell = note(caller, key, &from, now);
	spin_unlock_bh(&callers->lock);
	/* if it is pending already, it reports this caller as well */
	if (tell)
		schedule_delayed_work(&callers->work, HZ);
}

/**
 * naawg_callers_get() - copy an entry
 * @callers: the memory
 * @n: number of the entry, from 0 on, of all kinds
 * @out: receives a copy
 *
 * Context: process.
 * Return: false if the entry is free.
 */
bool naawg_callers_get(struct naawg_callers *callers, unsigned int n,
		       struct naawg_caller *out)
{
	const struct naawg_caller_list *list = &callers->list[n / NAAWG_CALLERS_MAX];

	spin_lock_bh(&callers->lock);
	*out = list->caller[n % NAAWG_CALLERS_MAX];
	spin_unlock_bh(&callers->lock);
	return out->count;
}

/**
 * naawg_callers_tell_later() - drop the pending notifications
 * @callers: the memory
 *
 * Nobody heard of these callers, so their next message causes a notification again.
 *
 * Context: process.
 */
void naawg_callers_tell_later(struct naawg_callers *callers)
{
	unsigned int i, kind;

	spin_lock_bh(&callers->lock);
	for (kind = 0; kind < NAAWG_CALLER_KINDS; kind++) {
		for (i = 0; i < NAAWG_CALLERS_MAX; i++) {
			struct naawg_caller *caller = &callers->list[kind].caller[i];

			if (caller->tell)
				caller->told = 0;
			caller->tell = false;
		}
	}
	spin_unlock_bh(&callers->lock);
}

/**
 * naawg_callers_next_to_tell() - take a caller off the pending notifications
 * @callers: the memory
 * @out: receives a copy of the caller
 *
 * Context: process.
 * Return: false if no notification is pending.
 */
bool naawg_callers_next_to_tell(struct naawg_callers *callers,
				struct naawg_caller *out)
{
	unsigned int i, kind;
	bool found = false;

	spin_lock_bh(&callers->lock);
	for (kind = 0; kind < NAAWG_CALLER_KINDS && !found; kind++) {
		for (i = 0; i < NAAWG_CALLERS_MAX && !found; i++) {
			struct naawg_caller *caller = &callers->list[kind].caller[i];

			found = caller->tell;
			caller->tell = false;
			if (found)
				*out = *caller;
		}
	}
	spin_unlock_bh(&callers->lock);
	return found;
}
